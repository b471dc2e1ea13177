#include "audit/audit_chain.h"

#include <cerrno>
#include <charconv>
#include <fstream>
#include <optional>
#include <system_error>

#include "core/digest.h"
#include "core/json_text.h"

namespace gateway {
namespace {

std::optional<JsonValue> record(const std::string& line) {
    try {
        JsonValue value = parsedJson(line);
        if (value["n"].kind == JsonValue::Kind::number) return value;
    } catch (const Error&) {  // a torn line, or one that somebody changed
    }
    return {};
}

Reason lines(std::uint64_t from, std::uint64_t to) {
    return from == to ? say("record {0}", "l'enregistrement {0}", {std::to_string(from)})
                      : say("records {0} to {1}", "les enregistrements {0} à {1}",
                            {std::to_string(from), std::to_string(to)});
}

/// Goes through the lines of a file one after the other.
class Walk {
public:
    Walk(AuditChain& chain, const AuditHead& known) : chain_(chain), known_(known) {}

    void take(const std::string& line, const std::function<void(const std::string&)>& each) {
        ++line_;
        const std::optional<JsonValue> value = record(line);
        if (value) {
            judge(*value);
            chain_.head.number = (*value)["n"].number();
            ++chain_.records;
            if (each) each(line);
        } else if (tornLine_ != 0) {
            unreadable();
        }
        tornLine_ = value ? 0 : line_;
        hash_ = sha256(line);
        if (value) chain_.head.hash = hash_;
        if (value && chain_.head.number == known_.number && hash_ != known_.hash)
            add({"is not the one that was written: the store knows another",
                 "n'est pas celui qui a été écrit : la base en connaît un autre"});
    }

    void end() {
        if (tornLine_ != 0) unreadable();
        if (known_.number > chain_.head.number)
            chain_.faults.push_back(
                {0, say("{0}: gone, cut off at the end", "{0} : absent, coupé à la fin",
                        {lines(chain_.head.number + 1, known_.number)})});
    }

private:
    void add(Reason what) { chain_.faults.push_back({line_, std::move(what)}); }
    void unreadable() {
        chain_.faults.push_back({tornLine_,
                                 {"is no record, and none tells of it",
                                  "n'est pas un enregistrement, et aucun ne le dit"}});
    }

    void judge(const JsonValue& value) {
        const std::uint64_t number = value["n"].number(), next = chain_.head.number + 1;
        if (tornLine_ != 0 && value["what"].text != audit_word::kMended) unreadable();
        if (value["what"].text == audit_word::kMissing)
            add({"tells that lines before it were gone when the gateway started",
                 "dit que des lignes avant lui manquaient au démarrage de la passerelle"});
        if (number > next && value["what"].text != audit_word::kMissing)
            add(say("{0}: missing before it", "{0} : absent avant lui", {lines(next, number - 1)}));
        else if (number < next)
            add(say("has the number {0}, expected {1}", "porte le numéro {0}, attendu {1}",
                    {std::to_string(number), std::to_string(next)}));
        else if (value["before"].text != hash_)
            add({"does not fit the line before it: one of them was changed",
                 "ne correspond pas à la ligne précédente : l'une des deux a été modifiée"});
    }

    AuditChain& chain_;
    const AuditHead& known_;
    std::uint64_t line_ = 0;
    std::uint64_t tornLine_ = 0;  ///< the line before, when it is no record
    std::string hash_;            ///< of the line before
};

}  // namespace

std::string AuditHead::text() const { return std::to_string(number) + " " + hash; }

AuditHead AuditHead::parsed(std::string_view text) {
    AuditHead head;
    const std::size_t blank = text.find(' ');
    if (blank == text.npos) return head;
    std::from_chars(text.data(), text.data() + blank, head.number);
    head.hash = text.substr(blank + 1);
    return head;
}

std::string auditLine(const AuditRecord& record, Time at, const AuditHead& before) {
    JsonWriter json;
    json.beginObject().field("n", before.number + 1).field("at", toText(at));
    json.field("by", record.by).field("what", record.what);
    json.name("about").beginArray();
    for (const std::string& one : record.about) json.text(one);
    json.endArray().field("why", record.why).field("result", record.result);
    json.name("details").beginObject();
    for (const auto& [name, value] : record.details) json.field(name, value);
    return json.endObject().field("before", before.hash).endObject().take();
}

AuditChain readAudit(const std::string& file, const AuditHead& known,
                     const std::function<void(const std::string& line)>& each) {
    AuditChain chain;
    Walk walk(chain, known);
    std::ifstream in(file, std::ios::binary);
    if (!in && errno != ENOENT)
        throw Error(Fault::unavailable, file,
                    say("cannot be read: {0}", "ne peut être lu : {0}",
                        {std::generic_category().message(errno)}));
    for (std::string line; in && std::getline(in, line);) {
        if (in.eof()) {
            chain.torn = line;
            chain.tornWhole = record(line).has_value();
            break;
        }
        walk.take(line, each);
    }
    walk.end();
    return chain;
}

}  // namespace gateway
