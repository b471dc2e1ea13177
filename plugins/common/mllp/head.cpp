#include "mllp/head.h"

#include <algorithm>

namespace mllp {
namespace {

constexpr std::size_t kHeadLimit = 8192;
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

bool isAlnum(char c) {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

bool isMark(char c) { return c > ' ' && c < '\x7f' && !isAlnum(c); }

}  // namespace

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

Head::Head(std::string_view message) {
    const std::string_view line = segment(message, "MSH", kHeadLimit);
    if (!readMarks(line)) return;
    known_ = true;
    std::size_t at = 4 + encoding_.size();
    for (std::size_t n = 3; n < fields_.size() && at < line.size(); ++n) {
        const std::size_t end = std::min(line.find(separator_, at + 1), line.size());
        fields_[n] = line.substr(at + 1, end - at - 1);
        at = end;
    }
}

bool Head::readMarks(std::string_view line) {
    if (line.size() < 6 || !isMark(line[3])) return false;
    const std::string_view rest = line.substr(4);
    const std::string_view marks = rest.substr(0, rest.find(line[3]));
    if (marks.empty() || marks.size() > 5 || !std::all_of(marks.begin(), marks.end(), isMark))
        return false;
    for (std::size_t i = 0; i < marks.size(); ++i)
        if (marks.find(marks[i], i + 1) != marks.npos) return false;
    separator_ = line[3];
    encoding_ = marks;
    return true;
}

std::string_view Head::component(std::size_t n, std::size_t component) const {
    std::string_view rest = field(n);
    rest = rest.substr(0, rest.find(repetitionMark() != '\0' ? repetitionMark() : separator_));
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
