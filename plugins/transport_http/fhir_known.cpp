#include "fhir_known.h"

#include <algorithm>

#include "gateway/register.h"
#include "gateway/store.h"

namespace transport_http {
using namespace gateway;

namespace {

/// More of one identifier are not looked at.
constexpr std::size_t kMost = 50;

FhirSent refused(const FhirRequest& request, const Reason& why) {
    FhirSent sent;
    sent.status = 412;
    sent.issues = {{"error", "conflict", why.in(request.spoken), "If-None-Exist"}};
    return sent;
}

/// "SYSTEM|VALUE"; empty: it asks for something else.
std::string identifierOf(std::string_view query) {
    if (const std::size_t mark = query.find('?'); mark != query.npos) query.remove_prefix(mark + 1);
    const auto values = http::queryValues(query);
    if (values.size() != 1 || values[0].first != "identifier") return {};
    const std::string& token = values[0].second;
    const std::size_t bar = token.find('|');
    const bool whole = bar != token.npos && bar > 0 && bar + 1 < token.size();
    return whole && token.find(',') == token.npos ? token : std::string();
}

bool mayKnow(const FhirRequest& request, const RegisterEntry& entry, std::string_view network) {
    const Who& who = request.who;
    if (!entry.network.empty() && (entry.network == network || entry.network == who.network))
        return true;
    if (!who.partner.empty())
        for (const RegisterReceipt& receipt : request.gateway.plans().receipts(entry.key))
            if (receipt.partner == who.partner) return true;
    const auto message = request.gateway.message(entry.message);
    return message && isFrom(message->facts, who);
}

}  // namespace

bool isLookedFor(std::string_view type) {
    return type == "Patient" || type == "CarePlan" || type == "Bundle";
}

std::optional<FhirSent> knownAlready(const FhirRequest& request, std::string_view type,
                                     std::string_view query, std::string_view network) {
    if (!isLookedFor(type))
        return refused(
            request, {"only plans (CarePlan, Bundle) and Patients are looked for; Idempotency-Key "
                      "keeps anything from being taken twice",
                      "seuls les plans (CarePlan, Bundle) et Patient sont recherchés ; "
                      "Idempotency-Key évite qu'une chose soit prise deux fois"});
    const std::string identifier = identifierOf(query);
    if (identifier.empty())
        return refused(request, {"expected identifier=SYSTEM|VALUE: only business identifiers are "
                                 "looked for",
                                 "attendu identifier=SYSTÈME|VALEUR : seuls les identifiants "
                                 "métier sont recherchés"});
    std::vector<RegisterEntry> known = request.gateway.plans().known(identifier, kMost);
    std::erase_if(known, [&](const RegisterEntry& one) { return !mayKnow(request, one, network); });
    if (known.empty()) return std::nullopt;
    // All plans of one person are about that one patient.
    if (known.size() > 1 && type != "Patient")
        return refused(request, {"several are known under this identifier",
                                 "plusieurs sont connus sous cet identifiant"});
    FhirSent sent;
    sent.status = 200;
    sent.message = known.front().message;
    sent.location = std::string(type) + "/" + sent.message + "/_history/" + sent.message;
    sent.at = known.front().changed;
    sent.issues = {
        {"information",
         "informational",
         Reason{"known already: nothing was stored", "déjà connu : rien n'est enregistré"}.in(
             request.spoken),
         {}}};
    return sent;
}

}  // namespace transport_http
