#include "marks.h"

#include <algorithm>
#include <charconv>
#include <limits>

#include "names.h"

namespace gateway::hl7v2 {
namespace {

constexpr std::string_view kEmpty = "empty=", kKept = "kept", kReturns = "returns", kCut = "cut";

std::uint32_t numberIn(std::string_view text) {
    std::uint32_t number = 0;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
    return read.ec == std::errc::result_out_of_range ? std::numeric_limits<std::uint32_t>::max()
                                                     : number;
}

/// What stands before the first `separator`, which it takes off.
std::string_view take(std::string_view& text, char separator) {
    const std::size_t end = std::min(text.find(separator), text.size());
    const std::string_view part = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    return part;
}

Spare spareOf(std::string_view words) {
    Spare spare;
    while (!words.empty()) {
        const std::string_view word = take(words, ',');
        if (word.starts_with(kEmpty)) spare.gap = numberIn(word.substr(kEmpty.size()));
        spare.how.kept = spare.how.kept || word == kKept;
        spare.how.returns = spare.how.returns || word == kReturns;
        spare.how.truncated = spare.how.truncated || word == kCut;
    }
    return spare;
}

bool stands(const Mark& a, const Mark& b) {
    return a.number != b.number ? a.number < b.number : a.ordinal < b.ordinal;
}

}  // namespace

void tell(std::uint32_t ordinal, Spare spare, std::string& text) {
    if (!text.empty()) text += ' ';
    text += std::to_string(ordinal);
    char before = ':';
    const auto word = [&](std::string_view what) {
        text += before;
        text += what;
        before = ',';
    };
    if (spare.gap > 0) word(std::string(kEmpty) + std::to_string(spare.gap));
    if (spare.how.kept) word(kKept);
    if (spare.how.returns) word(kReturns);
    if (spare.how.truncated) word(kCut);
}

std::uint32_t Marks::about(std::string_view name) {
    return name.size() > 1 && name[0] == '_' ? numberOf(name.substr(1)) : 0;
}

void Marks::read(std::uint32_t number, std::string_view text) {
    while (!text.empty()) {
        std::string_view words = take(text, ' ');
        const std::uint32_t ordinal = numberIn(take(words, ':'));
        if (const Spare spare = spareOf(words); spare.any())
            marks_.push_back({number, ordinal, spare});
    }
}

void Marks::sort() { std::sort(marks_.begin(), marks_.end(), stands); }

Marks Marks::beside(Node node) {
    Marks marks;
    const std::uint32_t number = numberOf(node.name());
    marks.read(number, node.parent().child(nameFor(number)).text());
    marks.sort();
    return marks;
}

Spare Marks::of(Node node, std::uint32_t number, std::uint32_t ordinal) const {
    const bool ours = Spare::isOurs(node);
    Spare spare = Spare::of(node);
    if (ours && !spare.told) return spare;
    const auto found =
        std::lower_bound(marks_.begin(), marks_.end(), Mark{number, ordinal, {}}, stands);
    const bool there =
        found != marks_.end() && found->number == number && found->ordinal == ordinal;
    if (!there) return spare;
    if (!ours) return found->spare;
    spare.told = found->spare.gap < Spare::kMostGap;  // the mark is of another node
    if (!spare.told) spare.gap = found->spare.gap;
    return spare;
}

}  // namespace gateway::hl7v2
