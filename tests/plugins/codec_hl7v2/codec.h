/// @file  The codec as the tests use it: through the library that is shipped.
#pragma once

#include <optional>
#include <string>

#include "support/plugins.h"

class Hl7v2Test : public testing::Test {
protected:
    using Options = std::vector<std::pair<std::string, std::string>>;

    void use(const Options& options) {
        std::vector<std::pair<std::string, gateway::ConfigNode>> items;
        for (const auto& [key, value] : options) items.emplace_back(key, support::scalar(value));
        codec_ = plugins_.codec("hl7v2", support::map(std::move(items)));
    }

    gateway::Document decode(const std::string& text) {
        issues_ = {};
        return codec_->decode(gateway::Bytes::copy(text), issues_);
    }
    std::string encode(const gateway::Document& document) {
        gateway::Sink out;
        codec_->encode(document, out, issues_);
        return out.text();
    }
    /// The same tree without its source: what encode() must write from the nodes alone.
    static gateway::Document rebuilt(const gateway::Document& document) {
        gateway::Builder tree(document.root().name());
        for (const gateway::Node child : document.root().children())
            tree.copy(tree.root(), child.nameOf(), child);
        return tree.finish();
    }
    std::string rewritten(const std::string& text) { return encode(rebuilt(decode(text))); }

    struct Failure {
        gateway::Fault fault;
        std::string where, what;
    };
    template <class Work>
    static std::optional<Failure> failureOf(Work work) {
        try {
            work();
        } catch (const gateway::Error& error) {
            return Failure{error.fault, error.where, error.what()};
        }
        return {};
    }
    std::optional<Failure> refusal(const std::string& text) {
        return failureOf([&] { decode(text); });
    }
    std::vector<std::string> warnings() const {
        std::vector<std::string> places;
        for (const gateway::Issue& issue : issues_.all()) places.push_back(issue.where);
        return places;
    }
    /// What is written after `change` was made to the decoded message.
    template <class Change>
    std::string edited(const std::string& text, Change change) {
        gateway::Builder tree(decode(text));
        change(tree);
        return encode(tree.finish());
    }
    /// "PID(3(1=A 4(1=B)) 5=C)" of what stands below a node, without marks; null is "!".
    static std::string values(gateway::Node node) {
        std::string text;
        for (const gateway::Node child : node.children()) {
            if (child.name().starts_with('_')) continue;
            text += " " + std::string(child.name()) + (child.isNull() ? "!" : "");
            if (child.hasText()) text += "=" + std::string(child.text());
            if (child.firstChild()) text += "(" + values(child) + ")";
        }
        return text;
    }
    /// The node at "PID.3.1": the first of each name.
    static gateway::Node at(const gateway::Document& document, const std::string& path) {
        return at(document.root(), path);
    }
    static gateway::Node at(gateway::Node node, const std::string& path) {
        for (std::size_t from = 0; node && from <= path.size();) {
            const std::size_t end = std::min(path.find('.', from), path.size());
            node = node.child(std::string_view(path).substr(from, end - from));
            from = end + 1;
        }
        return node;
    }

    support::Plugins plugins_{{"codec_hl7v2"}};
    std::unique_ptr<gateway::Codec> codec_ = plugins_.codec("hl7v2");
    gateway::Issues issues_;
};
