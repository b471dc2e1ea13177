/// @file  The translator: claims messages, makes their deliveries, commits both in one transaction.
#pragma once

#include <map>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <thread>
#include <vector>

#include "gateway/log.h"
#include "gateway/store.h"
#include "pipeline/current.h"
#include "pipeline/inbox.h"
#include "pipeline/progress.h"
#include "pipeline/stopping.h"
#include "pipeline/unmapped_seen.h"

namespace gateway {

class Translator {
public:
    Translator(Store& store, Log& log, Current& current, ProgressBoard& board, Backlog& backlog,
               UnmappedSeen& unmapped, Milliseconds lease);

    void start(unsigned workers);
    /// Workers end after what they have in hand; call store.wake() so that idle ones notice.
    void askToStop() { stopping_.ask(); }
    void join();

    /// What becomes of one claimed message. Never throws for what a message or map did: that holds
    /// the message.
    Translation translate(const Setup& setup, const MessageClaim& claim);

private:
    struct Work;
    /// A delivery that is to be made again; anew: under another id, in its place.
    struct Again {
        std::string id;
        bool anew = false;
    };
    /// Those that a replay asks for, by destination.
    std::multimap<std::string, Again> again(const MessageClaim& claim);
    NewDelivery begun(const Again& again);
    void run();
    void translateAll(std::span<const MessageClaim> claims);
    /// They can be claimed again at once; those that are translated stay so.
    void giveBackWaiting();
    std::optional<Translation> holdWithoutMemory(const Setup& setup, const MessageClaim& claim);
    /// It is translated: want of memory another time begins anew.
    void forgetMemory(const std::string& message);
    void giveBack(std::span<const MessageClaim> claims);
    Translation settle(const Setup& setup, const MessageClaim& claim);
    Translation attempt(const Setup& setup, const MessageClaim& claim);
    Progress outcomeOf(const MessageClaim& claim, const Translation& result);
    void tellSender(const Setup& setup, const MessageClaim& claim, Translation& result);
    void commit(std::vector<Translation>& batch);
    bool takeRoute(Work& work, const RouteSetup& route);
    void deliverTo(Work& work, const RouteSetup& route, const Document& pivot,
                   const std::string& destination, const Decisions* about,
                   const std::string& filterMap);
    NewDelivery encode(Work& work, const DestinationSetup& destination, const Document& pivot,
                       const std::string& filterMap, NewDelivery delivery);
    std::string nextId();

    Store& store_;
    Log& log_;
    Current& current_;
    ProgressBoard& board_;
    Backlog& backlog_;
    UnmappedSeen& unmapped_;
    const Milliseconds lease_;
    Stopping stopping_;
    std::mutex memoryMutex_;  ///< guards the next two
    std::map<std::string, Time> noMemorySince_;
    std::vector<std::pair<ClaimId, Time>> waiting_;  ///< claims that wait for memory, since when
    std::vector<std::thread> workers_;
    std::mutex idsMutex_;  // guards ids_
    std::vector<std::string> ids_;
};

}  // namespace gateway
