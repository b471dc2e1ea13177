/// @file  The codec "fhir" as tests of it use it.
#pragma once

#include "support/plugins.h"

class FhirCodec : public testing::Test {
protected:
    gateway::Document decode(std::string text) {
        issues_ = {};
        return codec_->decode(gateway::Bytes(std::move(text)), issues_);
    }
    std::string encode(const gateway::Document& document) {
        gateway::Sink out;
        gateway::Issues issues;
        codec_->encode(document, out, issues);
        return out.text();
    }
    /// The same tree, but made by a map: written anew.
    static gateway::Document copyOf(const gateway::Document& document) {
        const gateway::Node root = document.root();
        gateway::Builder tree(root.name());
        tree.type(tree.root(), tree.intern(root.type()));
        for (const gateway::Node child : root.children())
            tree.copy(tree.root(), tree.intern(child.name()), child);
        return tree.finish();
    }
    std::string rewritten(const std::string& text) { return encode(copyOf(decode(text))); }
    /// "place: what" of each issue of the last decode.
    std::vector<std::string> issues() const {
        std::vector<std::string> all;
        for (const gateway::Issue& issue : issues_.all())
            all.push_back(issue.where + ": " + issue.text.en);
        return all;
    }
    /// "fault at place" of a text that is refused.
    std::string refusal(const std::string& text) {
        try {
            decode(text);
        } catch (const gateway::Error& error) {
            return std::string(gateway::toText(error.fault)) + " at " + error.where;
        }
        return "accepted";
    }

    support::Plugins plugins_{{"codec_fhir", "codec_json"}};
    std::unique_ptr<gateway::Codec> codec_ = plugins_.codec("fhir");
    gateway::Issues issues_;
};
