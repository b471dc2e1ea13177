/// @file  Maps as tests of them use them: written to a folder, compiled against FHIR R4, run on
/// JSON.
#pragma once

#include <filesystem>
#include <fstream>

#include "support/plugins.h"

class FmlMaps : public testing::Test {
protected:
    FmlMaps() {
        std::string pattern = (std::filesystem::temp_directory_path() / "fml-XXXXXX").string();
        library_ = mkdtemp(pattern.data());
        context_.now = gateway::timeFromText("2025-03-18T08:42:10.000Z");
        context_.seed = "a seed";
    }
    ~FmlMaps() override { std::filesystem::remove_all(library_); }

    std::string file(const std::string& name, const std::string& text) {
        const std::filesystem::path path = std::filesystem::path(library_) / name;
        std::filesystem::create_directories(path.parent_path());
        std::ofstream(path, std::ios::binary) << text;
        return path.string();
    }

    std::unique_ptr<gateway::Transformer> compileFile(const std::string& path) {
        gateway::MapSurroundings around;
        around.library = library_;
        around.models = {fhir_->model()};
        return language_->compile(path, around, findings_);
    }

    /// "m.map:line:column: text" of each finding.
    std::vector<std::string> findings() const {
        std::vector<std::string> all;
        for (const gateway::Finding& finding : findings_.all()) {
            const std::string place = finding.where.text();
            const auto slash = place.rfind('/');
            all.push_back(place.substr(slash == place.npos ? 0 : slash + 1) + ": " + finding.text);
        }
        return all;
    }

    std::vector<std::string> findingsOf(const std::string& map) {
        findings_ = {};
        compileFile(file("m.map", map));
        return findings();
    }

    gateway::Document decode(gateway::Codec& codec, const std::string& text) {
        gateway::Issues issues;
        return codec.decode(gateway::Bytes::copy(text), issues);
    }

    gateway::Document transform(const std::string& map, const gateway::Document& source) {
        const auto compiled = compileFile(file("m.map", map));
        if (!compiled) {
            std::string text = "the map does not compile:";
            for (const std::string& finding : findings()) text += "\n  " + finding;
            throw std::runtime_error(text);
        }
        report_ = {};
        return compiled->transform(source, context_, report_);
    }

    static std::string encode(gateway::Codec& codec, const gateway::Document& document) {
        gateway::Sink out;
        gateway::Issues issues;
        codec.encode(document, out, issues);
        return out.text();
    }

    /// JSON in, through the map, FHIR or other JSON out, on one line.
    std::string toFhir(const std::string& map, const std::string& json) {
        return encode(*fhir_, transform(map, decode(*json_, json)));
    }
    std::string toJson(const std::string& map, const std::string& json) {
        return encode(*json_, transform(map, decode(*json_, json)));
    }
    std::string fhirToFhir(const std::string& map, const std::string& resource) {
        return encode(*fhir_, transform(map, decode(*fhir_, resource)));
    }

    /// "severity where rule: text" of each issue of the last translation.
    std::vector<std::string> issues() const {
        std::vector<std::string> all;
        for (const gateway::Issue& issue : report_.issues.all())
            all.push_back(std::string(gateway::toText(issue.severity)) + " " + issue.where + " " +
                          issue.rule + ": " + issue.text.en);
        return all;
    }

    /// A map of one group over untyped trees.
    static std::string plain(const std::string& rules) {
        return "map \"urn:m\" = \"m\"\n"
               "uses \"urn:in\" alias In as source\n"
               "uses \"urn:out\" alias Out as target\n"
               "group m(source src : In, target tgt : Out) {\n" +
               rules + "\n}\n";
    }
    /// The same to a FHIR type.
    static std::string typed(const std::string& type, const std::string& rules) {
        return "map \"urn:m\" = \"m\"\n"
               "uses \"urn:in\" alias In as source\n"
               "uses \"http://hl7.org/fhir/StructureDefinition/" +
               type + "\" alias " + type +
               " as target\n"
               "group m(source src : In, target tgt : " +
               type + ") {\n" + rules + "\n}\n";
    }

    std::string library_;
    gateway::Context context_;
    gateway::Findings findings_;
    gateway::Report report_;
    support::Plugins plugins_{{"transform_fml", "codec_json", "codec_fhir", "codec_hl7v2"}};
    std::unique_ptr<gateway::MapLanguage> language_ = plugins_.language("fml");
    std::unique_ptr<gateway::Codec> json_ = plugins_.codec("json");
    std::unique_ptr<gateway::Codec> hl7v2_ = plugins_.codec("hl7v2");
    std::unique_ptr<gateway::Codec> fhir_ = plugins_.codec("fhir");
};
