/// @file  A store that shows what it is told to, and notes what people ask for.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "gateway/directory.h"
#include "gateway/error.h"
#include "gateway/store.h"

namespace admin_test {
using namespace gateway;

class NoPartners final : public Directory {
public:
    const Partner* find(std::string_view) const override { return nullptr; }
    const Partner* byIdentifier(std::string_view, std::string_view) const override {
        return nullptr;
    }
    const std::vector<Partner>& all() const override { return none_; }

private:
    std::vector<Partner> none_;
};

class ShownStore final : public Store {
public:
    std::vector<MessageView> messages;
    Counts figures;
    Filter asked;
    std::vector<std::string> changed;
    std::vector<Pause> paused;
    bool broken = false;

    std::vector<MessageView> list(const Filter& filter) override {
        if (broken) throw Error(Fault::unavailable, "store", "does not answer");
        asked = filter;
        return messages;
    }
    std::optional<MessageView> show(std::string_view id) override {
        for (const MessageView& one : messages)
            if (one.id == id) return one;
        return std::nullopt;
    }
    std::optional<Bytes> body(std::string_view id) override {
        if (id == "M1") return Bytes("raw bytes");
        return std::nullopt;
    }
    std::vector<std::optional<Reason>> replay(std::span<const std::string> ids,
                                              std::string_view by) override {
        return change(ids, "replay by " + std::string(by));
    }
    std::vector<std::optional<Reason>> close(std::span<const std::string> ids, const Reason& why,
                                             std::string_view by) override {
        return change(ids, "close by " + std::string(by) + " because " + why.en);
    }
    Counts counts() override {
        if (broken) throw Error(Fault::unavailable, "store", "does not answer");
        return figures;
    }
    std::optional<Reconciled> reconcile() override {
        if (broken) throw Error(Fault::unavailable, "store", "does not answer");
        return Store::reconcile();
    }
    void pause(const Pause& pause) override { paused.push_back(pause); }
    void resume(std::string_view end, std::string_view by) override {
        changed.push_back("resume by " + std::string(by) + ": " + std::string(end));
        std::erase_if(paused, [&](const Pause& one) { return one.end == end; });
    }
    std::vector<Pause> pauses() override { return paused; }

    std::vector<Stored> put(std::span<const Incoming>) override { return {}; }
    std::vector<LateResult> answered(std::span<const LateWord>) override { return {}; }
    void refused(std::span<const Refusal>) override {}
    std::vector<MessageClaim> claimMessages(std::size_t, Lease) override { return {}; }
    std::vector<std::string> reserve(std::size_t) override { return {}; }
    std::vector<Settled> translated(std::span<const Translation>) override { return {}; }
    void releaseMessages(std::span<const ClaimId>) override {}
    std::vector<LaneClaim> claimLanes(std::string_view, std::size_t, std::size_t, Lease) override {
        return {};
    }
    std::vector<Settled> inflight(std::span<const ClaimId>) override { return {}; }
    std::vector<Settled> settle(std::span<const Outcome>) override { return {}; }
    void release(std::span<const ClaimId>) override {}
    void wake() override {}
    const Register& plans() const override { throw Error(Fault::internal, "", "not asked for"); }

private:
    bool isKnown(const std::string& id) const {
        for (const MessageView& message : messages) {
            if (message.id == id) return true;
            for (const DeliveryView& delivery : message.deliveries)
                if (delivery.id == id) return true;
        }
        return false;
    }
    std::vector<std::optional<Reason>> change(std::span<const std::string> ids,
                                              const std::string& how) {
        std::vector<std::optional<Reason>> results;
        for (const std::string& id : ids) {
            changed.push_back(how + ": " + id);
            results.push_back(isKnown(id) ? std::nullopt : std::optional<Reason>("unknown id"));
        }
        return results;
    }
};

}  // namespace admin_test
