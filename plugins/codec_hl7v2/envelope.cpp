#include "envelope.h"

#include <string_view>
#include <unordered_set>

#include "encode.h"
#include "names.h"

namespace gateway::hl7v2 {
namespace {

/// Component 1 of a field, be it alone or not.
std::string_view first(Node field) {
    if (!field.firstChild()) return field.text();
    const Node one = field.child("1");
    return one.firstChild() ? one.child("1").text() : one.text();
}

/// The assigning authority of a CX: its namespace, else its universal id.
std::string_view authority(Node identifier) {
    const Node four = identifier.child("4");
    if (!four.firstChild()) return four.text();
    const std::string_view space = four.child("1").text();
    return space.empty() ? four.child("2").text() : space;
}

/// Texts in the order in which they came, each once.
class Once {
public:
    explicit Once(std::vector<std::string>& out) : out_(out) {}
    void add(std::string text) {
        if (!text.empty() && seen_.insert(text).second) out_.push_back(std::move(text));
    }

private:
    std::vector<std::string>& out_;
    std::unordered_set<std::string> seen_;
};

class Persons {
public:
    explicit Persons(Envelope& envelope)
        : keys_(envelope.orderKeys), subjects_(envelope.subjects) {}

    void read(Node group) {
        for (const Node node : group.children()) {
            if (node.name() == "PID")
                identifiers(node, "3", false) || identifiers(node, "2", false);
            else if (node.name() == "MRG")
                identifiers(node, "1", true);
            else if (!isSegmentId(node.name()) && !node.hasText())
                read(node);
        }
    }

private:
    bool identifiers(Node segment, std::string_view field, bool allAreKeys) {
        bool found = false;
        for (const Node identifier : segment.children()) {
            if (identifier.name() != field) continue;
            const std::string_view id = first(identifier);
            if (id.empty()) continue;
            if (allAreKeys || !found)
                keys_.add(std::string(id) + "^" + std::string(authority(identifier)));
            subjects_.add(std::string(id));
            found = true;
        }
        return found;
    }

    Once keys_, subjects_;
};

std::string typeOf(Node header) {
    const Node type = header.child("9");
    std::string text(first(type));
    if (const std::string_view event = type.child("2").text(); !event.empty())
        text.append("^").append(event);
    return text;
}

}  // namespace

Envelope envelopeOf(const Document& document) {
    Envelope envelope;
    const Node header = document.root().child("MSH");
    if (!header) return envelope;
    const Node application = header.child("3"), facility = header.child("4");
    if (application || facility)
        envelope.sender = plainText(application) + "|" + plainText(facility);
    envelope.controlId = plainText(header.child("10"));
    envelope.type = typeOf(header);
    Persons(envelope).read(document.root());
    if (const Node time = header.child("7"); time && !time.where().empty())
        envelope.unstable.push_back(time.where());
    return envelope;
}

std::string controlIdOf(const Document& document) {
    const Node answered = document.root().child("MSA").child("2");
    return plainText(answered ? answered : document.root().child("MSH").child("10"));
}

}  // namespace gateway::hl7v2
