/// @file  A register in memory, and a running gateway that its policy answers for.
#pragma once

#include <deque>
#include <map>
#include <set>

#include "gateway/store.h"
#include "plan_facts.h"
#include "support/plugins.h"

namespace support {

/// Knows entries by key and by label, as the store does.
class Shelf final : public gateway::Register {
public:
    using Entry = gateway::RegisterEntry;

    /// Puts an entry; its labels as circle's rules write them.
    void put(Entry entry);

    std::optional<Entry> find(std::string_view key) const override;
    std::vector<gateway::RegisterReceipt> receipts(std::string_view key) const override;
    std::vector<Entry> dueBefore(gateway::Time, std::size_t) const override { return {}; }
    std::vector<Entry> known(std::string_view label, std::size_t most,
                             std::string_view after) const override;
    std::vector<Entry> ofNetwork(std::string_view network, std::size_t most,
                                 std::string_view after) const override;
    std::vector<Waiting> waiting(std::string_view key) const override;

    std::map<std::string, std::vector<gateway::RegisterReceipt>, std::less<>> given;
    std::map<std::string, std::vector<Waiting>, std::less<>> open;
    mutable std::size_t read = 0;  ///< entries that were handed out

private:
    std::map<std::string, Entry, std::less<>> entries_;
    std::map<std::string, std::set<std::string>, std::less<>> byLabel_;
};

/// An open plan of a network: coordinator c1, sector Nord, entry 2026-01-12, review 2026-04-12.
/// @param facts  beside those, or instead of them; an empty value takes one away
gateway::RegisterEntry plan(const std::string& network, const std::string& number,
                            std::vector<std::pair<std::string_view, std::string>> facts = {},
                            const std::string& state = "active");

/// Partners gp and had.
class TwoPartners final : public gateway::Directory {
public:
    TwoPartners();
    const gateway::Partner* find(std::string_view name) const override;
    const gateway::Partner* byIdentifier(std::string_view, std::string_view) const override {
        return nullptr;
    }
    const std::vector<gateway::Partner>& all() const override { return partners_; }

private:
    std::vector<gateway::Partner> partners_;
};

/// A gateway that is asked, and the person who asks: types these lines.
class Counter final : public gateway::Answering, public gateway::CommandHost {
public:
    explicit Counter(const gateway::Policy& policy) : policy_(policy) {}

    // What the policy may look into.
    const gateway::Register& plans() const override { return shelf; }
    const gateway::Directory& directory() const override { return partners; }
    std::optional<gateway::MessageView> message(std::string_view id) const override;
    gateway::Time now() const override { return today; }

    // What the commands use.
    std::string ask(const std::string& folder, std::string_view question,
                    const gateway::Asked& words) override;
    std::optional<std::string> line(const gateway::Reason& prompt, bool hidden) override;
    gateway::Spoken speaks() const override { return language_; }
    void speak(gateway::Spoken language) { language_ = language; }
    Chosen codec(const std::string&) override;
    Chosen codecOf(const gateway::Bytes&, const std::string&) override;
    Chosen codecFor(gateway::Node) override;
    gateway::Bytes read(const std::string&) override;
    const std::vector<const gateway::Model*>& models() override;
    const gateway::MapLanguage& language() override;

    Shelf shelf;
    TwoPartners partners;
    gateway::Time today = gateway::timeFromText("2026-04-01T10:00:00.000Z");
    std::map<std::string, gateway::MessageView, std::less<>> messages;
    std::deque<std::string> typed;
    std::vector<gateway::Asked> asked;  ///< what was asked so far
    std::vector<std::string> prompts;

private:
    const gateway::Policy& policy_;
    gateway::Spoken language_ = gateway::Spoken::english;
};

}  // namespace support
