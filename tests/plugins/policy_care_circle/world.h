/// @file  For tests of the policy: a register in memory, a directory, plans written in a few words.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "support/plugins.h"

namespace circle_test {
using namespace gateway;

/// As the store keeps it: what comes back without subjects keeps those that stand.
class FakeRegister final : public Register {
public:
    std::optional<RegisterEntry> find(std::string_view key) const override;
    std::vector<RegisterReceipt> receipts(std::string_view key) const override;
    std::vector<RegisterEntry> dueBefore(Time instant, std::size_t most) const override;
    std::vector<RegisterEntry> known(std::string_view subjectOrLabel, std::size_t most,
                                     std::string_view after) const override;
    std::vector<RegisterEntry> ofNetwork(std::string_view network, std::size_t most,
                                         std::string_view after) const override;
    std::vector<Waiting> waiting(std::string_view key) const override;

    /// @return whether nothing else stood there meanwhile
    bool apply(const RegisterChange& change);
    void got(const std::string& key, const std::string& partner, const std::string& edition);
    void waits(const std::string& key, Waiting one);
    /// With subjects and labels, which find() hides.
    const RegisterEntry& stands(const std::string& key) const { return entries_.at(key).entry; }
    bool has(const std::string& key) const { return entries_.contains(key); }

private:
    struct Standing {
        RegisterEntry entry;
        std::int64_t order = 0;
    };
    static RegisterEntry read(const Standing& standing);

    std::map<std::string, Standing, std::less<>> entries_;
    std::map<std::string, std::vector<RegisterReceipt>, std::less<>> receipts_;
    std::map<std::string, std::vector<Waiting>, std::less<>> waiting_;
};

class FakeDirectory final : public Directory {
public:
    const Partner* find(std::string_view name) const override;
    const Partner* byIdentifier(std::string_view scheme, std::string_view value) const override;
    const std::vector<Partner>& all() const override { return partners; }
    Partner& operator[](std::string_view name);

    std::vector<Partner> partners;
};

/// A plan bundle: number N1, a GP and a HAD in its team since last year, consent given.
struct Plan {
    std::string number = "N1", edition = "2", status = "active";
    std::string patient = kPatient;  ///< members of the Patient, after its type
    std::string care;                ///< further members of the CarePlan
    std::string consent = kConsent;  ///< entries
    std::vector<std::string> team = {member("u:gp", "MEDECIN_TRAITANT", kSince),
                                     member("u:had", "HAD", kSince)};
    std::string more;  ///< further entries

    std::string json() const;

    static std::string member(const std::string& url, const std::string& function,
                              const std::string& period = {});
    static std::string entry(const std::string& url, const std::string& resource);
    /// A Consent with this provision; `more`: further members.
    static std::string consentOf(const std::string& provision, const std::string& status = "active",
                                 const std::string& more = {});
    static std::string refusing(const std::string& url);
    static std::string refusingKind(const std::string& code);
    static const std::string kPatient, kConsent;
    static constexpr const char* kSince = R"({"start":"2025-01-12"})";
};

class World : public testing::Test {
protected:
    World();
    void options(const ConfigNode& options);
    /// Asks the policy, on the day `today`.
    Decisions decide(const Plan& plan);
    Decisions decide(const Document& pivot);
    /// What the plan ends though its map, or a rule, holds it.
    Decisions decideHeld(const Plan& plan);
    Document read(const std::string& json) const;
    /// Decides, keeps what the register is to know; who was sent something has it.
    Decisions accept(const Plan& plan);
    std::string why(const Plan& plan);  ///< the error in French, empty when there is none

    static std::string sentTo(const Decisions& decisions);
    /// In French; empty: nothing was decided about it.
    static std::string reason(const Decisions& decisions, std::string_view partner);
    /// What a partner gets instead of the plan, as JSON; of several the first that has `words`.
    std::string instead(const Decisions& decisions, std::string_view partner,
                        std::string_view words = {}) const;
    bool mayStillGet(const std::string& partner, const std::string& destination = "plans",
                     const std::string& edition = "2") const;

    Context about() const;

    support::Plugins plugins_{{"policy_care_circle", "codec_fhir"}};
    std::unique_ptr<Codec> fhir_ = plugins_.codec("fhir");
    std::unique_ptr<Policy> policy_;
    FakeDirectory partners_;
    FakeRegister plans_;
    std::string network_ = "relai", source_ = "portal", today_ = "2026-03-02";
    std::string clock_ = "08:00:00";  ///< UTC
};

}  // namespace circle_test
