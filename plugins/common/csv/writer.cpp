#include "common/csv/writer.h"

namespace csv {

std::string written(std::string_view text, char separator) {
    const auto blank = [](char c) { return c == ' ' || c == '\t'; };
    const bool needs = text.find_first_of("\"\r\n") != text.npos ||
                       text.find(separator) != text.npos ||
                       (!text.empty() && (blank(text.front()) || blank(text.back())));
    if (!needs) return std::string(text);
    std::string out = "\"";
    for (const char c : text) out.append(c == '"' ? 2 : 1, c);
    return out + '"';
}

void writeRecord(std::string& out, std::span<const std::string> fields, char separator) {
    for (std::size_t i = 0; i < fields.size(); ++i) {
        if (i > 0) out += separator;
        out += written(fields[i], separator);
    }
    out += '\n';
}

}  // namespace csv
