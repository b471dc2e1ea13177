#include "common/xml/xml.h"

#include <libxml/parser.h>
#include <libxml/parserInternals.h>

#include <algorithm>
#include <climits>
#include <cstring>
#include <exception>
#include <memory>
#include <new>
#include <vector>

#include "common/text/text.h"
#include "common/xml/tag_bounds.h"

namespace xml {
using gateway::Error;
using gateway::Fault;
using gateway::Span;

namespace {

std::string_view viewOf(const xmlChar* text) {
    return text == nullptr ? std::string_view{}
                           : std::string_view(reinterpret_cast<const char*>(text));
}

/// libxml2's words may hold what the text holds.
gateway::Reason sentenceOf(int code) {
    switch (code) {
        case XML_ERR_DOCUMENT_EMPTY:
        case XML_ERR_DOCUMENT_START:
            return {"not XML: no element begins here",
                    "pas du XML : aucun élément ne commence ici"};
        case XML_ERR_DOCUMENT_END:
            return {"not XML: something follows the end", "pas du XML : quelque chose suit la fin"};
        case XML_ERR_TAG_NAME_MISMATCH:
            return {"not XML: this end tag is not that of the open tag",
                    "pas du XML : cette balise fermante n'est pas celle de la balise ouverte"};
        case XML_ERR_TAG_NOT_FINISHED:
            return {"not XML: the text ends inside an element",
                    "pas du XML : le texte finit dans un élément"};
        case XML_ERR_GT_REQUIRED:
            return {"not XML: a tag is not closed", "pas du XML : une balise n'est pas fermée"};
        case XML_ERR_ATTRIBUTE_REDEFINED:
            return {"not XML: an attribute stands here twice",
                    "pas du XML : un attribut est là deux fois"};
        case XML_ERR_ATTRIBUTE_WITHOUT_VALUE:
            return {"not XML: an attribute without a value",
                    "pas du XML : un attribut sans valeur"};
        case XML_ERR_ATTRIBUTE_NOT_STARTED:
            return {"not XML: a value without quotes", "pas du XML : une valeur sans guillemets"};
        case XML_ERR_LT_IN_ATTRIBUTE:
            return {"not XML: '<' in a value", "pas du XML : « < » dans une valeur"};
        case XML_ERR_INVALID_CHARREF:
        case XML_ERR_INVALID_CHAR:
            return {"not XML: a character that XML does not have",
                    "pas du XML : un caractère que XML n'a pas"};
        case XML_ERR_UNDECLARED_ENTITY:
        case XML_WAR_UNDECLARED_ENTITY:
            return {"an entity other than the five of XML", "une entité autre que les cinq de XML"};
        case XML_NS_ERR_UNDEFINED_NAMESPACE:
            return {"a prefix without a namespace", "un préfixe sans espace de noms"};
        default: return {"not well-formed XML", "XML mal formé"};
    }
}

/// One reading of one text.
class Reading {
public:
    Reading(std::string_view text, Events& events) : text_(text), events_(events) {
        if (!context_) throw std::bad_alloc();
        xmlSAXHandler& sax = *context_->sax;
        std::memset(&sax, 0, sizeof sax);
        sax.initialized = XML_SAX2_MAGIC;
        sax.startElementNs = startElement;
        sax.endElementNs = endElement;
        sax.characters = sax.ignorableWhitespace = characters;
        sax.internalSubset = documentType;
        sax.serror = wrong;
        context_->userData = this;
        // Of entities there are none but the five of XML, which NOENT gives as what they stand for.
        xmlCtxtUseOptions(context_.get(), XML_PARSE_NONET | XML_PARSE_HUGE | XML_PARSE_IGNORE_ENC |
                                              XML_PARSE_NOENT);
    }

    void run() {
        xmlParserInputBufferPtr buffer = xmlParserInputBufferCreateMem(
            text_.data(), static_cast<int>(text_.size()), XML_CHAR_ENCODING_NONE);
        if (buffer == nullptr) throw std::bad_alloc();
        xmlParserInputPtr input =
            xmlNewIOInputStream(context_.get(), buffer, XML_CHAR_ENCODING_NONE);
        if (input == nullptr) {
            xmlFreeParserInputBuffer(buffer);
            throw std::bad_alloc();
        }
        inputPush(context_.get(), input);
        xmlParseDocument(context_.get());
        if (thrown_) std::rethrow_exception(thrown_);
        if (error_ == XML_ERR_NO_MEMORY) throw std::bad_alloc();
        if (error_ == 0 && context_->wellFormed == 0) error_ = XML_ERR_INTERNAL_ERROR;
        if (error_ != 0) fail(errorAt_, sentenceOf(error_));
    }

private:
    struct Free {
        void operator()(xmlParserCtxtPtr context) const { xmlFreeParserCtxt(context); }
    };

    [[noreturn]] void fail(std::size_t byte, const gateway::Reason& what) const {
        throw Error(Fault::malformed, text::place(text_, byte), what);
    }

    /// Where libxml2 stands, or, of a pointer into its input, where that is.
    std::uint32_t offset(const xmlChar* at) const {
        const xmlParserInput& input = *context_->input;
        const auto before = input.consumed + static_cast<unsigned long>(at - input.base);
        return static_cast<std::uint32_t>(std::min<unsigned long>(before, text_.size()));
    }
    std::uint32_t tell() const { return offset(context_->input->cur); }
    /// Text beyond ASCII comes as a copy of what stands before the place that was read up to.
    std::uint32_t placeOf(std::string_view piece, const xmlChar* at) const {
        if (inInput(at)) return offset(at);
        const std::uint32_t end = tell();
        const bool before =
            end >= piece.size() && text_.substr(end - piece.size(), piece.size()) == piece;
        return before ? end - static_cast<std::uint32_t>(piece.size()) : end;
    }
    bool inInput(const xmlChar* at) const {
        return at >= context_->input->base && at < context_->input->end;
    }

    /// No exception passes through libxml2: it is kept until libxml2 has returned.
    template <class Call>
    static void guarded(void* self, Call call) {
        auto& reading = *static_cast<Reading*>(self);
        if (reading.stopped_) return;
        try {
            call(reading);
        } catch (...) {
            reading.thrown_ = std::current_exception();
            reading.stopped_ = true;
            xmlStopParser(reading.context_.get());
        }
    }

    static void startElement(void* self, const xmlChar* name, const xmlChar* prefix,
                             const xmlChar* space, int declarations, const xmlChar** declared,
                             int count, int, const xmlChar** attributes) {
        guarded(self, [&](Reading& reading) {
            reading.tag_.name = viewOf(name);
            reading.tag_.prefix = viewOf(prefix);
            reading.tag_.space = reading.spaceOf(space);
            reading.tag_.declares = false;
            reading.declarations_.clear();
            for (int i = 0; i < declarations; ++i) {
                reading.tag_.declares |= declared[2 * i] == prefix;
                reading.declarations_.push_back(
                    {viewOf(declared[2 * i]), viewOf(declared[2 * i + 1])});
            }
            reading.start(declarations, count, attributes);
        });
    }
    static void endElement(void* self, const xmlChar*, const xmlChar*, const xmlChar*) {
        guarded(self, [](Reading& reading) {
            reading.declared_ -= reading.depths_.back();
            reading.depths_.pop_back();
            reading.events_.end(reading.tell());
        });
    }
    static void characters(void* self, const xmlChar* text, int size) {
        guarded(self, [&](Reading& reading) {
            const std::string_view piece(reinterpret_cast<const char*>(text),
                                         static_cast<std::size_t>(size));
            reading.events_.characters(piece, reading.placeOf(piece, text));
        });
    }
    static void documentType(void* self, const xmlChar*, const xmlChar*, const xmlChar*) {
        guarded(self, [](Reading& reading) {
            reading.fail(reading.tell(), {"a document type (DOCTYPE) is not taken",
                                          "un type de document (DOCTYPE) n'est pas accepté"});
        });
    }
    static void wrong(void* self, xmlErrorPtr error) {
        auto& reading = *static_cast<Reading*>(self);
        if (error->level < XML_ERR_ERROR || reading.error_ != 0) return;
        reading.error_ = error->code;
        const xmlParserInput* const input = reading.context_->input;
        const bool known =
            input != nullptr && input->cur >= input->base && input->cur <= input->end;
        reading.errorAt_ = known ? reading.tell() : reading.tag_.end;
        reading.stopped_ = true;
    }

    void start(int declarations, int count, const xmlChar** attributes) {
        tag_.end = tell();
        const void* const open = memrchr(text_.data(), '<', tag_.end);
        tag_.begin = static_cast<std::uint32_t>(static_cast<const char*>(open) - text_.data());
        tag_.closed = tag_.end < text_.size() && text_[tag_.end] == '/';
        if (depths_.size() == kMostDepth)
            fail(tag_.begin,
                 gateway::say("nested deeper than {0} levels", "imbriqué sur plus de {0} niveaux",
                              {std::to_string(kMostDepth)}));
        depths_.push_back(static_cast<std::uint32_t>(declarations));
        declared_ += depths_.back();
        if (declared_ > kMostDeclarations)
            fail(tag_.begin, {"too many namespaces", "trop d'espaces de noms"});
        attributes_.clear();
        bool placed = true;
        for (int i = 0; i < count; ++i) placed &= attribute(attributes + 5 * i);
        if (!placed) placeAttributes();
        tag_.attributes = attributes_;
        tag_.declarations = declarations_;
        events_.begin(tag_);
    }

    /// @return whether it is known where it stands
    bool attribute(const xmlChar** five) {
        Attribute& made = attributes_.emplace_back();
        made.name = viewOf(five[0]);
        if (five[1] != nullptr) made.prefix = viewOf(five[1]);
        if (five[2] != nullptr) made.space = spaceOf(five[2]);
        made.value = {reinterpret_cast<const char*>(five[3]),
                      static_cast<std::size_t>(five[4] - five[3])};
        made.inSource = inInput(five[3]);
        if (!made.inSource) return false;
        const std::uint32_t begin = offset(five[3]);
        made.where = {begin, begin + static_cast<std::uint32_t>(made.value.size())};
        made.value = text_.substr(begin, made.value.size());
        return true;
    }

    /// libxml2 has made copies of some values: of those with references, or beyond ASCII.
    void placeAttributes() {
        AttributeWalk walk(text_, tag_.begin);
        while (walk.next()) {
            for (Attribute& attribute : attributes_) {
                if (attribute.inSource || !named(attribute, walk.name())) continue;
                attribute.where = walk.value();
                const std::string_view written =
                    text_.substr(attribute.where.begin, attribute.where.size());
                if (written != attribute.value) continue;
                attribute.value = written;
                attribute.inSource = true;
            }
        }
    }
    static bool named(const Attribute& attribute, std::string_view name) {
        if (attribute.prefix.empty()) return attribute.name == name;
        return name.size() == attribute.prefix.size() + 1 + attribute.name.size() &&
               name.starts_with(attribute.prefix) && name.ends_with(attribute.name);
    }

    /// Most tags are of the namespace of the one before, which libxml2 keeps once.
    std::string_view spaceOf(const xmlChar* space) {
        if (space != lastSpace_) {
            lastSpace_ = space;
            spaceView_ = viewOf(space);
        }
        return spaceView_;
    }

    const std::string_view text_;
    Events& events_;
    const std::unique_ptr<xmlParserCtxt, Free> context_{xmlNewParserCtxt()};
    Tag tag_;
    std::vector<Attribute> attributes_;
    std::vector<Declaration> declarations_;
    std::vector<std::uint32_t> depths_;  ///< namespaces that each open element declares
    std::uint32_t declared_ = 0;
    const xmlChar* lastSpace_ = nullptr;
    std::string_view spaceView_;
    bool stopped_ = false;
    std::exception_ptr thrown_;
    int error_ = 0;
    std::size_t errorAt_ = 0;
};

}  // namespace

Events::~Events() = default;

void parse(std::string_view text, Events& events) {
    static const bool ready = (xmlInitParser(), true);
    static_cast<void>(ready);
    if (text.size() > INT_MAX)
        throw Error(Fault::malformed, "document", {"too large", "trop grand"});
    if (const std::size_t nul = text.find('\0'); nul != text.npos)
        throw Error(Fault::malformed, text::place(text, nul), sentenceOf(XML_ERR_INVALID_CHAR));
    boundAttributes(text);
    Reading(text, events).run();
}

}  // namespace xml
