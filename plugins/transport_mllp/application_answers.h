/// @file  What became of the content of a message: HL7's application acknowledgements.
#pragma once

#include <optional>
#include <string>

#include "gateway/transport.h"
#include "mllp/ack.h"

namespace transport_mllp {

/// What the sender is told of a message that got somewhere, or was held or set aside on its way.
mllp::Verdict verdictOf(const gateway::Progress& outcome);

/// Whether an answer in enhanced mode may be due once the message is settled.
bool asksApplicationLater(const mllp::Head& head);

/// Those that go to the sender as messages of their own. In original mode there are none: the one
/// answer was given on the connection.
class ApplicationAnswers final : public gateway::AnswerWriter {
public:
    std::optional<gateway::Bytes> write(const gateway::Bytes& message,
                                        const gateway::Progress& outcome,
                                        const std::string& controlId) const override;
};

}  // namespace transport_mllp
