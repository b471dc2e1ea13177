#include "profile_check.h"

#include <algorithm>
#include <map>

#include "check_fields.h"
#include "check_formats.h"

namespace gateway::hl7v2 {
namespace {

/// "A, B or C"; of a long list its beginning.
std::string listed(const std::vector<std::string>& values, const char* orWord) {
    constexpr std::size_t kMost = 12;
    std::string text;
    const std::size_t count = std::min(values.size(), kMost);
    for (std::size_t i = 0; i < count; ++i)
        text += (i == 0                                     ? ""
                 : i + 1 == count && count == values.size() ? std::string(" ") + orWord + " "
                                                            : ", ") +
                values[i];
    return values.size() > kMost ? text + ", …" : text;
}

bool among(const std::vector<std::string>& values, std::string_view text) {
    return std::any_of(values.begin(), values.end(),
                       [&](const std::string& value) { return value == text; });
}

/// One rule, asked of every place that it speaks of.
class RuleCheck {
public:
    RuleCheck(const CheckedMessage& message, const ProfileRule& rule, Found& found)
        : message_(message), rule_(rule), found_(found) {}

    void run() {
        for (const FieldPath& path : rule_.require) required(path);
        for (const FieldPath& path : rule_.forbid) forbidden(path);
        for (const auto& [path, values] : rule_.values) allowed(path, values);
        for (const auto& [path, values] : rule_.contains) contained(path, values);
        for (const auto& [path, type] : rule_.types) typed(path, *formatOf(type));
        for (const auto& [path, most] : rule_.lengths) bounded(path, most);
        for (const auto& [path, range] : rule_.repeats) counted(path, range);
    }

private:
    const std::vector<Node>& segmentsOf(const std::string& id) const {
        return message_.segments(id);
    }

    /// What a rule is asked of: a segment, or one repetition of a field of it. Empty: the message.
    struct Subject {
        Node segment, field;
    };

    /// Parts that have content, in each repetition or in that one.
    std::vector<Node> partsOf(const Subject& subject, const FieldPath& path) const {
        const bool own = subject.field && path.field == rule_.each.field;
        std::vector<Node> parts =
            own ? std::vector{subject.field} : fieldsOf(subject.segment, path.field);
        for (Node& part : parts) part = partOf(part, path.component, path.subcomponent);
        std::erase_if(parts, [](Node part) { return !part; });
        return parts;
    }

    bool holdsAt(const Subject& subject, const ProfileRule::Condition& condition) const {
        if (condition.path.isSegment()) return true;
        const std::vector<Node> parts = partsOf(subject, condition.path);
        if (condition.kind == ProfileRule::Condition::Kind::values)
            return std::any_of(parts.begin(), parts.end(),
                               [&](Node part) { return among(condition.values, valueOf(part)); });
        return std::any_of(parts.begin(), parts.end(), hasValue);
    }

    /// Whether it holds at any segment of the message; asked once.
    bool holdsAnywhere(const ProfileRule::Condition& condition) {
        const auto [known, fresh] = anywhere_.try_emplace(&condition, false);
        if (fresh)
            for (const Node segment : segmentsOf(condition.path.segment))
                if ((known->second = holdsAt({segment, {}}, condition))) break;
        return known->second;
    }

    bool holds(const ProfileRule::Condition& condition, const Subject& subject) {
        const bool own = subject.segment && subject.segment.name() == condition.path.segment;
        const bool any = own ? holdsAt(subject, condition) : holdsAnywhere(condition);
        return condition.kind == ProfileRule::Condition::Kind::absent ? !any : any;
    }

    bool isOfEach(const ProfileRule::Condition& condition) const {
        return !rule_.each.isSegment() && condition.path.segment == rule_.each.segment &&
               condition.path.field == rule_.each.field;
    }

    /// @param ofEach  whether those conditions are asked that each repetition answers for itself,
    /// or
    ///                the others
    bool applies(const Subject& subject, bool ofEach = false) {
        const auto met = [&](const ProfileRule::Condition& one) { return holds(one, subject); };
        const auto asked = [&](const ProfileRule::Condition& one) {
            return isOfEach(one) == ofEach;
        };
        return std::all_of(rule_.when.begin(), rule_.when.end(),
                           [&](const auto& one) { return !asked(one) || met(one); }) &&
               std::none_of(rule_.unless.begin(), rule_.unless.end(),
                            [&](const auto& one) { return asked(one) && met(one); });
    }

    std::vector<Subject> subjectsOf(const FieldPath& path) {
        std::vector<Subject> all;
        for (const Node segment : segmentsOf(path.segment)) {
            if (!applies({segment, {}})) continue;
            if (rule_.each.isSegment())
                all.push_back({segment, {}});
            else
                for (const Node field : fieldsOf(segment, rule_.each.field))
                    if (hasValue(field) && applies({segment, field}, true))
                        all.push_back({segment, field});
        }
        return all;
    }

    bool takes() { return found_.takes(rule_.severity); }

    void tell(const char* code, std::string where, Reason text) {
        tell(code, std::move(where), std::move(text), rule_.severity);
    }

    void tell(const char* code, std::string where, Reason text, Severity severity) {
        found_.add(severity, rule_.code.empty() ? code : rule_.code.c_str(), std::move(where),
                   rule_.text.empty() ? std::move(text) : rule_.text, rule_.name);
    }

    /// Where a part of a segment stands, or would stand.
    std::string placeOf(const Subject& subject, const FieldPath& path) const {
        FieldPath below = path;
        below.segment.clear();
        if (!subject.field) return message_.place(subject.segment) + below.text();
        const std::string inField = below.text();
        return message_.place(subject.field) +
               inField.substr(std::min(inField.find('.'), inField.size()));
    }

    void required(const FieldPath& path) {
        if (path.isSegment()) {
            if (segmentsOf(path.segment).empty() && applies({}))
                tell(code::kSequence, path.segment,
                     {"the profile requires this segment", "le profil exige ce segment"});
            return;
        }
        for (const Subject& subject : subjectsOf(path)) {
            const std::vector<Node> parts = partsOf(subject, path);
            if (std::any_of(parts.begin(), parts.end(), hasValue)) continue;
            const bool null = std::any_of(parts.begin(), parts.end(), isPresent);
            const Severity severity =
                null ? std::min(rule_.severity, Severity::warning) : rule_.severity;
            if (found_.takes(severity))
                tell(code::kMissing, placeOf(subject, path),
                     {"the profile requires a value here", "le profil exige une valeur ici"},
                     severity);
        }
    }

    void forbidden(const FieldPath& path) {
        for (const Subject& subject : subjectsOf(path)) {
            const std::vector<Node> parts =
                path.isSegment() ? std::vector{subject.segment} : partsOf(subject, path);
            for (const Node part : parts)
                if ((path.isSegment() || hasValue(part)) && takes())
                    tell(path.isSegment() ? code::kSequence : code::kOther, message_.place(part),
                         {"the profile forbids this", "le profil interdit ceci"});
        }
    }

    void allowed(const FieldPath& path, const std::vector<std::string>& values) {
        for (const Subject& subject : subjectsOf(path))
            for (const Node part : partsOf(subject, path))
                if (hasValue(part) && !among(values, valueOf(part)) && takes())
                    tell(code::kTable, message_.place(part),
                         {"expected " + listed(values, "or"), "attendu : " + listed(values, "ou")});
    }

    void contained(const FieldPath& path, const std::vector<std::string>& values) {
        if (!applies({})) return;
        for (const std::string& value : values) {
            const std::vector<Node>& segments = segmentsOf(path.segment);
            const bool stands = std::any_of(segments.begin(), segments.end(), [&](Node segment) {
                const std::vector<Node> parts = partsOf({segment, {}}, path);
                return std::any_of(parts.begin(), parts.end(),
                                   [&](Node part) { return valueOf(part) == value; });
            });
            if (!stands)
                tell(code::kMissing, path.segment,
                     {"no " + path.text() + " is " + value,
                      "aucun " + path.text() + " n'est " + value});
        }
    }

    void typed(const FieldPath& path, const Format& format) {
        for (const Subject& subject : subjectsOf(path))
            for (const Node part : partsOf(subject, path))
                if (hasValue(part) && !format.holds(valueOf(part)) && takes())
                    tell(code::kType, message_.place(part),
                         {std::string(format.en), std::string(format.fr)});
    }

    void bounded(const FieldPath& path, std::size_t most) {
        for (const Subject& subject : subjectsOf(path))
            for (const Node part : partsOf(subject, path))
                if (lengthOf(part) > most && takes())
                    tell(code::kTooLong, message_.place(part),
                         {"longer than " + std::to_string(most) + " characters",
                          "plus de " + std::to_string(most) + " caractères"});
    }

    void counted(const FieldPath& path, const ProfileRule::Range& range) {
        if (path.isSegment()) {
            const std::size_t count = segmentsOf(path.segment).size();
            if (!isIn(count, range) && applies({})) counted(count, range, path.segment);
            return;
        }
        for (const Subject& subject : subjectsOf(path)) {
            const std::vector<Node> parts = partsOf(subject, path);
            const auto count =
                static_cast<std::size_t>(std::count_if(parts.begin(), parts.end(), isPresent));
            if (!isIn(count, range) && takes()) counted(count, range, placeOf(subject, path));
        }
    }

    static bool isIn(std::size_t count, const ProfileRule::Range& range) {
        return count >= range.least && (!range.most || count <= *range.most);
    }

    void counted(std::size_t count, const ProfileRule::Range& range, std::string where) {
        const std::string asked = std::to_string(range.least) + ".." +
                                  (range.most ? std::to_string(*range.most) : std::string("*"));
        tell(code::kCardinality, std::move(where),
             {"found " + std::to_string(count) + " times, expected " + asked,
              "trouvé " + std::to_string(count) + " fois, attendu " + asked});
    }

    const CheckedMessage& message_;
    const ProfileRule& rule_;
    Found& found_;
    std::map<const ProfileRule::Condition*, bool> anywhere_;
};

}  // namespace

void checkProfile(const CheckedMessage& message, const Profile& profile, Found& found) {
    constexpr std::size_t kLongest = 16;  // globs take time in what a sender writes
    const std::string type = std::string(message.type().substr(0, kLongest)) + "^" +
                             std::string(message.event().substr(0, kLongest));
    for (const ProfileRule& rule : profile.rules) {
        if (found.full()) return;
        if (rule.isFor(type)) RuleCheck(message, rule, found).run();
    }
}

}  // namespace gateway::hl7v2
