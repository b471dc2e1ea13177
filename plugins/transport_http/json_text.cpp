#include "json_text.h"

#include "common/json/json.h"

namespace transport_http {
using namespace gateway;

void JsonText::begin(std::string_view name) {
    if (!first_) out_ << ',';
    first_ = false;
    if (name.empty()) return;
    json::writeString(out_, name);
    out_ << ':';
}

void JsonText::open(std::string_view name, char bracket, char close) {
    begin(name);
    out_ << bracket;
    open_.push_back(close);
    first_ = true;
}

JsonText& JsonText::object(std::string_view name) {
    open(name, '{', '}');
    return *this;
}

JsonText& JsonText::array(std::string_view name) {
    open(name, '[', ']');
    return *this;
}

JsonText& JsonText::end() {
    out_ << open_.back();
    open_.pop_back();
    first_ = false;
    return *this;
}

JsonText& JsonText::text(std::string_view name, std::string_view value) {
    if (value.empty()) return *this;
    begin(name);
    json::writeString(out_, value);
    return *this;
}

JsonText& JsonText::raw(std::string_view name, std::string_view json) {
    begin(name);
    out_ << json;
    return *this;
}

JsonText& JsonText::flag(std::string_view name, bool value) {
    return raw(name, value ? "true" : "false");
}

Bytes JsonText::take() {
    while (!open_.empty()) end();
    return out_.take();
}

}  // namespace transport_http
