/// @file  A gateway whose inbox, access, register and messages answer as told, and a listener of
/// the shipped plugin in front of it.
#pragma once

#include <map>
#include <mutex>

#include "gateway/register.h"
#include "gateway/store.h"
#include "gateway/trail.h"
#include "http/client.h"
#include "raw_client.h"
#include "support/plugins.h"

namespace transport_http_test {
using namespace gateway;

/// Endpoints by the common name of their certificate or by their token; what each may do.
class ToldAccess final : public Access {
public:
    std::map<std::string, Who> shown;  ///< by token; "" for who shows none
    std::function<std::optional<Reason>(const Who&, const Wanted&)> rule;

    Who who(const Shown& by) const override {
        const auto found = shown.find(by.token);
        if (found != shown.end()) return found->second;
        if (by.token.empty()) return {};
        throw Unproven("Authorization", {"this token is not believed", "jeton non reconnu"});
    }
    std::optional<Reason> refuses(const Who& who, const Wanted& wanted) const override {
        return rule ? rule(who, wanted) : std::nullopt;
    }
};

class ToldGateway final : public Gateway, public Inbox, public Trail, public Register {
public:
    std::vector<Arrival> arrivals;
    Accepted accepted;
    Accepted examined;
    Progress progress;
    std::shared_ptr<ToldAccess> access_ = std::make_shared<ToldAccess>();
    std::shared_ptr<const Access> configured;  ///< instead, as a configuration makes it
    std::vector<AuditRecord> told;
    std::map<std::string, MessageView> messages;
    std::map<std::string, std::vector<RegisterEntry>> register_;  ///< by subject or label

    Inbox& inbox() override { return *this; }
    Log& log() override { return log_; }
    std::shared_ptr<const Directory> directory() override { return nullptr; }
    std::shared_ptr<const Access> access() override { return configured ? configured : access_; }
    Trail& trail() override { return *this; }
    const Register& plans() override { return *this; }
    std::optional<MessageView> message(const std::string& id) override {
        const auto found = messages.find(id);
        return found == messages.end() ? std::nullopt : std::optional(found->second);
    }

    std::vector<Accepted> accept(std::span<const Arrival> all) override {
        const std::lock_guard lock(mutex_);
        arrivals.insert(arrivals.end(), all.begin(), all.end());
        return std::vector<Accepted>(all.size(), accepted);
    }
    bool answered(const LateAnswer&) override { return false; }
    Progress wait(const std::string&, Stage, Time) override { return progress; }
    Accepted examine(const Arrival& arrival) override {
        const std::lock_guard lock(mutex_);
        arrivals.push_back(arrival);
        return examined;
    }

    void write(const AuditRecord& record) override { tell(record); }
    void tell(AuditRecord record) noexcept override {
        const std::lock_guard lock(mutex_);
        told.push_back(std::move(record));
    }

    std::optional<RegisterEntry> find(std::string_view) const override { return std::nullopt; }
    std::vector<RegisterReceipt> receipts(std::string_view) const override { return {}; }
    std::vector<RegisterEntry> dueBefore(Time, std::size_t) const override { return {}; }
    std::vector<RegisterEntry> known(std::string_view name, std::size_t most,
                                     std::string_view) const override {
        const auto found = register_.find(std::string(name));
        if (found == register_.end()) return {};
        std::vector<RegisterEntry> all = found->second;
        all.resize(std::min(all.size(), most));
        return all;
    }

    std::string logged() const { return log_.text(); }

    void stored(const std::string& id, Receipt::Kind kind = Receipt::Kind::fresh) {
        accepted.messages.emplace_back().receipt = Receipt{id, kind, {}};
    }
    void refused(Fault fault, const std::string& where, const std::string& what) {
        accepted.messages.emplace_back().error.emplace(fault, where, what);
    }

private:
    std::mutex mutex_;
    support::KeptLog log_;
};

class ListenerTest : public testing::Test {
protected:
    void listen(std::vector<std::pair<std::string, ConfigNode>> more = {}) {
        more.emplace_back("listen", support::scalar("127.0.0.1:0"));
        listener_ = plugins_.listener("http", support::map(std::move(more)));
    }
    Findings serve(const SourceOptions& source, const ConfigNode& options) {
        Findings findings;
        Config config(options, ".", findings);
        for (const char* const ofTheHost : {"codec", "network"}) config.text(ofTheHost, "");
        listener_->serve(source, config);
        config.finish();
        return findings;
    }
    std::string start() {
        listener_->start(gateway_);
        return listener_->address();
    }

    support::Plugins plugins_{{"transport_http"}};
    ToldGateway gateway_;
    std::unique_ptr<Listener> listener_;
};

}  // namespace transport_http_test
