/// @file  One message to an MLLP peer and its acknowledgement back.
#pragma once

#include <string>

#include "gateway/transport.h"
#include "mllp/stream.h"

namespace transport_mllp {

/// @param controlId  what MSA-2 must name; empty: not checked
/// @return of an acceptance (AA, CA); the summary is MSA-1
/// @throws Refused (AE, AR, CE, CR), Error(uncertain) when something may have been sent and no
/// valid
///         answer came, Error(unavailable) when nothing was sent, Error(rejected) when MLLP cannot
///         carry the body. After any of them but Refused the stream is good for nothing.
gateway::Answer exchange(mllp::Stream& stream, const std::string& peer, const gateway::Bytes& body,
                         const std::string& controlId, mllp::Clock::time_point deadline);

}  // namespace transport_mllp
