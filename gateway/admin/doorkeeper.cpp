#include "admin/doorkeeper.h"

#include "admin/proven.h"
#include "core/json_text.h"
#include "gateway/error.h"

namespace gateway {
namespace {
using http::Request;
using http::Response;

constexpr std::size_t kSeen = 1000;

Response refusal(int status, const Reason& why) {
    JsonWriter json;
    json.beginObject().field("error", why.en).field("fr", why.fr).endObject();
    return {status, {{"Content-Type", "application/json"}}, Bytes(json.take())};
}

/// The path as the table has it: an id stands there, or what somebody took for one.
std::string shownPath(const Request& request) {
    const AdminRule* const rule = adminRuleOf(request.method, request.path);
    return rule == nullptr ? std::string("unknown") : std::string(rule->path);
}

/// Anything may stand there too.
std::string shownMethod(const Request& request) {
    return request.method == "GET" || request.method == "POST" ? request.method : "other";
}

bool isBlank(const std::string& text) {
    return text.find_first_not_of(" \t\r\n") == std::string::npos;
}

/// `why` of a body that is JSON, else of the query: where whoever acts on it reads it.
std::string reasonIn(const Request& request) {
    if (request.method == "POST" && !request.path.ends_with("/edit"))
        return wishIn(request)["why"].text;
    for (const auto& [name, value] : queryIn(request))
        if (name == "why") return value;
    return {};
}

bool namesAPerson(const Request& request) {
    const JsonValue wish = wishIn(request);
    using Kind = JsonValue::Kind;
    return wish["subject"].kind != Kind::null || wish["filter"]["subject"].kind != Kind::null;
}

const Reason kNeedsReason{"a reason must be given (why): it stands in the audit",
                          "il faut donner un motif (why) : il figure au journal d'audit"};

}  // namespace

std::shared_ptr<const People> Doorkeeper::people() const {
    const std::lock_guard lock(mutex_);
    return people_;
}

void Doorkeeper::use(std::shared_ptr<const People> people) {
    const std::lock_guard lock(mutex_);
    people_ = std::move(people);
}

std::optional<Response> Doorkeeper::gate(Request& request) {
    const auto all = people();
    const Person* const person = all->of(request.facts);
    if (person == nullptr) {
        const std::string subject(request.facts.get("tls.subject"));
        return refuse(subject.empty() ? "unknown" : subject, request,
                      {"this certificate is nobody's who may administer",
                       "ce certificat n'est celui de personne qui puisse administrer"});
    }
    signIn(*person, request);
    const AdminRule* const rule = adminRuleOf(request.method, request.path);
    if (rule == nullptr || (rule->roles & person->roles) == 0)
        return refuse(person->name, request,
                      say("the role {0} may not do that", "le rôle {0} ne le permet pas",
                          {textOf(person->roles)}));
    return std::nullopt;
}

std::variant<Request, Response> Doorkeeper::admit(const Request& request) {
    Request proven = request;
    // Asked again, since the people may be others by now.
    if (auto refused = gate(proven)) return *std::move(refused);
    const auto all = people();
    const Person* const person = all->of(request.facts);
    const AdminRule* const rule = adminRuleOf(request.method, request.path);
    if (person == nullptr || rule == nullptr) return refusal(403, {"refused", "refusé"});
    proven.facts.set(kPersonFact, person->name);
    using Content = AdminRule::Content;
    const bool may = (rule->glass & person->roles) != 0;
    const Reason noContent = say("the role {0} sees no content",
                                 "le rôle {0} ne voit aucun contenu", {textOf(person->roles)});
    if (rule->content == Content::none) return proven;
    if (rule->content == Content::person) {
        if (!may && namesAPerson(request)) return refuse(person->name, request, noContent);
        return proven;
    }
    const std::string why = reasonIn(request);
    if (rule->content == Content::words && isBlank(why)) return proven;
    if (!may) return refuse(person->name, request, noContent);
    if (isBlank(why)) return refuse(person->name, request, kNeedsReason);
    if (rule->content != Content::reason) proven.facts.set(kReasonFact, why);
    return proven;
}

/// Recorded once for each connection.
void Doorkeeper::signIn(const Person& person, const Request& request) {
    const std::string peer(request.facts.get("peer"));
    {
        const std::lock_guard lock(mutex_);
        if (seen_.size() >= kSeen) seen_.clear();
        std::string& who = seen_[peer];
        if (who == person.name) return;
        who = person.name;
    }
    if (audit_ != nullptr)
        audit_->tell({person.name,
                      "sign-in",
                      {},
                      {},
                      "done",
                      {{"listener", "admin"},
                       {"peer", peer},
                       {"roles", textOf(person.roles)},
                       {"certificate", std::string(request.facts.get("tls.fingerprint"))}}});
}

Response Doorkeeper::refuse(const std::string& by, const Request& request, const Reason& why) {
    const std::string peer(request.facts.get("peer")), path = shownPath(request);
    log_.warning("admin-refused", {{"peer", peer}, {"path", path}, {"why", why.en}});
    if (audit_ != nullptr)
        audit_->tell({by,
                      "refusal",
                      {},
                      why.en,
                      "refused",
                      {{"listener", "admin"},
                       {"peer", peer},
                       {"method", shownMethod(request)},
                       {"path", path},
                       {"certificate", std::string(request.facts.get("tls.fingerprint"))}}});
    return refusal(403, why);
}

/// By nobody who is known: a certificate that is not accepted proves nothing.
void Doorkeeper::turnedAway(const http::TlsRefusal& one) {
    if (audit_ == nullptr) return;
    AuditRecord record{"unknown",  "refusal", {},
                       one.why.en, "refused", {{"listener", "admin"}, {"peer", one.peer}}};
    if (!one.shown.fingerprint.empty()) record.details["certificate"] = one.shown.fingerprint;
    audit_->tell(std::move(record));
}

Request ownersRequest(const Request& request) {
    using Content = AdminRule::Content;
    Request owners = request;
    const AdminRule* const rule = adminRuleOf(request.method, request.path);
    if (rule == nullptr || (rule->content != Content::words && rule->content != Content::bytes))
        return owners;
    if (const std::string why = reasonIn(request); !isBlank(why))
        owners.facts.set(kReasonFact, why);
    else if (rule->content == Content::bytes)
        throw Error(Fault::malformed, "why", kNeedsReason);
    return owners;
}

}  // namespace gateway
