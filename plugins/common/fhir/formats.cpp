#include "formats.h"

#include <algorithm>
#include <array>
#include <utility>

namespace fhir {
namespace {

bool digit(char c) { return c >= '0' && c <= '9'; }
bool letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool hex(char c) { return digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }
bool blank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }
bool control(char c) { return static_cast<unsigned char>(c) < ' ' && !blank(c); }

/// Reads from the front of a text.
class Reading {
public:
    explicit Reading(std::string_view text) : rest_(text) {}
    bool done() const { return rest_.empty(); }
    bool take(char c) {
        if (!rest_.starts_with(c)) return false;
        rest_.remove_prefix(1);
        return true;
    }
    bool takeAny(std::string_view of) {
        if (rest_.empty() || of.find(rest_[0]) == of.npos) return false;
        rest_.remove_prefix(1);
        return true;
    }
    std::size_t digits() {
        std::size_t count = 0;
        while (count < rest_.size() && digit(rest_[count])) ++count;
        rest_.remove_prefix(count);
        return count;
    }
    /// That many digits, as a number; -1 if they are not there.
    int number(std::size_t count) {
        if (rest_.size() < count || !std::all_of(rest_.begin(), rest_.begin() + count, digit))
            return -1;
        int value = 0;
        for (std::size_t i = 0; i < count; ++i) value = value * 10 + (rest_[i] - '0');
        rest_.remove_prefix(count);
        return value;
    }
    /// A number without leading zeros.
    bool plainNumber() {
        if (take('0')) return true;
        return digits() > 0;
    }

private:
    std::string_view rest_;
};

bool isBoolean(std::string_view text) { return text == "true" || text == "false"; }

/// Whether that decimal number is at most `most`, both without leading zeros.
bool atMost(std::string_view number, std::string_view most) {
    return number.size() != most.size() ? number.size() < most.size() : number <= most;
}

bool isInteger(std::string_view text) {
    const bool negative = text.starts_with('-');
    const std::string_view number = text.substr(negative ? 1 : 0);
    Reading reading(number);
    return reading.plainNumber() && reading.done() &&
           atMost(number, negative ? "2147483648" : "2147483647") && text != "-0";
}

bool isUnsigned(std::string_view text) { return isInteger(text) && !text.starts_with('-'); }
bool isPositive(std::string_view text) { return isUnsigned(text) && text != "0"; }

bool isDecimal(std::string_view text) {
    Reading reading(text);
    reading.take('-');
    if (!reading.plainNumber()) return false;
    if (reading.take('.') && reading.digits() == 0) return false;
    if (reading.takeAny("eE")) {
        reading.takeAny("+-");
        if (reading.digits() == 0) return false;
    }
    return reading.done();
}

int daysIn(int year, int month) {
    constexpr std::array<int, 12> kDays = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    const bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return month == 2 && leap ? 29 : kDays[static_cast<std::size_t>(month - 1)];
}

/// @return how much of YYYY-MM-DD stands there: 1 to 3; 0 if it is no date
int readDate(Reading& reading) {
    const int year = reading.number(4);
    if (year < 1) return 0;
    if (!reading.take('-')) return 1;
    const int month = reading.number(2);
    if (month < 1 || month > 12) return 0;
    if (!reading.take('-')) return 2;
    const int day = reading.number(2);
    return day >= 1 && day <= daysIn(year, month) ? 3 : 0;
}

/// hh:mm:ss with a fraction; a leap second counts.
bool readTime(Reading& reading) {
    const int hour = reading.number(2);
    if (hour < 0 || hour > 23 || !reading.take(':')) return false;
    const int minute = reading.number(2);
    if (minute < 0 || minute > 59 || !reading.take(':')) return false;
    const int second = reading.number(2);
    if (second < 0 || second > 60) return false;
    return !reading.take('.') || reading.digits() > 0;
}

bool readZone(Reading& reading) {
    if (reading.take('Z')) return true;
    if (!reading.takeAny("+-")) return false;
    const int hour = reading.number(2);
    if (hour < 0 || hour > 14 || !reading.take(':')) return false;
    const int minute = reading.number(2);
    return minute >= 0 && minute <= 59 && (hour < 14 || minute == 0);
}

bool isDate(std::string_view text) {
    Reading reading(text);
    return readDate(reading) > 0 && reading.done();
}

bool isDateTime(std::string_view text) {
    Reading reading(text);
    const int parts = readDate(reading);
    if (parts == 0 || reading.done()) return parts > 0;
    return parts == 3 && reading.take('T') && readTime(reading) && readZone(reading) &&
           reading.done();
}

bool isInstant(std::string_view text) { return isDateTime(text) && text.size() > 10; }

bool isTime(std::string_view text) {
    Reading reading(text);
    return readTime(reading) && reading.done();
}

/// No blanks around, no two in a row.
bool isCode(std::string_view text) {
    for (std::size_t i = 0; i < text.size(); ++i)
        if (control(text[i]) || (blank(text[i]) && (i == 0 || i + 1 == text.size() ||
                                                    text[i] != ' ' || blank(text[i + 1]))))
            return false;
    return !text.empty();
}

bool isId(std::string_view text) {
    return !text.empty() && text.size() <= 64 && std::all_of(text.begin(), text.end(), [](char c) {
        return letter(c) || digit(c) || c == '-' || c == '.';
    });
}

bool isUri(std::string_view text) {
    return !text.empty() &&
           std::none_of(text.begin(), text.end(), [](char c) { return blank(c) || control(c); });
}

bool isOid(std::string_view text) {
    constexpr std::string_view kStart = "urn:oid:";
    if (!text.starts_with(kStart)) return false;
    Reading reading(text.substr(kStart.size()));
    if (!reading.takeAny("012") || reading.done()) return false;
    while (!reading.done())
        if (!reading.take('.') || !reading.plainNumber()) return false;
    return true;
}

bool isUuid(std::string_view text) {
    constexpr std::string_view kStart = "urn:uuid:";
    if (!text.starts_with(kStart) || text.size() != kStart.size() + 36) return false;
    text.remove_prefix(kStart.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
        if (dash ? text[i] != '-' : !hex(text[i])) return false;
    }
    return true;
}

bool isBase64(std::string_view text) {
    std::size_t count = 0, padding = 0;
    for (const char c : text) {
        if (blank(c)) continue;
        if (c == '=')
            ++padding;
        else if (padding > 0 || !(letter(c) || digit(c) || c == '+' || c == '/'))
            return false;
        ++count;
    }
    return count > 0 && count % 4 == 0 && padding <= 2;
}

/// Of UTF-8.
std::size_t characters(std::string_view text) {
    return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
        return (static_cast<unsigned char>(c) & 0xC0u) != 0x80u;
    }));
}

bool isString(std::string_view text) {
    constexpr std::size_t kMost = 1024 * 1024;
    return (text.size() <= kMost || characters(text) <= kMost) &&
           std::none_of(text.begin(), text.end(), control) &&
           !std::all_of(text.begin(), text.end(), blank);
}

bool isText(std::string_view text) { return !text.empty(); }

}  // namespace

Format formatOf(std::string_view type) {
    static constexpr std::array<std::pair<std::string_view, Format>, 20> kFormats = {{
        {"boolean", isBoolean},
        {"integer", isInteger},
        {"unsignedInt", isUnsigned},
        {"positiveInt", isPositive},
        {"decimal", isDecimal},
        {"date", isDate},
        {"dateTime", isDateTime},
        {"instant", isInstant},
        {"time", isTime},
        {"code", isCode},
        {"id", isId},
        {"uri", isUri},
        {"url", isUri},
        {"canonical", isUri},
        {"oid", isOid},
        {"uuid", isUuid},
        {"base64Binary", isBase64},
        {"string", isString},
        {"markdown", isString},
        {"xhtml", isText},
    }};
    for (const auto& [name, format] : kFormats)
        if (name == type) return format;
    return [](std::string_view) { return true; };
}

std::string_view targetOf(std::string_view reference) {
    if (reference.starts_with('#') || reference.starts_with("urn:")) return {};
    if (const std::size_t query = reference.find('?'); query != reference.npos) {
        reference = reference.substr(0, query);
        return reference.substr(reference.rfind('/') + 1);
    }
    if (const std::size_t history = reference.find("/_history/"); history != reference.npos)
        reference = reference.substr(0, history);
    const std::size_t id = reference.rfind('/');
    if (id == reference.npos || id == 0) return {};
    reference = reference.substr(0, id);
    const std::size_t type = reference.rfind('/');
    return type == reference.npos ? reference : reference.substr(type + 1);
}

/// "Patient/1", "Patient/1/_history/2", "Patient?identifier=…" in a transaction.
static bool isRelative(std::string_view text) {
    const std::size_t end = std::min(text.find_first_of("/?"), text.size());
    const std::string_view type = text.substr(0, end);
    if (type.empty() || type[0] < 'A' || type[0] > 'Z' ||
        !std::all_of(type.begin(), type.end(), letter) || end == text.size())
        return false;
    std::string_view rest = text.substr(end + 1);
    if (text[end] == '?') return !rest.empty();
    constexpr std::string_view kHistory = "/_history/";
    if (const std::size_t at = rest.find(kHistory); at != rest.npos) {
        if (!isId(rest.substr(at + kHistory.size()))) return false;
        rest = rest.substr(0, at);
    }
    return isId(rest);
}

bool isReference(std::string_view text) {
    if (!isUri(text)) return false;
    if (text.starts_with('#')) return true;
    if (text.starts_with("urn:oid:")) return isOid(text);
    if (text.starts_with("urn:uuid:")) return isUuid(text);
    if (text.starts_with("urn:") || text.find("://") != text.npos) return true;
    return isRelative(text);
}

}  // namespace fhir
