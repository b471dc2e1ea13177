#include "gateway/bytes.h"

#include <utility>

namespace gateway {
namespace {

/// Below, a copy costs less than what it would keep alive.
constexpr std::size_t kShared = 4096;

}  // namespace

Bytes::Bytes(std::string text)
    : owner_(std::make_shared<const std::string>(std::move(text))), view_(*owner_) {}

Bytes Bytes::copy(std::string_view text) { return Bytes(std::string(text)); }

Bytes Bytes::part(Span span) const {
    Bytes part = *this;
    part.view_ = view_.substr(span.begin, span.size());
    return part;
}

Sink& Sink::operator<<(const Bytes& bytes) {
    if (bytes.size() < kShared || !text_.empty() || !first_.empty()) return *this << bytes.view();
    first_ = bytes;
    return *this;
}

/// What was shared is copied once something is to stand beside it.
void Sink::join() {
    if (first_.empty()) return;
    text_.insert(0, first_.view());
    first_ = Bytes();
}

const std::string& Sink::text() {
    join();
    return text_;
}

Bytes Sink::take() {
    if (text_.empty()) return std::exchange(first_, Bytes());
    join();
    return Bytes(std::exchange(text_, std::string()));
}

}  // namespace gateway
