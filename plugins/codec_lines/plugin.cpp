/// Codec "lines": plain text, one child node per line. The smallest whole plugin: copy it.
/// Options: ending (text, default LF).
#include "gateway/plugin.h"

namespace {
using namespace gateway;

class Lines final : public Codec {
public:
    explicit Lines(Config& config) : ending_(config.text("ending", "\n")) {}

    Document decode(Bytes body, Issues&) const override {
        Builder tree(body, "lines");
        const auto text = body.view();
        for (std::size_t at = 0; at < text.size();) {
            const auto end = text.find(ending_, at);
            if (end == text.npos)
                throw Error(Fault::malformed, "byte " + std::to_string(at),
                            {"line without ending", "ligne sans fin"});
            tree.leaf("line",
                      Span{static_cast<std::uint32_t>(at), static_cast<std::uint32_t>(end)});
            at = end + ending_.size();
        }
        return tree.finish(true);
    }

    Envelope envelope(const Document&) const override { return {}; }

    void encode(const Document& lines, Sink& out, Issues&) const override {
        for (const Node line : lines.root().children()) out << line.text() << ending_;
    }

    std::string mediaType() const override { return "text/plain"; }
    std::string extension() const override { return "txt"; }

private:
    const std::string ending_;
};
}  // namespace

GATEWAY_PLUGIN("codec_lines", "1.0.0", [](gateway::Registry& registry) {
    registry.codec("lines",
                   [](gateway::Config& config) { return std::make_unique<Lines>(config); });
})
