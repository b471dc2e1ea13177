/// @file  A delivery of several messages: one frame and one answer each.
#pragma once

#include <functional>
#include <string>

#include "gateway/notebook.h"
#include "gateway/transport.h"

namespace transport_mllp {

/// Which messages of a delivery the peer has taken. Noted durably before the next one is sent, so
/// that neither a failure nor a restart of ours sends one again that was taken.
class TakenMessages {
public:
    /// @param notebook  null: nothing outlives this object
    TakenMessages(gateway::Notebook* notebook, const std::string& delivery, std::size_t messages);

    std::size_t messages() const { return marks_.size(); }
    bool has(std::size_t at) const;
    std::size_t count() const;
    /// Of the last that lacked, nothing is kept: whoever sends the delivery again wants all of it
    /// sent. @throws gateway::Error(unavailable)
    void add(std::size_t at);

private:
    gateway::Notebook* const notebook_;
    const std::string key_;
    std::string marks_;  ///< '1' for each that was taken, else '0'
};

/// Sends each that was not taken yet, in order. A refusal keeps none of those after it back; what
/// else goes wrong ends it.
/// @param send  of the message at that place
/// @return all answers, one behind the other; the summary is what they all say, or what each says
/// @throws Refused when one was; Deferred, Error of the one at which it ended, saying which
gateway::Answer sendEach(TakenMessages& taken, const std::string& peer,
                         const std::function<gateway::Answer(std::size_t)>& send);

}  // namespace transport_mllp
