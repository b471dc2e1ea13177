#include "asked/answers.h"

namespace care_circle {
using namespace gateway;

std::string_view word(const Asked& asked, std::string_view name) {
    const auto found = asked.find(name);
    return found == asked.end() ? std::string_view() : std::string_view(found->second);
}

std::optional<std::string> answered(std::string_view question, const Asked& asked,
                                    const Answering& with, const Rules& rules) {
    if (question == "plans") return plansAnswer(asked, with, rules);
    if (question == "where") return whereAnswer(asked, with);
    if (question == "indicators") return indicatorsAnswer(asked, with);
    return {};
}

}  // namespace care_circle
