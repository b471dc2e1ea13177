#include "mailbox_page.h"

#include <algorithm>

#include "json_text.h"
#include "mailbox_owner.h"
#include "mailbox_task.h"

namespace transport_http {
using namespace gateway;

namespace {

/// A page ends with what goes beyond.
constexpr std::size_t kPageBytes = 8u << 20;
/// The Task of a delivery stands behind all that it holds.
constexpr std::uint32_t kTaskPlace = UINT32_MAX;
constexpr std::size_t kOffered = 512;

void addOnce(std::vector<std::string>& to, const std::string& one) {
    if (!one.empty() && std::find(to.begin(), to.end(), one) == to.end()) to.push_back(one);
}

std::string idAt(const HeldItem& item, std::uint32_t place) {
    return place == 0 ? item.head.id : item.head.id + "." + std::to_string(place);
}

std::string encoded(std::string_view text) {
    constexpr char digits[] = "0123456789ABCDEF";
    std::string out;
    for (const char c : text) {
        const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                           (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_' || c == '~' ||
                           c == ':' || c == ',';
        if (plain) {
            out.push_back(c);
        } else {
            const auto byte = static_cast<unsigned char>(c);
            out += {'%', digits[byte >> 4], digits[byte & 15]};
        }
    }
    return out;
}

template <class Any>
bool holdsAll(const std::vector<std::vector<std::string>>& lists, const Any& holds) {
    return std::all_of(lists.begin(), lists.end(), [&](const std::vector<std::string>& any) {
        return std::any_of(any.begin(), any.end(), holds);
    });
}

}  // namespace

MailboxPage::MailboxPage(const FhirRequest& request, MailboxIndex& index, const MailboxCursor& from,
                         std::vector<std::string> destinations)
    : request_(request),
      index_(index),
      mailboxes_(request.gateway.mailboxes()),
      from_(from),
      search_(from_.search),
      destinations_(std::move(destinations)),
      now_(currentTime()) {}

http::Response MailboxPage::answer() {
    if (search_.countOnly) return respond(request_, 200, bundle(counted(), true));
    fill();
    record();
    return respond(request_, 200,
                   bundle(entries_.size(), !more_ && from_.after.destination.empty()));
}

void MailboxPage::fill() {
    bool begun = from_.after.destination.empty();
    for (const std::string& destination : destinations_) {
        begun = begun || destination == from_.after.destination;
        if (begun && !fillFrom(destination)) return;
    }
}

/// @return whether there is room for more
bool MailboxPage::fillFrom(const std::string& destination) {
    for (const std::shared_ptr<HeldItem>& item : itemsFrom(destination))
        if (!add(*item)) return false;
    return true;
}

/// Where the last page ended may be gone by now, or have been laid out anew: nothing is left out
/// for that.
HeldItems MailboxPage::itemsFrom(const std::string& destination) {
    HeldItems items = index_.waiting(mailboxes_, destination);
    const MailboxPosition& after = from_.after;
    if (destination != after.destination) return items;
    auto at = std::find_if(items.begin(), items.end(), [&](const auto& item) {
        return item->head.id == after.delivery && item->head.since == after.since;
    });
    if (at == items.end()) {
        const auto next = mailboxes_.offered(destination, after.delivery, 1);
        at = std::find_if(items.begin(), items.end(), [&](const auto& item) {
            return (!next.empty() && item->head.id == next.front().id) ||
                   item->head.since >= after.since;
        });
    }
    return {at, items.end()};
}

bool MailboxPage::behind(const HeldItem& item, std::uint32_t place) const {
    return item.head.destination != from_.after.destination ||
           item.head.id != from_.after.delivery || item.head.since != from_.after.since ||
           place > from_.after.place;
}

/// @return whether there is room for more
bool MailboxPage::add(HeldItem& item) {
    if (!search_.mayWant(item.head, now_)) return true;
    const auto content = index_.content(mailboxes_, item);
    if (!content) return true;
    if (search_.codes.empty() && search_.focus.empty() && !addHeld(item, *content)) return false;
    if (search_.type != "Task" || !behind(item, kTaskPlace) || !wantsTask(item, *content))
        return true;
    return addTask(item, *content);
}

/// @return whether there is room for more
bool MailboxPage::addHeld(HeldItem& item, const HeldContent& content) {
    std::optional<HeldBody> body;  // read once, when the first of them is shown
    for (const HeldResource& resource : content.resources) {
        if (!behind(item, resource.place) ||
            !search_.wants(resource, idAt(item, resource.place), item.head.since, now_))
            continue;
        if (full(0)) return false;
        if (!body) {
            const std::optional<Bytes> bytes = index_.read(mailboxes_, item);
            if (!bytes) return true;  // it is gone
            body.emplace(*bytes, content.format.value_or(FhirFormat::json));
        }
        if (!add(item, content, resource, *body)) return false;
    }
    return true;
}

bool MailboxPage::wantsTask(const HeldItem& item, const HeldContent& content) const {
    const std::string focus = content.type() + "/" + item.head.id;
    return holdsAll(search_.codes, [](const std::string& code) { return code == kPickUpCode; }) &&
           holdsAll(search_.focus,
                    [&](const std::string& one) {
                        return one == item.head.id || one == focus || one.ends_with("/" + focus);
                    }) &&
           search_.wants(heldTask(content, item.head.controlId), pickUpId(item.head.id),
                         item.head.since, now_);
}

bool MailboxPage::full(std::size_t bytes) {
    more_ = entries_.size() >= search_.count || (!entries_.empty() && bytes_ + bytes > kPageBytes);
    return more_;
}

void MailboxPage::put(HeldItem& item, std::uint32_t place, Entry entry) {
    bytes_ += entry.json.size();
    entries_.push_back(std::move(entry));
    last_ = {item.head.destination, item.head.id, item.head.since, place};
}

bool MailboxPage::add(HeldItem& item, const HeldContent& content, const HeldResource& resource,
                      HeldBody& body) {
    const std::string id = idAt(item, resource.place);
    Entry entry{resource.type + "/" + id, {}, {}};
    if (resource.place > 0) entry.collection = content.type() + "/" + item.head.id;
    const Bytes bytes = body.json(resource.place);
    entry.json = content.format ? withId(bytes, id) : binaryJson(bytes, item.head.mediaType, id);
    if (full(entry.json.size())) return false;
    put(item, resource.place, std::move(entry));
    for (const std::string& one : {item.head.plan, item.head.message, item.head.id})
        addOnce(shown_, one);
    return true;
}

bool MailboxPage::addTask(HeldItem& item, const HeldContent& content) {
    if (full(0)) return false;
    if (!index_.read(mailboxes_, item)) return true;
    PickUpState state;
    state.id = item.head.id;
    state.controlId = item.head.controlId;
    state.focus = content.type() + "/" + item.head.id;
    state.since = item.head.since;
    state.until = item.head.until;
    put(item, kTaskPlace, {"Task/" + pickUpId(item.head.id), {}, taskJson(state, request_.spoken)});
    return true;
}

/// By what waits there now, not by what is remembered of it.
std::size_t MailboxPage::counted() {
    std::size_t found = 0;
    for (const std::string& destination : destinations_) {
        std::map<std::string_view, std::shared_ptr<HeldItem>> known;
        const HeldItems items = index_.waiting(mailboxes_, destination);
        for (const auto& item : items) known.emplace(item->head.id, item);
        std::string after;
        for (;;) {
            const auto page = mailboxes_.offered(destination, after, kOffered);
            if (page.empty()) break;
            after = page.back().id;
            for (const OfferedDelivery& one : page) {
                if (!search_.mayWant(one, now_)) continue;
                const auto item = known.find(one.id);
                const auto content =
                    item == known.end() ? nullptr : index_.content(mailboxes_, *item->second);
                if (!content) continue;
                for (const HeldResource& resource : content->resources)
                    if (search_.codes.empty() && search_.focus.empty() &&
                        search_.wants(resource, idAt(*item->second, resource.place), one.since,
                                      now_))
                        ++found;
                if (search_.type == "Task" && wantsTask(*item->second, *content)) ++found;
            }
        }
    }
    return found;
}

/// Before content is shown; that something waits is none.
void MailboxPage::record() {
    if (shown_.empty()) return;
    AuditRecord record = recordOf(request_, "read");
    record.about = shown_;
    record.details["type"] = search_.type;
    request_.gateway.trail().write(record);
}

/// The address of the same search; one that tells of a person stands in it sealed.
std::string MailboxPage::self() const {
    if (search_.posted || !from_.after.destination.empty())
        return search_.type + "?_cursor=" + sealed(from_, request_.who.partner);
    std::string query;
    for (const auto& [name, value] : request_.query) {
        const auto& unknown = search_.passedOver;
        if (std::find(unknown.begin(), unknown.end(), name) != unknown.end()) continue;
        query += (query.empty() ? "?" : "&") + encoded(name) + "=" + encoded(value);
    }
    return search_.type + query;
}

Bytes MailboxPage::bundle(std::size_t total, bool known) const {
    JsonText json;
    json.object().text("resourceType", "Bundle");
    json.object("meta").text("lastUpdated", toText(now_)).end();
    json.text("type", "searchset");
    if (known) json.raw("total", std::to_string(total));
    json.array("link").object().text("relation", "self");
    json.text("url", absolute(request_, self())).end();
    if (more_) {
        json.object().text("relation", "next");
        json.text("url", absolute(request_, search_.type + "?_cursor=" +
                                                sealed({search_, last_}, request_.who.partner)));
        json.end();
    }
    json.end();
    if (entries_.empty() && search_.passedOver.empty()) return json.take();
    json.array("entry");
    for (const Entry& entry : entries_) {
        json.object();
        if (!entry.collection.empty()) {
            json.array("link").object().text("relation", "collection");
            json.text("url", absolute(request_, entry.collection)).end().end();
        }
        json.text("fullUrl", absolute(request_, entry.path));
        json.raw("resource", entry.json.view());
        json.object("search").text("mode", "match").end().end();
    }
    if (search_.passedOver.empty()) return json.take();
    json.object().object("resource").text("resourceType", "OperationOutcome").array("issue");
    for (const std::string& name : search_.passedOver) {
        json.object().text("severity", "warning").text("code", "not-supported");
        json.text("diagnostics", say("not known here, and so passed over: {0}",
                                     "inconnu ici, donc ignoré : {0}", {std::string_view(name)})
                                     .in(request_.spoken));
        json.end();
    }
    json.end().end().object("search").text("mode", "outcome").end().end();
    return json.take();
}

}  // namespace transport_http
