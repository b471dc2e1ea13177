#include "common/json/told.h"

#include "common/json/json.h"

namespace json {
using namespace gateway;

Told::Place Told::item(Place in, std::string_view name) {
    const Name word = tree_.intern(name);
    if (const Place last = tree_.lastChild(in, word); last && last.node().kind() == Kind::list)
        tree_.remove(last);
    const Place item = tree_.add(in, word);
    tree_.inList(item);
    return item;
}

void Told::list(Place in, std::string_view name) { tree_.kind(tree_.add(in, name), Kind::list); }

void Told::text(Place in, std::string_view name, std::string_view value) {
    if (!value.empty()) tree_.text(tree_.add(in, name), value);
}

void Told::time(Place in, std::string_view name, Time at) {
    if (at != Time{}) text(in, name, toText(at));
}

void Told::reason(Place in, std::string_view name, const Reason& why) {
    if (why.empty()) return;
    const Place both = object(in, name);
    text(both, "en", why.en);
    text(both, "fr", why.in(Spoken::french));
}

void Told::number(Place in, std::string_view name, std::int64_t value) {
    decimal(in, name, std::to_string(value));
}

void Told::decimal(Place in, std::string_view name, std::string_view digits) {
    tree_.text(tree_.add(in, name), digits, Kind::number);
}

void Told::flag(Place in, std::string_view name, bool yes) {
    tree_.text(tree_.add(in, name), yes ? "true" : "false", Kind::boolean);
}

std::string Told::take() {
    Sink out;
    write(out, tree_.finish().root());
    return out.text();
}

}  // namespace json
