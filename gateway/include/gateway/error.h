/// @file  What can go wrong: Error for what ends the work on a message, Issues for what it
/// survives.
#pragma once

#include <initializer_list>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "gateway/bytes.h"

namespace gateway {

/// What happens next is decided by the fault, never by the text (gateway/fault_table.h).
enum class Fault { malformed, unsupported, rejected, unavailable, uncertain, internal };

GATEWAY_API std::string_view toText(Fault fault);

enum class Spoken { english, french };

/// A sentence for people, in both languages of the users. Holds no patient data.
struct Reason {
    std::string en;
    std::string fr;

    Reason() = default;
    Reason(std::string english, std::string french)
        : en(std::move(english)), fr(std::move(french)) {}
    /// What reads the same in both languages: a name, a number, a place.
    Reason(std::string both) : en(std::move(both)) {}
    Reason(std::string_view both) : en(both) {}
    Reason(const char* both) : en(both) {}

    bool empty() const { return en.empty(); }
    /// The words of that language; English where there is no French.
    const std::string& in(Spoken language) const {
        return language == Spoken::french && !fr.empty() ? fr : en;
    }
    friend bool operator==(const Reason&, const Reason&) = default;
};

/// A sentence in both languages. `{0}` to `{9}` stand for the parts, each in its language:
/// say("found '{0}', expected {1}", "trouvé « {0} », attendu {1}", {name, kinds}).
GATEWAY_API Reason say(std::string_view en, std::string_view fr,
                       std::initializer_list<Reason> parts = {});

/// The one exception of the gateway. Its text may be logged and sent to the peer: it says what and
/// where ("PID-3.1", "byte 212", "/objectifs[0]/statut"), and never repeats the value found there.
class GATEWAY_API Error : public std::runtime_error {
public:
    Error(Fault fault, std::string where, const Reason& what);
    ~Error() override;
    const Fault fault;
    const std::string where;
    const std::string fr;  ///< what() in French; may be empty
    Reason reason() const { return {what(), fr}; }
};

/// Severities of FHIR's OperationOutcome: information and warning let the work go on unharmed,
/// error means that a part was lost, fatal that nothing meaningful is left.
enum class Severity { information, warning, error, fatal };

GATEWAY_API std::string_view toText(Severity severity);

/// One finding about a message. Never repeats the value found.
struct Issue {
    Severity severity = Severity::error;
    std::string where;  ///< path in the source tree, or byte
    Reason text;        ///< `fr` may be empty: then `en` is shown
    std::string
        rule;  ///< the rule or check that found it, "plan-to-ppp.map:12:5 problem"; may be empty
    std::string code = {};  ///< of the format's own table: "101" of HL7's 0357; may be empty
};

class GATEWAY_API Issues {
public:
    void add(Severity severity, std::string where, Reason text, std::string rule = {});
    void add(Issue issue);
    const std::vector<Issue>& all() const { return issues_; }
    bool empty() const { return issues_.empty(); }
    /// The gravest severity, information when there is none.
    Severity worst() const;
    void append(const Issues& other);

private:
    std::vector<Issue> issues_;
};

/// A place in a configuration or mapping file; line and column count from 1, 0 means the whole
/// file.
struct Place {
    std::string file;
    int line = 0;
    int column = 0;
    /// "file:line:column", or what of it is known.
    GATEWAY_API std::string text() const;
};

/// One finding about configuration, maps or tables.
struct Finding {
    Severity severity = Severity::error;
    Place where;
    std::string text;     ///< what was found and what was expected
    std::string fr = {};  ///< the same in French; may be empty

    const std::string& in(Spoken language) const {
        return language == Spoken::french && !fr.empty() ? fr : text;
    }
};

class GATEWAY_API Findings {
public:
    void error(Place where, Reason text);
    void warning(Place where, Reason text);
    const std::vector<Finding>& all() const { return all_; }
    bool failed() const { return errors_ != 0; }
    std::size_t errors() const { return errors_; }
    void append(const Findings& other);

private:
    std::vector<Finding> all_;
    std::size_t errors_ = 0;
};

}  // namespace gateway
