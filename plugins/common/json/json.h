/// @file  JSON text: the one place that knows RapidJSON. Reading is strict (RFC 8259, UTF-8 without
/// lone surrogates, no key twice in an object, bounded depth); numbers keep their digits. A byte
/// order mark before the text is skipped.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "common/text/out.h"
#include "gateway/bytes.h"
#include "gateway/error.h"
#include "gateway/tree.h"

namespace json {

/// A string without its quotes, or a number, true, false or null.
struct Text {
    std::string_view view;  ///< unescaped
    gateway::Span where;    ///< as written, in the whole text
    bool inSource = true;   ///< `view` is a part of the text; otherwise it ends with the call
};

/// What a text says, in its order. May throw: then reading ends.
class Events {
public:
    virtual ~Events();
    virtual void beginObject(std::uint32_t at) = 0;
    virtual void endObject(std::uint32_t end) = 0;
    virtual void beginArray(std::uint32_t at) = 0;
    virtual void endArray(std::uint32_t end) = 0;
    virtual void key(const Text& name) = 0;
    /// @param kind  text, number, boolean or null
    virtual void value(const Text& text, gateway::Kind kind) = 0;
};

/// Reading recurses: a greater bound than kMostDepth is cut to it.
inline constexpr std::uint32_t kDepth = 512;
inline constexpr std::uint32_t kMostDepth = 2048;

/// Tells `events` what `text` says.
/// @throws gateway::Error(malformed) whose place is "line 3, column 14" (columns in characters)
void parse(std::string_view text, Events& events, std::uint32_t depth = kDepth);

/// Builds what the source of `into` says below its root, as gateway/tree.h says how. A root that is
/// an array becomes a node of kind list, its items are named "".
/// @param source  what `into` was made of
void read(std::string_view source, gateway::Builder& into, std::uint32_t depth = kDepth);

/// "line 3, column 14" of a byte.
std::string place(std::string_view text, std::size_t byte);

/// Writes a string with its quotes.
void writeString(gateway::Sink& out, std::string_view text);
void writeString(text::Out& out, std::string_view text);

/// Whether `text` is a number of JSON.
bool isNumber(std::string_view text);

/// Writes the value that a node stands for, compact; siblings of one name become one array.
/// @throws gateway::Error(rejected) for what JSON cannot say: text beside children, a number that
/// is none
void write(gateway::Sink& out, gateway::Node node);
void write(text::Out& out, gateway::Node node);
/// The same without its children: a text, number, boolean or null.
void writeLeaf(gateway::Sink& out, gateway::Node node);

}  // namespace json
