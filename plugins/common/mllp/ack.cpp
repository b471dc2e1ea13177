#include "mllp/ack.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <charconv>
#include <random>
#include <tuple>

#include "gateway/fault_table.h"
#include "mllp/er7_writer.h"
#include "mllp/err.h"

namespace mllp {
using gateway::Error;
using gateway::Fault;
using gateway::Issue;
using gateway::Issues;
using gateway::Severity;

namespace {

constexpr std::size_t kIdLimit = 20;        // of MSH-10
constexpr std::size_t kNoteLimit = 80;      // of MSA-3 in the standard
constexpr std::size_t kTextBefore25 = 200;  // of MSA-3 where ERR has no text

std::string codeOf(const Error& error) {
    switch (error.fault) {
        case Fault::malformed: return isLocation(error.where) ? "102" : "100";
        case Fault::unsupported:
            if (error.where.starts_with("MSH-12")) return "203";
            return error.where.starts_with("MSH-11") ? "202" : "200";
        default: return "207";
    }
}

Verdict::Kind kindOf(Fault fault) {
    return gateway::rowOf(fault).acknowledgement == "AE" ? Verdict::Kind::error
                                                         : Verdict::Kind::reject;
}

struct Version {
    int major = 2, minor = 5, patch = 0;
    friend auto operator<=>(const Version&, const Version&) = default;
};

/// "2.3.1" → {2, 3, 1}; what cannot be read counts as 2.5.
Version versionOf(const Head& head) {
    std::string_view text = head.component(12, 1);
    Version version{0, 0, 0};
    for (int* const number : {&version.major, &version.minor, &version.patch}) {
        const auto read = std::from_chars(text.data(), text.data() + text.size(), *number);
        if (read.ec != std::errc()) return {};
        text.remove_prefix(static_cast<std::size_t>(read.ptr - text.data()));
        if (!text.starts_with('.')) break;
        text.remove_prefix(1);
    }
    return version.major == 2 && version.minor > 0 ? version : Version{};
}

std::string timestamp(gateway::Time now) {
    const std::time_t seconds = std::chrono::system_clock::to_time_t(now);
    std::tm utc{};
    gmtime_r(&seconds, &utc);
    char text[32];
    const std::size_t size = std::strftime(text, sizeof text, "%Y%m%d%H%M%S+0000", &utc);
    return std::string(text, size);
}

/// Whether MSH-17 holds a country code; France asks for it in the answer too.
bool namesCountry(const Head& head) {
    const std::string_view code = head.field(17);
    return code.size() == 3 &&
           std::all_of(code.begin(), code.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
}

Tongue tongueOf(const Head& head) {
    const std::string_view language = head.component(19, 1);
    const bool french = language.starts_with("fr") || language.starts_with("FR") ||
                        (language.empty() && head.field(17) == "FRA");
    return french ? Tongue::french : Tongue::english;
}

void writeType(Er7Writer& out, const Head& head, const Version& version) {
    out.field("ACK");
    const std::string type = head.type();
    const std::size_t event = type.find('^');
    if (event == type.npos || version < Version{2, 2, 0}) return;
    out.component(std::string_view(type).substr(event + 1));
    if (version >= Version{2, 3, 1}) out.component("ACK");
}

void writeHead(Er7Writer& out, const Head& head, const Version& version, gateway::Time now,
               std::string_view controlId) {
    out.segment("MSH");
    out.raw(std::string(1, head.separator()));
    out.raw(head.encoding());
    for (const std::size_t n : {5U, 6U, 3U, 4U}) out.echo(head.field(n));
    out.field(timestamp(now));
    out.field();
    writeType(out, head, version);
    out.field(controlId.substr(0, kIdLimit));
    out.echo(head.field(11).empty() ? "P" : head.field(11));
    out.echo(head.field(12).empty() ? "2.5" : head.field(12));
    const bool enhanced = isEnhanced(head);
    const bool country = namesCountry(head);
    const bool charset = !head.field(18).empty();
    if (enhanced || country || charset) {
        out.field();
        out.field();
        out.field(enhanced ? "NE" : "");  // nobody answers an answer
        out.field(enhanced ? "NE" : "");
    }
    if (country || charset) out.echo(country ? head.field(17) : "");
    if (charset) out.echo(head.firstOf(18));
    out.end();
}

/// The findings as they are told: errors of a refusal, all of an acceptance.
std::vector<Issue> findingsOf(const Verdict& verdict) {
    std::vector<Issue> findings = verdict.findings;
    if (findings.empty() && verdict.kind != Verdict::Kind::accept) {
        Issue one;
        one.where = verdict.where;
        one.text.en = verdict.text;
        one.code = verdict.code;
        findings.push_back(std::move(one));
    }
    if (findings.size() > Verdict::kMostFindings) findings.resize(Verdict::kMostFindings);
    return findings;
}

std::string build(const Head& head, const Verdict& verdict, char side, gateway::Time now,
                  std::string_view controlId) {
    const bool wrong = verdict.kind != Verdict::Kind::accept;
    const Verdict::Kind kind = head.known() || !wrong ? verdict.kind : Verdict::Kind::reject;
    const Version version = versionOf(head);
    const bool before25 = version < Version{2, 5, 0};
    Er7Writer out(head);
    writeHead(out, head, version, now, controlId);
    out.segment("MSA");
    out.field(std::string{side, "AER"[static_cast<std::size_t>(kind)]});
    out.echo(head.answeredId());
    const std::string text =
        verdict.where.empty() ? verdict.text : verdict.where + ": " + verdict.text;
    const std::string& note = wrong ? text : verdict.note;
    if (!note.empty() && version < Version{2, 7, 0})
        out.field(note, before25 ? kTextBefore25 : kNoteLimit);
    out.end();
    if (!before25)
        writeErrors(out, findingsOf(verdict), tongueOf(head));
    else if (wrong)
        writeErrorsBefore25(out, findingsOf(verdict));
    return out.take();
}

enum class Condition { empty, always, never, error, success, unknown };

/// A code of table 0155.
struct Code {
    std::string_view text;
    Condition condition;
};
constexpr std::array<Code, 4> kCodes = {{{"AL", Condition::always},
                                         {"NE", Condition::never},
                                         {"ER", Condition::error},
                                         {"SU", Condition::success}}};

/// @param exact  becomes false when it is not written as the code that it counts as
Condition written(const Head& head, std::size_t field, bool& exact) {
    const std::string_view text = head.component(field, 1);
    const std::size_t begin = text.find_first_not_of(" \t");
    if (begin == text.npos || text == "\"\"") return Condition::empty;
    const std::string_view bare = text.substr(begin, text.find_last_not_of(" \t") + 1 - begin);
    for (const auto& [code, condition] : kCodes) {
        const bool same = bare.size() == code.size() &&
                          std::equal(bare.begin(), bare.end(), code.begin(),
                                     [](char a, char b) { return a == b || a == b - 'A' + 'a'; });
        if (!same) continue;
        exact = exact && text == code;
        return condition;
    }
    exact = false;
    return Condition::unknown;
}

struct Conditions {
    Condition accept, application;
    bool acceptExact = true, applicationExact = true;
};

Conditions conditionsOf(const Head& head) {
    Conditions all{};
    all.accept = written(head, 15, all.acceptExact);
    all.application = written(head, 16, all.applicationExact);
    if (all.accept == Condition::unknown) all.accept = Condition::always;
    if (all.application == Condition::unknown)
        all.application = all.accept == Condition::never ? Condition::always : Condition::empty;
    return all;
}

bool isEnhanced(const Conditions& all) {
    return all.accept != Condition::empty || all.application != Condition::empty;
}

bool asks(Condition condition, Verdict::Kind kind) {
    if (condition == Condition::success) return kind == Verdict::Kind::accept;
    if (condition == Condition::error) return kind != Verdict::Kind::accept;
    return condition == Condition::always;
}

std::string_view codeOf(Condition condition) {
    for (const Code& code : kCodes)
        if (code.condition == condition) return code.text;
    return "";
}

void tell(Issues& told, const char* where, Condition as) {
    const std::string code(codeOf(as));
    told.add(Severity::warning, where,
             {"no code of table 0155 as it is written; read as " + (code.empty() ? "empty" : code),
              "aucun code de la table 0155 tel quel ; lu comme " + (code.empty() ? "vide" : code)});
}

}  // namespace

Verdict Verdict::accepted(std::string note) {
    Verdict verdict;
    verdict.note = std::move(note);
    return verdict;
}

Verdict Verdict::accepted(const Issues& told) {
    Verdict verdict;
    for (Issue issue : told.all()) {
        if (verdict.findings.size() == kMostFindings) break;
        issue.severity = std::min(issue.severity, Severity::warning);
        verdict.findings.push_back(std::move(issue));
    }
    return verdict;
}

Verdict Verdict::of(const Error& error) {
    Verdict verdict;
    verdict.kind = kindOf(error.fault);
    verdict.where = error.where;
    verdict.text = error.what();
    verdict.code = mllp::codeOf(error);
    return verdict;
}

Verdict Verdict::of(const Error& error, const Issues& found) {
    Verdict verdict = of(error);
    bool told = false;
    for (const Issue& issue : found.all()) {
        if (issue.severity < Severity::error) continue;
        if (verdict.findings.size() < kMostFindings) verdict.findings.push_back(issue);
        told = told || issue.where == error.where;
    }
    if (verdict.findings.empty() || told) return verdict;
    Issue itself;
    itself.where = verdict.where;
    itself.text.en = verdict.text;
    itself.code = verdict.code;
    verdict.findings.insert(verdict.findings.begin(), std::move(itself));
    return verdict;
}

Verdict Verdict::ofSeveral(const std::vector<Numbered>& refused) {
    Verdict all = refused.front().verdict;
    all.findings.clear();
    for (const auto& [message, verdict] : refused) {
        const std::string number = std::to_string(message);
        for (Issue issue : findingsOf(verdict)) {
            if (all.findings.size() == kMostFindings) break;
            issue.text.en = "message " + number + " of this frame: " + issue.text.en;
            if (!issue.text.fr.empty())
                issue.text.fr = "message " + number + " de cette trame : " + issue.text.fr;
            all.findings.push_back(std::move(issue));
        }
    }
    all.text = all.findings.front().text.en;
    return all;
}

Verdict Verdict::conflict() {
    Verdict verdict;
    verdict.kind = Kind::reject;
    verdict.where = "MSH-10";
    verdict.text = "this control id has come before with other content";
    verdict.code = "205";
    return verdict;
}

bool isEnhanced(const Head& head) { return isEnhanced(conditionsOf(head)); }

bool asksAccept(const Head& head, Verdict::Kind kind) {
    return asks(conditionsOf(head).accept, kind);
}

bool asksApplication(const Head& head, Verdict::Kind kind) {
    const Conditions all = conditionsOf(head);
    return !isEnhanced(all) || asks(all.application, kind);
}

void tellConditions(const Head& head, Issues& told) {
    const Conditions all = conditionsOf(head);
    if (!all.acceptExact) tell(told, "MSH-15", all.accept);
    if (!all.applicationExact) tell(told, "MSH-16", all.application);
}

std::string acceptAcknowledgement(const Head& head, const Verdict& verdict, gateway::Time now,
                                  std::string_view controlId) {
    return asksAccept(head, verdict.kind) ? build(head, verdict, 'C', now, controlId)
                                          : std::string();
}

std::string applicationAcknowledgement(const Head& head, const Verdict& verdict, gateway::Time now,
                                       std::string_view controlId) {
    return asksApplication(head, verdict.kind) ? build(head, verdict, 'A', now, controlId)
                                               : std::string();
}

std::string acknowledgement(const Head& head, const Verdict& verdict, gateway::Time now,
                            std::string_view controlId) {
    return asksAccept(head, verdict.kind)
               ? acceptAcknowledgement(head, verdict, now, controlId)
               : applicationAcknowledgement(head, verdict, now, controlId);
}

std::string newControlId() {
    static constexpr std::string_view kDigits = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    static const std::uint64_t process = [] {
        std::random_device random;
        return (static_cast<std::uint64_t>(random()) << 32) | random();
    }();
    static std::atomic<std::uint64_t> count{process & 0xffff};
    std::string id(20, '0');
    std::uint64_t left = process >> 16;
    std::uint64_t right = count.fetch_add(1, std::memory_order_relaxed);
    for (std::size_t i = 0; i < 10; ++i, left >>= 5, right >>= 5) {
        id[9 - i] = kDigits[left & 31];
        id[19 - i] = kDigits[right & 31];
    }
    return id;
}

}  // namespace mllp
