/// @file  The statements of the writer, prepared once for each connection.
#pragma once

#include "store/hash_index.h"
#include "store/sqlite.h"

namespace gateway {

struct WriteStatements {
    explicit WriteStatements(sqlite::Connection& connection);

    sqlite::Statement begin, commit;
    sqlite::Statement setMeta, getMeta, addName, addTally;
    sqlite::Statement addBody, eraseBody;
    sqlite::Statement addMessage, knownBy, addRefusal;
    sqlite::Statement getMessage, setMessage, eraseMessage, reopenMessage;
    sqlite::Statement addEvent, eventsLike;
    sqlite::Statement addDelivery, remakeDelivery, getDelivery, sentAs, sendDelivery, offerDelivery,
        settleDelivery, markDelivery, remarkDelivery, replayDelivery;
    sqlite::Statement addOtherLane, eraseOtherLanes, otherLanes;
    sqlite::Statement getPlan, addPlan, setPlan, setPlanDue, setPlanNetwork, removePlan,
        eraseSubjectOfPlan, addSubjectOfPlan, addReceipt, eraseReceipt, eraseReceiptsOf;
    sqlite::Statement openOfPlan;
    sqlite::Statement setPause, erasePause;
    sqlite::Statement setNote, eraseNote, addHappened, eraseHappened;
    HashIndex::Statements hashes;
};

}  // namespace gateway
