/// @file  Answers to earlier messages of ours: HL7's application acknowledgements, which may follow
/// an accept acknowledgement on any connection, at any time.
#pragma once

#include <deque>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "awaited.h"
#include "gateway/transport.h"
#include "mllp/ack.h"

namespace transport_mllp {

/// Answers to what one destination has sent. Any thread.
class LateAnswers {
public:
    enum class Taken {
        no,       ///< not about a message of ours
        noted,    ///< durably
        unsaved,  ///< kept in memory, for retry()
        dropped,  ///< too many are: only the peer may say it again
    };

    ~LateAnswers();

    /// From now on listeners of that gateway know what this destination awaits.
    void start(gateway::Gateway& gateway);
    /// What another one awaits, from now on this one does.
    void inherit(LateAnswers& former);
    /// Whom the destination sends to.
    void speakWith(const std::string& partner);

    /// From now on an answer to that id may be one to this delivery.
    void await(const std::string& controlId, Awaited one);
    /// The first answer to that delivery was its last.
    void answered(const std::string& controlId, Awaited one);
    /// Whether the answer to another delivery of that id is still to come.
    bool awaitsBeside(const std::string& controlId, const std::string& delivery) const;
    /// Whether some answer that is due has not come.
    bool due() const;

    /// Hands an answer to an earlier message to the gateway, durably; one to an unknown message is
    /// left to the caller.
    /// @param beyond  also to what is not remembered, such as messages sent before a restart
    Taken take(const std::string& frame, const mllp::Ack& ack, const std::string& peer,
               bool beyond);
    /// Tries again with those that could not be stored. @return whether some still cannot
    bool retry();
    bool unsaved() const;

    /// The delivery that an answer to a listener most likely means, of all destinations of that
    /// gateway; empty when nothing in it, or in where it comes from, sets one apart.
    /// @param partner  who says it; empty when unknown
    static std::string likely(const gateway::Gateway& gateway, const mllp::Ack& ack,
                              const mllp::Head& head, const std::string& host,
                              const std::string& partner);
    /// Whether all that is remembered under that id has its last answer.
    static bool allAnswered(const gateway::Gateway& gateway, const std::string& controlId);
    /// Whether it is a yes to one message of several, which says nothing of their delivery.
    static bool isYesToPart(const gateway::Gateway& gateway, const mllp::Ack& ack);
    /// The id under which the gateway knows what an answer to that id and delivery means.
    static std::string knownAs(const gateway::Gateway& gateway, const std::string& controlId,
                               const std::string& delivery);
    /// It was that one.
    static void heard(const gateway::Gateway& gateway, const mllp::Ack& ack, const mllp::Head& head,
                      const std::string& delivery);

private:
    Taken keep(gateway::LateAnswer answer, const std::string& controlId, const gateway::Error& why);

    gateway::Gateway* gateway_ = nullptr;
    mutable std::mutex mutex_;  // guards the rest
    AwaitedAnswers awaited_;
    AwaitedAnswers answered_;
    std::string partner_;
    std::deque<gateway::LateAnswer> unsaved_;
};

/// The codes of table 0357 that an acknowledgement gives: "ERR-3 101, 207"; empty when none.
std::string codesOf(const mllp::Ack& ack);

/// Whether a message says what became of another: an ACK, or MSA right behind the header. What a
/// message holds further down is its own affair.
bool isAnswer(std::string_view frame, const mllp::Head& head);

/// What a listener tells the sender of an answer.
struct Heard {
    bool stored = true;
    std::string acknowledgement;  ///< empty when it asked for none
};
/// An answer that came as a message to a listener.
/// @param partner  whose connection it is, empty when unknown
/// @return nothing when it is a message like any other
std::optional<Heard> hearAnswer(gateway::Gateway& gateway, std::string_view frame,
                                const mllp::Head& head, const gateway::Facts& facts,
                                const std::string& partner);

}  // namespace transport_mllp
