/// Codec "fhir": resources of FHIR R4 as JSON, with the types and cardinalities of R4.
/// Options: version (r4, the only one).
#include "gateway/plugin.h"

#include "envelope.h"
#include "r4_model.h"
#include "reader.h"
#include "validate.h"
#include "writer.h"

namespace {
using namespace gateway;

const Name kFormat = Name::permanent("fhir+json");

class Fhir final : public Codec {
public:
    explicit Fhir(Config& config) { config.choice("version", {"r4"}); }

    Document decode(Bytes body, Issues& issues) const override {
        Builder tree(body, "Resource");
        tree.format(kFormat);
        fhir::read(body.view(), tree, issues);
        return tree.finish(true);
    }

    Envelope envelope(const Document& document) const override {
        return fhir::envelopeOf(document);
    }

    void encode(const Document& document, Sink& out, Issues&) const override {
        if (document.untouched(kFormat))
            out << document.source().view();
        else
            fhir::write(out, document.root());
    }

    std::string controlIdOf(const Document& document) const override {
        return envelope(document).controlId;
    }

    const Model* model() const override { return &fhir::R4::get(); }
    const Checker* checker() const override { return &checker_; }
    std::string mediaType() const override { return "application/fhir+json"; }
    std::string extension() const override { return "json"; }

private:
    const fhir::BaseChecker checker_;
};
}  // namespace

GATEWAY_PLUGIN("codec_fhir", "1.0.0", [](gateway::Registry& registry) {
    registry.codec("fhir", [](gateway::Config& config) { return std::make_unique<Fhir>(config); });
})
