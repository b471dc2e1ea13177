#include "fml_moments.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "fhirpath_moment.h"
#include "fhirpath_text.h"

namespace fml {
namespace {

using fhirpath::Moment;

constexpr std::string_view kCodes = "yMdHhmsSaZ";

/// In English and French, as lower() writes them; a month may be cut to its first three letters or
/// more.
constexpr std::array<std::array<std::string_view, 2>, 12> kMonths = {{{"january", "janvier"},
                                                                      {"february", "février"},
                                                                      {"march", "mars"},
                                                                      {"april", "avril"},
                                                                      {"may", "mai"},
                                                                      {"june", "juin"},
                                                                      {"july", "juillet"},
                                                                      {"august", "août"},
                                                                      {"september", "septembre"},
                                                                      {"october", "octobre"},
                                                                      {"november", "novembre"},
                                                                      {"december", "décembre"}}};

bool isDigit(char c) { return c >= '0' && c <= '9'; }

std::string padded(int value, std::size_t size) {
    std::string text = std::to_string(value);
    return text.size() < size ? std::string(size - text.size(), '0') + text : text;
}

/// What a format found in a text; below zero: nothing.
struct Parts {
    int year = -1, month = -1, day = -1, hour = -1, minute = -1, second = -1;
    std::string fraction, offset;
    bool twelve = false, afternoon = false, halves = false;
};

class FormatReader {
public:
    FormatReader(std::string_view text, std::string_view format) : text_(text), format_(format) {}

    std::optional<Parts> read() {
        while (!format_.empty()) {
            const char code = format_[0];
            std::size_t size = 1;
            if (kCodes.find(code) != kCodes.npos)
                while (size < format_.size() && format_[size] == code) ++size;
            if (!(kCodes.find(code) == kCodes.npos ? literal(code) : part(code, size)))
                return std::nullopt;
            format_.remove_prefix(size);
        }
        if (!text_.empty()) return std::nullopt;
        return parts_;
    }

private:
    bool literal(char c) {
        if (!text_.starts_with(c)) return false;
        text_.remove_prefix(1);
        return true;
    }

    bool part(char code, std::size_t size) {
        switch (code) {
            case 'y': return year(size);
            case 'M': return size > 2 ? monthName() : number(parts_.month, size, 2);
            case 'd': return number(parts_.day, size, 2);
            case 'H': return number(parts_.hour, size, 2);
            case 'h': parts_.twelve = true; return number(parts_.hour, size, 2);
            case 'm': return number(parts_.minute, size, 2);
            case 's': return number(parts_.second, size, 2);
            case 'S': return fraction(size);
            case 'a': return half();
            default: return zone();
        }
    }

    /// `size` digits, or with one code as many as there are.
    bool number(int& into, std::size_t size, std::size_t most) {
        std::size_t digits = 0;
        const std::size_t wanted = size == 1 ? most : size;
        while (digits < std::min(wanted, text_.size()) && isDigit(text_[digits])) ++digits;
        if (digits == 0 || (size > 1 && digits != size)) return false;
        std::from_chars(text_.data(), text_.data() + digits, into);
        text_.remove_prefix(digits);
        return true;
    }

    bool year(std::size_t size) {
        if (!number(parts_.year, size == 2 ? 2 : 4, 4)) return false;
        if (size == 2) parts_.year += parts_.year < 50 ? 2000 : 1900;
        return true;
    }

    bool monthName() {
        std::string word;
        std::string_view rest = text_;
        while (!rest.empty()) {
            std::string_view after = rest;
            const std::string_view letter = fhirpath::takeCharacter(after);
            const bool alone = letter.size() == 1;
            const char c = static_cast<char>(letter[0] | 0x20);
            if (alone && (c < 'a' || c > 'z')) break;
            word += letter;
            rest = after;
        }
        const std::string lower = fhirpath::lower(word);
        if (fhirpath::characters(lower) < 3) return false;
        for (std::size_t month = 0; month < kMonths.size(); ++month)
            for (const std::string_view name : kMonths[month])
                if (name.starts_with(lower)) {
                    parts_.month = static_cast<int>(month + 1);
                    text_ = rest;
                    if (lower.size() < name.size() && text_.starts_with('.'))
                        text_.remove_prefix(1);
                    return true;
                }
        return false;
    }

    bool fraction(std::size_t size) {
        if (text_.size() < size ||
            !std::all_of(text_.begin(), text_.begin() + static_cast<std::ptrdiff_t>(size), isDigit))
            return false;
        parts_.fraction = text_.substr(0, size);
        text_.remove_prefix(size);
        return true;
    }

    bool half() {
        const auto is = [&](char c) { return !text_.empty() && (text_[0] | 0x20) == c; };
        if (!is('a') && !is('p')) return false;
        parts_.halves = true;
        parts_.afternoon = is('p');
        text_.remove_prefix(1);
        if (is('m')) text_.remove_prefix(1);
        return true;
    }

    bool zone() {
        std::size_t size = text_.starts_with('Z') ? 1 : 0;
        if (size == 0)
            while (size < text_.size() && (isDigit(text_[size]) || text_[size] == ':' ||
                                           (size == 0 && (text_[0] == '+' || text_[0] == '-'))))
                ++size;
        const auto minutes = offsetMinutes(text_.substr(0, size));
        if (!minutes) return false;
        parts_.offset = text_.starts_with('Z')
                            ? "Z"
                            : (*minutes < 0 ? "-" : "+") + padded(std::abs(*minutes) / 60, 2) +
                                  ":" + padded(std::abs(*minutes) % 60, 2);
        text_.remove_prefix(size);
        return true;
    }

    std::string_view text_, format_;
    Parts parts_;
};

std::string clockOf(const Parts& parts) {
    int hour = parts.hour;
    if (parts.twelve && parts.halves) hour = hour % 12 + (parts.afternoon ? 12 : 0);
    std::string text = padded(hour, 2) + ":" + padded(std::max(parts.minute, 0), 2) + ":" +
                       padded(std::max(parts.second, 0), 2);
    if (!parts.fraction.empty()) text += "." + parts.fraction;
    return text;
}

std::string dateOf(const Parts& parts) {
    std::string text = padded(parts.year, 4);
    if (parts.month >= 0) text += "-" + padded(parts.month, 2);
    if (parts.month >= 0 && parts.day >= 0) text += "-" + padded(parts.day, 2);
    return text;
}

}  // namespace

bool isFormat(std::string_view format, std::string_view type) {
    const auto has = [&](char code) { return format.find(code) != format.npos; };
    if (has('z')) return false;
    return type == "time" ? has('H') || has('h') : has('y');
}

std::optional<int> offsetMinutes(std::string_view text) {
    if (text == "Z") return 0;
    if (text.size() < 3 || (text[0] != '+' && text[0] != '-')) return std::nullopt;
    std::string digits;
    for (const char c : text.substr(1))
        if (isDigit(c))
            digits += c;
        else if (c != ':' || digits.size() != 2)
            return std::nullopt;
    if (digits.size() != 2 && digits.size() != 4) return std::nullopt;
    const int hours = std::stoi(digits.substr(0, 2));
    const int minutes = digits.size() == 4 ? std::stoi(digits.substr(2)) : 0;
    if (hours > 14 || minutes > 59) return std::nullopt;
    return (text[0] == '-' ? -1 : 1) * (hours * 60 + minutes);
}

std::optional<std::string> momentOf(std::string_view text, std::string_view format,
                                    std::string_view type, const std::string& zone) {
    const Moment::Kind kind = type == "time"   ? Moment::Kind::time
                              : type == "date" ? Moment::Kind::date
                                               : Moment::Kind::dateTime;
    if (format.empty()) {
        const auto moment = Moment::parse(text, kind);
        return moment ? std::optional<std::string>(text) : std::nullopt;
    }
    const std::optional<Parts> parts = FormatReader(text, format).read();
    if (!parts) return std::nullopt;
    if (kind == Moment::Kind::dateTime && parts->hour >= 0) {
        if (parts->day < 0) return std::nullopt;
        auto moment = Moment::parse(dateOf(*parts) + "T" + clockOf(*parts) + parts->offset, kind);
        if (!moment) return std::nullopt;
        moment->locate(zone);
        return moment->text();
    }
    std::string made = kind == Moment::Kind::time ? clockOf(*parts) : dateOf(*parts);
    return Moment::parse(made, kind) ? std::optional<std::string>(made) : std::nullopt;
}

std::optional<std::string> unixMomentOf(std::string_view seconds, std::string_view type,
                                        int offset) {
    std::int64_t value = 0;
    const auto [end, error] =
        std::from_chars(seconds.data(), seconds.data() + seconds.size(), value);
    constexpr std::int64_t kMost = 253'402'300'799;  // the end of the year 9999
    if (error != std::errc() || end != seconds.data() + seconds.size() || value > kMost ||
        value < -62'135'596'800)
        return std::nullopt;
    Moment moment = Moment::of(gateway::Time{std::chrono::seconds(value + offset * 60)}, "UTC");
    moment.precision = Moment::Precision::second;
    moment.zulu = offset == 0;
    moment.hasOffset = true;
    moment.offset = static_cast<std::int16_t>(offset);
    if (type == "dateTime") return moment.text();
    return moment.as(type == "date" ? Moment::Kind::date : Moment::Kind::time).text();
}

}  // namespace fml
