/// A plugin that offers one small thing of each kind, for tests of configurations: codec "plain"
/// (options: model), listener (options: answers, tokens) and destination "wire", source "drop",
/// language "fml" (a map whose file begins with "broken" does not compile; an expression "broken"
/// neither; networks/NAME/ holds what a network has in the place of a map), policy "care_circle",
/// sender "wire", command "house keep".
#include <filesystem>
#include <fstream>
#include <iostream>

#include "gateway/plugin.h"

namespace {
using namespace gateway;

class Plain final : public Codec {
public:
    Document decode(Bytes body, Issues&) const override {
        if (body.view().starts_with("unreadable"))
            throw Error(Fault::malformed, "byte 0", "not plain");
        Builder tree(body, "plain");
        tree.leaf("text", Span{0, static_cast<std::uint32_t>(body.size())});
        return tree.finish(true);
    }
    Envelope envelope(const Document&) const override { return {}; }
    void encode(const Document& document, Sink& out, Issues&) const override {
        out << document.root().child("text").text();
    }
    std::string extension() const override { return "plain"; }
};

class Words final : public AnswerWriter {
public:
    std::optional<Bytes> write(const Bytes&, const Progress&,
                               const std::string& controlId) const override {
        return Bytes::copy("answer " + controlId);
    }
};

class Wire final : public Listener {
public:
    explicit Wire(Config& config) {
        if (config.flag("answers", false)) words_ = std::make_shared<Words>();
        if (config.flag("unavailable", false)) fails_ = true;
        address_ = config.text("listen");
        config.texts("tokens");
    }
    void serve(const SourceOptions& source, Config& options) override {
        if (options.text("path", "/") == "/taken")
            options.fail("path", "source '" + source.name + "': taken");
    }
    void start(Gateway&) override {
        if (fails_) throw Error(Fault::unavailable, address_, "in use");
    }
    void stop(Milliseconds) noexcept override {}
    std::string address() const override { return address_; }
    std::shared_ptr<const AnswerWriter> answerWriter() const override { return words_; }

private:
    std::string address_;
    std::shared_ptr<const Words> words_;
    bool fails_ = false;
};

class Drop final : public Source {
public:
    explicit Drop(Config& config) {
        config.text("name");
        config.text("path");
    }
    void start(Gateway&) override {}
    void stop(Milliseconds) noexcept override {}
};

class WireOut final : public Destination {
public:
    explicit WireOut(Config& config)
        : certificates_{{config.text("certificate", "none"), Time(Milliseconds(1))}} {
        config.text("host");
        if (!config.flag("box", false)) return;
        offer_ = {config.duration("unread_after", Milliseconds(9)), config.text("then", "")};
    }
    Answer deliver(const Delivery&, Time) override { return {{}, "taken"}; }
    std::optional<Offering> offers() const override { return offer_; }
    std::vector<Certificate> certificates() const override { return certificates_; }

private:
    const std::vector<Certificate> certificates_;
    std::optional<Offering> offer_;
};

class WireSender final : public Sender {
public:
    explicit WireSender(Config& config) : address_(config.text("address")) {}
    Answer send(const Bytes& body, const std::string& mediaType, Time) override {
        if (body.view().starts_with("unwanted"))
            throw Refused(address_, "refused", {Bytes::copy("no"), "NO"});
        return {Bytes::copy(mediaType + " of " + std::to_string(body.size()) + " to " + address_),
                "OK"};
    }

private:
    const std::string address_;
};

class Unchanged final : public Transformer {
public:
    explicit Unchanged(std::string word) : word_(std::move(word)), loses_(word_ == "loses") {}
    Document transform(const Document& in, const Context& with, Report& report) const override {
        if (loses_) report.issues.add(Severity::error, "/text", {"lost", "perdu"});
        Builder tree("plain");
        tree.text(tree.add(tree.root(), "text"),
                  std::string(in.root().child("text").text()) + std::string(with.get("tail")));
        return tree.finish();
    }
    std::string_view version() const override { return word_; }

private:
    const std::string word_;
    const bool loses_;
};

class Yes final : public Expression {
public:
    bool holds(const Document&, const Context&) const override { return true; }
    std::vector<std::string> texts(const Document&, const Context&) const override { return {"x"}; }
};

class Language final : public MapLanguage {
public:
    static std::string ofNetwork(const std::string& file, const MapSurroundings& around) {
        const std::filesystem::path name = std::filesystem::path(file).filename();
        const std::string other =
            around.library + "/networks/" + around.network + "/" + name.string();
        return !around.network.empty() && std::filesystem::exists(other) ? other : "";
    }
    bool overrides(const std::string& file, const MapSurroundings& around) const override {
        return !ofNetwork(file, around).empty();
    }
    std::unique_ptr<Transformer> compile(const std::string& map, const MapSurroundings& around,
                                         Findings& findings) const override {
        const std::string changed = ofNetwork(map, around), file = changed.empty() ? map : changed;
        std::ifstream in(file);
        std::string word;
        in >> word;
        if (word != "broken") return std::make_unique<Unchanged>(word);
        findings.error({file, 1, 1}, {"expected a map", "attendu une transformation"});
        return nullptr;
    }
    std::string locate(std::string_view name, const std::string& library) const override {
        const std::string file = library + "/" + std::string(name) + ".map";
        return std::filesystem::exists(file) ? file : "";
    }
    std::unique_ptr<Expression> expression(std::string_view text, const Place& where,
                                           const MapSurroundings&,
                                           Findings& findings) const override {
        if (text != "broken") return std::make_unique<Yes>();
        findings.error(where, {"expected an expression", "attendu une expression"});
        return nullptr;
    }
};

class Circle final : public Policy {
public:
    explicit Circle(Config& config) {
        Config filters = config.section("filters");
        for (const auto& [category, map] : filters.node().items) filters.text(category);
    }
    Decisions decide(const Document&, const Context&, const Directory&,
                     const Register&) const override {
        return {};
    }
    Decision recheck(const DeliveryHead&, const Directory&, const Register&) const override {
        return {};
    }
};

template <class T>
std::unique_ptr<T> madeFrom(Config& config) {
    return std::make_unique<T>(config);
}

int keep(std::span<const std::string> words, CommandHost&) {
    for (const std::string& word : words) std::cout << "[" << word << "]\n";
    return words.empty() ? 2 : 0;
}

}  // namespace

GATEWAY_PLUGIN("house", "1.2.3", [](gateway::Registry& registry) {
    registry.codec("plain", [](Config& config) {
        config.text("model", "");
        return std::make_unique<Plain>();
    });
    registry.listener("wire", &madeFrom<Wire>);
    registry.source("drop", &madeFrom<Drop>);
    registry.destination("wire", &madeFrom<WireOut>);
    registry.language("fml", [](Config&) { return std::make_unique<Language>(); });
    registry.policy("care_circle", &madeFrom<Circle>);
    registry.sender("wire", &madeFrom<WireSender>);
    registry.command({"house keep", "prints its words", &keep});
})
