#include "common/json/json.h"

#include <rapidjson/error/en.h>
#include <rapidjson/reader.h>

#include <algorithm>

#include "common/json/keys.h"
#include "common/json/source.h"
#include "common/text/text.h"

namespace rapidjson {
/// Without asking the stream for each character what it shows.
template <>
inline void SkipWhitespace(json::Source& source) {
    source.skipBlank();
}
}  // namespace rapidjson

namespace json {
using gateway::Error;
using gateway::Fault;
using gateway::Kind;
using gateway::Span;

namespace {

/// Gives RapidJSON's events on, with places, and refuses what RapidJSON lets through.
class Handler {
public:
    Handler(std::string_view text, Source& source, Events& events, std::uint32_t depth)
        : text_(text), source_(source), events_(events), most_(std::min(depth, kMostDepth)) {}

    bool StartObject() {
        deeper();
        keys_.open();
        events_.beginObject(tell() - 1);
        return true;
    }
    bool EndObject(rapidjson::SizeType) {
        --depth_;
        keys_.close();
        events_.endObject(tell());
        return true;
    }
    bool StartArray() {
        deeper();
        events_.beginArray(tell() - 1);
        return true;
    }
    bool EndArray(rapidjson::SizeType) {
        --depth_;
        events_.endArray(tell());
        return true;
    }
    bool Key(const char*, rapidjson::SizeType, bool) {
        const Text name = string();
        if (!keys_.add(name.view, name.inSource))
            fail(name.where.begin, {"a key stands here twice", "une clé est ici deux fois"});
        events_.key(name);
        return true;
    }
    bool String(const char*, rapidjson::SizeType, bool) {
        events_.value(string(), Kind::text);
        return true;
    }
    bool Null() { return value(tell() - 4, Kind::null); }
    bool Bool(bool yes) { return value(tell() - (yes ? 4 : 5), Kind::boolean); }
    // Source shows every number as 0.
    bool Uint(unsigned) { return number(); }
    bool Int(int) { return number(); }
    bool Uint64(std::uint64_t) { return number(); }
    bool Int64(std::int64_t) { return number(); }
    bool Double(double) { return number(); }
    bool RawNumber(const char*, rapidjson::SizeType, bool) { return number(); }

private:
    std::uint32_t tell() const { return static_cast<std::uint32_t>(source_.Tell()); }
    [[noreturn]] void fail(std::size_t byte, const gateway::Reason& what) const {
        throw Error(Fault::malformed, place(text_, byte), what);
    }
    void deeper() {
        if (++depth_ > most_)
            fail(tell() - 1,
                 gateway::say("nested deeper than {0} levels", "imbriqué sur plus de {0} niveaux",
                              {std::to_string(most_)}));
    }
    bool number() { return value(static_cast<std::uint32_t>(source_.numberBegin()), Kind::number); }
    bool value(std::uint32_t begin, Kind kind) {
        const Span where{begin, tell()};
        events_.value({text_.substr(where.begin, where.size()), where, true}, kind);
        return true;
    }
    Text string() const {
        const auto begin = static_cast<std::uint32_t>(source_.stringBegin());
        // RapidJSON encodes a lone low surrogate as if it were a character.
        if (!source_.stringInText() && text::badUtf8(source_.string()) != std::string_view::npos)
            fail(begin, {"a string holds half of a surrogate pair",
                         "un texte contient la moitié d'une paire de substitution"});
        return {source_.string(), Span{begin, tell() - 1}, source_.stringInText()};
    }

    const std::string_view text_;
    Source& source_;
    Events& events_;
    const std::uint32_t most_;
    std::uint32_t depth_ = 0;
    Keys keys_;
};

/// What RapidJSON says in English.
const char* french(rapidjson::ParseErrorCode code) {
    using namespace rapidjson;
    switch (code) {
        case kParseErrorDocumentEmpty: return "le document est vide.";
        case kParseErrorDocumentRootNotSingular: return "rien ne doit suivre la racine.";
        case kParseErrorObjectMissName: return "il manque le nom d'un membre.";
        case kParseErrorObjectMissColon: return "il manque « : » après le nom d'un membre.";
        case kParseErrorObjectMissCommaOrCurlyBracket:
            return "il manque « , » ou « } » après un membre.";
        case kParseErrorArrayMissCommaOrSquareBracket:
            return "il manque « , » ou « ] » après un élément.";
        case kParseErrorStringUnicodeEscapeInvalidHex:
        case kParseErrorStringUnicodeSurrogateInvalid: return "échappement \\u incorrect.";
        case kParseErrorStringEscapeInvalid: return "échappement incorrect dans un texte.";
        case kParseErrorStringMissQuotationMark: return "il manque le guillemet final d'un texte.";
        case kParseErrorStringInvalidEncoding: return "encodage incorrect dans un texte.";
        case kParseErrorNumberTooBig: return "nombre trop grand.";
        case kParseErrorNumberMissFraction: return "il manque les décimales d'un nombre.";
        case kParseErrorNumberMissExponent: return "il manque l'exposant d'un nombre.";
        default: return "valeur incorrecte.";
    }
}

}  // namespace

Events::~Events() = default;

std::string place(std::string_view text, std::size_t byte) { return text::place(text, byte); }

void parse(std::string_view text, Events& events, std::uint32_t depth) {
    if (const std::size_t bad = text::badUtf8(text); bad != text.npos)
        throw Error(Fault::malformed, place(text, bad),
                    {"this byte is not UTF-8", "cet octet n'est pas de l'UTF-8"});
    Source source(text, text.starts_with(text::kByteOrderMark) ? text::kByteOrderMark.size() : 0);
    Handler handler(text, source, events, depth);
    rapidjson::Reader reader;
    reader.Parse<rapidjson::kParseInsituFlag>(source, handler);
    if (reader.HasParseError())
        throw Error(Fault::malformed, place(text, reader.GetErrorOffset()),
                    gateway::say("not JSON: {0}", "pas du JSON : {0}",
                                 {{rapidjson::GetParseError_En(reader.GetParseErrorCode()),
                                   french(reader.GetParseErrorCode())}}));
    if (!source.atEnd())
        throw Error(
            Fault::malformed, place(text, source.Tell()),
            {"not JSON: something follows the end", "pas du JSON : quelque chose suit la fin"});
}

}  // namespace json
