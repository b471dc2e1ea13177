/// @file  Writes segments, fields and values anew.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "delimiters.h"
#include "encode.h"
#include "marks.h"

namespace gateway::hl7v2 {

/// A number in a name, a few bytes of JSON, can ask for as many empty fields; so what is written
/// anew is bounded. What stands for its source is not.
constexpr std::uint32_t kMostFields = 9'999, kMostParts = 999;

class Encoder {
public:
    /// With the usual delimiters, in UTF-8.
    explicit Encoder(Sink& out);
    Encoder(const EncodeOptions& options, Sink& out, Issues& issues);

    /// Takes delimiters and charset from MSH.
    /// @param source  how the document was read, when it stands for its source
    void prepare(Node header, SourceSet source);
    const Charset& charset() const { return *charset_; }
    const Delimiters& delimiters() const { return d_; }
    /// Whether MSH-18 is not written as the tree has it.
    bool charsetFollows() const { return follows_; }
    /// Writes to another sink from now on.
    void into(Sink& out) { out_ = &out; }

    void segments(Node group);
    void segment(Node segment);
    void field(Node field, Spare spare);
    void component(Node component, Spare spare);
    void value(Node leaf, Spare spare);
    /// The empty repetitions before a field.
    void gap(Node field, Spare spare);

    /// @throws Error(rejected)
    [[noreturn]] static void reject(Node at, const Reason& what);

private:
    void markSpecial();
    void header(Node segment);
    void repetition(std::uint32_t& at, std::uint32_t number, Node node, Spare spare);
    void separators(Node node, char separator, std::uint32_t count);
    void converted(Node leaf, Spare spare);
    void tellOfReturns(Node leaf);
    bool keeps(std::string_view text, Unescaped how) const;
    unsigned specialIn(std::string_view text) const;
    std::string_view mapped(Node leaf);
    template <class Each>
    void numbered(Node parent, const char* what, Each each);
    template <class Each>
    void sorted(Node parent, Marks& marks, Each each);
    template <class Write>
    void separated(Node parent, const char* what, char separator, Write write);

    const EncodeOptions options_;
    Delimiters d_;
    const Charset* charset_ = &Charset::utf8();
    bool follows_ = false;
    Sink* out_;
    Issues* const issues_;
    std::uint32_t transliterations_ = 0, returns_ = 0;  ///< values told of
    std::uint64_t separators_ = 0;                      ///< written so far
    std::string encoding_ = "^~\\&";
    std::string mapped_, escaped_, converted_;
    std::array<std::uint8_t, 256> special_{};  ///< bytes that do not always stand for themselves
};

}  // namespace gateway::hl7v2
