#include "common/records/records.h"

namespace records {
using namespace gateway;

namespace {

constexpr std::size_t kSeen = 10'000;  // connections in use, and some that are not any more

const char* textOf(Who::Proof proof) {
    switch (proof) {
        case Who::Proof::none: break;
        case Who::Proof::address: return "address";
        case Who::Proof::certificate: return "certificate";
        case Who::Proof::token: return "token";
    }
    return "nothing";
}

}  // namespace

bool checkFrom(Config& source, const Listening& listening) {
    const std::vector<std::string> from = source.texts("from");
    if (from.empty() && listening.beyond)
        source.fail("", {"whoever reaches this listener could send: say who may by 'from: [NAME]', "
                         "or 'from: anyone'",
                         "quiconque atteint cette écoute pourrait envoyer : dire qui le peut par "
                         "« from: [NOM] », ou « from: anyone »"});
    if (from == std::vector<std::string>{"anyone"}) return true;
    if (from.empty() || listening.asks) return false;
    if (listening.plain)
        source.warn("from", {"who sends is known here by the address alone: `allow:` of endpoints",
                             "l'émetteur n'est connu ici que par son adresse : « allow: » des "
                             "accès"});
    else
        source.fail("from", {"cannot be checked: the listener asks for no client certificates and "
                             "takes no tokens",
                             "ne peut être vérifié : l'écoute ne demande pas de certificat aux "
                             "clients et ne prend pas de jetons"});
    return false;
}

Who connected(const Access& access, Shown shown) noexcept {
    try {
        shown.actsFor.clear();
        shown.header = {};
        return access.who(shown);
    } catch (const std::exception&) {
        return {};  // it is refused already: only its name is missing
    }
}

void Door::open(Gateway& gateway, std::string listener) {
    listener_ = std::move(listener);
    try {
        trail_ = &gateway.trail();
    } catch (const Error&) {
        trail_ = nullptr;  // this gateway offers none
    }
}

void Door::tell(AuditRecord record, const Facts& shown, const Who& who) {
    record.by = who.known() ? who.endpoint : "unknown";
    record.details = {{"listener", listener_},
                      {"peer", std::string(shown.get("peer"))},
                      {"proof", textOf(who.proof)}};
    for (const auto& [name, value] : {std::pair("partner", std::string_view(who.partner)),
                                      {"network", std::string_view(who.network)},
                                      {"person", std::string_view(who.person)},
                                      {"certificate", shown.get("tls.fingerprint")}})
        if (!value.empty()) record.details.emplace(name, value);
    trail_->tell(std::move(record));
}

void Door::entered(const Facts& shown, const Who& who) {
    if (trail_ == nullptr || !who.known()) return;
    std::string key(shown.get("peer"));
    for (const std::string* const part : {&who.endpoint, &who.partner, &who.network, &who.person})
        key.append(1, '\n').append(*part);
    {
        const std::lock_guard lock(mutex_);
        if (seen_.size() >= kSeen) seen_.clear();
        if (!seen_.insert(std::move(key)).second) return;
    }
    AuditRecord record;
    record.what = "sign-in";
    tell(std::move(record), shown, who);
}

void Door::refused(const Facts& shown, const Who& who, const std::string& about,
                   const Reason& why) {
    if (trail_ == nullptr) return;
    AuditRecord record;
    record.what = "refusal";
    if (!about.empty()) record.about.push_back(about);
    record.why = why.en;
    record.result = "refused";
    tell(std::move(record), shown, who);
}

}  // namespace records
