/// @file  FHIR resources as JSON text: StructureMap and ConceptMap, which the gateway reads and
/// writes itself.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/error.h"
#include "gateway/tree.h"

namespace fhir {

enum class Release { r4, r5 };

/// A resource that was read, and where its parts stand.
class Resource {
public:
    /// @return nothing, with a finding, when `bytes` is no JSON object
    static std::optional<Resource> read(const std::string& file, std::string_view bytes,
                                        gateway::Findings& findings);

    gateway::Node root() const { return document_.root(); }
    const std::string& file() const { return file_; }
    std::string_view text() const { return document_.source().view(); }
    gateway::Place place(gateway::Node node) const;

private:
    Resource(std::string file, gateway::Document document);

    std::string file_;
    gateway::Document document_;
};

/// The type of the resource that a JSON text holds, without parsing it; empty for anything else.
std::string resourceTypeOf(std::string_view text);

/// The children of an object, without arrays that are empty or hold arrays: FHIR has none.
std::vector<gateway::Node> items(gateway::Node node);

/// The value of the extension with that url, or an empty node.
gateway::Node extensionOf(gateway::Node node, std::string_view url);
/// The extensions of ours, by the last part of their url.
std::string extensionUrl(std::string_view name);

/// JSON text, two blanks a level, keys in the order in which they come.
class Writer {
public:
    void beginObject(std::string_view key = {});
    void endObject();
    /// An array that stays empty is left out: FHIR has none.
    void beginArray(std::string_view key);
    void endArray();
    /// Leaves out what is empty.
    void text(std::string_view key, std::string_view value);
    /// A number, true or false, as it is.
    void plain(std::string_view key, std::string_view value);
    /// An array of one extension of ours.
    void extension(std::string_view name, std::string_view type, std::string_view value);
    /// The whole; every begin has met its end.
    std::string take();

private:
    void key(std::string_view name);
    void open(std::string_view name, char bracket);
    bool close(char bracket);
    void value(std::string_view text);

    std::string out_;
    struct Open {
        std::size_t at = 0;   ///< where the text ended before it
        bool first = false;   ///< whether it is the first in what holds it
        bool filled = false;  ///< whether something stands in it
    };
    std::vector<Open> open_;
};

}  // namespace fhir
