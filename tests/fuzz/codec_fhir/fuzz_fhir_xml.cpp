// Whatever is read from XML is written back byte for byte; what is read without issues is written
// anew as XML and as JSON, and both read as an equal tree. The same bytes as a narrative are
// refused or come back as they are.
#include <cstdint>
#include <cstdlib>
#include <map>
#include <optional>

#include "gateway/plugin.h"

extern "C" const gateway::GatewayPlugin gatewayPlugin;

namespace {
using namespace gateway;

class Codecs final : public Registry {
public:
    Codecs() { gatewayPlugin.load(*this); }
    const Codec& operator[](const std::string& name) const { return *made_.at(name); }

    void codec(const std::string& name, Make<Codec> make) override {
        ConfigNode none;
        none.kind = ConfigNode::Kind::map;
        Findings findings;
        Config config(none, "/", findings);
        made_[name] = make(config);
    }
    void source(const std::string&, Make<Source>) override {}
    void listener(const std::string&, Make<Listener>) override {}
    void destination(const std::string&, Make<Destination>) override {}
    void language(const std::string&, Make<MapLanguage>) override {}
    void policy(const std::string&, Make<Policy>) override {}
    void store(const std::string&, Make<Store>) override {}
    void sender(const std::string&, Make<Sender>) override {}
    void command(Command) override {}

private:
    std::map<std::string, std::unique_ptr<Codec>> made_;
};

void require(bool holds) {
    if (!holds) std::abort();
}

Bytes written(const Codec& codec, const Document& document, Issues& issues) {
    Sink out;
    codec.encode(document, out, issues);
    return out.take();
}

Document copyOf(Node root) {
    Builder tree(root.name());
    tree.type(tree.root(), tree.intern(root.type()));
    for (const Node child : root.children())
        tree.copy(tree.root(), tree.intern(child.name()), child);
    return tree.finish();
}

void trip(const Codec& codec, const Document& document) {
    Issues issues;
    const Document again = codec.decode(written(codec, document, issues), issues);
    require(issues.empty() && equalTrees(document.root(), again.root()));
}

void resource(const Codecs& codecs, const Bytes& body) {
    Issues issues, none;
    std::optional<Document> read;
    try {
        read = codecs["fhir+xml"].decode(body, issues);
    } catch (const Error&) {
        return;
    }
    codecs["fhir+xml"].envelope(*read);
    require(written(codecs["fhir+xml"], *read, none).view() == body.view());
    Node last = read->root();
    while (last.firstChild()) last = last.firstChild();
    require(!last.path().empty() && last.where().end <= body.size());
    if (!issues.empty()) return;
    const Document copy = copyOf(read->root());
    trip(codecs["fhir+xml"], copy);
    trip(codecs["fhir+json"], copy);
}

/// JSON to XML to JSON; XML puts elements in order, so trees are compared from there on.
void crossing(const Codecs& codecs, const Bytes& body) {
    Issues issues;
    Bytes xml;
    try {
        const Document read = codecs["fhir+json"].decode(body, issues);
        xml = written(codecs["fhir+xml"], read, issues);
    } catch (const Error&) {
        return;
    }
    if (!issues.empty()) return;
    const Document second = codecs["fhir+xml"].decode(xml, issues);
    require(issues.empty());
    trip(codecs["fhir+json"], second);
    require(written(codecs["fhir+xml"], copyOf(second.root()), issues).view() == xml.view());
}

void narrative(const Codecs& codecs, std::string_view div) {
    Builder tree("Patient");
    tree.text(tree.add(tree.add(tree.root(), "text"), "div"), div);
    const Document made = tree.finish();
    Issues issues;
    Bytes xml;
    try {
        xml = written(codecs["fhir+xml"], made, issues);
    } catch (const Error&) {
        return;
    }
    const bool asItIs = issues.empty();
    const Document read = codecs["fhir+xml"].decode(xml, issues);
    if (asItIs) require(equalTrees(made.root(), read.root()));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const Codecs& codecs = *new Codecs;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    resource(codecs, Bytes::copy(text));
    crossing(codecs, Bytes::copy(text));
    narrative(codecs, text);
    return 0;
}
