#include "mllp/ack.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <charconv>
#include <cstdio>
#include <optional>
#include <random>

namespace mllp {
using gateway::Error;
using gateway::Fault;

namespace {

constexpr std::size_t kFieldLimit = 512;   // of what is echoed
constexpr std::size_t kTextLimit = 1000;   // of what is said
constexpr std::size_t kAckLimit = 65'536;  // of what is read for MSA

/// A place such as "PID[2]-5[1].2.3", or none.
struct Location {
    std::string segment;
    int sequence = 1;
    int field = 0;
    int repetition = 1;
    int component = 0;
    int subcomponent = 0;
};

class LocationReader {
public:
    explicit LocationReader(std::string_view text) : rest_(text) {}

    std::optional<Location> read() {
        Location at;
        at.segment = rest_.substr(0, 3);
        if (at.segment.size() != 3 || at.segment[0] < 'A' || at.segment[0] > 'Z' ||
            !std::all_of(at.segment.begin(), at.segment.end(),
                         [](char c) { return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); }))
            return std::nullopt;
        rest_.remove_prefix(3);
        const bool good = index(at.sequence) && number('-', at.field) &&
                          (at.field == 0 || index(at.repetition)) && number('.', at.component) &&
                          number('.', at.subcomponent);
        if (!good || !rest_.empty()) return std::nullopt;
        return at;
    }

private:
    bool index(int& value) {
        if (!rest_.starts_with('[')) return true;
        return number('[', value) && rest_.starts_with(']') && (rest_.remove_prefix(1), true);
    }
    bool number(char before, int& value) {
        if (!rest_.starts_with(before)) return true;
        rest_.remove_prefix(1);
        const auto [end, error] = std::from_chars(rest_.data(), rest_.data() + rest_.size(), value);
        rest_.remove_prefix(static_cast<std::size_t>(end - rest_.data()));
        return error == std::errc() && value >= 0;
    }

    std::string_view rest_;
};

std::string_view meaning(std::string_view code) {
    if (code == "100") return "Segment sequence error";
    if (code == "101") return "Required field missing";
    if (code == "102") return "Data type error";
    if (code == "200") return "Unsupported message type";
    if (code == "202") return "Unsupported processing id";
    if (code == "203") return "Unsupported version id";
    if (code == "205") return "Duplicate key identifier";
    return "Application internal error";
}

std::string codeOf(const Error& error) {
    switch (error.fault) {
        case Fault::malformed: return LocationReader(error.where).read() ? "102" : "100";
        case Fault::unsupported:
            if (error.where.starts_with("MSH-12")) return "203";
            return error.where.starts_with("MSH-11") ? "202" : "200";
        default: return "207";
    }
}

/// Writes one acknowledgement in the delimiters of the message that it answers.
class Writer {
public:
    explicit Writer(const Head& head) : head_(head) {
        const std::string_view charset = head.field(18);
        unicode_ = charset.find("UTF-8") != charset.npos;
    }

    void segment(std::string_view name) { out_ += name; }
    /// A field as the peer wrote it, without what would break the frame or the segment.
    void echo(std::string_view field) {
        out_ += head_.separator();
        for (const char c : field.substr(0, kFieldLimit))
            out_ += static_cast<unsigned char>(c) < ' ' ? ' ' : c;
    }
    void field(std::string_view text = {}) {
        out_ += head_.separator();
        escaped(text);
    }
    void component(std::string_view text) {
        out_ += head_.componentMark();
        escaped(text);
    }
    void component(int number) { component(std::to_string(number)); }
    void subcomponent(std::string_view text) {
        out_ += head_.subcomponentMark() != '\0' ? head_.subcomponentMark() : ' ';
        escaped(text);
    }
    void raw(std::string_view text) { out_ += text; }
    void end() { out_ += '\r'; }
    std::string take() { return std::move(out_); }

private:
    void escaped(std::string_view text) {
        for (const char c : text.substr(0, kTextLimit)) {
            const char letter = letterOf(c);
            if (letter != '\0' && head_.escapeMark() != '\0')
                (((out_ += head_.escapeMark()) += letter) += head_.escapeMark());
            else if (letter != '\0' || static_cast<unsigned char>(c) < ' ' || c == '\x7f')
                out_ += ' ';
            else
                out_ += static_cast<unsigned char>(c) < 0x80 || unicode_ ? c : '?';
        }
    }
    char letterOf(char c) const {
        if (c == '\0') return '\0';
        if (c == head_.separator()) return 'F';
        if (c == head_.componentMark()) return 'S';
        if (c == head_.subcomponentMark()) return 'T';
        if (c == head_.repetitionMark()) return 'R';
        if (c == head_.escapeMark()) return 'E';
        return '\0';
    }

    const Head& head_;
    bool unicode_ = false;
    std::string out_;
};

/// "2.5.1" → {2, 5}; what cannot be read counts as 2.5.
std::pair<int, int> versionOf(const Head& head) {
    const std::string_view text = head.component(12, 1);
    int major = 0;
    int minor = 0;
    const char* const end = text.data() + text.size();
    const auto first = std::from_chars(text.data(), end, major);
    if (first.ec != std::errc() || first.ptr == end || *first.ptr != '.') return {2, 5};
    if (std::from_chars(first.ptr + 1, end, minor).ec != std::errc()) return {2, 5};
    return {major, minor};
}

std::string timestamp(gateway::Time now) {
    const std::time_t seconds = std::chrono::system_clock::to_time_t(now);
    std::tm utc{};
    gmtime_r(&seconds, &utc);
    char text[32];
    const std::size_t size = std::strftime(text, sizeof text, "%Y%m%d%H%M%S+0000", &utc);
    return std::string(text, size);
}

void writeHead(Writer& out, const Head& head, gateway::Time now, std::string_view controlId) {
    out.segment("MSH");
    out.raw(std::string(1, head.separator()));
    out.raw(head.encoding());
    for (const std::size_t n : {5U, 6U, 3U, 4U}) out.echo(head.field(n));
    out.field(timestamp(now));
    out.field();
    out.field("ACK");
    const std::string type = head.type();
    if (const std::size_t event = type.find('^'); event != type.npos) {
        out.component(std::string_view(type).substr(event + 1));
        out.component("ACK");
    }
    out.field(controlId);
    out.echo(head.field(11).empty() ? "P" : head.field(11));
    out.echo(head.field(12).empty() ? "2.5" : head.field(12));
    if (!head.field(18).empty()) {
        for (int n = 13; n < 18; ++n) out.field();
        out.echo(head.field(18));
    }
    out.end();
}

/// ERR as the version has it: one field up to 2.4, location, code, severity and text from 2.5 on.
void writeError(Writer& out, const Verdict& verdict, const std::string& text, bool before25) {
    const std::optional<Location> at = LocationReader(verdict.where).read();
    out.segment("ERR");
    out.field();
    if (!before25) out.field();
    if (at) {
        out.raw(at->segment);
        out.component(at->sequence);
        if (at->field > 0 || before25) out.component(at->field);
        if (!before25 && at->field > 0) out.component(at->repetition);
        if (!before25 && at->component > 0) out.component(at->component);
        if (!before25 && at->subcomponent > 0) out.component(at->subcomponent);
    }
    if (before25) {
        for (int empty = at ? 0 : 2; empty > 0; --empty) out.component("");
        out.component(verdict.code);
        out.subcomponent(meaning(verdict.code));
        out.subcomponent("HL70357");
    } else {
        out.field(verdict.code);
        out.component(meaning(verdict.code));
        out.component("HL70357");
        out.field("E");
        for (int n = 5; n < 8; ++n) out.field();
        out.field(text);
    }
    out.end();
}

}  // namespace

Verdict Verdict::accepted(std::string note) {
    Verdict verdict;
    verdict.note = std::move(note);
    return verdict;
}

Verdict Verdict::of(const Error& error) {
    const bool sendersFault = error.fault == Fault::malformed || error.fault == Fault::rejected;
    return {
        sendersFault ? Kind::error : Kind::reject, error.where, error.what(), codeOf(error), {}};
}

Verdict Verdict::conflict() {
    return {
        Kind::reject, "MSH-10", "this control id has come before with other content", "205", {}};
}

Answers answersFor(const Head& head, Verdict::Kind kind) {
    const auto asks = [kind](std::string_view condition) {
        if (condition == "SU") return kind == Verdict::Kind::accept;
        if (condition == "ER") return kind != Verdict::Kind::accept;
        return condition == "AL";
    };
    if (head.field(15).empty() && head.field(16).empty()) return Answers::original;
    if (asks(head.component(15, 1))) return Answers::accept;
    const std::string_view accept = head.component(15, 1);
    if ((accept.empty() || accept == "NE") && asks(head.component(16, 1)))
        return Answers::application;
    return Answers::none;
}

std::string acknowledgement(const Head& head, const Verdict& verdict, gateway::Time now,
                            std::string_view controlId) {
    const Verdict::Kind kind = head.known() || verdict.kind == Verdict::Kind::accept
                                   ? verdict.kind
                                   : Verdict::Kind::reject;
    const Answers answers = answersFor(head, kind);
    if (answers == Answers::none) return {};
    const std::pair version = versionOf(head);
    const bool wrong = kind != Verdict::Kind::accept;
    const std::string text =
        verdict.where.empty() ? verdict.text : verdict.where + ": " + verdict.text;
    Writer out(head);
    writeHead(out, head, now, controlId);
    out.segment("MSA");
    out.field(
        std::string{answers == Answers::accept ? 'C' : 'A', "AER"[static_cast<std::size_t>(kind)]});
    out.echo(head.controlId());
    const std::string_view note = wrong ? std::string_view(text) : std::string_view(verdict.note);
    if (!note.empty() && version < std::pair{2, 7}) out.field(note);
    out.end();
    if (wrong) writeError(out, verdict, text, version < std::pair{2, 5});
    return out.take();
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

Ack parseAck(std::string_view message) {
    const Head head(message);
    if (!head.known()) return {};
    std::string_view line = segment(message, "MSA", kAckLimit);
    std::array<std::string_view, 3> fields;
    for (std::string_view& field : fields) {
        const std::size_t end = std::min(line.find(head.separator()), line.size());
        field = line.substr(0, end);
        line.remove_prefix(std::min(end + 1, line.size()));
    }
    static constexpr std::array<std::string_view, 6> kCodes = {"AA", "AE", "AR", "CA", "CE", "CR"};
    if (std::find(kCodes.begin(), kCodes.end(), fields[1]) == kCodes.end()) return {};
    return {std::string(fields[1]), std::string(fields[2])};
}

}  // namespace mllp
