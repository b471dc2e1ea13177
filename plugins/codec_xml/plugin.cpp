/// Codec "xml": any XML text as a tree, see common/xml/tree_reader.h; what its elements mean is for
/// the maps.
/// Options: model (text, default the name of the root): type of the root node, and of the message;
///            a file NAME.json, or mappings/**/models/NAME.json of the configuration, is its
///            logical model (common/logical/model.h);
///          check (none; model: of what is read, and of what is written unless it stands as it was
///            read; shape in common/check/check.h);
///          root (text): name of the root element that is written, when a map made the tree;
///          namespace (text): of the root element that is written, when its tree does not say one;
///          encoding (default UTF-8; ISO-8859-1, ISO-8859-15, windows-1252): of what is written.
///            What is read says its own: those, US-ASCII and UTF-16.
#include "gateway/plugin.h"

#include "common/logical/native.h"
#include "common/xml/tree_reader.h"
#include "common/xml/tree_writer.h"

namespace {
using namespace gateway;

const Name kFormat = Name::permanent("xml");

class Xml final : public Codec {
public:
    explicit Xml(Config& config)
        : model_(config, ""),
          root_(config.text("root", "")),
          space_(config.text("namespace", "")),
          encoding_(
              config.choice("encoding", {"UTF-8", "ISO-8859-1", "ISO-8859-15", "windows-1252"})) {}

    Document decode(Bytes body, Issues& issues) const override {
        Builder tree(body, "xml", limits());
        tree.format(kFormat);
        xml::readTree<xml::TreeReader>(body, tree);
        if (!model_.name().empty()) tree.type(tree.root(), tree.intern(model_.name()));
        Document document = tree.finish(true);
        model_.judge(document, issues);
        return document;
    }

    Envelope envelope(const Document& document) const override {
        Envelope envelope;
        envelope.type = model_.name().empty() ? document.root().name() : model_.name();
        return envelope;
    }

    void encode(const Document& document, Sink& out, Issues& issues) const override {
        if (document.untouched(kFormat)) {
            out << document.source().view();
            return;
        }
        model_.judge(document, issues);
        Sink made;
        text::Out pieces(made);
        const bool own = document.format() == kFormat || root_.empty();
        xml::TreeWriter(pieces, space_)
            .document(document.root(), encoding_, own ? std::string_view{} : root_);
        pieces.flush();
        out << xml::fromUtf8(std::string(made.text()), encoding_);
    }

    /// How prefixes were declared and where a schema lies is for XML alone.
    bool structural(Node node) const override {
        return node.name().starts_with("@xmlns") || node.name().starts_with("@xsi:");
    }
    const Checker* checker() const override { return model_.checker(); }
    std::string mediaType() const override { return "application/xml"; }
    std::string extension() const override { return "xml"; }

private:
    static TreeLimits limits() {
        TreeLimits limits;
        limits.depth = xml::kMostDepth + 2;
        return limits;
    }

    const logical::NativeModel model_;
    const std::string root_, space_, encoding_;
};
}  // namespace

GATEWAY_PLUGIN("codec_xml", "1.0.0", [](gateway::Registry& registry) {
    registry.codec("xml", [](gateway::Config& config) { return std::make_unique<Xml>(config); });
})
