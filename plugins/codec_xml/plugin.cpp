/// Codec "xml": any XML text as a tree, see common/xml/tree_reader.h; what its elements mean is for
/// the maps.
/// Options: model (text, default the name of the root): type of the root node, and of the message;
///            a file NAME.json, or mappings/**/models/NAME.json of the configuration, is its
///            logical model (common/logical/model.h);
///          schema (a file): an XML schema, XSD 1.0; what it includes lies beside it;
///          check (none; model, schema: of what is read, and of what is written unless it stands as
///            it was read; shape in common/check/check.h);
///          root (text): name of the root element that is written, when a map made the tree;
///          namespace (text): of the root element that is written, when its tree does not say one;
///          encoding (default UTF-8; ISO-8859-1, ISO-8859-15, windows-1252): of what is written.
///            What is read says its own: those, US-ASCII and UTF-16.
#include "gateway/plugin.h"

#include "common/logical/native.h"
#include "common/xml/schema.h"
#include "common/xml/tree_reader.h"
#include "common/xml/tree_writer.h"

namespace {
using namespace gateway;

const Name kFormat = Name::permanent("xml");

/// A tree against a schema, as the text that it is, or becomes.
class SchemaChecker final : public Checker {
public:
    explicit SchemaChecker(const std::string& file) : schema_(file) {}

    void check(const Document& tree, Issues& issues) const override {
        if (tree.untouched(kFormat)) {
            const auto utf8 = xml::toUtf8(tree.source().view());
            schema_.check(utf8 ? *utf8 : tree.source().view(), issues);
            return;
        }
        Sink written;
        text::Out pieces(written);
        xml::TreeWriter(pieces).document(tree.root(), "UTF-8");
        pieces.flush();
        checkText(written.text(), issues);
    }
    void checkText(std::string_view utf8, Issues& issues) const { schema_.check(utf8, issues); }

private:
    const xml::Schema schema_;
};

/// In an export an attribute that says nothing counts as absent, as an empty cell of CSV does.
class Reader final : public xml::TreeReader {
public:
    using TreeReader::TreeReader;

private:
    Naming attribute(Known, const xml::Attribute& attribute) override {
        Naming naming;
        naming.skip = attribute.value.empty();
        return naming;
    }
};

class Xml final : public Codec {
public:
    explicit Xml(Config& config)
        : model_(config, "", "schema"),
          schema_(schemaOf(config)),
          root_(config.text("root", "")),
          space_(config.text("namespace", "")),
          encoding_(
              config.choice("encoding", {"UTF-8", "ISO-8859-1", "ISO-8859-15", "windows-1252"})) {}

    Document decode(Bytes body, Issues& issues) const override {
        Builder tree(body, "xml", limits());
        tree.format(kFormat);
        xml::readTree<Reader>(body, tree);
        if (!model_.name().empty()) tree.type(tree.root(), tree.intern(model_.name()));
        Document document = tree.finish(true);
        model_.judge(document, issues);
        if (model_.onOwn() != check::OnError::ignore && schema_) {
            Issues found;
            schema_->check(document, found);
            judge(found, issues);
        }
        return document;
    }

    Envelope envelope(const Document& document) const override {
        Envelope envelope;
        envelope.type = model_.name().empty() ? document.root().name() : model_.name();
        return envelope;
    }

    void encode(const Document& document, Sink& out, Issues& issues) const override {
        if (document.untouched(kFormat)) {
            out << document.source();
            return;
        }
        model_.judge(document, issues);
        Sink made;
        text::Out pieces(made);
        const bool own = document.format() == kFormat || root_.empty();
        xml::TreeWriter(pieces, space_)
            .document(document.root(), encoding_, own ? std::string_view{} : root_);
        pieces.flush();
        if (model_.onOwn() != check::OnError::ignore && schema_) {
            Issues found;
            schema_->checkText(made.text(), found);
            judge(found, issues);
        }
        out << xml::fromUtf8(std::string(made.text()), encoding_);
    }

    /// How prefixes were declared and where a schema lies is for XML alone.
    bool structural(Node node) const override {
        return node.name().starts_with("@xmlns") || node.name().starts_with("@xsi:");
    }
    const Checker* checker() const override { return schema_ ? schema_.get() : model_.checker(); }
    std::string mediaType() const override { return "application/xml"; }
    std::string extension() const override { return "xml"; }

private:
    static std::unique_ptr<const SchemaChecker> schemaOf(Config& config) {
        if (!config.has("schema")) return nullptr;
        const std::string file = config.file("schema");
        try {
            if (!file.empty()) return std::make_unique<const SchemaChecker>(file);
        } catch (const Error& error) {
            config.findings().error(config.where("schema"),
                                    say("{0}: {1}", "{0} : {1}", {error.where, error.reason()}));
        }
        return nullptr;
    }
    void judge(const Issues& found, Issues& issues) const {
        check::judge(found, model_.onOwn(), issues, [](const Issue&) { return Fault::rejected; });
    }
    static TreeLimits limits() {
        TreeLimits limits;
        limits.depth = xml::kMostDepth + 2;
        return limits;
    }

    const logical::NativeModel model_;
    const std::unique_ptr<const SchemaChecker> schema_;
    const std::string root_, space_, encoding_;
};
}  // namespace

GATEWAY_PLUGIN("codec_xml", "1.0.0", [](gateway::Registry& registry) {
    registry.codec("xml", [](gateway::Config& config) { return std::make_unique<Xml>(config); });
})
