#include "core/json_log.h"

#include <unistd.h>

#include <array>
#include <cerrno>

#include "core/utf8.h"
#include "gateway/time.h"

namespace gateway {
namespace {

std::string_view toText(Log::Level level) {
    static constexpr std::array<std::string_view, 4> names{"debug", "info", "warning", "error"};
    return names[static_cast<std::size_t>(level)];
}

void escaped(std::string& out, char c) {
    static constexpr char digits[] = "0123456789abcdef";
    if (c == '"' || c == '\\') {
        out += '\\';
        out += c;
    } else if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) {
        out += "\\u00";
        out += digits[static_cast<unsigned char>(c) >> 4];
        out += digits[static_cast<unsigned char>(c) & 15];
    } else {
        out += c;
    }
}

}  // namespace

std::string jsonText(std::string_view text) {
    std::string out = "\"";
    while (!text.empty()) {
        const std::size_t size = utf8Sequence(text);
        if (size == 0) {
            out += "\xEF\xBF\xBD";
        } else if (size == 1) {
            escaped(out, text[0]);
        } else {
            out += text.substr(0, size);
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
