#include "verdict.h"

#include <algorithm>
#include <charconv>

#include "fhir_answer.h"
#include "gateway/deferred.h"
#include "retry_after.h"

namespace transport_http {
using namespace gateway;

namespace {

enum class Whose { nobodys, destinations, messages };

/// Whether the next message would fare the same decides.
Whose faultOf(int status) {
    if (status >= 200 && status < 300) return Whose::nobodys;
    switch (status) {
        case 401:
        case 402:
        case 403:
        case 404:
        case 405:
        case 406:
        case 407:
        case 408:
        case 410:
        case 421:
        case 423:
        case 424:
        case 425:
        case 426:
        case 429:
        case 431: return Whose::destinations;
        default: return status >= 400 && status < 500 ? Whose::messages : Whose::destinations;
    }
}

/// Of one entry of a batch: what is not found is something that the message speaks of.
Whose faultOf(const std::string& entry) {
    int status = 0;
    std::from_chars(entry.data(), entry.data() + entry.size(), status);
    const bool inTheMessage = status < 200 || status == 404 || status == 405 || status == 410 ||
                              (status >= 300 && status < 400);
    return inTheMessage ? Whose::messages : faultOf(status);
}

/// Whether an issue of FHIR's `issue-type` says that the server, not the message, is in the way.
bool isServersIssue(const std::string& code) {
    constexpr std::string_view kServers[] = {
        "transient", "lock-error", "no-store", "exception", "timeout",   "incomplete", "throttled",
        "security",  "login",      "unknown",  "expired",   "forbidden", "suppressed"};
    return std::find(std::begin(kServers), std::end(kServers), code) != std::end(kServers);
}

Reason said(int status) {
    const Reason http = "HTTP " + std::to_string(status);
    if (status >= 300 && status < 400)
        return say("answers {0}: it sends us elsewhere, and the gateway follows nobody",
                   "répond {0} : il renvoie ailleurs, et la passerelle ne suit personne", {http});
    switch (status) {
        case 401:
        case 403:
        case 407:
            return say("answers {0}: it does not let us in",
                       "répond {0} : il ne nous laisse pas entrer", {http});
        case 404:
        case 410:
            return say("answers {0}: nothing is at that address",
                       "répond {0} : il n'y a rien à cette adresse", {http});
        case 429:
            return say("answers {0}: too much for it", "répond {0} : c'est trop pour lui", {http});
        default: return say("answers {0}", "répond {0}", {http});
    }
}

/// @throws as judged()
void judgeBody(const FhirAnswer& body, const std::string& peer, const std::string& http,
               const Answer& answer) {
    std::optional<Reason> later;
    if (body.resource == "Bundle" && body.type.ends_with("-response"))
        for (std::size_t i = 0; i < body.entries.size(); ++i) {
            const Whose whose = faultOf(body.entries[i]);
            const std::string where = "Bundle.entry[" + std::to_string(i) + "]";
            const Reason why = say("{0}, but this entry was not taken",
                                   "{0}, mais cette entrée n'a pas été prise", {http});
            if (whose == Whose::messages) throw Refused(where, why, answer);
            if (whose == Whose::destinations && !later)
                later = say("{0}: {1}", "{0} : {1}", {where, why});
        }
    if (body.resource == "OperationOutcome")
        for (const FhirAnswer::Issue& issue : body.issues) {
            if (issue.severity != "error" && issue.severity != "fatal") continue;
            const Reason why = say("{0}, but its OperationOutcome tells of an error",
                                   "{0}, mais son OperationOutcome fait état d'une erreur", {http});
            if (!isServersIssue(issue.code)) throw Refused(peer, why, answer);
            if (!later) later = why;
        }
    if (later) throw Deferred(peer, *later, Milliseconds(0), answer);
}

}  // namespace

Answer judged(http::Response response, const std::string& peer) {
    const int status = response.status;
    const std::string http = "HTTP " + std::to_string(status);
    Answer answer{response.body, std::to_string(status)};
    if (status < 200)
        throw Error(Fault::uncertain, peer,
                    say("answers {0}, which is no answer",
                        "répond {0}, ce qui n'est pas une réponse", {http}));
    switch (faultOf(status)) {
        case Whose::destinations:
            throw Deferred(peer, said(status), retryAfter(response.headers, currentTime()),
                           std::move(answer));
        case Whose::messages: throw Refused(peer, http, std::move(answer));
        case Whose::nobodys: break;
    }
    std::optional<FhirAnswer> body;
    try {
        body = readFhirAnswer(response);
    } catch (const Error& error) {
        throw Error(Fault::uncertain, peer,
                    say("{0}, but its answer cannot be read at {1}",
                        "{0}, mais sa réponse est illisible à {1}", {http, error.where}));
    }
    if (body) judgeBody(*body, peer, http, answer);
    return answer;
}

}  // namespace transport_http
