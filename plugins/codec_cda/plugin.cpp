/// Codec "cda": documents of CDA R2 (urn:hl7-org:v3), with the names, types and order of HL7's
/// logical models (cda.model).
/// Options: check (none; schema: elements that must be there, or stand once; of what is read, and
///            of what is written unless it stands as it was read; shape in common/check/check.h).
#include "gateway/plugin.h"

#include "check.h"
#include "common/check/check.h"
#include "reader.h"
#include "writer.h"

namespace {
using namespace gateway;

const Name kFormat = Name::permanent("cda");

/// "root^extension" of an instance identifier, or its root.
std::string idOf(Node id) {
    const std::string root(id.child("root").text()), extension(id.child("extension").text());
    return extension.empty() || root.empty() ? root + extension : root + "^" + extension;
}

class CdaCodec final : public Codec {
public:
    explicit CdaCodec(Config& config) {
        const check::Asked asked = check::ask(config);
        if (!asked.name.empty() && asked.name != "schema")
            config.findings().error(asked.where,
                                    {"expected none or schema", "attendu none ou schema"});
        onError_ = asked.onError;
    }

    Document decode(Bytes body, Issues& issues) const override {
        TreeLimits limits;
        limits.depth = xml::kMostDepth + 2;
        Builder tree(body, "ClinicalDocument", limits);
        tree.format(kFormat);
        xml::readTree<cda::Reader>(body, tree);
        Document document = tree.finish(true);
        if (onError_ != check::OnError::ignore) judge(document, issues);
        return document;
    }

    Envelope envelope(const Document& document) const override {
        const Node root = document.root();
        Envelope envelope;
        envelope.controlId = idOf(root.child("id"));
        const Node code = root.child("code");
        envelope.type = "ClinicalDocument";
        if (code.child("code").hasText())
            envelope.type += "/" + std::string(code.child("code").text());
        const Node custodian = root.child("custodian")
                                   .child("assignedCustodian")
                                   .child("representedCustodianOrganization");
        envelope.sender = idOf(custodian.child("id"));
        for (const Node target : root.children()) {
            if (target.name() != "recordTarget") continue;
            const Node patient = target.child("patientRole");
            bool first = true;
            for (const Node id : patient.children()) {
                if (id.name() != "id" || idOf(id).empty()) continue;
                envelope.subjects.push_back(idOf(id));
                if (std::exchange(first, false)) envelope.orderKeys.push_back(idOf(id));
            }
        }
        return envelope;
    }

    void encode(const Document& document, Sink& out, Issues& issues) const override {
        if (document.untouched(kFormat)) {
            out << document.source();
            return;
        }
        if (onError_ != check::OnError::ignore) judge(document, issues);
        text::Out pieces(out);
        cda::Writer(pieces, issues).document(document.root(), "UTF-8", "ClinicalDocument");
        pieces.flush();
    }

    std::string controlIdOf(const Document& document) const override {
        return envelope(document).controlId;
    }
    bool structural(Node node) const override {
        return node.name().starts_with("@xmlns") || node.name().starts_with("@xsi:");
    }
    const Model* model() const override { return &cda::Cda::get(); }
    const Checker* checker() const override { return &checker_; }
    std::string mediaType() const override { return "application/cda+xml"; }
    std::string extension() const override { return "xml"; }

private:
    void judge(const Document& document, Issues& issues) const {
        Issues found;
        checker_.check(document, found);
        check::judge(found, onError_, issues, [](const Issue&) { return Fault::rejected; });
    }

    const cda::SchemaChecker checker_;
    check::OnError onError_ = check::OnError::ignore;
};
}  // namespace

GATEWAY_PLUGIN("codec_cda", "1.0.0", [](gateway::Registry& registry) {
    registry.codec("cda",
                   [](gateway::Config& config) { return std::make_unique<CdaCodec>(config); });
})
