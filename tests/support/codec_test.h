/// @file  One codec, loaded as the host loads it, as tests of it use it.
#pragma once

#include "support/plugins.h"

namespace support {

class CodecTest : public testing::Test {
protected:
    CodecTest(const std::string& plugin, const std::string& codec)
        : plugins_({plugin}), name_(codec), codec_(plugins_.codec(codec)) {}

    /// The codec with options.
    std::unique_ptr<gateway::Codec> with(const gateway::ConfigNode& options) {
        return plugins_.codec(name_, options);
    }
    static gateway::Document decode(const gateway::Codec& codec, std::string text,
                                    gateway::Issues& issues) {
        return codec.decode(gateway::Bytes(std::move(text)), issues);
    }
    gateway::Document decode(std::string text) {
        issues_ = {};
        return decode(*codec_, std::move(text), issues_);
    }
    std::string encode(const gateway::Codec& codec, const gateway::Document& document) {
        gateway::Sink out;
        codec.encode(document, out, issues_);
        return out.text();
    }
    std::string encode(const gateway::Document& document) { return encode(*codec_, document); }
    /// The same tree, but made by a map: written anew.
    static gateway::Document copyOf(const gateway::Document& document) {
        const gateway::Node root = document.root();
        gateway::Builder tree(root.name(), {2048, 8'000'000});
        if (!root.type().empty()) tree.type(tree.root(), tree.intern(root.type()));
        if (root.hasText()) tree.text(tree.root(), root.text(), root.kind());
        for (const gateway::Node child : root.children())
            tree.copy(tree.root(), tree.intern(child.name()), child);
        return tree.finish();
    }
    std::string rewritten(std::string text) { return encode(copyOf(decode(std::move(text)))); }
    /// "place: words" of what refuses to read, or to write; empty when nothing does.
    template <class Call>
    static std::string refusal(Call call) {
        try {
            call();
        } catch (const gateway::Error& error) {
            EXPECT_FALSE(error.fr.empty()) << "no French for: " << error.what();
            return error.where + ": " + error.what();
        }
        return {};
    }

    Plugins plugins_;
    const std::string name_;
    const std::unique_ptr<gateway::Codec> codec_;
    gateway::Issues issues_;
};

}  // namespace support
