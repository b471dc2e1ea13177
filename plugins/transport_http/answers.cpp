#include "answers.h"

#include <algorithm>

#include "common/json/json.h"
#include "outcome.h"

namespace transport_http {
using namespace gateway;

namespace {

std::string_view stageName(Stage stage) {
    switch (stage) {
        case Stage::stored: return "stored";
        case Stage::translated: return "translated";
        case Stage::delivered: return "delivered";
    }
    return "stored";
}

bool isConflict(const Accepted::One& one) {
    return one.receipt && one.receipt->kind == Receipt::Kind::conflict;
}

void writeWarnings(Sink& out, const Issues& issues) {
    if (issues.empty()) return;
    out << ",\"warnings\":[";
    bool first = true;
    for (const Issue& issue : issues.all()) {
        out << (first ? "" : ",") << "{\"where\":";
        json::writeString(out, issue.where);
        out << ",\"text\":";
        json::writeString(out, issue.text.en);
        out << "}";
        first = false;
    }
    out << "]";
}

void write(Sink& out, const Accepted::One& one, std::string_view state) {
    out << "{\"id\":";
    json::writeString(out, one.receipt->id);
    out << ",\"state\":";
    json::writeString(out, state);
    out << ",\"repeat\":" << (one.receipt->kind == Receipt::Kind::repeat ? "true" : "false");
    writeWarnings(out, one.issues);
    out << "}";
}

/// One object for one message, {"messages": […]} for a batch.
http::Response taken(int status, const Accepted& accepted,
                     const std::vector<std::string_view>& states) {
    Sink out;
    const bool batch = accepted.messages.size() > 1;
    if (batch) out << "{\"messages\":[";
    for (std::size_t i = 0; i < accepted.messages.size(); ++i) {
        if (i > 0) out << ",";
        write(out, accepted.messages[i], states[i]);
    }
    if (batch) out << "]}";
    return {status, {{"Content-Type", "application/json"}}, out.take()};
}

/// Some were refused: those that are stored are named, so that the sender knows.
http::Response refused(const Accepted& accepted, Spoken spoken) {
    std::vector<OutcomeIssue> issues;
    int status = 0;
    for (const Accepted::One& one : accepted.messages) {
        if (one.error) {
            issues.push_back(issueOf(*one.error, spoken));
            if (status == 0) status = statusOf(one.error->fault);
        } else if (isConflict(one)) {
            issues.push_back(
                {"error",
                 "conflict",
                 say("this id was used before for other content: message {0}",
                     "cet identifiant a déjà servi pour un autre contenu : message {0}",
                     {one.receipt->id})
                     .in(spoken),
                 {}});
            if (status == 0) status = 409;
        } else {
            issues.push_back(
                {"information",
                 "informational",
                 say("stored: message {0}", "enregistré : message {0}", {one.receipt->id})
                     .in(spoken),
                 {}});
        }
    }
    return outcome(status, issues);
}

}  // namespace

http::Response answerTo(const Accepted& accepted, Spoken spoken) {
    const bool conflict =
        std::any_of(accepted.messages.begin(), accepted.messages.end(), isConflict);
    if (!accepted.ok() || conflict) return refused(accepted, spoken);
    return taken(202, accepted, std::vector<std::string_view>(accepted.messages.size(), "stored"));
}

http::Response answerTo(const Accepted& accepted, const std::vector<Progress>& progress,
                        Stage stage, Spoken spoken) {
    std::vector<OutcomeIssue> refusals;
    std::vector<std::string_view> states;
    bool all = true;
    for (std::size_t i = 0; i < progress.size(); ++i) {
        const Progress& one = progress[i];
        if (one.refused) {
            const std::string& id = accepted.messages[i].receipt->id;
            refusals.push_back(
                {"error",
                 "business-rule",
                 say("message {0}: {1}", "message {0} : {1}", {id, one.reason}).in(spoken),
                 {}});
        }
        states.push_back(one.reached ? stageName(stage) : "in-progress");
        all = all && one.reached;
    }
    if (!refusals.empty()) return outcome(422, refusals);
    return taken(all ? 200 : 202, accepted, states);
}

}  // namespace transport_http
