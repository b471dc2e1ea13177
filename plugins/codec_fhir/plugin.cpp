/// Codecs "fhir+json", "fhir+xml" and "fhir": resources of FHIR R4, with the types and
/// cardinalities of R4. "fhir" reads either format by its first character, and writes JSON.
/// Options of each: version (r4, the only one).
#include "gateway/plugin.h"

#include "envelope.h"
#include "json_reader.h"
#include "json_writer.h"
#include "r4_model.h"
#include "validate.h"
#include "xml_reader.h"
#include "xml_writer.h"

namespace {
using namespace gateway;

const Name kJson = Name::permanent("fhir+json");
const Name kXml = Name::permanent("fhir+xml");

class Fhir : public Codec {
public:
    explicit Fhir(Config& config) { config.choice("version", {"r4"}); }

    Envelope envelope(const Document& document) const override {
        return fhir::envelopeOf(document);
    }
    std::string controlIdOf(const Document& document) const override {
        return envelope(document).controlId;
    }
    const Model* model() const override { return &fhir::R4::get(); }
    const Checker* checker() const override { return &checker_; }

private:
    const fhir::BaseChecker checker_;
};

/// What a document that was read from JSON and edited since was read from.
std::string_view sourceOf(const Document& document) {
    const bool json = document.edited() && document.format() == kJson;
    return json ? document.source().view() : std::string_view();
}

class Json : public Fhir {
public:
    using Fhir::Fhir;

    Document decode(Bytes body, Issues& issues) const override {
        Builder tree(body, "Resource");
        tree.format(kJson);
        fhir::readJson(body.view(), tree, issues);
        return tree.finish(true);
    }
    void encode(const Document& document, Sink& out, Issues&) const override {
        if (document.untouched(kJson))
            out << document.source().view();
        else
            fhir::writeJson(out, document.root(), sourceOf(document));
    }
    std::string mediaType() const override { return "application/fhir+json"; }
    std::string extension() const override { return "json"; }
};

class Xml final : public Fhir {
public:
    using Fhir::Fhir;

    Document decode(Bytes body, Issues& issues) const override { return read(body, issues); }
    static Document read(const Bytes& body, Issues& issues) {
        Builder tree(body, "Resource");
        tree.format(kXml);
        fhir::readXml(body, tree, issues);
        return tree.finish(true);
    }
    void encode(const Document& document, Sink& out, Issues& issues) const override {
        if (document.untouched(kXml))
            out << document.source().view();
        else
            fhir::writeXml(out, document.root(), issues);
    }
    std::string mediaType() const override { return "application/fhir+xml"; }
    std::string extension() const override { return "xml"; }
};

/// Whether a body begins as XML does, in UTF-8 or UTF-16.
bool beginsAsXml(std::string_view body) {
    const std::size_t first =
        body.find_first_not_of(std::string_view("\xEF\xBB\xBF\xFE\xFF\0 \t\r\n", 10));
    return first != body.npos && body[first] == '<';
}

class Either final : public Json {
public:
    using Json::Json;

    Document decode(Bytes body, Issues& issues) const override {
        return beginsAsXml(body.view()) ? Xml::read(body, issues) : Json::decode(body, issues);
    }
};

template <class Codec>
void offer(Registry& registry, const char* name) {
    registry.codec(name, [](Config& config) { return std::make_unique<Codec>(config); });
}
}  // namespace

GATEWAY_PLUGIN("codec_fhir", "1.0.0", [](gateway::Registry& registry) {
    offer<Json>(registry, "fhir+json");
    offer<Xml>(registry, "fhir+xml");
    offer<Either>(registry, "fhir");
})
