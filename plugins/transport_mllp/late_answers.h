/// @file  Answers to earlier messages of ours: HL7's application acknowledgements, which may follow
/// an accept acknowledgement on any connection, at any time.
#pragma once

#include <cstddef>
#include <deque>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "gateway/transport.h"
#include "mllp/ack.h"

namespace transport_mllp {

/// What a destination remembers of the messages whose answer may still come: the last 10,000. Any
/// thread.
class LateAnswers {
public:
    enum class Taken {
        no,       ///< not about a message of ours
        noted,    ///< durably
        unsaved,  ///< kept in memory, for retry()
    };

    void start(gateway::Gateway& gateway) { gateway_ = &gateway; }
    /// Whom the destination sends to.
    void speakWith(const std::string& partner);

    /// From now on an answer to that id is one to this delivery.
    /// @param due  the peer was asked for it in any case
    void await(const std::string& controlId, const gateway::Delivery& delivery, bool due);
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

private:
    struct Awaited {
        std::string partner;
        std::string delivery;
        bool due = false;
    };

    gateway::Gateway* gateway_ = nullptr;
    mutable std::mutex mutex_;  // guards the rest
    std::unordered_map<std::string, Awaited> awaited_;
    std::deque<std::string> order_;
    std::size_t due_ = 0;
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
