/// Codec "json": any JSON text as the tree it is; what its members mean is for the maps.
/// Options: model (text, default json): name and type of the root node, and of the message; a file
///            NAME.json, or mappings/**/models/NAME.json of the configuration, is its logical model
///            (common/logical/model.h): what is written has its arrays, numbers and booleans;
///          check (none; model: of what is read, and of what is written unless it stands as it was
///            read; shape in common/check/check.h);
///          lines (flag, default false): the body is NDJSON, each line a message;
///          depth (1 to 2048, default 512): the deepest nesting that is read.
#include "gateway/plugin.h"

#include <algorithm>

#include "common/json/json.h"
#include "common/logical/native.h"

namespace {
using namespace gateway;

const Name kFormat = Name::permanent("json");

class Json final : public Codec {
public:
    explicit Json(Config& config)
        : model_(config, "json"),
          lines_(config.flag("lines", false)),
          depth_(static_cast<std::uint32_t>(
              config.integer("depth", json::kDepth, 1, json::kMostDepth))) {}

    std::vector<Span> split(const Bytes& body, Issues& issues) const override {
        return lines_ ? linesOf(body.view()) : Codec::split(body, issues);
    }

    Document decode(Bytes body, Issues& issues) const override {
        TreeLimits limits;
        limits.depth = depth_;
        Builder tree(body, model_.name(), limits);
        tree.type(tree.root(), tree.intern(model_.name()));
        tree.format(kFormat);
        json::read(body.view(), tree, depth_);
        Document document = tree.finish(true);
        model_.judge(document, issues);
        return document;
    }

    Envelope envelope(const Document&) const override {
        Envelope envelope;
        envelope.type = model_.name();
        return envelope;
    }

    void encode(const Document& document, Sink& out, Issues& issues) const override {
        if (document.untouched(kFormat)) {
            out << document.source();
            return;
        }
        model_.judge(document, issues);
        if (model_.type() == nullptr)
            json::write(out, document.root());
        else
            json::write(out, logical::typed(document, *model_.type()).root());
    }

    const Checker* checker() const override { return model_.checker(); }

    std::string mediaType() const override { return "application/json"; }
    std::string extension() const override { return "json"; }
    /// What names the type of a document, by FHIR's custom and by JSON Schema's.
    bool structural(Node node) const override {
        const Node parent = node.parent();
        return parent && !parent.parent() &&
               (node.name() == "resourceType" || node.name() == "$schema");
    }

private:
    static std::vector<Span> linesOf(std::string_view text) {
        std::vector<Span> lines;
        for (std::size_t at = 0; at < text.size();) {
            const std::size_t end = std::min(text.find('\n', at), text.size());
            if (text.substr(at, end - at).find_first_not_of(" \t\r") != text.npos)
                lines.push_back({static_cast<std::uint32_t>(at), static_cast<std::uint32_t>(end)});
            at = end + 1;
        }
        return lines;
    }

    const logical::NativeModel model_;
    const bool lines_;
    const std::uint32_t depth_;
};
}  // namespace

GATEWAY_PLUGIN("codec_json", "1.0.0", [](gateway::Registry& registry) {
    registry.codec("json", [](gateway::Config& config) { return std::make_unique<Json>(config); });
})
