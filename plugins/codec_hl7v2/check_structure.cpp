#include "check_structure.h"

#include <algorithm>
#include <map>

namespace gateway::hl7v2 {
namespace {

using Elements = std::vector<ElementRule>;

/// Whether a segment may be the first of an element.
bool begins(const ElementRule& element, std::string_view id) {
    if (!element.group) return element.name.text() == id;
    for (const ElementRule& child : element.children) {
        if (begins(child, id)) return true;
        if (child.required && !element.choice) return false;
    }
    return false;
}

bool holds(const ElementRule& element, std::string_view id) {
    if (!element.group) return element.name.text() == id;
    return std::any_of(element.children.begin(), element.children.end(),
                       [&](const ElementRule& child) { return holds(child, id); });
}

/// The segment that a missing element is named by.
std::string_view firstRequired(const ElementRule& element) {
    if (!element.group) return element.name.text();
    for (const ElementRule& child : element.children)
        if (child.required) return firstRequired(child);
    return element.children.empty() ? element.name.text() : firstRequired(element.children.front());
}

/// Walks through a structure, segment by segment: where the next one fits, in this repetition, in
/// the next one, or in what follows.
class Walk {
public:
    Walk(const CheckedMessage& message, const StructureRule& structure, Found& found)
        : message_(message), structure_(structure), found_(found) {
        levels_.push_back({&structure.elements});
    }

    /// @param next  the id of the segment behind it, or nothing
    void take(Node segment, std::string_view next) {
        const std::string_view id = segment.name();
        ++seen_[std::string(id)];
        if (!advance(id, begins, {}) && !advance(id, holds, next)) misplaced(segment);
    }

    void end() {
        while (!levels_.empty()) leave();
        for (const Missing& one : missing_)
            found_.add(Severity::error, code::kSequence, one.where,
                       {"the segment is missing here", "le segment manque"});
    }

private:
    /// One group that is open, and which of its elements was last.
    struct Level {
        const Elements* elements = nullptr;
        const ElementRule* group = nullptr;  ///< null: the message
        std::size_t at = 0;
        bool taken = false;  ///< elements[at] has stood
        bool isChoice() const { return group != nullptr && group->choice; }
        bool mayRepeat() const { return group != nullptr && group->repeats; }
    };
    using Fits = bool (*)(const ElementRule&, std::string_view);

    /// Goes to the nearest place for that segment, from the innermost group outwards; not past a
    /// required `next`, which comes right behind: then it is this one that is misplaced.
    bool advance(std::string_view id, Fits fits, std::string_view next) {
        for (std::size_t depth = levels_.size(); depth-- > 0;) {
            const Level& level = levels_[depth];
            std::size_t place = following(level, id, fits);
            const bool again = place == kNone && level.mayRepeat() && begins(*level.group, id);
            if (again) place = find(*level.elements, 0, id, fits);
            if (place == kNone || (!next.empty() && firstMissed(level, place, id) == next))
                continue;
            while (levels_.size() > depth + 1) leave();
            if (again) startAgain();
            enter(place, id, fits);
            return true;
        }
        return false;
    }

    static std::size_t following(const Level& level, std::string_view id, Fits fits) {
        const ElementRule& current = (*level.elements)[level.at];
        if (!level.taken) return find(*level.elements, level.at, id, fits);
        if (current.repeats && begins(current, id)) return level.at;
        return level.isChoice() ? kNone : find(*level.elements, level.at + 1, id, fits);
    }

    static std::size_t find(const Elements& elements, std::size_t from, std::string_view id,
                            Fits fits) {
        for (std::size_t i = from; i < elements.size(); ++i)
            if (fits(elements[i], id)) return i;
        return kNone;
    }

    /// The first required segment that is passed over on the way to `place` and into it.
    static std::string_view firstMissed(const Level& level, std::size_t place,
                                        std::string_view id) {
        std::size_t from = level.at + (level.taken ? 1 : 0);
        const Elements* elements = level.elements;
        for (bool choice = level.isChoice();;) {
            for (std::size_t i = from; i < place && !choice; ++i)
                if ((*elements)[i].required) return firstRequired((*elements)[i]);
            const ElementRule& element = (*elements)[place];
            if (!element.group) return {};
            choice = element.choice;
            elements = &element.children;
            from = 0;
            place = find(*elements, 0, id, holds);
        }
    }

    /// Makes element `next` of the innermost group the current one, and opens the groups in it that
    /// lead to the segment.
    void enter(std::size_t next, std::string_view id, Fits fits) {
        for (;;) {
            passTo(levels_.back(), next);
            const ElementRule& element = (*levels_.back().elements)[next];
            if (!element.group) return;
            levels_.push_back({&element.children, &element});
            next = find(element.children, 0, id, fits);
        }
    }

    void passTo(Level& level, std::size_t next) {
        for (std::size_t i = level.at + (level.taken ? 1 : 0); i < next; ++i)
            miss(level, (*level.elements)[i]);
        level.at = next;
        level.taken = true;
    }

    void miss(const Level& level, const ElementRule& element) {
        if (!element.required || level.isChoice() || missing_.size() == kMostMissing) return;
        std::string id(firstRequired(element));
        const std::size_t before = seen_.contains(id) ? seen_[id] : 0;
        missing_.push_back({id, before == 0 ? id : id + "[" + std::to_string(before + 1) + "]"});
    }

    /// What the innermost group still had to have is missing.
    void finishLevel(Level& level) {
        if (level.isChoice()) return;
        for (std::size_t i = level.at + (level.taken ? 1 : 0); i < level.elements->size(); ++i)
            miss(level, (*level.elements)[i]);
    }
    void leave() {
        finishLevel(levels_.back());
        levels_.pop_back();
    }
    void startAgain() {
        finishLevel(levels_.back());
        levels_.back().at = 0;
        levels_.back().taken = false;
    }

    void misplaced(Node segment) {
        const std::string id(segment.name());
        const bool known =
            std::any_of(structure_.elements.begin(), structure_.elements.end(),
                        [&](const ElementRule& element) { return holds(element, id); });
        const auto missing = std::find_if(missing_.begin(), missing_.end(),
                                          [&](const Missing& one) { return one.id == id; });
        if (!known)
            found_.add(Severity::error, code::kSequence, message_.place(segment),
                       {"the segment belongs to no " + std::string(structure_.name),
                        "le segment n'appartient pas à " + std::string(structure_.name)});
        else
            found_.add(Severity::error, code::kSequence, message_.place(segment),
                       {"the segment stands out of order or too often, or what must stand before "
                        "it is missing",
                        "le segment n'est pas à sa place, est répété à tort, ou ce qui doit le "
                        "précéder manque"});
        if (missing != missing_.end()) missing_.erase(missing);
    }

    struct Missing {
        std::string id, where;
    };
    static constexpr std::size_t kNone = ~std::size_t{0};
    static constexpr std::size_t kMostMissing = 200;
    const CheckedMessage& message_;
    const StructureRule& structure_;
    Found& found_;
    std::vector<Level> levels_;
    std::map<std::string, std::size_t, std::less<>> seen_;
    std::vector<Missing> missing_;
};

}  // namespace

void checkStructure(const CheckedMessage& message, const StructureRule& structure,
                    const std::set<std::string, std::less<>>& anywhere, Found& found) {
    Walk walk(message, structure, found);
    std::vector<Node> segments;
    for (const Node segment : message.segments())
        if (segment.name()[0] != 'Z' && !anywhere.contains(segment.name()))
            segments.push_back(segment);
    for (std::size_t i = 0; i < segments.size() && !found.full(); ++i)
        walk.take(segments[i], i + 1 < segments.size() ? segments[i + 1].name() : "");
    walk.end();
}

}  // namespace gateway::hl7v2
