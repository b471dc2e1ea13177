/// @file  One page of a search over a partner's mailboxes.
#pragma once

#include <string>
#include <vector>

#include "fhir_respond.h"
#include "mailbox_cursor.h"
#include "mailbox_index.h"

namespace transport_http {

/// What one search finds, from a position on: each is asked for again before it is shown.
class MailboxPage {
public:
    MailboxPage(const FhirRequest& request, MailboxIndex& index, const MailboxCursor& from,
                std::vector<std::string> destinations);

    gateway::http::Response answer();

private:
    struct Entry {
        std::string path;        ///< "Bundle/1GZ791"
        std::string collection;  ///< that it is a part of; may be empty
        gateway::Bytes json;
    };
    void fill();
    bool fillFrom(const std::string& destination);
    HeldItems itemsFrom(const std::string& destination);
    bool add(HeldItem& item);
    bool addHeld(HeldItem& item, const HeldContent& content);
    bool add(HeldItem& item, const HeldContent& content, const HeldResource& resource,
             HeldBody& body);
    bool addTask(HeldItem& item, const HeldContent& content);
    bool wantsTask(const HeldItem& item, const HeldContent& content) const;
    bool behind(const HeldItem& item, std::uint32_t place) const;
    bool full(std::size_t bytes);
    void put(HeldItem& item, std::uint32_t place, Entry entry);
    std::size_t counted();
    void record();
    gateway::Bytes bundle(std::size_t total, bool known) const;
    std::string self() const;

    const FhirRequest& request_;
    MailboxIndex& index_;
    gateway::Mailboxes& mailboxes_;
    const MailboxCursor from_;
    const MailboxSearch& search_;
    const std::vector<std::string> destinations_;
    const gateway::Time now_;
    std::vector<Entry> entries_;
    std::size_t bytes_ = 0;
    MailboxPosition last_;
    bool more_ = false;
    std::vector<std::string> shown_;  ///< content of plans, messages and deliveries, for the audit
};

}  // namespace transport_http
