#include "usage/columns.h"

#include <algorithm>

#include "gateway/guard.h"

namespace gateway {
std::size_t characters(const std::string& text) {
    return static_cast<std::size_t>(
        std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xC0) != 0x80; }));
}

std::string padded(std::string text, std::size_t width) {
    if (characters(text) < width) text.append(width - characters(text), ' ');
    return text;
}

std::string lineOf(std::string text) {
    text.erase(text.find_last_not_of(' ') + 1);
    return text + "\n";
}

void printColumns(std::ostream& out, std::vector<std::vector<std::string>> lines) {
    for (auto& line : lines)
        for (std::string& cell : line) cell = guard::line(cell);
    std::vector<std::size_t> widths;
    for (const auto& line : lines) {
        widths.resize(std::max(widths.size(), line.size()));
        for (std::size_t i = 0; i < line.size(); ++i)
            widths[i] = std::max(widths[i], characters(line[i]));
    }
    for (const auto& line : lines) {
        std::string text;
        for (std::size_t i = 0; i < line.size(); ++i) text += padded(line[i], widths[i] + 2);
        out << lineOf(std::move(text));
    }
}

}  // namespace gateway
