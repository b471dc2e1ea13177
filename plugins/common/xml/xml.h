/// @file  XML text: the one place that knows libxml2. Nothing is fetched; a document type (and with
/// it every entity but XML's own five) is refused; depth, attributes and namespaces are bounded.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "common/text/out.h"
#include "gateway/bytes.h"
#include "gateway/error.h"

namespace xml {

/// Namespace declarations are none.
struct Attribute {
    std::string_view name, prefix, space;
    std::string_view value;  ///< references resolved, white space normalised
    gateway::Span where;     ///< of the value as written, without quotes
    bool inSource = true;    ///< `value` is that part of the text; otherwise it ends with the call
};

/// `xmlns:prefix="space"`, or without a prefix.
struct Declaration {
    std::string_view prefix, space;
};

struct Tag {
    std::string_view name, prefix;
    std::string_view space;  ///< the namespace, empty for none
    std::span<const Attribute> attributes;
    std::span<const Declaration> declarations;
    bool declares = false;  ///< it declares its own namespace
    std::uint32_t begin = 0, end = 0;
    bool closed = false;  ///< `<a/>`; its end follows at once
};

/// What a text says, in its order; comments and processing instructions are passed over. May throw:
/// then reading ends.
class Events {
public:
    virtual ~Events();
    virtual void begin(const Tag& tag) = 0;
    /// @param end  past the end tag
    virtual void end(std::uint32_t end) = 0;
    /// A piece of text, references resolved. It may come in several pieces.
    virtual void characters(std::string_view piece, std::uint32_t at) = 0;
};

inline constexpr std::uint32_t kMostDepth = 1024;
inline constexpr std::uint32_t kMostAttributes = 256;
inline constexpr std::uint32_t kMostDeclarations = 256;  ///< of namespaces, in force at one place

/// Tells `events` what `text` says, which is UTF-8 whatever its declaration says.
/// @throws gateway::Error(malformed) whose place is "line 3, column 14" (columns in characters)
void parse(std::string_view text, Events& events);

/// What stands in a text of another encoding, by byte order mark or declaration, as UTF-8; nothing
/// when the text itself is UTF-8, which is checked.
/// @throws gateway::Error(malformed) for bytes that the encoding does not have,
///         Error(unsupported) for an encoding other than UTF-8, UTF-16, US-ASCII, ISO-8859-1,
///         ISO-8859-15 and windows-1252
std::optional<std::string> toUtf8(std::string_view source);

/// Whether every character of a UTF-8 text is one that XML 1.0 has.
bool writable(std::string_view text);

inline constexpr std::string_view kSchemaInstance = "http://www.w3.org/2001/XMLSchema-instance";

/// Whether a text may be the name of an element or attribute, without or with a prefix.
bool isName(std::string_view name);

/// Writes what stands between the quotes (") of an attribute, so that it reads back as it is.
void writeValue(text::Out& out, std::string_view text);

/// Writes text between tags, so that it reads back as it is.
void writeText(text::Out& out, std::string_view text);

}  // namespace xml
