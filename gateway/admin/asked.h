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

/// {"ids": […] or "filter": {…}, "why": …, "by": …, "dry": true, …} of a POST.
struct Wish {
    std::vector<std::string> ids;
    std::optional<Filter> filter;
    std::string why;
    std::string by;
    bool dry = false;        ///< only say what would be done
    bool translate = false;  ///< of a replay: what is set aside is translated anew
    Time on{};               ///< when it was handed over; zero: now
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

/// Which deliveries are meant: those that wait for a person, to be picked up, or (by a filter that
/// names their state) for anything.
enum class Eligible { forAPerson, toBePickedUp, toBeClosed };

/// What an id stands for: a message that is not held for those of its deliveries that are meant,
/// MESSAGE/PARTNER for those of them that go to that partner.
std::vector<Chosen> chosen(Store& store, const std::vector<std::string>& ids, Eligible eligible);
/// All that is meant and fits.
std::vector<Chosen> chosen(Store& store, const Filter& filter, Eligible eligible);

/// The message of a delivery of that id, empty when there is none.
std::string messageOf(Store& store, const std::string& delivery);

/// Of a query: since, source, before (a number), most. @throws Error(malformed)
RefusalFilter refusalFilterOf(const std::string& query);

}  // namespace gateway
