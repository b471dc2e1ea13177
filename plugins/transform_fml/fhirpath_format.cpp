#include "fhirpath_format.h"

#include <array>
#include <string>

namespace fhirpath {
namespace {

/// What was read, each part as text of its full width; empty for what the format does not have.
struct Parts {
    std::string year, month, day, hour, minute, second, fraction, offset;
    std::optional<bool> afternoon;
};

class FormatReader {
public:
    FormatReader(std::string_view text, std::string_view format) : text_(text), format_(format) {}

    std::optional<Parts> read() {
        while (!format_.empty()) {
            const char code = format_.front();
            std::size_t count = 0;
            while (count < format_.size() && format_[count] == code) ++count;
            format_.remove_prefix(count);
            if (!part(code, count)) return std::nullopt;
        }
        if (!text_.empty()) return std::nullopt;
        return parts_;
    }

private:
    bool part(char code, std::size_t count) {
        switch (code) {
            case 'y': return year(count);
            case 'M': return count <= 2 && number(parts_.month, count);
            case 'd': return count <= 2 && number(parts_.day, count);
            case 'H':
            case 'h': return count <= 2 && number(parts_.hour, count);
            case 'm': return count <= 2 && number(parts_.minute, count);
            case 's': return count <= 2 && number(parts_.second, count);
            case 'S': return exactly(parts_.fraction, count);
            case 'a': return half();
            case 'Z': return offset();
            default: return same(std::string(count, code));
        }
    }

    bool exactly(std::string& to, std::size_t digits) {
        if (text_.size() < digits) return false;
        for (std::size_t i = 0; i < digits; ++i)
            if (text_[i] < '0' || text_[i] > '9') return false;
        to = text_.substr(0, digits);
        text_.remove_prefix(digits);
        return true;
    }

    /// Two digits, or with a single letter one or two.
    bool number(std::string& to, std::size_t letters) {
        if (exactly(to, 2)) return true;
        if (letters == 2 || !exactly(to, 1)) return false;
        to.insert(0, 1, '0');
        return true;
    }

    /// Of two digits, 00 to 49 are of this century.
    bool year(std::size_t letters) {
        if (letters == 4) return exactly(parts_.year, 4);
        if (letters != 2 || !exactly(parts_.year, 2)) return false;
        parts_.year.insert(0, parts_.year < "50" ? "20" : "19");
        return true;
    }

    bool half() {
        if (text_.empty()) return false;
        const char first = text_.front();
        if (std::string_view("aApP").find(first) == std::string_view::npos) return false;
        parts_.afternoon = first == 'p' || first == 'P';
        text_.remove_prefix(1);
        if (!text_.empty() && (text_.front() == 'm' || text_.front() == 'M'))
            text_.remove_prefix(1);
        return true;
    }

    /// "Z", "+0200", "+02:00".
    bool offset() {
        if (same("Z")) {
            parts_.offset = "Z";
            return true;
        }
        if (text_.empty() || (text_.front() != '+' && text_.front() != '-')) return false;
        const char sign = text_.front();
        text_.remove_prefix(1);
        std::string hours, minutes;
        if (!exactly(hours, 2)) return false;
        same(":");
        if (!exactly(minutes, 2)) return false;
        parts_.offset = sign + hours + ":" + minutes;
        return true;
    }

    bool same(std::string_view literal) {
        if (!text_.starts_with(literal)) return false;
        text_.remove_prefix(literal.size());
        return true;
    }

    std::string_view text_, format_;
    Parts parts_;
};

/// The hour of the day of an hour before or after noon.
bool toDayHour(Parts& parts) {
    if (!parts.afternoon) return true;
    if (parts.hour.empty()) return false;
    int hour = (parts.hour[0] - '0') * 10 + (parts.hour[1] - '0');
    if (hour < 1 || hour > 12) return false;
    hour = hour % 12 + (*parts.afternoon ? 12 : 0);
    parts.hour = {static_cast<char>('0' + hour / 10), static_cast<char>('0' + hour % 10)};
    return true;
}

}  // namespace

std::optional<Moment> momentByFormat(std::string_view text, std::string_view format,
                                     Moment::Kind kind) {
    auto parts = FormatReader(text, format).read();
    if (!parts || !toDayHour(*parts)) return std::nullopt;
    std::string iso;
    bool ended = false;
    const auto add = [&](const char* before, const std::string& part) {
        if (part.empty()) {
            ended = true;
            return true;
        }
        iso += before + part;
        return !ended;
    };
    const bool date = kind != Moment::Kind::time, time = kind != Moment::Kind::date;
    if (date && (!add("", parts->year) || !add("-", parts->month) || !add("-", parts->day)))
        return std::nullopt;
    const bool clock = time && (!add(date ? "T" : "", parts->hour) || !add(":", parts->minute) ||
                                !add(":", parts->second) || !add(".", parts->fraction));
    if (clock) return std::nullopt;
    if (kind == Moment::Kind::dateTime) iso += parts->offset;
    return Moment::parse(iso, kind);
}

}  // namespace fhirpath
