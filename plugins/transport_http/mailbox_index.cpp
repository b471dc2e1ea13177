#include "mailbox_index.h"

#include <algorithm>
#include <set>
#include <unordered_map>

namespace transport_http {
using namespace gateway;

namespace {

constexpr std::size_t kPage = 512;
/// Those who are gone for another reason than that their partner fetched them are forgotten so
/// late.
constexpr Milliseconds kLookAgain{15 * 60'000};
constexpr Milliseconds kCountAgain{10'000};

bool same(const HeldItem& item, const OfferedDelivery& offered) {
    return item.head.id == offered.id && item.head.since == offered.since;
}

}  // namespace

std::shared_ptr<MailboxIndex::Box> MailboxIndex::box(const std::string& destination) {
    const std::lock_guard lock(mutex_);
    std::shared_ptr<Box>& box = boxes_[destination];
    if (!box) box = std::make_shared<Box>();
    return box;
}

HeldItems MailboxIndex::waiting(Mailboxes& mailboxes, const std::string& destination) {
    const std::shared_ptr<Box> known = box(destination);
    const std::lock_guard lock(known->mutex);
    refresh(mailboxes, destination, *known);
    return known->items;
}

void MailboxIndex::refresh(Mailboxes& mailboxes, const std::string& destination, Box& box) {
    const Time now = currentTime();
    const bool late = now - box.looked > kLookAgain || now < box.looked;
    if (!late && addNew(mailboxes, destination, box)) return;
    std::unordered_map<std::string_view, std::shared_ptr<HeldItem>> known;
    for (const std::shared_ptr<HeldItem>& item : box.items) known.emplace(item->head.id, item);
    HeldItems items;
    std::string after;
    for (;;) {
        std::vector<OfferedDelivery> page = mailboxes.offered(destination, after, kPage);
        if (page.empty()) break;
        after = page.back().id;
        for (OfferedDelivery& one : page) {
            const auto found = known.find(one.id);
            const bool kept = found != known.end() && same(*found->second, one);
            items.push_back(kept ? found->second : std::make_shared<HeldItem>(std::move(one)));
        }
    }
    box.items = std::move(items);
    box.looked = now;
}

/// What stands behind the last one that is known. A delivery's place is known by the one before it
/// alone, so that place is trusted only where both still stand as they stood.
bool MailboxIndex::addNew(Mailboxes& mailboxes, const std::string& destination, Box& box) {
    const std::size_t size = box.items.size();
    if (size < 2) return false;
    std::vector<OfferedDelivery> page =
        mailboxes.offered(destination, box.items[size - 2]->head.id, kPage);
    if (page.empty() || !same(*box.items.back(), page.front())) return false;
    page.erase(page.begin());
    HeldItems fresh;
    std::set<std::string_view> ids;
    for (bool more = true; more;) {
        for (OfferedDelivery& one : page) {
            fresh.push_back(std::make_shared<HeldItem>(std::move(one)));
            ids.insert(fresh.back()->head.id);
        }
        more = page.size() + 1 >= kPage;
        if (more) page = mailboxes.offered(destination, fresh.back()->head.id, kPage);
    }
    if (fresh.empty()) return true;
    std::erase_if(box.items, [&](const auto& item) { return ids.contains(item->head.id); });
    box.items.insert(box.items.end(), fresh.begin(), fresh.end());
    return true;
}

std::shared_ptr<HeldItem> MailboxIndex::find(Mailboxes& mailboxes, const std::string& destination,
                                             std::string_view id) {
    for (const std::shared_ptr<HeldItem>& item : waiting(mailboxes, destination))
        if (item->head.id == id) return item;
    return nullptr;
}

std::optional<Bytes> MailboxIndex::read(Mailboxes& mailboxes, const HeldItem& item) {
    try {
        return mailboxes.read(item.head.destination, item.head.id);
    } catch (const Error& error) {
        if (error.fault != Fault::rejected) throw;
        gone(item);
        return std::nullopt;
    }
}

std::shared_ptr<const HeldContent> MailboxIndex::content(Mailboxes& mailboxes, HeldItem& item) {
    {
        const std::lock_guard lock(mutex_);
        if (item.content) return item.content;
    }
    const std::optional<Bytes> body = read(mailboxes, item);
    if (!body) return nullptr;
    auto content = std::make_shared<const HeldContent>(contentOf(*body, item.head.mediaType));
    makeRoom(item.head.destination);
    const std::lock_guard lock(mutex_);
    if (!item.content && contents_ < most_) {
        item.content = content;
        ++contents_;
    }
    return content;
}

/// Other mailboxes are forgotten for the one that is asked now.
void MailboxIndex::makeRoom(const std::string& destination) {
    const std::lock_guard lock(mutex_);
    const Time now = currentTime();
    if (contents_ < most_ || (now - counted_ < kCountAgain && now >= counted_)) return;
    counted_ = now;
    std::erase_if(boxes_, [&](const auto& box) { return box.first != destination; });
    contents_ = 0;
    const auto kept = boxes_.find(destination);
    if (kept == boxes_.end()) return;
    const std::unique_lock items(kept->second->mutex, std::try_to_lock);
    if (!items) {
        contents_ = most_;  // it is being looked at: another time
        return;
    }
    for (const std::shared_ptr<HeldItem>& item : kept->second->items)
        contents_ += item->content ? 1 : 0;
}

void MailboxIndex::gone(const HeldItem& item) {
    const std::shared_ptr<Box> known = box(item.head.destination);
    const std::lock_guard lock(known->mutex);
    std::erase_if(known->items, [&](const auto& one) { return one.get() == &item; });
}

}  // namespace transport_http
