/// @file  The codecs "fhir", "fhir+json" and "fhir+xml" as tests of them use them.
#pragma once

#include "support/plugins.h"

class FhirCodec : public testing::Test {
protected:
    gateway::Document decode(std::string text) {
        issues_ = {};
        return codec_->decode(gateway::Bytes(std::move(text)), issues_);
    }
    std::string encode(const gateway::Document& document) { return encode(*codec_, document); }
    /// Its issues are those of issues().
    std::string encode(const gateway::Codec& codec, const gateway::Document& document) {
        gateway::Sink out;
        issues_ = {};
        codec.encode(document, out, issues_);
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
        return refusalOf([&] { decode(text); });
    }
    template <class Call>
    static std::string refusalOf(const Call& call) {
        try {
            call();
        } catch (const gateway::Error& error) {
            return std::string(gateway::toText(error.fault)) + " at " + error.where;
        }
        return "accepted";
    }
    std::string asXml(const std::string& json) { return encode(*xml_, decode(json)); }
    std::string asJson(const std::string& xml) { return encode(*json_, decode(xml)); }

    support::Plugins plugins_{{"codec_fhir", "codec_json"}};
    std::unique_ptr<gateway::Codec> codec_ = plugins_.codec("fhir");
    std::unique_ptr<gateway::Codec> json_ = plugins_.codec("fhir+json");
    std::unique_ptr<gateway::Codec> xml_ = plugins_.codec("fhir+xml");
    gateway::Issues issues_;
};
