#include "gateway/parts.h"

namespace gateway {

Divider::~Divider() = default;

std::vector<Part> partsOf(const Codec& codec, const Bytes& body, Issues& issues) {
    const Span all{0, static_cast<std::uint32_t>(body.size())};
    std::vector<Part> parts;
    if (const auto* const divider = dynamic_cast<const Divider*>(&codec))
        for (Bytes& one : divider->divided(body, issues)) parts.push_back({std::move(one), all});
    if (!parts.empty()) return parts;
    for (const Span span : codec.split(body, issues))
        parts.push_back({span == all ? body : body.part(span), span});
    if (parts.empty()) parts.push_back({body, all});
    return parts;
}

}  // namespace gateway
