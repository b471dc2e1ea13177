/// @file  One message as a check sees it: its segments in order, whatever groups hold them, and
/// where its findings go.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/error.h"
#include "gateway/tree.h"

namespace gateway::hl7v2 {

/// Codes of HL7 table 0357.
namespace code {
inline constexpr const char* kSequence = "100";
inline constexpr const char* kMissing = "101";
inline constexpr const char* kType = "102";
inline constexpr const char* kTable = "103";
inline constexpr const char* kTooLong = "104";
inline constexpr const char* kCardinality = "198";
inline constexpr const char* kOther = "199";
inline constexpr const char* kMessageType = "200";
inline constexpr const char* kEvent = "201";
inline constexpr const char* kProcessing = "202";
inline constexpr const char* kVersion = "203";
}  // namespace code

/// Collects findings, the first 100 of each severity: what a broken sender does to each of a
/// million segments is not told a million times, and no number of warnings hides an error.
class Found {
public:
    explicit Found(Issues& issues) : issues_(issues) {}
    void add(Severity severity, const char* code, std::string where, Reason text,
             std::string rule = "dictionary");
    /// Whether add() would tell one more of that severity; noted as left out otherwise. To be asked
    /// in loops, where spelling a place again and again would take time in the size of a message.
    bool takes(Severity severity);
    /// Whether an error was left out: then nothing that is sought further changes anything.
    bool full() const { return left_; }

private:
    static constexpr std::size_t kMost = 100;
    Issues& issues_;
    std::array<std::size_t, 4> counts_{};
    bool left_ = false, noted_ = false;
};

/// A field, component or subcomponent: "PID-3.4.2". Numbers of 0 end it.
struct FieldPath {
    std::string segment;
    std::uint32_t field = 0, component = 0, subcomponent = 0;

    /// Nothing but a segment: "PID".
    bool isSegment() const { return field == 0; }
    std::string text() const;
};

class CheckedMessage {
public:
    explicit CheckedMessage(const Document& tree);

    /// In document order.
    const std::vector<Node>& segments() const { return segments_; }
    /// Where a segment or something in one stands: as pathOf spells it in a flat message, so that
    /// it can be told in ERR-2 whatever groups there are. Takes no walk over all segments.
    std::string place(Node node) const;
    /// Those of one id.
    const std::vector<Node>& segments(std::string_view id) const;
    Node header() const;
    std::string_view type() const { return type_; }            ///< MSH-9.1: "ADT"
    std::string_view event() const { return event_; }          ///< MSH-9.2: "A01"
    std::string_view structure() const { return structure_; }  ///< MSH-9.3: "ADT_A01"
    std::string_view version() const { return version_; }      ///< MSH-12.1: "2.5"

private:
    void collect(Node group);

    std::vector<Node> segments_;
    std::map<std::string_view, std::vector<Node>> byId_;
    std::string_view type_, event_, structure_, version_;
};

/// Component (and subcomponent) of a repetition of a field; 0: the whole. A leaf is its own first
/// component and subcomponent. Empty when it is not there.
Node partOf(Node field, std::uint32_t component, std::uint32_t subcomponent);
/// The repetitions of field n of a segment that have content, null (`""`) among them.
std::vector<Node> fieldsOf(Node segment, std::uint32_t number);
/// Whether there is a value: neither nothing nor null.
bool hasValue(Node node);
/// Whether there is a value or null, which asks to delete one and so is no empty field (HL7 v2.5.1
/// §2.5.3).
bool isPresent(Node node);
/// The text of a leaf, or of what stands first in a group.
std::string_view valueOf(Node node);

}  // namespace gateway::hl7v2
