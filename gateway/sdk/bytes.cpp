#include "gateway/bytes.h"

namespace gateway {

Bytes::Bytes(std::string text)
    : owner_(std::make_shared<const std::string>(std::move(text))), view_(*owner_) {}

Bytes Bytes::copy(std::string_view text) { return Bytes(std::string(text)); }

Bytes Bytes::part(Span span) const {
    Bytes part = *this;
    part.view_ = view_.substr(span.begin, span.size());
    return part;
}

}  // namespace gateway
