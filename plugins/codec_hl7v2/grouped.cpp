#include "grouped.h"

#include <string>
#include <vector>

#include "dictionary.h"
#include "grouping_plan.h"

namespace gateway::hl7v2 {
namespace {

constexpr std::size_t kMostTold = 20;
constexpr std::string_view kRule = "hl7v2";

std::string_view firstOf(Node field, std::string_view component) {
    return field.hasText() ? (component == "1" ? field.text() : std::string_view{})
                           : field.child(component).text();
}

/// MSH-9.3, else what the dictionary says of MSH-9.1 and MSH-9.2.
const StructureRule* structureOf(Node header) {
    const Dictionary& dictionary = Dictionary::of(firstOf(header.child("12"), "1"));
    const Node type = header.child("9");
    if (const StructureRule* const named = dictionary.structure(firstOf(type, "3"))) return named;
    return dictionary.structureOf(firstOf(type, "1"), firstOf(type, "2"));
}

/// Segments of one's own, and PRT, which v2.7 made and chapter 7 puts behind whatever it is about.
bool goesWithTheOneBefore(Node segment) {
    return segment.name()[0] == 'Z' || segment.name() == "PRT";
}

class Grouper {
public:
    Grouper(Document flat, const StructureRule& structure)
        : structure_(structure),
          plan_(Plan::of(structure)),
          root_(flat.root()),
          tree_(std::move(flat), Builder::Reopen::arrange) {}

    Document run(Issues& issues);

private:
    /// A segment that has no place ahead.
    struct Stray {
        Node segment;
        bool behind = false;
        std::size_t ordinal = 0, all = 0;  ///< among those of its id in the message
    };

    void place(Node segment);
    void stray(Node segment, std::uint16_t id);
    void go(Plan::Step step, std::uint32_t begin);
    void closeTo(std::size_t depth);
    void notePresent();
    void tell(Issues& issues);
    void countStrays();
    Builder::Handle group() const { return open_.empty() ? tree_.root() : open_.back(); }

    const StructureRule& structure_;
    const Plan& plan_;
    const Node root_;
    Builder tree_;
    std::vector<Node> segments_;
    std::vector<Builder::Handle> open_;
    std::uint16_t place_ = 0;
    std::uint32_t end_ = 0;      ///< of the segment before
    std::vector<bool> present_;  ///< by id; empty until it is needed
    std::vector<Stray> strays_;
    std::size_t strayed_ = 0;
};

Document Grouper::run(Issues& issues) {
    segments_.reserve(64);
    for (const Node segment : root_.children()) segments_.push_back(segment);
    for (const Node segment : segments_) {
        place(segment);
        tree_.adopt(group(), tree_.handle(segment));
        end_ = segment.where().end;
    }
    closeTo(0);
    tell(issues);
    return tree_.finish(true);
}

void Grouper::place(Node segment) {
    const std::uint16_t id = plan_.idOf(segment.nameOf());
    const Plan::Step step = id == Plan::kUnknown ? Plan::Step{} : plan_.ahead(place_, id);
    if (step)
        go(step, segment.where().begin);
    else if (!goesWithTheOneBefore(segment))
        stray(segment, id);
}

void Grouper::stray(Node segment, std::uint16_t id) {
    Plan::Step step;
    if (id != Plan::kUnknown) {
        notePresent();
        if (const Plan::Step ahead = plan_.aheadWithout(place_, id, present_))
            return go(ahead, segment.where().begin);
        step = plan_.behind(place_, id);
    }
    if (++strayed_ <= kMostTold) strays_.push_back({segment, bool(step), 0, 0});
    if (step) go(step, segment.where().begin);
}

void Grouper::go(Plan::Step step, std::uint32_t begin) {
    closeTo(step.keep);
    const std::vector<Name>& groups = plan_.groupsOf(step.place);
    while (open_.size() < groups.size()) {
        const Builder::Handle made = tree_.add(group(), groups[open_.size()]);
        tree_.where(made, Span{begin, begin});
        open_.push_back(made);
    }
    place_ = step.place;
}

void Grouper::closeTo(std::size_t depth) {
    for (; open_.size() > depth; open_.pop_back())
        tree_.where(open_.back(), Span{open_.back().node().where().begin, end_});
}

void Grouper::notePresent() {
    if (!present_.empty()) return;
    present_.resize(plan_.ids());
    for (const Node segment : segments_)
        if (const std::uint16_t id = plan_.idOf(segment.nameOf()); id != Plan::kUnknown)
            present_[id] = true;
}

/// As whoever sent the message counts its segments, whatever group they are in.
void Grouper::countStrays() {
    if (strays_.empty()) return;
    for (const Node segment : segments_)
        for (Stray& stray : strays_) {
            if (!(stray.segment.nameOf() == segment.nameOf())) continue;
            ++stray.all;
            if (stray.segment == segment) stray.ordinal = stray.all;
        }
}

void Grouper::tell(Issues& issues) {
    countStrays();
    const std::string name(structure_.name);
    for (const Stray& stray : strays_) {
        std::string where(stray.segment.name());
        if (stray.all > 1) where += "[" + std::to_string(stray.ordinal) + "]";
        issues.add({Severity::warning, std::move(where),
                    stray.behind ? Reason{"a segment out of the order of " + name +
                                              ", or more often than it allows",
                                          "un segment hors de l'ordre de " + name +
                                              ", ou plus souvent que permis"}
                                 : Reason{"a segment that " + name + " does not have here",
                                          "un segment que " + name + " n'a pas à cet endroit"},
                    std::string(kRule), "100"});
    }
    if (strayed_ > kMostTold)
        issues.add({Severity::warning,
                    "message",
                    {"more segments have no place in " + name,
                     "d'autres segments n'ont pas de place dans " + name},
                    std::string(kRule),
                    "100"});
}

}  // namespace

Document grouped(Document flat, Issues& issues) {
    const Node header = flat.root().firstChild();
    if (const StructureRule* const structure = structureOf(header))
        return Grouper(std::move(flat), *structure).run(issues);
    issues.add({Severity::warning,
                "MSH-9",
                {"a message structure that the dictionary does not know; its segments stay as "
                 "they are",
                 "une structure de message inconnue du dictionnaire ; ses segments restent tels "
                 "quels"},
                std::string(kRule),
                "200"});
    return flat;
}

}  // namespace gateway::hl7v2
