/// @file  The codec "json" as tests of it use it.
#pragma once

#include "support/plugins.h"

class JsonCodec : public testing::Test {
protected:
    gateway::Document decode(std::string text) {
        gateway::Issues issues;
        return codec_->decode(gateway::Bytes(std::move(text)), issues);
    }
    std::string encode(const gateway::Document& document) {
        gateway::Sink out;
        gateway::Issues issues;
        codec_->encode(document, out, issues);
        return out.text();
    }
    /// The same tree, but made by a map: written anew.
    static gateway::Document copyOf(const gateway::Document& document) {
        gateway::Builder tree(document.root().name());
        const gateway::Node root = document.root();
        tree.kind(tree.root(), root.kind());
        if (root.hasText()) tree.text(tree.root(), root.text(), root.kind());
        for (const gateway::Node child : root.children())
            tree.copy(tree.root(), tree.intern(child.name()), child);
        return tree.finish();
    }
    /// Where the text is refused, and what the error says.
    std::string refusal(const std::string& text) {
        try {
            decode(text);
        } catch (const gateway::Error& error) {
            EXPECT_EQ(gateway::Fault::malformed, error.fault);
            return error.where;
        }
        return "accepted";
    }

    support::Plugins plugins_{{"codec_json"}};
    std::unique_ptr<gateway::Codec> codec_ = plugins_.codec("json");
};
