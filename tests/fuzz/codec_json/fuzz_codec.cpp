// Whatever is read is written back byte for byte; a copy of its tree, written anew, reads as an
// equal tree; its check, if it has one, tells places.
#include <cstdint>
#include <cstdlib>
#include <optional>

#include "gateway/plugin.h"

extern "C" const gateway::GatewayPlugin gatewayPlugin;

namespace {
using namespace gateway;

/// Takes the first codec that the plugin offers.
class Taker final : public Registry {
public:
    void codec(const std::string&, Make<Codec> make) override {
        ConfigNode none;
        none.kind = ConfigNode::Kind::map;
        Findings findings;
        Config config(none, "/", findings);
        if (!taken) taken = make(config);
    }
    void source(const std::string&, Make<Source>) override {}
    void listener(const std::string&, Make<Listener>) override {}
    void destination(const std::string&, Make<Destination>) override {}
    void language(const std::string&, Make<MapLanguage>) override {}
    void policy(const std::string&, Make<Policy>) override {}
    void store(const std::string&, Make<Store>) override {}
    void sender(const std::string&, Make<Sender>) override {}
    void command(Command) override {}

    std::unique_ptr<Codec> taken;
};

std::unique_ptr<Codec> codecOfPlugin() {
    Taker taker;
    gatewayPlugin.load(taker);
    return std::move(taker.taken);
}

Document copyOf(Node root) {
    Builder tree(root.name());
    tree.kind(tree.root(), root.kind());
    tree.type(tree.root(), tree.intern(root.type()));
    if (root.hasText()) tree.text(tree.root(), root.text(), root.kind());
    for (const Node child : root.children())
        tree.copy(tree.root(), tree.intern(child.name()), child);
    return tree.finish();
}

void require(bool holds) {
    if (!holds) std::abort();
}

Bytes written(const Codec& codec, const Document& document) {
    Sink out;
    gateway::Issues issues;
    codec.encode(document, out, issues);
    return out.take();
}

void check(const Codec& codec, const Bytes& body, const Document& first, const Issues& issues) {
    codec.envelope(first);
    require(written(codec, first).view() == body.view());
    Node last = first.root();
    while (last.firstChild()) last = last.firstChild();
    require(!last.path().empty());
    Issues found;
    if (codec.checker() != nullptr) codec.checker()->check(first, found);
    for (const Issue& issue : found.all()) require(!issue.where.empty());
    const Document copy = copyOf(first.root());
    Bytes again;
    try {
        again = written(codec, copy);
    } catch (const Error&) {
        require(!issues.empty());  // only what was reported may be refused
        return;
    }
    Issues more;
    const Document second = codec.decode(again, more);
#ifdef CODEC_ARRANGES
    require(written(codec, copyOf(second.root())).view() == again.view());
#else
    if (issues.empty()) require(more.empty() && equalTrees(first.root(), second.root()));
#endif
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const std::unique_ptr<Codec> codec = codecOfPlugin();
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const Bytes body = Bytes::copy(text);
    Issues issues;
    std::optional<Document> first;
    try {
        first = codec->decode(body, issues);
    } catch (const Error&) {
        return 0;
    }
    check(*codec, body, *first, issues);
    return 0;
}
