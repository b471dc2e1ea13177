#include <algorithm>
#include <filesystem>

#include "fhir_codec.h"

namespace {
using namespace gateway;

/// The value as text, members sorted: what it says, whatever the order.
std::string canonical(Node node) {
    if (node.isNull()) return "null";
    if (node.kind() == Kind::list) {
        std::string text = "[";
        for (const Node item : node.children()) text += canonical(item) + ",";
        return text + "]";
    }
    if (node.hasText()) return std::to_string(int(node.kind())) + ":" + std::string(node.text());
    std::map<std::string, std::string> members;
    for (const Node child : node.children())
        members[std::string(child.name()) + (child.inList() ? "[]" : "")] += canonical(child) + ",";
    std::string text = "{";
    for (auto& [name, value] : members) {
        // Both halves of a primitive are written equally long; a source may cut the nulls at the
        // end.
        while (name.starts_with("_") && value.ends_with(",null,")) value.resize(value.size() - 5);
        text += name + "=" + value;
    }
    return text + "}";
}

TEST_F(FhirCodec, ReadsAndWritesTheCorpus) {
    if (support::corpus().empty()) GTEST_SKIP() << "no corpus beside the checkout";
    const auto json = plugins_.codec("json");
    const auto meaning = [&](std::string text) {
        Issues none;
        return canonical(json->decode(Bytes(std::move(text)), none).root());
    };
    int files = 0;
    for (const char* folder : {"/fhir/r4", "/fhir/fr", "/fhir/fhirpath/input"}) {
        for (const auto& entry : std::filesystem::directory_iterator(support::corpus() + folder)) {
            if (entry.path().extension() != ".json") continue;
            SCOPED_TRACE(entry.path());
            const std::string text = support::fileText(entry.path());
            const Document first = decode(text);
            EXPECT_THAT(issues(), testing::IsEmpty());
            EXPECT_EQ(text, encode(first));
            const std::string written = encode(copyOf(first));
            EXPECT_TRUE(equalTrees(first.root(), decode(written).root()));
            EXPECT_EQ(meaning(text), meaning(written));
            ++files;
        }
    }
    EXPECT_GT(files, 25);
}

/// What a tree says, whatever the order of its elements: siblings of one name keep theirs.
std::string meaningOf(Node node) {
    std::map<std::string, std::string> members;
    for (const Node child : node.children())
        members[std::string(child.name())] += meaningOf(child) + ",";
    std::string text = std::to_string(int(node.kind())) + (node.hasText() ? ":" : "") +
                       std::string(node.text()) + "/" + std::string(node.type()) +
                       (node.inList() ? "[]{" : "{");
    for (const auto& [name, value] : members) text += name + "=" + value;
    return text + "}";
}

TEST_F(FhirCodec, TakesTheCorpusThroughXmlAndBack) {
    if (support::corpus().empty()) GTEST_SKIP() << "no corpus beside the checkout";
    int files = 0;
    for (const char* folder : {"/fhir/r4", "/fhir/fr", "/fhir/fhirpath/input"}) {
        for (const auto& entry : std::filesystem::directory_iterator(support::corpus() + folder)) {
            if (entry.path().extension() != ".json") continue;
            SCOPED_TRACE(entry.path());
            const Document first = decode(support::fileText(entry.path()));
            const std::string xml = encode(*xml_, first);
            EXPECT_THAT(issues(), testing::IsEmpty());
            const Document second = decode(xml);
            EXPECT_THAT(issues(), testing::IsEmpty());
            EXPECT_EQ("fhir+xml", second.format().text());
            EXPECT_EQ(meaningOf(first.root()), meaningOf(second.root()));
            EXPECT_EQ(meaningOf(first.root()), meaningOf(decode(encode(*json_, second)).root()));
            EXPECT_EQ(xml, encode(*xml_, copyOf(second)));
            ++files;
        }
    }
    EXPECT_GT(files, 25);
}

TEST_F(FhirCodec, TakesTheXmlOfTheCorpusThroughJsonAndBack) {
    if (support::corpus().empty()) GTEST_SKIP() << "no corpus beside the checkout";
    int files = 0;
    for (const auto& entry :
         std::filesystem::directory_iterator(support::corpus() + "/fhir/fhirpath/input")) {
        if (entry.path().extension() != ".xml") continue;
        SCOPED_TRACE(entry.path());
        const std::string text = support::fileText(entry.path());
        const Document first = decode(text);
        if (entry.path().filename() == "observation-example.xml")  // an extension after the status
            EXPECT_THAT(issues(), testing::ElementsAre(
                                      "Observation: its elements are not in the order of FHIR R4"));
        else
            EXPECT_THAT(issues(), testing::IsEmpty());
        EXPECT_EQ(text, encode(*xml_, first));
        const Document second = decode(encode(*json_, first));
        EXPECT_THAT(issues(), testing::IsEmpty());
        EXPECT_TRUE(equalTrees(first.root(), second.root()));
        const Document third = decode(encode(*xml_, second));
        EXPECT_THAT(issues(), testing::IsEmpty());
        EXPECT_EQ(meaningOf(first.root()), meaningOf(third.root()));
        ++files;
    }
    EXPECT_GE(files, 7);
}

TEST_F(FhirCodec, RefusesACorpusFileCutAnywhere) {
    if (support::corpus().empty()) GTEST_SKIP() << "no corpus beside the checkout";
    std::string text =
        support::fileText(support::corpus() + "/fhir/fr/CareTeam-cds-careteam-example.json");
    text.erase(text.find_last_of('}') + 1);
    for (std::size_t size = 0; size < text.size(); ++size)
        EXPECT_NE("accepted", refusal(text.substr(0, size))) << size;
}

}  // namespace
