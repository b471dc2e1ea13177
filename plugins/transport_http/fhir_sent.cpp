#include "fhir_sent.h"

#include <algorithm>

#include "fhir_respond.h"
#include "gateway/store.h"

namespace transport_http {
using namespace gateway;

namespace {

const Reason kStored{"stored as message {0}: its status says what becomes of it",
                     "enregistré comme message {0} : son statut dit ce qu'il devient"};
const Reason kRepeat{"known already as message {0}: nothing was stored again",
                     "déjà connu comme message {0} : rien n'est enregistré de nouveau"};

OutcomeIssue information(const FhirRequest& request, const Reason& text) {
    return {"information", "informational", text.in(request.spoken), {}};
}

/// Who was left out and why, warnings of maps.
void addNotes(const FhirRequest& request, FhirSent& sent) {
    const std::optional<MessageView> view = request.gateway.message(sent.message);
    if (!view) return;
    sent.at = view->received;
    if (view->state == MessageState::ignored)
        sent.issues.push_back(information(request, view->reason));
    const bool held = std::any_of(view->deliveries.begin(), view->deliveries.end(),
                                  [](auto& one) { return one.state == DeliveryState::held; });
    for (const EventView& event : view->timeline) {
        if (event.what != "note" && event.what != "left-out") continue;
        if (event.partner.empty() && held) continue;  // what to add to which table: may name codes
        const Reason text = event.partner.empty()
                                ? event.text
                                : say("{0}: {1}", "{0} : {1}", {event.partner, event.text});
        sent.issues.push_back(information(request, text));
    }
}

std::string etagOf(const FhirSent& sent) { return "W/\"" + sent.message + "\""; }

bool wantsResource(const FhirRequest& request, const FhirSent& sent, const Bytes& resource) {
    return request.prefer.answer == Prefer::Return::representation && !resource.empty() &&
           !sent.failed() && sent.status != 202;
}

std::string phrase(int status) {
    return std::to_string(status) + " " + std::string(http::reasonPhrase(status));
}

}  // namespace

std::string statusPath(std::string_view message) { return "$status/" + std::string(message); }

Bytes outcomeText(const std::vector<OutcomeIssue>& issues) { return outcome(200, issues).body; }

std::vector<OutcomeIssue> issuesOf(const FhirRequest& request, const Issues& issues) {
    std::vector<OutcomeIssue> all;
    for (const Issue& issue : issues.all()) {
        std::string_view code = issue.severity >= Severity::error ? "invalid" : "informational";
        if (!issue.code.empty()) code = issue.code;
        all.push_back({toText(issue.severity), code, issue.text.in(request.spoken), issue.where});
    }
    return all;
}

FhirSent sentOf(const FhirRequest& request, const Accepted& accepted) {
    FhirSent sent;
    sent.at = currentTime();
    for (const Accepted::One& one : accepted.messages) {
        if (one.error) {
            sent.issues.insert(sent.issues.begin(), issueOf(*one.error, request.spoken));
            if (!sent.failed()) sent.status = statusOf(one.error->fault);
        } else if (one.receipt->kind == Receipt::Kind::conflict) {
            sent.issues.push_back(
                {"error",
                 "conflict",
                 say("this id was used before for other content: message {0}",
                     "cet identifiant a déjà servi pour un autre contenu : message {0}",
                     {one.receipt->id})
                     .in(request.spoken),
                 {}});
            if (!sent.failed()) sent.status = 409;
        } else {
            if (sent.message.empty()) sent.message = one.receipt->id;
            const bool repeat = one.receipt->kind == Receipt::Kind::repeat;
            const Reason& text = repeat ? kRepeat : kStored;
            sent.issues.push_back(information(request, say(text.en, text.fr, {one.receipt->id})));
        }
        for (OutcomeIssue& issue : issuesOf(request, one.issues))
            sent.issues.push_back(std::move(issue));
    }
    return sent;
}

FhirSent sentOf(const FhirRequest& request, const Accepted& accepted, const Progress& progress,
                std::string_view resource, bool created) {
    FhirSent sent = sentOf(request, accepted);
    if (sent.failed()) return sent;
    if (progress.refused) {
        sent.status = 422;
        sent.issues.insert(sent.issues.begin(),
                           {"error", "business-rule", progress.reason.in(request.spoken), {}});
        return sent;
    }
    if (!progress.reached) return sent;
    sent.status = created ? 201 : 200;
    if (!resource.empty()) sent.location = std::string(resource) + "/_history/" + sent.message;
    addNotes(request, sent);
    return sent;
}

http::Response answer(const FhirRequest& request, const FhirSent& sent, const Bytes& resource) {
    http::Response response;
    if (wantsResource(request, sent, resource))
        response = respondStored(request, sent.status, resource, request.body);
    else if (request.prefer.answer == Prefer::Return::minimal && !sent.failed())
        response.status = sent.status;
    else
        response = respond(request, sent.status, sent.issues);
    if (!sent.message.empty()) {
        const std::string status = absolute(request, statusPath(sent.message));
        if (sent.status == 202) response.headers.add("Content-Location", status);
        response.headers.add("Link", "<" + status + ">; rel=\"status\"");
    }
    if (!sent.location.empty()) {
        response.headers.add("Location", absolute(request, sent.location));
        response.headers.add("ETag", etagOf(sent));
        response.headers.add("Last-Modified", httpDate(sent.at));
    }
    return response;
}

void writeEntry(JsonText& out, const FhirRequest& request, const FhirSent& sent,
                const Bytes& resource) {
    out.object();
    if (wantsResource(request, sent, resource))
        out.raw("resource", converted(resource, request.body, FhirFormat::json).view());
    out.object("response").text("status", phrase(sent.status));
    const bool stored = !sent.message.empty() && sent.location.empty();
    out.text("location", stored ? statusPath(sent.message) : sent.location);
    if (!sent.location.empty()) out.text("etag", etagOf(sent));
    if (!sent.failed() && sent.at != Time{}) out.text("lastModified", toText(sent.at));
    const bool minimal = request.prefer.answer == Prefer::Return::minimal && !sent.failed();
    if (!sent.issues.empty() && !minimal) out.raw("outcome", outcomeText(sent.issues).view());
    out.end().end();
}

}  // namespace transport_http
