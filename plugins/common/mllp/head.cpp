#include "mllp/head.h"

#include <algorithm>

namespace mllp {
namespace {

constexpr std::size_t kHeadLimit = 8192;
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

bool isAlnum(char c) {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

/// Field n of a segment whose first four bytes are its id and its field separator.
std::string_view fieldOf(std::string_view line, std::size_t n) {
    const char separator = line[3];
    for (; n > 1; --n) {
        const std::size_t end = line.find(separator);
        if (end == line.npos) return {};
        line.remove_prefix(end + 1);
    }
    return line.substr(0, line.find(separator));
}

/// FHS-11, else BHS-11, of what stands in front of the first message.
std::string_view batchIdOf(std::string_view before) {
    for (const std::string_view name : {"FHS", "BHS"}) {
        const std::string_view line = segment(before, name, kHeadLimit);
        if (line.empty()) continue;
        if (const std::string_view id = fieldOf(line, 11); !id.empty()) return id;
    }
    return {};
}

}  // namespace

bool isMark(char c) { return c > ' ' && c < '\x7f' && !isAlnum(c); }

std::string_view segment(std::string_view message, std::string_view name, std::size_t most) {
    message = message.substr(0, most);
    if (message.starts_with(kByteOrderMark)) message.remove_prefix(kByteOrderMark.size());
    while (!message.empty()) {
        const std::size_t end = std::min(message.find_first_of("\r\n"), message.size());
        const std::string_view line = message.substr(0, end);
        if (line.size() > name.size() && line.starts_with(name) && isMark(line[name.size()]))
            return line;
        message.remove_prefix(std::min(end + 1, message.size()));
    }
    return {};
}

bool isEmptyBatch(std::string_view frame) {
    std::size_t heads = 0, trailers = 0;
    bool begun = false, fits = true;
    const auto counts = [](std::string_view line, std::size_t found) {
        const std::string_view told = line.size() > 4 ? fieldOf(line.substr(0, 64), 2) : "";
        return told.empty() || told == std::to_string(found);
    };
    while (fits && !frame.empty()) {
        const std::size_t end = std::min(frame.find_first_of("\r\n"), frame.size());
        const std::string_view line = frame.substr(0, end);
        frame.remove_prefix(std::min(end + 1, frame.size()));
        if (line.empty()) continue;
        const std::string_view name = line.substr(0, 3);
        fits = line.size() == 3 || isMark(line[3]);
        begun = begun || name == "FHS" || name == "BHS";
        heads += name == "BHS";
        trailers += name == "BTS";
        if (name == "BTS") fits = fits && counts(line, 0);
        if (name == "FTS") fits = fits && counts(line, std::max(heads, trailers));
        fits = fits && begun && (name == "FHS" || name == "BHS" || name == "BTS" || name == "FTS");
    }
    return begun && fits;
}

std::vector<std::string_view> messagesIn(std::string_view body) {
    std::string_view first = body;
    if (first.starts_with(kByteOrderMark)) first.remove_prefix(kByteOrderMark.size());
    if (!first.starts_with("MSH")) return {body};
    constexpr std::string_view kNext = "\rMSH";
    std::vector<std::string_view> all;
    std::size_t begin = 0;
    for (std::size_t at = body.find(kNext); at != body.npos; at = body.find(kNext, at + 1)) {
        if (Head(body.substr(at + 1)).field(9).empty()) continue;
        all.push_back(body.substr(begin, at + 1 - begin));
        begin = at + 1;
    }
    all.push_back(body.substr(begin));
    return all;
}

bool isWide(std::string_view message) {
    using namespace std::string_view_literals;
    for (const std::string_view start : {"\xFF\xFE"sv, "\xFE\xFF"sv, "\0"sv, "M\0"sv})
        if (message.starts_with(start)) return true;
    return false;
}

Head::Head(std::string_view message) {
    const std::string_view line = segment(message, "MSH", kHeadLimit);
    if (line.empty()) batchId_ = batchIdOf(message);
    std::size_t at = readMarks(line);
    if (at == 0) return;
    known_ = true;
    for (std::size_t n = 3; n < fields_.size() && at < line.size(); ++n) {
        const std::size_t end = std::min(line.find(separator_, at + 1), line.size());
        fields_[n] = line.substr(at + 1, end - at - 1);
        at = end;
    }
    batchId_ = batchIdOf(message.substr(0, static_cast<std::size_t>(line.data() - message.data())));
}

/// @return  where MSH-2 ends, 0 when the marks cannot be used
std::size_t Head::readMarks(std::string_view line) {
    if (line.size() < 6 || !isMark(line[3])) return 0;
    const std::string_view written = line.substr(4).substr(0, line.substr(4).find(line[3]));
    if (written.empty() || written.size() > 5 ||
        !std::all_of(written.begin(), written.end(), isMark))
        return 0;
    std::string marks(written);
    if (marks.size() == 5 && marks[2] == marks[3]) marks.erase(3, 1);
    for (std::size_t i = 0; i < marks.size(); ++i)
        if (marks.find(marks[i], i + 1) != marks.npos) return 0;
    separator_ = line[3];
    encoding_ = std::move(marks);
    return 4 + written.size();
}

std::string_view Head::firstOf(std::size_t n) const {
    const char mark = repetitionMark() != '\0' ? repetitionMark() : separator_;
    return field(n).substr(0, field(n).find(mark));
}

std::string_view Head::component(std::size_t n, std::size_t component) const {
    std::string_view rest = firstOf(n);
    for (; component > 1; --component) {
        const std::size_t end = rest.find(componentMark());
        if (end == rest.npos) return {};
        rest.remove_prefix(end + 1);
    }
    return rest.substr(0, rest.find(componentMark()));
}

std::string Head::type() const {
    const auto word = [this](std::size_t part) {
        const std::string_view text = component(9, part).substr(0, 16);
        return std::all_of(text.begin(), text.end(), isAlnum) ? std::string(text) : std::string();
    };
    const std::string event = word(2);
    return event.empty() ? word(1) : word(1) + "^" + event;
}

}  // namespace mllp
