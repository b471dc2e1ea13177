/// @file  Policy: who may get what.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/context.h"
#include "gateway/directory.h"
#include "gateway/error.h"
#include "gateway/register.h"
#include "gateway/state.h"
#include "gateway/tree.h"

namespace gateway {

struct MessageView;

/// One possible recipient and what was decided about it.
struct Decision {
    std::string partner;  ///< a name of the directory; empty for somebody who is not in it
    std::string who;  ///< how the plan calls it, a role or local id that is no patient data: "I6
                      ///< PHARMACIEN"
    bool send = false;
    std::string filterMap;  ///< the minimum this category gets; empty: all
    Reason reason;          ///< always given, also when it is sent
    /// Of the partner's destinations; empty: as the route says. One that the partner does not have:
    /// left out, with that reason.
    std::string destination = {};
    /// What it gets instead of the pivot: a notice, a task, a report.
    std::shared_ptr<const Document> instead = {};
};

/// What becomes of the deliveries of a plan that still wait, without the partner's doing: they were
/// handed over otherwise, or must not be sent any more.
struct DeliveryEnd {
    std::string plan;     ///< key in the register
    std::string partner;  ///< empty: all of them
    std::string edition;  ///< empty: each
    DeliveryState state =
        DeliveryState::closed;  ///< closed: queued, offered, held, set aside; delivered: offered
    Reason reason;
    Time at{};  ///< when it was handed over; zero: now
};

struct Decisions {
    std::vector<Decision> recipients;     ///< sent to and left out, in the order of the plan
    std::vector<RegisterChange> changes;  ///< committed with the translation
    std::string plan;  ///< key in the register; empty: the message is about no plan
    std::string edition;
    std::vector<DeliveryEnd> ends = {};  ///< before the new ones are made
    std::vector<Reason> notes = {};      ///< for the timeline
    /// Not empty: the message concerns nobody whom anybody follows. It is ignored and erased,
    /// unless another route takes it.
    Reason ignore = {};
};

/// What recheck() may know of a delivery.
struct DeliveryHead {
    std::string id;
    std::string partner;
    std::string destination;
    std::string plan;  ///< key in the register, may be empty
    std::string edition;
};

/// A message that time causes; it comes in through the source that names this policy.
struct DueMessage {
    Bytes body;
    std::string onceKey;  ///< plan + date + kind: once for each
    /// Committed with the message, so that it is not caused again.
    std::vector<RegisterChange> changes;
};

/// The words of a question, by name.
using Asked = std::map<std::string, std::string, std::less<>>;

/// What answer() may look into.
class GATEWAY_API Answering {
public:
    virtual ~Answering();
    virtual const Register& plans() const = 0;
    virtual const Directory& directory() const = 0;
    virtual std::optional<MessageView> message(std::string_view id) const = 0;
    virtual Time now() const = 0;
};

/// Reads the directory and the register, decides, and says why in French and English. Stateless,
/// many threads.
class GATEWAY_API Policy {
public:
    virtual ~Policy();
    /// @param about  source, network, time; as a map would see it
    virtual Decisions decide(const Document& pivot, const Context& about,
                             const Directory& directory, const Register& plans) const = 0;
    /// Asked again right before a delivery is sent or picked up.
    virtual Decision recheck(const DeliveryHead& delivery, const Directory& directory,
                             const Register& plans) const = 0;
    /// Messages that time causes (a review falls due), at most so many; an entry whose due time is
    /// over and for which none is made must be in the changes of another.
    virtual std::vector<DueMessage> due(Time now, const Register& plans, std::size_t most) const;
    /// Answers a question that a command of its plugin asks of the running gateway
    /// (CommandHost::ask): JSON. Nothing: it does not know this question.
    /// @throws Error(rejected) naming the word that it cannot take
    virtual std::optional<std::string> answer(std::string_view question, const Asked& asked,
                                              const Answering& with) const;
};

}  // namespace gateway
