/// Transactions, which are one message each, and batches, whose entries are.
#include <algorithm>

#include "fhir_base.h"
#include "fhir_known.h"
#include "fhir_respond.h"
#include "fhir_sending.h"
#include "keys.h"
#include "mailbox_task.h"

namespace transport_http {
using namespace gateway;

namespace {

constexpr std::size_t kMostEntries = 1000;  ///< of a batch
constexpr std::size_t kMostAsked = 100;     ///< conditions of a transaction
/// What the entries of a batch read, together; who reads more asks for it in several.
constexpr std::size_t kMostRead = 8u << 20;

std::string placeOf(std::size_t index, std::string_view below) {
    return "Bundle.entry[" + std::to_string(index) + "]" + std::string(below);
}

FhirSent refused(const FhirRequest& request, int status, std::string_view code, const Reason& what,
                 std::string where) {
    FhirSent sent;
    sent.status = status;
    sent.issues = {{"error", code, what.in(request.spoken), std::move(where)}};
    return sent;
}

/// "Task/pickup-1GZ791"
bool settles(std::string_view url) {
    constexpr std::string_view kTask = "Task/";
    return url.starts_with(kTask) && !deliveryOf(url.substr(kTask.size())).empty();
}

/// What an entry of a transaction may not be.
std::optional<FhirSent> wrong(const FhirRequest& request, const FhirPiece& piece,
                              std::size_t index) {
    const std::string at = placeOf(index, ".request");
    if (piece.method.empty() || piece.url.empty())
        return refused(request, 422, "required",
                       {"expected method and url", "attendu method et url"}, at);
    if (piece.method != "POST" && piece.method != "PUT")
        return refused(request, 422, "not-supported",
                       {"expected POST or PUT: nothing is read or deleted in a transaction here",
                        "attendu POST ou PUT : rien n'est lu ni supprimé ici dans une transaction"},
                       at + ".method");
    if (piece.type.empty())
        return refused(request, 422, "required", {"expected a resource", "attendu une ressource"},
                       placeOf(index, ""));
    if (piece.method == "PUT" && settles(piece.url))
        return refused(request, 422, "not-supported",
                       {"what waits in a mailbox is settled alone or in a batch: a transaction is "
                        "one message",
                        "ce qui attend dans une boîte se règle seul ou dans un batch : une "
                        "transaction est un seul message"},
                       at + ".url");
    if (!piece.ifMatch.empty())
        return refused(request, 412, "conflict",
                       {"nothing is kept here in versions that could be compared",
                        "rien n'est gardé ici en versions comparables"},
                       at + ".ifMatch");
    return std::nullopt;
}

http::Response tooMany(const FhirRequest& request, std::size_t most, std::string where) {
    return refusal(request, 413, "too-costly",
                   say("more than {0}", "plus de {0}", {std::to_string(most)}), std::move(where));
}

FhirSent tooMuchRead(const FhirRequest& request, std::size_t index) {
    return refused(request, 413, "too-costly",
                   {"the entries before it have read so much that this one is to be asked for in "
                    "another request",
                    "les entrées précédentes ont tant lu que celle-ci est à demander dans une "
                    "autre requête"},
                   placeOf(index, ""));
}

/// The entry that a finding is about; the first when it is about none.
std::size_t entryOf(const std::string& where, std::size_t entries) {
    constexpr std::string_view kEntry = "Bundle.entry[";
    if (!where.starts_with(kEntry)) return 0;
    const std::size_t index = std::strtoul(where.c_str() + kEntry.size(), nullptr, 10);
    return index < entries ? index : 0;
}

/// What became of each entry of a transaction that was taken.
std::vector<FhirSent> entriesOf(const FhirSent& whole, const FhirOutline& outline,
                                std::vector<std::optional<FhirSent>> known) {
    std::vector<FhirSent> entries;
    for (std::size_t i = 0; i < outline.pieces.size(); ++i) {
        const FhirPiece& piece = outline.pieces[i];
        FhirSent& entry = entries.emplace_back();
        if (known[i]) {
            entry = *std::move(known[i]);
            continue;
        }
        const bool created = piece.method == "POST";
        const std::string id = whole.message + "-" + std::to_string(i + 1);
        const bool named = !created && piece.url.find('?') == std::string::npos;
        entry.status = created ? 201 : 200;
        entry.message = whole.message;
        entry.location = named ? piece.url : piece.type + "/" + id;
        entry.location += "/_history/" + whole.message;
        entry.at = whole.at;
    }
    for (const OutcomeIssue& issue : whole.issues)
        if (!entries.empty()) entries[entryOf(issue.where, entries.size())].issues.push_back(issue);
    return entries;
}

JsonText beginBundle(std::string_view type, bool entries) {
    JsonText out;
    out.object().text("resourceType", "Bundle").text("type", type);
    if (entries) out.array("entry");
    return out;
}

http::Response transactionResponse(const FhirRequest& request, const FhirOutline& outline,
                                   const std::vector<FhirSent>& entries) {
    JsonText out = beginBundle("transaction-response", !entries.empty());
    for (std::size_t i = 0; i < entries.size(); ++i)
        writeEntry(out, request, entries[i], outline.bytesOf(outline.pieces[i]));
    return respond(request, 200, out.take());
}

/// The answer to an entry that another part of the front gave.
void writeEntry(JsonText& out, const FhirRequest& request, const http::Response& answer) {
    const std::string base = absolute(request, "");
    std::string_view location = answer.headers.get("location");
    if (location.starts_with(base)) location.remove_prefix(base.size());
    const std::string_view body = answer.body.view();
    const bool outcome = body.starts_with("{\"resourceType\":\"OperationOutcome\"");
    out.object();
    if (!outcome && !body.empty()) out.raw("resource", body);
    out.object("response");
    out.text("status",
             std::to_string(answer.status) + " " + std::string(http::reasonPhrase(answer.status)));
    out.text("location", location).text("etag", answer.headers.get("etag"));
    if (outcome) out.raw("outcome", body);
    out.end().end();
}

/// The entry as a request of its own.
http::Response performed(const FhirRequest& request, const FhirOutline& outline,
                         std::size_t index) {
    const FhirPiece& piece = outline.pieces[index];
    http::Request inner;
    inner.method = piece.method;
    const std::size_t mark = std::min(piece.url.find('?'), piece.url.size());
    inner.path =
        request.base.path() + "/" + http::percentDecoded(piece.url.substr(0, mark)).value_or("");
    inner.query = piece.url.substr(std::min(piece.url.size(), mark + 1));
    inner.facts = request.http.facts;
    inner.headers.add("Host", std::string(request.http.headers.get("host")));
    inner.headers.add("Content-Type", std::string(mediaTypeOf(outline.format)));
    // What is no FHIR comes as a Binary: the answers are entries of one Bundle.
    inner.headers.add("Accept", std::string(mediaTypeOf(FhirFormat::json)));
    for (const auto& [name, value] : {std::pair("If-None-Exist", &piece.ifNoneExist),
                                      {"If-Match", &piece.ifMatch},
                                      {"If-None-Match", &piece.ifNoneMatch}})
        if (!value->empty()) inner.headers.add(name, *value);
    if (const std::string key(request.http.headers.get(kKeyHeader)); !key.empty())
        inner.headers.add(std::string(kKeyHeader), keyOfEntry(key, index + 1));
    if (!piece.type.empty()) inner.body = outline.bytesOf(piece);
    FhirRequest outer = request;
    outer.answers = FhirFormat::json;
    return request.base.within(outer, inner);
}

}  // namespace

http::Response FhirSending::bundle(const FhirRequest& request) {
    FhirOutline outline;
    try {
        outline = outlineOf(request.http.body, request.body);
    } catch (const Error& error) {
        return error.fault == Fault::rejected ? refusal(request, error) : unreadable(request);
    }
    if (outline.resource != "Bundle")
        return refusal(request, 422, "invariant",
                       {"expected a Bundle; another resource goes to its type, as POST Task",
                        "attendu un Bundle ; une autre ressource va à son type, comme POST Task"},
                       "resourceType");
    if (outline.type == "transaction") return transaction(request, outline);
    if (outline.type == "batch") return batch(request, outline);
    return refusal(request, 422, "invariant",
                   {"expected transaction or batch; any other Bundle goes to Bundle, as a resource",
                    "attendu transaction ou batch ; tout autre Bundle va à Bundle, comme "
                    "ressource"},
                   "Bundle.type");
}

/// For the inbox to refuse, which notes it.
http::Response FhirSending::unreadable(const FhirRequest& request) {
    auto chosen = sources_.choose(request, "Bundle", Wanted::Act::send);
    if (auto* const refused = std::get_if<Response>(&chosen)) return std::move(*refused);
    const FhirSource& source = *std::get<const FhirSource*>(chosen);
    Planned planned{
        &source, arrival(request, source, request.http.body, {}, "transaction", 0), {}, false};
    return conclude(request, std::move(planned), {});
}

http::Response FhirSending::transaction(const FhirRequest& request, const FhirOutline& outline) {
    auto chosen = sources_.choose(request, "Bundle", Wanted::Act::send);
    if (auto* const refused = std::get_if<Response>(&chosen)) return std::move(*refused);
    const FhirSource& source = *std::get<const FhirSource*>(chosen);
    if (outline.more) return tooMany(request, kMostPieces, "Bundle.entry");
    // Of an Organization beside the plan the condition is for whoever gets the bundle.
    const auto isAsked = [](const FhirPiece& piece) {
        return !piece.ifNoneExist.empty() && isLookedFor(piece.type);
    };
    const auto asked = std::count_if(outline.pieces.begin(), outline.pieces.end(), isAsked);
    if (static_cast<std::size_t>(asked) > kMostAsked)
        return tooMany(request, kMostAsked, "Bundle.entry.request.ifNoneExist");
    std::vector<std::optional<FhirSent>> known(outline.pieces.size());
    for (std::size_t i = 0; i < outline.pieces.size(); ++i) {
        const FhirPiece& piece = outline.pieces[i];
        if (const auto sent = wrong(request, piece, i)) return answer(request, *sent, {});
        if (isAsked(piece) && piece.method == "POST")
            known[i] = knownAlready(request, piece.type, piece.ifNoneExist, source.network);
        if (!known[i] || !known[i]->failed()) continue;
        known[i]->issues.front().where = placeOf(i, ".request.ifNoneExist");
        return answer(request, *known[i], {});
    }
    const bool nothingNew =
        !known.empty() && std::all_of(known.begin(), known.end(), [](auto& one) { return one; });
    if (nothingNew)
        return transactionResponse(request, outline, entriesOf({}, outline, std::move(known)));
    const Planned planned{
        &source, arrival(request, source, request.http.body, {}, "transaction", 0), {}, false};
    const Time since = currentTime();
    const Accepted accepted = request.gateway.inbox().accept({&planned.arrival, 1}).front();
    const FhirSent whole = sent(request, planned, accepted, since);
    if (whole.status != 200) return answer(request, whole, {});
    http::Response response =
        transactionResponse(request, outline, entriesOf(whole, outline, std::move(known)));
    response.headers.add("Link",
                         "<" + absolute(request, statusPath(whole.message)) + ">; rel=\"status\"");
    return response;
}

http::Response FhirSending::batch(const FhirRequest& request, const FhirOutline& outline) {
    if (outline.pieces.size() > kMostEntries) return tooMany(request, kMostEntries, "Bundle.entry");
    std::vector<Decided> decided;
    std::vector<Arrival> arrivals;
    std::size_t read = 0;
    for (std::size_t i = 0; i < outline.pieces.size(); ++i) {
        const std::string& method = outline.pieces[i].method;
        decided.push_back(read > kMostRead && (method == "GET" || method == "HEAD")
                              ? tooMuchRead(request, i)
                              : planEntry(request, outline, i));
        if (const auto* const response = std::get_if<Response>(&decided.back()))
            read += response->body.size();
        if (const auto* const planned = std::get_if<Planned>(&decided.back()))
            arrivals.push_back(planned->arrival);
    }
    const Time since = currentTime();
    std::vector<Accepted> accepted;
    if (!arrivals.empty()) accepted = request.gateway.inbox().accept(arrivals);
    JsonText out = beginBundle("batch-response", !decided.empty());
    std::size_t next = 0;
    for (std::size_t i = 0; i < decided.size(); ++i) {
        if (const auto* const response = std::get_if<Response>(&decided[i])) {
            writeEntry(out, request, *response);
            continue;
        }
        const FhirPiece& piece = outline.pieces[i];
        const auto* const planned = std::get_if<Planned>(&decided[i]);
        writeEntry(out, request,
                   planned ? sent(request, *planned, accepted[next++], since)
                           : std::get<FhirSent>(decided[i]),
                   planned ? outline.bytesOf(piece) : Bytes());
    }
    return respond(request, 200, out.take());
}

/// What creates a resource that a source takes goes with the others in one commit.
FhirSending::Decided FhirSending::planEntry(const FhirRequest& request, const FhirOutline& outline,
                                            std::size_t index) const {
    const FhirPiece& piece = outline.pieces[index];
    if (piece.method.empty() || piece.url.empty())
        return refused(request, 400, "required",
                       {"expected method and url", "attendu method et url"},
                       placeOf(index, ".request"));
    if (piece.url.front() == '?' || piece.url.front() == '/')
        return refused(request, 422, "not-supported",
                       {"expected an address below the base, such as Task: no batch or transaction "
                        "is taken within a batch",
                        "attendu une adresse sous la base, comme Task : aucun batch ni transaction "
                        "n'est pris dans un batch"},
                       placeOf(index, ".request.url"));
    const auto& all = sources_.all();
    const bool taken = std::any_of(
        all.begin(), all.end(), [&](const FhirSource& source) { return source.takes(piece.url); });
    if (piece.method != "POST" || !taken || piece.type.empty() || !piece.ifMatch.empty())
        return performed(request, outline, index);
    FhirRequest inner = request;
    inner.answers = FhirFormat::json;
    inner.type = piece.url;
    return plan(inner, piece, outline.bytesOf(piece), index + 1);
}

}  // namespace transport_http
