#include "audit/audit_chain.h"

#include <charconv>
#include <map>
#include <optional>
#include <set>
#include <tuple>

#include "audit/audit_parts.h"
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

Time timeOf(const JsonValue& value) {
    try {
        return timeFromText(value["at"].text);
    } catch (const Error&) {  // somebody changed it, and the chain tells
        return {};
    }
}

using Each = std::function<void(const std::string&)>;

/// Goes through the lines of an audit one after the other.
class Walk {
public:
    Walk(AuditChain& chain, const AuditHead& known, const Each& each)
        : chain_(chain), known_(known), each_(each) {}

    /// A chain that goes on in a file of its own: what its first line says of the one before.
    void trustBegin() { trusted_ = true; }
    /// @return the number of the last record
    std::uint64_t takeAll(AuditLines& in) {
        file_ = in.path();
        line_ = 0;
        std::uint64_t last = 0;
        for (std::string line; next(in, line);) {
            if (in.torn()) {
                chain_.torn = line;
                chain_.tornWhole = record(line).has_value();
                break;
            }
            take(line);
            last = chain_.head.number;
        }
        return last;
    }

    void end() {
        if (tornLine_ != 0) unreadable();
        if (gap_ && !removed_.contains({std::to_string(gap_->number), gap_->hash}))
            chain_.faults.insert(
                chain_.faults.begin(),
                {1,
                 say("{0}: missing before it", "{0} : absent avant lui", {lines(1, gap_->number)}),
                 gapFile_});
        if (known_.number > chain_.head.number)
            chain_.faults.push_back(
                {0,
                 say("{0}: gone, cut off at the end", "{0} : absent, coupé à la fin",
                     {lines(chain_.head.number + 1, known_.number)}),
                 file_});
    }

private:
    /// The parts behind one that cannot be read are read all the same.
    bool next(AuditLines& in, std::string& line) try {
        return in.next(line);
    } catch (const Error& error) {
        add(error.reason());
        if (!chain_.unreadable) chain_.unreadable.emplace(error);
        return false;
    }
    void take(const std::string& line) {
        ++line_;
        const std::optional<JsonValue> value = record(line);
        if (value) {
            judge(*value);
            chain_.head.number = (*value)["n"].number();
            if (chain_.records++ == 0) {
                chain_.first = chain_.head.number;
                chain_.began = timeOf(*value);
            }
            if (each_) each_(line);
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

    void add(Reason what) { chain_.faults.push_back({line_, std::move(what), file_}); }
    void unreadable() {
        chain_.faults.push_back({tornLine_,
                                 {"is no record, and none tells of it",
                                  "n'est pas un enregistrement, et aucun ne le dit"},
                                 file_});
    }

    /// Of the first record of all: what stood before it, if anything.
    bool begins(const JsonValue& value, std::uint64_t number) {
        if (chain_.records != 0 || tornLine_ != 0 || chain_.head.number != 0 || number < 2)
            return false;
        if (value["what"].text == audit_word::kMissing) return false;
        if (!trusted_) {
            gap_ = AuditHead{number - 1, value["before"].text};
            gapFile_ = file_;
        }
        return true;
    }

    void judge(const JsonValue& value) {
        const std::uint64_t number = value["n"].number(), next = chain_.head.number + 1;
        const std::string& what = value["what"].text;
        if (what == audit_word::kRemoved)
            removed_.insert({value["details"]["to"].text, value["details"]["hash"].text});
        if (begins(value, number)) return;
        if (tornLine_ != 0 && what != audit_word::kMended) unreadable();
        if (what == audit_word::kMissing)
            add({"tells that lines before it were gone when the gateway started",
                 "dit que des lignes avant lui manquaient au démarrage de la passerelle"});
        if (number > next && what != audit_word::kMissing)
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
    const Each& each_;
    bool trusted_ = false;
    std::string file_;
    std::uint64_t line_ = 0;
    std::uint64_t tornLine_ = 0;    ///< the line before, when it is no record
    std::string hash_;              ///< of the line before
    std::optional<AuditHead> gap_;  ///< what stood before the first record
    std::string gapFile_;
    std::set<std::pair<std::string, std::string>> removed_;  ///< ends of parts too old
};

/// The rest of a record behind `details`, its braces' end included.
void end(JsonWriter& json, const AuditHead& before) {
    json.field("before", before.hash).endObject();
}

JsonWriter begun(const AuditRecord& record, Time at, const AuditHead& before) {
    JsonWriter json;
    json.beginObject().field("n", before.number + 1).field("at", toText(at));
    json.field("by", record.by).field("what", record.what);
    json.name("about").beginArray();
    for (const std::string& one : record.about) json.text(one);
    json.endArray().field("why", record.why).field("result", record.result);
    json.name("details").beginObject();
    for (const auto& [name, value] : record.details) json.field(name, value);
    json.endObject();
    return json;
}

/// Those alike, in the order in which they came.
using Alike = std::tuple<Happening::Kind, std::string_view, std::string_view, std::string_view,
                         std::string_view>;

void writeAlike(JsonWriter& json, const HappeningPortion& portion) {
    std::map<Alike, std::vector<const Happening*>> groups;
    for (const Happening& one : portion.all)
        groups[{one.kind, one.end, one.partner, one.by, one.place}].push_back(&one);
    const std::string at = toText(portion.at);
    for (const auto& [alike, all] : groups) {
        const auto& [kind, end, partner, by, place] = alike;
        json.beginObject().field("at", at).field("what", toText(kind));
        for (const auto& [name, text] : {std::pair("end", end), std::pair("partner", partner),
                                         std::pair("by", by), std::pair("place", place)})
            if (!text.empty()) json.field(name, text);
        json.name("of").beginArray();
        for (const Happening* const one : all) {
            const std::string* const texts[] = {&one->delivery, &one->message, &one->plan,
                                                &one->edition};
            std::size_t size = std::size(texts);
            while (size > 0 && texts[size - 1]->empty()) --size;
            json.beginArray();
            for (std::size_t i = 0; i < size; ++i) json.text(*texts[i]);
            json.endArray();
        }
        json.endArray().endObject();
    }
}

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
    JsonWriter json = begun(record, at, before);
    end(json, before);
    return json.take();
}

std::string passedLine(const std::vector<HappeningPortion>& portions, std::size_t from,
                       std::size_t to, Time at, const AuditHead& before) {
    const HappeningPortion& last = portions[to - 1];
    AuditRecord record{"passerelle", std::string(audit_word::kPassed), {}, {}};
    record.details = {{"place", std::to_string(last.life) + "-" + std::to_string(last.id)}};
    JsonWriter json = begun(record, at, before);
    json.name("passed").beginArray();
    for (std::size_t i = from; i < to; ++i) writeAlike(json, portions[i]);
    json.endArray();
    end(json, before);
    return json.take();
}

std::pair<std::uint64_t, std::uint64_t> placeOf(const std::string& line) {
    std::pair<std::uint64_t, std::uint64_t> place{0, 0};
    if (line.find("\"what\":\"passed\"") == line.npos) return place;
    const auto value = record(line);
    if (!value || (*value)["what"].text != audit_word::kPassed) return place;
    const std::string& text = (*value)["details"]["place"].text;
    const std::size_t dash = std::min(text.find('-'), text.size());
    std::from_chars(text.data(), text.data() + dash, place.first);
    if (dash < text.size())
        std::from_chars(text.data() + dash + 1, text.data() + text.size(), place.second);
    return place;
}

AuditChain readAudit(const std::string& file, const AuditHead& known, const Each& each) {
    AuditChain chain;
    Walk walk(chain, known, each);
    walkAuditParts(file, 0, [&](AuditLines& lines) { return walk.takeAll(lines); });
    walk.end();
    return chain;
}

AuditChain readOpenAudit(const std::string& file, const AuditHead& known) {
    AuditChain chain;
    const Each none;
    Walk walk(chain, known, none);
    walk.trustBegin();
    std::vector<AuditPart> parts = closedAuditParts(file);
    AuditLines open(file);
    if (std::string first; !parts.empty() && (!AuditLines(file).next(first) || !record(first))) {
        AuditLines last(parts.back().path);
        walk.takeAll(last);
    }
    walk.takeAll(open);
    walk.end();
    return chain;
}

void readAuditFrom(const std::string& file, std::uint64_t behind, const Each& each) {
    AuditChain chain;
    const AuditHead none;
    const Each later = [&](const std::string& line) {
        if (chain.head.number > behind) each(line);
    };
    Walk walk(chain, none, later);
    walk.trustBegin();
    walkAuditParts(file, behind + 1, [&](AuditLines& lines) { return walk.takeAll(lines); });
    if (chain.unreadable) throw *chain.unreadable;
}

}  // namespace gateway
