/// @file  JSON as the admin interface and what the gateway keeps for itself speak it: written piece
/// by piece, read into values.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace gateway {

/// Writes compact JSON; names and values in turn, commas by itself.
class JsonWriter {
public:
    JsonWriter& beginObject() { return open('{'); }
    JsonWriter& endObject() { return close('}'); }
    JsonWriter& beginArray() { return open('['); }
    JsonWriter& endArray() { return close(']'); }
    JsonWriter& name(std::string_view text);
    JsonWriter& text(std::string_view text);
    JsonWriter& number(std::uint64_t number);
    JsonWriter& integer(std::int64_t number);
    JsonWriter& flag(bool yes);
    JsonWriter& field(std::string_view n, std::string_view value) { return name(n).text(value); }
    JsonWriter& field(std::string_view n, std::uint64_t value) { return name(n).number(value); }
    std::string take() { return std::move(out_); }

private:
    JsonWriter& open(char bracket);
    JsonWriter& close(char bracket);
    void between();

    std::string out_;
};

/// One value; members in the order of the text.
struct JsonValue {
    enum class Kind { null, flag, number, text, array, object };
    Kind kind = Kind::null;
    std::string text;  ///< of text and number as written, "true" or "false" of a flag
    struct Item;
    std::vector<Item> items;  ///< of an array with empty names

    /// The member of that name; a null value when there is none. Of a value about to end, a copy.
    const JsonValue& operator[](std::string_view member) const&;
    JsonValue operator[](std::string_view member) const&&;
    std::uint64_t number() const;  ///< 0 when it is none
    bool flag() const { return text == "true"; }
};

struct JsonValue::Item {
    std::string name;
    JsonValue value;
};

/// @throws Error(malformed) naming the byte; deeper than 32 is malformed too
JsonValue parsedJson(std::string_view text);

}  // namespace gateway
