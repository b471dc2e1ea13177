#include "fml_reason.h"

namespace fml {

gateway::Reason reasonOf(std::string_view text) {
    const auto bar = text.find(" | ");
    if (bar == text.npos) return {std::string(text), {}};
    return {std::string(text.substr(bar + 3)), std::string(text.substr(0, bar))};
}

}  // namespace fml
