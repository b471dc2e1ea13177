#include "common/json/json.h"
#include "gateway/error.h"
#include "gp_had.h"

namespace simulate {
using gateway::Sink;

namespace {

/// Keeps resourceType and type of the root, and of each entry what the answer needs.
class PostedEvents final : public json::Events {
public:
    Posted posted;

    void beginObject(std::uint32_t) override {
        if (path_.size() == 2 && path_[1] == "entry") posted.entries.emplace_back();
        enter();
    }
    void endObject(std::uint32_t) override { leave(); }
    void beginArray(std::uint32_t) override { enter(); }
    void endArray(std::uint32_t) override { leave(); }
    void key(const json::Text& name) override { name_ = name.view; }
    void value(const json::Text& text, gateway::Kind) override {
        if (path_.size() == 1 && name_ == "resourceType") posted.resource = text.view;
        if (path_.size() == 1 && name_ == "type") posted.type = text.view;
        if (path_.size() != 4 || path_[1] != "entry") return;
        PostedEntry& entry = posted.entries.back();
        if (path_[3] == "resource" && name_ == "resourceType") entry.resource = text.view;
        if (path_[3] == "request" && name_ == "method") entry.method = text.view;
    }

private:
    void enter() {
        path_.push_back(name_);
        name_.clear();
    }
    void leave() {
        path_.pop_back();
        name_.clear();
    }

    /// Keys from the root to what is open: the root's own is "", an item's too.
    std::vector<std::string> path_;
    std::string name_;
};

}  // namespace

Posted readPosted(std::string_view text) {
    using gateway::Error;
    using gateway::Fault;
    PostedEvents events;
    json::parse(text, events);
    if (events.posted.resource.empty())
        throw Error(Fault::malformed, "resourceType", "a FHIR resource is expected");
    if (events.posted.resource != "Bundle") return events.posted;
    if (events.posted.type != "transaction")
        throw Error(Fault::malformed, "Bundle.type", "a transaction is expected");
    for (std::size_t i = 0; i < events.posted.entries.size(); ++i) {
        const std::string where = "Bundle.entry[" + std::to_string(i) + "]";
        if (events.posted.entries[i].method.empty())
            throw Error(Fault::malformed, where + ".request.method", "is missing");
        if (events.posted.entries[i].resource.empty() &&
            events.posted.entries[i].method != "DELETE")
            throw Error(Fault::malformed, where + ".resource", "is missing");
    }
    return events.posted;
}

std::string transactionResponse(const Posted& posted, std::uint64_t first) {
    Sink out;
    out << R"({"resourceType":"Bundle","type":"transaction-response")";
    const char* before = ",\"entry\":[";
    for (const PostedEntry& entry : posted.entries) {
        const bool made = entry.method == "POST";
        out << before << R"({"response":{"status":)" << (made ? "\"201 Created\"" : "\"200 OK\"");
        out << ",\"location\":";
        json::writeString(out, entry.resource + "/" + std::to_string(first++) + "/_history/1");
        out << "}}";
        before = ",";
    }
    if (!posted.entries.empty()) out << "]";
    out << "}";
    return out.text();
}

std::string outcomeText(std::string_view severity, std::string_view code, std::string_view what,
                        std::string_view where) {
    Sink out;
    out << R"({"resourceType":"OperationOutcome","issue":[{"severity":)";
    json::writeString(out, severity);
    out << ",\"code\":";
    json::writeString(out, code);
    out << ",\"diagnostics\":";
    json::writeString(out, what);
    if (!where.empty()) {
        out << ",\"expression\":[";
        json::writeString(out, where);
        out << "]";
    }
    out << "}]}";
    return out.text();
}

std::string capabilityText(std::string_view name) {
    Sink out;
    out << R"({"resourceType":"CapabilityStatement","status":"active","date":"2025-01-01",)"
        << R"("kind":"instance","implementation":{"description":)";
    json::writeString(out, name);
    out << R"(},"fhirVersion":"4.0.1","format":["application/fhir+json"],)"
        << R"("rest":[{"mode":"server","interaction":[{"code":"transaction"}]}]})";
    return out.text();
}

}  // namespace simulate
