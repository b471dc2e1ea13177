/// @file  One message to an MLLP peer and its acknowledgement back.
#pragma once

#include <array>
#include <string>

#include "gateway/config.h"
#include "gateway/transport.h"
#include "link.h"
#include "mllp/head.h"

namespace transport_mllp {

class LateAnswers;

/// What a peer's refusals mean: the message is set aside, or is sent again later.
class Meanings {
public:
    /// Options: AE, AR, CE, CR, each "set-aside" (default) or "retry".
    void read(gateway::Config config);
    bool retry(std::string_view code) const;

private:
    std::array<bool, 4> retry_{};
};

/// Which answers a message asks of its receiver (HL7 v2.5.1 §2.9), read from its own bytes.
struct Asked {
    explicit Asked(const mllp::Head& head);

    bool enhanced = false;
    bool answer = true;       ///< an answer comes in any case, before anything else is sent
    bool accept = false;      ///< CA, CE or CR comes in any case, before any other
    bool application = true;  ///< an application answer is due in any case
    bool refusal = true;      ///< some answer comes at least when the message is refused
};

/// How one destination speaks with its peer.
struct Manners {
    std::string peer;
    Meanings meanings;
    bool commit = false;          ///< MLLP release 2: each block is answered by 0x06 or 0x15
    LateAnswers* late = nullptr;  ///< null: nothing but the answer is expected
};

/// @param controlId  what MSA-2 must name; empty: not checked
/// @param delivery  of ours: an earlier one may have that id too
/// @return of an acceptance (AA, CA); the summary is MSA-1, or says that no answer was asked for
/// @throws Refused (AE, AR, CE, CR) and Later (the peer has answered, and wants the message another
///         time): the link is as good as before. After any other it is
///         good for nothing: Error(uncertain) when something may have been sent and no valid answer
///         came, Error(unavailable) when nothing was sent, Error(rejected) when MLLP cannot carry
///         the body.
gateway::Answer exchange(Link& link, const Manners& manners, std::string_view body,
                         const std::string& controlId, const Asked& asked,
                         mllp::Clock::time_point deadline, const std::string& delivery = {});

/// Reads what has come unasked: answers to earlier messages.
/// @return whether the link can be used on
bool tidy(Link& link, const Manners& manners);

}  // namespace transport_mllp
