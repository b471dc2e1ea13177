/// @file  What waits in mailboxes, remembered so that a search need not read it all again. Whether
/// it still waits is always asked before it is shown.
#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "gateway/mailbox.h"
#include "mailbox_content.h"

namespace transport_http {

/// One delivery that waits, or waited a moment ago.
struct HeldItem {
    explicit HeldItem(gateway::OfferedDelivery delivery) : head(std::move(delivery)) {}
    const gateway::OfferedDelivery head;
    std::shared_ptr<const HeldContent> content;  ///< guarded by the index
};
using HeldItems = std::vector<std::shared_ptr<HeldItem>>;

/// Many threads.
class MailboxIndex {
public:
    explicit MailboxIndex(std::size_t most = 50'000) : most_(most) {}

    /// What waits there, oldest first: what is known and what came since. Some may be gone.
    HeldItems waiting(gateway::Mailboxes& mailboxes, const std::string& destination);
    /// One of them; null: it does not wait there.
    std::shared_ptr<HeldItem> find(gateway::Mailboxes& mailboxes, const std::string& destination,
                                   std::string_view id);
    /// What it holds; null: it does not wait any more. Read once, as long as there is room.
    std::shared_ptr<const HeldContent> content(gateway::Mailboxes& mailboxes, HeldItem& item);
    /// Its bytes; nothing: it does not wait any more.
    std::optional<gateway::Bytes> read(gateway::Mailboxes& mailboxes, const HeldItem& item);
    void gone(const HeldItem& item);

private:
    struct Box {
        std::mutex mutex;  ///< guards the rest; held while the store is asked
        HeldItems items;
        gateway::Time looked{};  ///< at all of it
    };
    std::shared_ptr<Box> box(const std::string& destination);
    void refresh(gateway::Mailboxes& mailboxes, const std::string& destination, Box& box);
    bool addNew(gateway::Mailboxes& mailboxes, const std::string& destination, Box& box);
    void makeRoom(const std::string& destination);

    const std::size_t most_;  ///< contents that are kept
    std::mutex mutex_;        ///< guards what follows and HeldItem::content
    std::map<std::string, std::shared_ptr<Box>> boxes_;
    std::size_t contents_ = 0;
    gateway::Time counted_{};  ///< when there was no room
};

}  // namespace transport_http
