#include "core/json_log.h"

#include <unistd.h>

#include <array>
#include <cerrno>

#include "core/utf8.h"
#include "gateway/guard.h"
#include "gateway/time.h"

namespace gateway {
namespace {

std::string_view toText(Log::Level level) {
    static constexpr std::array<std::string_view, 4> names{"debug", "info", "warning", "error"};
    return names[static_cast<std::size_t>(level)];
}

/// Of one well-formed sequence of UTF-8; those of four bytes are never unseen.
char32_t pointOf(std::string_view character) {
    const auto bits = [&](std::size_t at) {
        return static_cast<unsigned char>(character[at]) & 0x3Fu;
    };
    if (character.size() == 1) return static_cast<unsigned char>(character[0]);
    if (character.size() == 2) return (bits(0) & 0x1F) << 6 | bits(1);
    return (bits(0) & 0x0F) << 12 | bits(1) << 6 | bits(2);
}

/// Whoever looks at a log does so on a terminal.
void escaped(std::string& out, std::string_view character) {
    static constexpr char digits[] = "0123456789abcdef";
    const char32_t point = character.size() < 4 ? pointOf(character) : U'x';
    if (guard::isUnseen(point)) {
        out += "\\u";
        for (const int shift : {12, 8, 4, 0}) out += digits[point >> shift & 15];
        return;
    }
    if (point == '"' || point == '\\') out += '\\';
    out += character;
}

}  // namespace

std::string jsonText(std::string_view text) {
    std::string out = "\"";
    while (!text.empty()) {
        const std::size_t size = utf8Sequence(text);
        if (size == 0) {
            out += "\xEF\xBF\xBD";
        } else {
            escaped(out, text.substr(0, size));
        }
        text.remove_prefix(size == 0 ? 1 : size);
    }
    return out += '"';
}

JsonLog::JsonLog(int descriptor, Level least) : descriptor_(descriptor), least_(least) {}

void JsonLog::write(Level level, std::string_view event, std::initializer_list<Field> fields) {
    if (level < least_) return;
    std::string line = "{\"time\":" + jsonText(gateway::toText(currentTime())) + ",\"level\":\"";
    line.append(toText(level)).append("\",\"event\":").append(jsonText(event));
    for (const Field& field : fields)
        line.append(",")
            .append(jsonText(field.name))
            .append(":")
            .append(field.number ? field.text : jsonText(field.text));
    line += "}\n";
    const std::lock_guard lock(writing_);
    for (std::string_view rest = line; !rest.empty();) {
        const ssize_t written = ::write(descriptor_, rest.data(), rest.size());
        if (written < 0 && errno == EINTR) continue;
        if (written <= 0) return;
        rest.remove_prefix(static_cast<std::size_t>(written));
    }
}

}  // namespace gateway
