#include "world.h"

#include <algorithm>

namespace circle_test {

namespace {

constexpr const char* kFunctions = "https://passerelle.example/fhir/CodeSystem/pps-function";

bool hasWords(const std::string& text, std::string_view words) {
    return text.find(words) != std::string::npos;
}

}  // namespace

RegisterEntry FakeRegister::read(const Standing& standing) {
    RegisterEntry entry = standing.entry;
    entry.subjects.clear();
    entry.labels.clear();
    return entry;
}

std::optional<RegisterEntry> FakeRegister::find(std::string_view key) const {
    const auto found = entries_.find(key);
    if (found == entries_.end()) return {};
    return read(found->second);
}

std::vector<RegisterReceipt> FakeRegister::receipts(std::string_view key) const {
    const auto found = receipts_.find(key);
    return found == receipts_.end() ? std::vector<RegisterReceipt>() : found->second;
}

std::vector<RegisterEntry> FakeRegister::dueBefore(Time instant, std::size_t most) const {
    std::vector<RegisterEntry> due;
    for (const auto& [key, one] : entries_)
        if (one.entry.due && *one.entry.due <= instant && due.size() < most)
            due.push_back(read(one));
    return due;
}

std::vector<RegisterEntry> FakeRegister::known(std::string_view by, std::size_t most,
                                               std::string_view after) const {
    std::vector<RegisterEntry> all;
    for (const auto& [key, one] : entries_) {
        const auto has = [&](const std::vector<std::string>& words) {
            return std::find(words.begin(), words.end(), by) != words.end();
        };
        if (key > after && all.size() < most && (has(one.entry.subjects) || has(one.entry.labels)))
            all.push_back(read(one));
    }
    return all;
}

std::vector<RegisterEntry> FakeRegister::ofNetwork(std::string_view network, std::size_t most,
                                                   std::string_view after) const {
    std::vector<RegisterEntry> all;
    for (const auto& [key, one] : entries_)
        if (key > after && all.size() < most && (network.empty() || one.entry.network == network))
            all.push_back(read(one));
    return all;
}

std::vector<Register::Waiting> FakeRegister::waiting(std::string_view key) const {
    const auto found = waiting_.find(key);
    return found == waiting_.end() ? std::vector<Waiting>() : found->second;
}

bool FakeRegister::apply(const RegisterChange& change) {
    const auto found = entries_.find(change.entry.key);
    const std::uint64_t revision = found == entries_.end() ? 0 : found->second.entry.revision;
    if (change.expected && *change.expected != revision) return false;
    if (found != entries_.end() && found->second.order > change.order) return true;
    if (change.remove) {
        if (found != entries_.end()) entries_.erase(found);
        return true;
    }
    Standing next{change.entry, change.order};
    next.entry.revision = revision + 1;
    if (found != entries_.end() && next.entry.subjects.empty()) {
        next.entry.subjects = found->second.entry.subjects;
        if (next.entry.labels.empty()) next.entry.labels = found->second.entry.labels;
    }
    entries_[change.entry.key] = std::move(next);
    return true;
}

void FakeRegister::got(const std::string& key, const std::string& partner,
                       const std::string& edition) {
    receipts_[key].push_back({partner, edition, "d", {}});
}

void FakeRegister::waits(const std::string& key, Waiting one) {
    waiting_[key].push_back(std::move(one));
}

const Partner* FakeDirectory::find(std::string_view name) const {
    for (const Partner& partner : partners)
        if (partner.name == name) return &partner;
    return nullptr;
}

const Partner* FakeDirectory::byIdentifier(std::string_view scheme, std::string_view value) const {
    for (const Partner& partner : partners)
        for (const auto& [known, number] : partner.identifiers)
            if (known == scheme && number == value) return &partner;
    return nullptr;
}

Partner& FakeDirectory::operator[](std::string_view name) {
    for (Partner& partner : partners)
        if (partner.name == name) return partner;
    return partners.emplace_back(Partner{std::string(name), {}, {}, {}, {}, {"plans"}});
}

const std::string Plan::kPatient =
    R"("identifier":[{"system":"https://passerelle.example/networks/relai/patient","value":"U-1"}])";
const std::string Plan::kConsent = Plan::consentOf(R"({"type":"permit"})");

std::string Plan::member(const std::string& url, const std::string& function,
                         const std::string& period) {
    return R"({"member":{"reference":")" + url + R"("},"role":[{"coding":[{"system":")" +
           kFunctions + R"(","code":")" + function + R"("}],"text":"Rôle )" + function + R"("}])" +
           (period.empty() ? "" : R"(,"period":)" + period) + "}";
}

std::string Plan::entry(const std::string& url, const std::string& resource) {
    return R"(,{"fullUrl":")" + url + R"(","resource":)" + resource + "}";
}

std::string Plan::consentOf(const std::string& provision, const std::string& status,
                            const std::string& more) {
    static int count = 0;
    return entry("u:consent" + std::to_string(++count), R"({"resourceType":"Consent","status":")" +
                                                            status + R"(","provision":)" +
                                                            provision + more + "}");
}

std::string Plan::refusing(const std::string& url) {
    return consentOf(
        R"({"type":"permit","provision":[{"type":"deny","actor":[{"reference":{"reference":")" +
        url + R"("}}]}]})");
}

std::string Plan::refusingKind(const std::string& code) {
    return consentOf(
        R"({"type":"permit","provision":[{"type":"deny","extension":[{"url":"https://passerelle.example/fhir/StructureDefinition/refused-kind","valueCoding":{"system":")" +
        std::string(kFunctions) + R"(","code":")" + code + R"("}}]}]})");
}

std::string Plan::json() const {
    std::string participants;
    for (const std::string& one : team) participants += (participants.empty() ? "" : ",") + one;
    const std::string second =
        edition.empty() ? "" : R"(,{"value":")" + number + "/" + edition + R"("})";
    return R"({"resourceType":"Bundle","type":"collection","entry":[)"
           R"({"fullUrl":"u:plan","resource":{"resourceType":"CarePlan","identifier":[{"system":"https://passerelle.example/networks/relai","value":")" +
           number + R"("})" + second + R"(],"status":")" + status +
           R"(","intent":"plan","subject":{"reference":"u:p"})" + care + "}}" +
           entry("u:p", R"({"resourceType":"Patient",)" + patient + "}") +
           entry(
               "u:gp",
               R"({"resourceType":"Practitioner","identifier":[{"system":"https://rpps.esante.gouv.fr","value":"99800000103"}],"name":[{"family":"EXEMPLE"}]})") +
           entry(
               "u:had",
               R"({"resourceType":"Organization","identifier":[{"system":"https://finess.esante.gouv.fr","value":"980000020"}],"name":"HAD Exemple"})") +
           entry("u:team", R"({"resourceType":"CareTeam","participant":[)" + participants + "]}") +
           consent + more + "]}";
}

World::World() {
    options(support::map({{"mode", support::scalar("test")}}));
    partners_.partners = {
        {"gp", "gp", "Dr Exemple", {{"rpps", "99800000103"}}, {}, {"plans", "notices"}},
        {"had", "had", "HAD Exemple", {{"finess", "980000020"}}, {}, {"plans"}},
        {"relai", "network", "Réseau Exemple", {{"finess", "980000095"}}, {}, {"tasks", "reports"}},
        {"personne", "patient", "", {}, {}, {"plans"}}};
}

void World::options(const ConfigNode& options) {
    policy_ = plugins_.policy("care_circle", options);
}

Document World::read(const std::string& json) const {
    Issues issues;
    return fhir_->decode(Bytes::copy(json), issues);
}

Context World::about() const {
    Context about;
    about.set("network", network_);
    about.set("source", source_);
    about.set("time", today_ + "T" + clock_ + ".000Z");
    about.set("message", "M-1");
    return about;
}

Decisions World::decide(const Document& pivot) {
    return policy_->decide(pivot, about(), partners_, plans_);
}

Decisions World::decideHeld(const Plan& plan) {
    Context held = about();
    held.set("held", "yes");
    return policy_->decide(read(plan.json()), held, partners_, plans_);
}

Decisions World::decide(const Plan& plan) { return decide(read(plan.json())); }

Decisions World::accept(const Plan& plan) {
    const Decisions decisions = decide(plan);
    for (const RegisterChange& change : decisions.changes) EXPECT_TRUE(plans_.apply(change));
    for (const Decision& one : decisions.recipients)
        if (one.send) plans_.got(decisions.plan, one.partner, decisions.edition);
    return decisions;
}

std::string World::why(const Plan& plan) {
    try {
        decide(plan);
    } catch (const Error& error) {
        EXPECT_FALSE(std::string(error.what()).empty());
        return error.fr;
    }
    return {};
}

std::string World::sentTo(const Decisions& decisions) {
    std::string names;
    for (const Decision& decision : decisions.recipients) {
        EXPECT_FALSE(decision.reason.en.empty());
        EXPECT_FALSE(decision.reason.fr.empty());
        if (!decision.send) continue;
        names += (names.empty() ? "" : " ") + decision.partner;
        if (!decision.destination.empty()) names += "/" + decision.destination;
    }
    return names;
}

std::string World::reason(const Decisions& decisions, std::string_view partner) {
    for (const Decision& one : decisions.recipients)
        if (one.partner == partner || (one.partner.empty() && one.who == partner))
            return one.reason.fr;
    return {};
}

std::string World::instead(const Decisions& decisions, std::string_view partner,
                           std::string_view words) const {
    for (const Decision& one : decisions.recipients) {
        if (one.partner != partner || !one.instead) continue;
        Sink out;
        Issues issues;
        fhir_->encode(*one.instead, out, issues);
        EXPECT_TRUE(issues.empty());
        const std::string text(out.text());
        if (hasWords(text, words)) return text;
    }
    return {};
}

bool World::mayStillGet(const std::string& partner, const std::string& destination,
                        const std::string& edition) const {
    return policy_
        ->recheck({"d", partner, partner + "/" + destination, "relai/N1", edition}, partners_,
                  plans_)
        .send;
}

}  // namespace circle_test
