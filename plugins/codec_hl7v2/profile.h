/// @file  Profiles: what a country or a site asks of messages beyond the standard, in YAML.
///
///   title: PAM France 2.11                  # for people
///   base: dictionary                        # or none: whether the standard's rules hold as well
///   anywhere: [PRT]                         # segments that may stand wherever they like
///   rules:
///     - messages: [ADT^A0*, ADT^A11]        # globs over type^event; absent: every message
///       when: {PV1-2: [E, I]}               # all must hold: a value, a list, present or absent
///       unless: {ZBE-5: present}            # none of them may hold
///       require: [ZBE, ZBE-1, ZBE-4]        # segments; fields of each segment that is there
///       forbid: [ZBE-3]
///       values: {ZBE-4: [INSERT, UPDATE], MSH-17: FRA}  # of each that is there
///       contains: {OBX-3.1: [A, B]}         # each of these values stands in one of them
///       types: {ZBE-2: TS}                  # NM, SI, DT, TM, TS
///       lengths: {PID-5: 48}                # most characters
///       repeats: {PID-3: 2..5, NK1: 0..3}   # how many; `*` for any number
///       each: PID-3                         # asked of each repetition of that field by itself
///       severity: warning                   # or error, the default
///       text: {en: …, fr: …}                # in place of the usual one
///       code: "201"                         # of table 0357, in place of the usual one
///
/// A condition on the segment that a rule speaks of is asked of that very segment; with `each`, one
/// on that field of the same repetition. Of null (`""`) nothing is asked but by `require`, which
/// warns.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "check_message.h"
#include "gateway/config.h"
#include "gateway/error.h"

namespace gateway::hl7v2 {

struct ProfileRule {
    struct Condition {
        FieldPath path;
        enum class Kind { present, absent, values } kind = Kind::values;
        std::vector<std::string> values;
    };
    template <class T>
    using Of = std::vector<std::pair<FieldPath, T>>;
    struct Range {
        std::size_t least = 0;
        std::optional<std::size_t> most;
    };

    std::vector<std::string> messages;
    std::vector<Condition> when, unless;
    std::vector<FieldPath> require, forbid;
    Of<std::vector<std::string>> values, contains;
    Of<std::string> types;
    Of<std::size_t> lengths;
    Of<Range> repeats;
    FieldPath each;  ///< without a segment: none
    Severity severity = Severity::error;
    Reason text;
    std::string code;
    std::string name;  ///< "pam-fr-2.11:42", the rule of its findings

    bool isFor(std::string_view message) const;
};

struct Profile {
    std::string name;   ///< "pam-fr-2.11"
    std::string title;  ///< for people
    bool dictionary = true;
    std::set<std::string, std::less<>> anywhere;
    std::vector<ProfileRule> rules;

    /// Reads YAML; every mistake goes to `findings` with its place.
    /// @param file  what the places name
    static Profile read(std::string_view yaml, const std::string& file, Findings& findings);
    /// One that is shipped, or a file (a name with a slash or the ending .yaml, from `folder` on);
    /// null, and a finding at `where`, when there is none. Mistakes go to `findings`.
    static std::shared_ptr<const Profile> find(const std::string& nameOrFile,
                                               const std::string& folder, const Place& where,
                                               Findings& findings);
    /// Names of those that are shipped.
    static std::vector<std::string> shipped();
};

/// Whether a text is of the form that a glob with `*` and `?` gives.
bool matches(std::string_view glob, std::string_view text);

}  // namespace gateway::hl7v2
