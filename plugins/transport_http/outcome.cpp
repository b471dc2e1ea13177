#include "outcome.h"

#include "common/json/json.h"

namespace transport_http {
using namespace gateway;

namespace {

/// HTTP status and FHIR issue-type of each fault at the source.
struct Row {
    int status;
    std::string_view code;
};

Row rowOf(Fault fault) {
    switch (fault) {
        case Fault::malformed: return {400, "structure"};
        case Fault::unsupported: return {422, "not-supported"};
        case Fault::rejected: return {422, "business-rule"};
        case Fault::unavailable: return {503, "transient"};
        case Fault::uncertain:
        case Fault::internal: break;
    }
    return {500, "exception"};
}

void member(Sink& out, std::string_view name, std::string_view value) {
    out << ",\"" << name << "\":";
    json::writeString(out, value);
}

}  // namespace

int statusOf(Fault fault) { return rowOf(fault).status; }

OutcomeIssue issueOf(const Error& error, Spoken spoken) {
    return {"error", rowOf(error.fault).code, error.reason().in(spoken), error.where};
}

http::Response outcome(int status, const std::vector<OutcomeIssue>& issues) {
    Sink out;
    out << R"({"resourceType":"OperationOutcome","issue":[)";
    for (const OutcomeIssue& issue : issues) {
        out << (&issue == &issues.front() ? "{" : ",{") << "\"severity\":";
        json::writeString(out, issue.severity);
        member(out, "code", issue.code);
        if (!issue.what.empty()) member(out, "diagnostics", issue.what);
        if (!issue.where.empty()) {
            out << ",\"expression\":[";
            json::writeString(out, issue.where);
            out << "]";
        }
        out << "}";
    }
    out << "]}";
    http::Response response{status, {{"Content-Type", "application/fhir+json"}}, out.take()};
    if (status == 503) response.headers.add("Retry-After", "5");
    return response;
}

http::Response outcome(int status, std::string_view code, std::string what, std::string where) {
    return outcome(status, {{"error", code, std::move(what), std::move(where)}});
}

http::Response refusedUnread(int status, std::string_view what) {
    const auto is = [&](std::string_view code, std::string_view where) {
        return outcome(status, code, std::string(what), std::string(where));
    };
    switch (status) {
        case 408: return is("timeout", "body");
        case 413: return is("too-long", "body");
        case 414:
        case 431: return is("too-long", "header");
        case 417: return is("not-supported", "header");
        case 429: return is("throttled", {});
        case 500: return is("exception", {});
        case 503: return is("transient", {});
        default: return is(status > 500 ? "not-supported" : "structure", "header");
    }
}

}  // namespace transport_http
