/// @file  What is asked of the admin interface, read from its requests.
#pragma once

#include <string>
#include <vector>

#include "core/json_text.h"
#include "gateway/store.h"

namespace gateway {

/// @throws Error(malformed) naming the parameter
Filter filterOf(const std::string& query);
/// Members as in the query, and `subject`.
Filter filterOf(const JsonValue& members);

/// {"ids": […] or "filter": {…}, "why": …, "by": …, "dry": true} of a POST.
struct Wish {
    std::vector<std::string> ids;
    std::optional<Filter> filter;
    std::string why;
    std::string by;
    bool dry = false;  ///< only say what would be done
};
Wish wishOf(const JsonValue& body);

/// A message that is held, or a delivery that waits for a person.
struct Chosen {
    std::string id;
    std::string message;
    std::string destination;  ///< of a delivery
    std::string state;        ///< as it is now; empty: nothing is known of this id
    Reason reason;
};

/// What an id stands for: a message that is not held for those of its deliveries that wait.
std::vector<Chosen> chosen(Store& store, const std::vector<std::string>& ids);
/// All that waits for a person and fits.
std::vector<Chosen> chosen(Store& store, const Filter& filter);

}  // namespace gateway
