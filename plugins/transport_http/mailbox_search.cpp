#include "mailbox_search.h"

#include <algorithm>
#include <charconv>

#include "mailbox_task.h"

namespace transport_http {
using namespace gateway;

namespace {

constexpr unsigned kMost = 200;             ///< deliveries on a page
constexpr std::size_t kAlternatives = 100;  ///< values of one parameter

std::vector<std::string> alternatives(std::string_view value) {
    std::vector<std::string> all(1);
    for (std::size_t at = 0; at < value.size(); ++at) {
        if (value[at] == '\\' && at + 1 < value.size())
            all.back().push_back(value[++at]);  // \, \| \$ \\ of FHIR
        else if (value[at] == ',')
            all.emplace_back();
        else
            all.back().push_back(value[at]);
    }
    return all;
}

std::string_view baseOf(std::string_view name) { return name.substr(0, name.find_first_of(":.")); }

bool isOneOf(std::string_view name, std::initializer_list<std::string_view> names) {
    return std::find(names.begin(), names.end(), name) != names.end();
}

[[noreturn]] void wrong(const std::string& name, const Reason& what) {
    throw Error(Fault::malformed, name, what);
}

/// An INS or NIR: 13 digits, or 15 with the key; of Corsica with a letter.
bool looksLikeIns(std::string_view value) {
    if (value.size() != 13 && value.size() != 15) return false;
    for (std::size_t i = 0; i < value.size(); ++i) {
        const bool corsica = i == 6 && isOneOf(value.substr(i, 1), {"A", "B", "a", "b"});
        if (!corsica && (value[i] < '0' || value[i] > '9')) return false;
    }
    return true;
}

/// Reads one parameter into the search. @return whether it is known
class Parameter {
public:
    Parameter(MailboxSearch& search, const std::string& name, std::string_view value)
        : search_(search), name_(name), values_(alternatives(value)) {
        if (values_.size() > kAlternatives)
            wrong(name_, say("expected at most {0} values", "attendu au plus {0} valeurs",
                             {std::to_string(kAlternatives)}));
    }

    bool read() {
        if (isOneOf(name_, {"patient.identifier", "patient:identifier", "subject.identifier",
                            "subject:identifier", "patient:Patient.identifier",
                            "subject:Patient.identifier"}))
            return person([](std::string_view token) { return tokenHash(token); });
        if (isOneOf(name_, {"patient", "subject", "patient:Patient", "subject:Patient"}))
            return person([](std::string_view reference) { return referenceHash(reference); });
        if (name_ == "identifier") return hashes(search_.identifiers);
        if (name_ == "status") return texts(search_.statuses);
        if (name_ == "_id") return texts(search_.ids);
        if (name_ == "_lastUpdated") return times();
        if (name_ == "_count") return count();
        if (name_ == "_summary") return summary();
        if (name_ == "_sort") return values_ == std::vector<std::string>{"_lastUpdated"};
        if (search_.type == "Task" && name_ == "code") return texts(search_.codes);
        if (search_.type == "Task" && name_ == "focus") return texts(search_.focus);
        return modified();
    }

private:
    template <class Hash>
    bool person(Hash hash) {
        std::vector<TokenHash>& any = search_.people.emplace_back();
        for (const std::string& value : filled()) any.push_back(hash(value));
        search_.posted = true;
        return true;
    }
    bool hashes(std::vector<std::vector<TokenHash>>& to) {
        std::vector<TokenHash>& any = to.emplace_back();
        for (const std::string& value : filled()) any.push_back(tokenHash(value));
        search_.posted = true;
        return true;
    }
    /// Codes and ids; a system before a code is not compared.
    bool texts(std::vector<std::vector<std::string>>& to) {
        std::vector<std::string>& any = to.emplace_back();
        for (const std::string& value : filled()) any.push_back(value.substr(value.find('|') + 1));
        return true;
    }
    bool times() {
        std::vector<SearchedTime>& any = search_.updated.emplace_back();
        for (const std::string& value : filled()) {
            const auto time = searchedTime(value);
            if (!time)
                wrong(name_, {"expected a date or time, with a prefix such as ge or lt before it",
                              "attendu une date ou une heure, avec un préfixe comme ge ou lt"});
            any.push_back(*time);
        }
        return true;
    }
    bool count() {
        const std::string& text = values_.front();
        unsigned number = 0;
        const auto end = std::from_chars(text.data(), text.data() + text.size(), number);
        if (values_.size() != 1 || text.empty() || end.ec != std::errc() ||
            end.ptr != text.data() + text.size())
            wrong(name_, {"expected a number", "attendu un nombre"});
        search_.countOnly = search_.countOnly || number == 0;
        search_.count = std::clamp(number, 1u, kMost);
        return true;
    }
    bool summary() {
        if (values_ == std::vector<std::string>{"count"}) search_.countOnly = true;
        return search_.countOnly || values_ == std::vector<std::string>{"false"};
    }
    /// What is known, but not so: refused, since without it more would be found than was asked for.
    bool modified() const {
        if (name_ == baseOf(name_) ||
            !isOneOf(baseOf(name_), {"patient", "subject", "identifier", "status", "_id",
                                     "_lastUpdated", "code", "focus"}))
            return false;
        wrong(name_, {"this modifier or chain is not known here",
                      "ce modificateur ou cette chaîne n'est pas connu ici"});
    }
    const std::vector<std::string>& filled() const {
        for (const std::string& value : values_)
            if (value.empty()) wrong(name_, {"expected a value", "attendu une valeur"});
        return values_;
    }

    MailboxSearch& search_;
    const std::string& name_;
    const std::vector<std::string> values_;
};

template <class Any, class Holds>
bool all(const std::vector<Any>& lists, Holds holds) {
    return std::all_of(lists.begin(), lists.end(),
                       [&](const Any& any) { return std::any_of(any.begin(), any.end(), holds); });
}

template <class T>
auto among(const std::vector<T>& have) {
    return [&have](const T& one) { return std::find(have.begin(), have.end(), one) != have.end(); };
}

}  // namespace

bool tellsOfPerson(std::string_view name, std::string_view value) {
    const std::string_view base = baseOf(name);
    if (isOneOf(base, {"patient", "subject", "for", "beneficiary", "individual", "name", "family",
                       "given", "birthdate", "phone", "email", "telecom", "address", "_has",
                       "_text", "_content", "_filter"}))
        return true;
    if (name.find("patient") != name.npos || name.find("Patient") != name.npos) return true;
    if (base != "identifier") return false;
    for (const std::string& one : alternatives(value)) {
        if (one.starts_with("urn:oid:1.2.250.1.213.1.4.")) return true;  // the INS's authorities
        if (looksLikeIns(std::string_view(one).substr(one.rfind('|') + 1))) return true;
    }
    return false;
}

MailboxSearch searchOf(std::string_view type, const Parameters& parameters, bool strict) {
    MailboxSearch search;
    search.type = type;
    for (const auto& [name, value] : parameters)
        if (!Parameter(search, name, value).read()) search.passedOver.push_back(name);
    if (strict && !search.passedOver.empty())
        wrong(search.passedOver.front(),
              {"this parameter, or this value of it, is not known here",
               "ce paramètre, ou cette valeur du paramètre, n'est pas connu ici"});
    return search;
}

std::vector<std::pair<std::string, std::string>> searchParameters(std::string_view type) {
    std::vector<std::pair<std::string, std::string>> all{{"_id", "token"},
                                                         {"_lastUpdated", "date"}};
    if (type == "Binary") return all;
    all.emplace_back("identifier", "token");
    all.emplace_back("patient", "reference");
    all.emplace_back("patient.identifier", "token");
    all.emplace_back("status", "token");
    all.emplace_back("subject", "reference");
    if (type != "Task") return all;
    all.emplace_back("code", "token");
    all.emplace_back("focus", "reference");
    return all;
}

bool MailboxSearch::mayWant(const OfferedDelivery& delivery, Time now) const {
    const auto isIts = [&](std::string_view address) {
        if (const std::string_view task = deliveryOf(address); !task.empty()) address = task;
        return address.substr(0, address.find('.')) == delivery.id;
    };
    return all(ids, isIts) &&
           all(updated, [&](const SearchedTime& time) { return time.holds(delivery.since, now); });
}

bool MailboxSearch::wants(const HeldResource& resource, std::string_view id, Time updatedAt,
                          Time now) const {
    if (resource.type != type) return false;
    return all(ids, [&](const std::string& one) { return one == id; }) &&
           all(statuses, among(resource.statuses)) && all(people, among(resource.people)) &&
           all(identifiers, among(resource.identifiers)) &&
           all(updated, [&](const SearchedTime& time) { return time.holds(updatedAt, now); });
}

// The search as lines: a letter, then the values of one parameter with tabs between.
// --------------------------------------------------------------------------------------------------

namespace {

constexpr std::string_view kForbidden = "\t\n";

std::string textOf(const std::string& text) {
    std::string out = text;
    std::erase_if(out, [](char c) { return kForbidden.find(c) != kForbidden.npos; });
    return out;
}
std::string textOf(TokenHash hash) { return std::to_string(hash); }
std::string textOf(const SearchedTime& time) {
    return std::to_string(static_cast<int>(time.prefix)) + " " +
           std::to_string(time.from.time_since_epoch().count()) + " " +
           std::to_string(time.until.time_since_epoch().count());
}

template <class T>
bool number(std::string_view& text, T& value) {
    const auto end = std::from_chars(text.data(), text.data() + text.size(), value);
    if (end.ec != std::errc()) return false;
    text.remove_prefix(static_cast<std::size_t>(end.ptr - text.data()));
    if (text.starts_with(' ')) text.remove_prefix(1);
    return true;
}

bool fromText(std::string_view text, std::string& value) {
    value = text;
    return true;
}
bool fromText(std::string_view text, TokenHash& value) {
    return number(text, value) && text.empty();
}
bool fromText(std::string_view text, SearchedTime& value) {
    int prefix = 0;
    std::int64_t from = 0, until = 0;
    if (!number(text, prefix) || !number(text, from) || !number(text, until) || !text.empty())
        return false;
    value.prefix = static_cast<SearchedTime::Prefix>(prefix);
    value.from = Time(Milliseconds(from));
    value.until = Time(Milliseconds(until));
    return true;
}

template <class T>
void write(std::string& out, char letter, const std::vector<std::vector<T>>& lists) {
    for (const std::vector<T>& any : lists) {
        out += letter;
        for (const T& one : any) out += '\t' + textOf(one);
        out += '\n';
    }
}

template <class T>
bool read(std::string_view values, std::vector<std::vector<T>>& lists) {
    std::vector<T>& any = lists.emplace_back();
    while (values.starts_with('\t')) {
        values.remove_prefix(1);
        const std::size_t end = std::min(values.find('\t'), values.size());
        if (!fromText(values.substr(0, end), any.emplace_back())) return false;
        values.remove_prefix(end);
    }
    return values.empty();
}

bool readLine(std::string_view line, MailboxSearch& search) {
    const std::string_view values = line.substr(std::min<std::size_t>(1, line.size()));
    switch (line.empty() ? '\0' : line.front()) {
        case 'T': search.type = values; return true;
        case 'p': return read(values, search.people);
        case 'i': return read(values, search.identifiers);
        case 's': return read(values, search.statuses);
        case 'c': return read(values, search.codes);
        case 'f': return read(values, search.focus);
        case 'd': return read(values, search.ids);
        case 'u': return read(values, search.updated);
        case 'm': {
            std::string_view rest = values;
            return number(rest, search.count) && rest.empty();
        }
        default: return false;
    }
}

}  // namespace

std::string written(const MailboxSearch& search) {
    std::string out = "T" + search.type + "\nm" + std::to_string(search.count) + "\n";
    write(out, 'p', search.people);
    write(out, 'i', search.identifiers);
    write(out, 's', search.statuses);
    write(out, 'c', search.codes);
    write(out, 'f', search.focus);
    write(out, 'd', search.ids);
    write(out, 'u', search.updated);
    return out;
}

std::optional<MailboxSearch> readSearch(std::string_view text) {
    MailboxSearch search;
    search.posted = true;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find('\n'), text.size());
        if (!readLine(text.substr(0, end), search)) return std::nullopt;
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return search;
}

}  // namespace transport_http
