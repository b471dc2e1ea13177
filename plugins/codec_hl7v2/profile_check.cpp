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

    /// Parts of a segment that have content, in each repetition.
    static std::vector<Node> partsOf(Node segment, const FieldPath& path) {
        std::vector<Node> parts;
        for (const Node field : fieldsOf(segment, path.field))
            if (const Node part = partOf(field, path.component, path.subcomponent))
                parts.push_back(part);
        return parts;
    }

    static bool holdsAt(Node segment, const ProfileRule::Condition& condition) {
        if (condition.path.isSegment()) return true;
        const std::vector<Node> parts = partsOf(segment, condition.path);
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
                if ((known->second = holdsAt(segment, condition))) break;
        return known->second;
    }

    /// @param subject  the segment that is spoken of; empty: the message
    bool holds(const ProfileRule::Condition& condition, Node subject) {
        const bool own = subject && subject.name() == condition.path.segment;
        const bool any = own ? holdsAt(subject, condition) : holdsAnywhere(condition);
        return condition.kind == ProfileRule::Condition::Kind::absent ? !any : any;
    }

    bool applies(Node subject) {
        const auto met = [&](const ProfileRule::Condition& one) { return holds(one, subject); };
        return std::all_of(rule_.when.begin(), rule_.when.end(), met) &&
               std::none_of(rule_.unless.begin(), rule_.unless.end(), met);
    }

    std::vector<Node> subjectsOf(const FieldPath& path) {
        std::vector<Node> all = segmentsOf(path.segment);
        std::erase_if(all, [&](Node segment) { return !applies(segment); });
        return all;
    }

    void tell(const char* code, std::string where, Reason text) {
        found_.add(rule_.severity, rule_.code.empty() ? code : rule_.code.c_str(), std::move(where),
                   rule_.text.empty() ? std::move(text) : rule_.text, rule_.name);
    }

    /// Where a part of a segment stands, or would stand.
    std::string placeOf(Node segment, const FieldPath& path) const {
        FieldPath below = path;
        below.segment.clear();
        return message_.place(segment) + below.text();
    }

    void required(const FieldPath& path) {
        if (path.isSegment()) {
            if (segmentsOf(path.segment).empty() && applies({}))
                tell(code::kSequence, path.segment,
                     {"the profile requires this segment", "le profil exige ce segment"});
            return;
        }
        for (const Node segment : subjectsOf(path)) {
            const std::vector<Node> parts = partsOf(segment, path);
            if (std::none_of(parts.begin(), parts.end(), hasValue))
                tell(code::kMissing, placeOf(segment, path),
                     {"the profile requires a value here", "le profil exige une valeur ici"});
        }
    }

    void forbidden(const FieldPath& path) {
        for (const Node segment : subjectsOf(path)) {
            const std::vector<Node> parts =
                path.isSegment() ? std::vector{segment} : partsOf(segment, path);
            for (const Node part : parts)
                if (path.isSegment() || hasValue(part))
                    tell(path.isSegment() ? code::kSequence : code::kOther, message_.place(part),
                         {"the profile forbids this", "le profil interdit ceci"});
        }
    }

    void allowed(const FieldPath& path, const std::vector<std::string>& values) {
        for (const Node segment : subjectsOf(path))
            for (const Node part : partsOf(segment, path))
                if (hasValue(part) && !among(values, valueOf(part)))
                    tell(code::kTable, message_.place(part),
                         {"expected " + listed(values, "or"), "attendu : " + listed(values, "ou")});
    }

    void contained(const FieldPath& path, const std::vector<std::string>& values) {
        if (!applies({})) return;
        for (const std::string& value : values) {
            const std::vector<Node>& segments = segmentsOf(path.segment);
            const bool stands = std::any_of(segments.begin(), segments.end(), [&](Node segment) {
                const std::vector<Node> parts = partsOf(segment, path);
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
        for (const Node segment : subjectsOf(path))
            for (const Node part : partsOf(segment, path))
                if (hasValue(part) && !format.holds(valueOf(part)))
                    tell(code::kType, message_.place(part),
                         {std::string(format.en), std::string(format.fr)});
    }

    void bounded(const FieldPath& path, std::size_t most) {
        for (const Node segment : subjectsOf(path))
            for (const Node part : partsOf(segment, path))
                if (lengthOf(part) > most)
                    tell(code::kTooLong, message_.place(part),
                         {"longer than " + std::to_string(most) + " characters",
                          "plus de " + std::to_string(most) + " caractères"});
    }

    void counted(const FieldPath& path, const ProfileRule::Range& range) {
        if (path.isSegment()) {
            const std::size_t count = segmentsOf(path.segment).size();
            if (applies({})) counted(count, range, path.segment);
            return;
        }
        for (const Node segment : subjectsOf(path)) {
            const std::vector<Node> parts = partsOf(segment, path);
            const auto count = std::count_if(parts.begin(), parts.end(), hasValue);
            counted(static_cast<std::size_t>(count), range, placeOf(segment, path));
        }
    }

    void counted(std::size_t count, const ProfileRule::Range& range, std::string where) {
        if (count >= range.least && (!range.most || count <= *range.most)) return;
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
