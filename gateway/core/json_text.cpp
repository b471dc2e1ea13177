#include "core/json_text.h"

#include <rapidjson/reader.h>

#include <charconv>

#include "core/json_log.h"
#include "gateway/error.h"

namespace gateway {
namespace {

constexpr std::size_t kDepth = 32;

/// Builds the value; a handler of RapidJSON, whose names these are.
class Values {
public:
    JsonValue take() { return std::move(root_); }

    bool Null() { return add({}); }
    bool Bool(bool yes) { return add({JsonValue::Kind::flag, yes ? "true" : "false", {}}); }
    bool Int(int) { return false; }
    bool Uint(unsigned) { return false; }
    bool Int64(std::int64_t) { return false; }
    bool Uint64(std::uint64_t) { return false; }
    bool Double(double) { return false; }
    bool RawNumber(const char* text, rapidjson::SizeType size, bool) {
        return add({JsonValue::Kind::number, {text, size}, {}});
    }
    bool String(const char* text, rapidjson::SizeType size, bool) {
        return add({JsonValue::Kind::text, {text, size}, {}});
    }
    bool Key(const char* text, rapidjson::SizeType size, bool) {
        key_.assign(text, size);
        return true;
    }
    bool StartObject() { return begin(JsonValue::Kind::object); }
    bool StartArray() { return begin(JsonValue::Kind::array); }
    bool EndObject(rapidjson::SizeType) { return end(); }
    bool EndArray(rapidjson::SizeType) { return end(); }

private:
    JsonValue& put(JsonValue value) {
        if (open_.empty()) return root_ = std::move(value);
        auto& items = open_.back()->items;
        items.push_back({std::move(key_), std::move(value)});
        key_.clear();
        return items.back().value;
    }
    bool add(JsonValue value) {
        put(std::move(value));
        return true;
    }
    bool begin(JsonValue::Kind kind) {
        if (open_.size() >= kDepth) return false;
        open_.push_back(&put({kind, {}, {}}));
        return true;
    }
    bool end() {
        open_.pop_back();
        return true;
    }

    JsonValue root_;
    std::string key_;
    std::vector<JsonValue*> open_;  ///< only the last one's items grow
};

}  // namespace

JsonWriter& JsonWriter::open(char bracket) {
    between();
    out_ += bracket;
    return *this;
}

JsonWriter& JsonWriter::close(char bracket) {
    out_ += bracket;
    return *this;
}

void JsonWriter::between() {
    if (out_.empty()) return;
    const char last = out_.back();
    if (last != '{' && last != '[' && last != ':') out_ += ',';
}

JsonWriter& JsonWriter::name(std::string_view text) {
    between();
    out_ += jsonText(text) + ":";
    return *this;
}

JsonWriter& JsonWriter::text(std::string_view text) {
    between();
    out_ += jsonText(text);
    return *this;
}

JsonWriter& JsonWriter::number(std::uint64_t number) {
    between();
    out_ += std::to_string(number);
    return *this;
}

JsonWriter& JsonWriter::integer(std::int64_t number) {
    between();
    out_ += std::to_string(number);
    return *this;
}

JsonWriter& JsonWriter::flag(bool yes) {
    between();
    out_ += yes ? "true" : "false";
    return *this;
}

const JsonValue& JsonValue::operator[](std::string_view member) const& {
    static const JsonValue none;
    for (const auto& [known, value] : items)
        if (known == member) return value;
    return none;
}

JsonValue JsonValue::operator[](std::string_view member) const&& { return (*this)[member]; }

std::uint64_t JsonValue::number() const {
    std::uint64_t value = 0;
    const char* const end = text.data() + text.size();
    return kind == Kind::number && std::from_chars(text.data(), end, value).ptr == end ? value : 0;
}

JsonValue parsedJson(std::string_view text) {
    // Iterative: the depth of a text never becomes ours. Encoding checked.
    constexpr unsigned flags = rapidjson::kParseIterativeFlag |
                               rapidjson::kParseNumbersAsStringsFlag |
                               rapidjson::kParseValidateEncodingFlag;
    const std::string ended(text);
    rapidjson::StringStream stream(ended.c_str());
    rapidjson::Reader reader;
    Values values;
    const auto result = reader.Parse<flags>(stream, values);
    if (result.IsError())
        throw Error(Fault::malformed, "byte " + std::to_string(result.Offset()),
                    {"no JSON that can be read", "pas de JSON lisible"});
    return values.take();
}

}  // namespace gateway
