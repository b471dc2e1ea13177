/// @file  JSON told piece by piece: answers, reports.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "gateway/error.h"
#include "gateway/time.h"
#include "gateway/tree.h"

namespace json {

class Told {
public:
    using Place = gateway::Builder::Handle;

    Told() : tree_("answer") {}
    Place root() const { return tree_.root(); }
    Place object(Place in, std::string_view name) { return tree_.add(in, name); }
    /// One more object of the list of that name.
    Place item(Place in, std::string_view name);
    /// A list that may stay empty: call it before its first item.
    void list(Place in, std::string_view name);

    /// Nothing is told of an empty text, instant or reason.
    void text(Place in, std::string_view name, std::string_view value);
    void time(Place in, std::string_view name, gateway::Time at);
    void reason(Place in, std::string_view name, const gateway::Reason& why);
    void number(Place in, std::string_view name, std::int64_t value);
    /// A number as written: "12.50".
    void decimal(Place in, std::string_view name, std::string_view digits);
    void flag(Place in, std::string_view name, bool yes);

    std::string take();

private:
    gateway::Builder tree_;
};

}  // namespace json
