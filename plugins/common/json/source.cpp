#include "common/json/source.h"

#include "common/json/plain.h"

namespace json {
namespace {

bool digit(const char* at, const char* end) { return at != end && *at >= '0' && *at <= '9'; }

/// Past the digits at `at`; null if there are none.
const char* digits(const char* at, const char* end) {
    if (!digit(at, end)) return nullptr;
    while (digit(at, end)) ++at;
    return at;
}

}  // namespace

const char* numberAt(const char* at, const char* end) {
    if (at != end && *at == '-') ++at;
    if (!digit(at, end)) return nullptr;
    at = *at == '0' ? at + 1 : digits(at, end);
    if (at != end && *at == '.') at = digits(at + 1, end);
    if (at != nullptr && at != end && (*at == 'e' || *at == 'E')) {
        ++at;
        if (at != end && (*at == '+' || *at == '-')) ++at;
        at = digits(at, end);
    }
    return at;
}

const char* Source::numberEnd() const {
    const char* const number = numberAt(at_, end_);
    if (number == nullptr || number == end_) return number;
    const char c = *number;
    const bool goesOn = startsNumber(c) || c == '+' || c == '.' || c == 'e' || c == 'E';
    return goesOn ? nullptr : number;
}

char Source::takeNumber() {
    const char* const end = numberEnd();
    number_ = at_;
    at_ = end != nullptr ? end : at_ + 1;
    return end != nullptr ? '0' : kNoNumber;
}

char* Source::PutBegin() {
    inString_ = true;
    escaped_ = false;
    string_ = at_;
    at_ = plainEnd(at_, end_);
    length_ = static_cast<std::size_t>(at_ - string_);
    return nullptr;
}

void Source::firstEscape(char c) {
    escaped_ = true;
    buffer_.assign(string_, length_);
    buffer_.push_back(c);
}

}  // namespace json
