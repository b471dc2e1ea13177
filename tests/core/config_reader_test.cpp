#include "core/config_reader.h"

#include <gmock/gmock.h>

namespace {
using namespace gateway;
using testing::ElementsAre;
using testing::HasSubstr;

std::vector<std::string> findingsOf(std::string_view text) {
    Findings findings;
    parseConfig(text, "a.yaml", findings);
    std::vector<std::string> texts;
    for (const Finding& finding : findings.all())
        texts.push_back(finding.where.text() + ": " + finding.text);
    return texts;
}

const ConfigNode& at(const ConfigNode& node, std::string_view key) {
    for (const auto& [name, value] : node.items)
        if (name == key) return value;
    throw std::runtime_error("no key " + std::string(key));
}

TEST(ConfigReader, GivesThePlaceOfEveryKeyAndValue) {
    Findings findings;
    const ConfigNode root =
        parseConfig("store: {sqlite: a.db}\nlist:\n  - one\n  - name: \"7\"\n", "a.yaml", findings);
    ASSERT_TRUE(findings.all().empty());
    EXPECT_EQ("a.yaml:1:9", at(at(root, "store"), "sqlite").keyWhere.text());
    EXPECT_EQ("a.yaml:1:17", at(at(root, "store"), "sqlite").where.text());
    const ConfigNode& list = at(root, "list");
    EXPECT_EQ("a.yaml:3:5", list.items[0].second.where.text());
    EXPECT_EQ("a.yaml:4:11", at(list.items[1].second, "name").where.text());
    EXPECT_TRUE(at(list.items[1].second, "name").quoted);
    EXPECT_FALSE(list.items[0].second.quoted);
}

TEST(ConfigReader, CountsCharactersAsAnEditorDoes) {
    Findings findings;
    const ConfigNode root = parseConfig("{été: ça, b: 1}", "a.yaml", findings);
    EXPECT_EQ("a.yaml:1:11", at(root, "b").keyWhere.text());
}

TEST(ConfigReader, RefusesARepeatedKeyAndKeepsTheFirst) {
    Findings findings;
    const ConfigNode root = parseConfig("a: 1\nb:\n  c: 1\n  c: 2\na: 3\n", "a.yaml", findings);
    ASSERT_EQ(2u, findings.errors());
    EXPECT_EQ("a.yaml:4:3", findings.all()[0].where.text());
    EXPECT_THAT(findings.all()[0].text, HasSubstr("'c' stands here already, at line 3"));
    EXPECT_EQ("a.yaml:5:1", findings.all()[1].where.text());
    EXPECT_EQ("1", at(root, "a").text);
}

TEST(ConfigReader, RefusesWhatReadersUnderstandDifferently) {
    EXPECT_THAT(findingsOf("a: &x 1\nb: *x\n"),
                ElementsAre(HasSubstr("a.yaml:1:4: anchors"), HasSubstr("a.yaml:2:4: aliases")));
    EXPECT_THAT(findingsOf("a: !!int 1\n"), ElementsAre(HasSubstr("a.yaml:1:4: tags")));
    EXPECT_THAT(findingsOf("a: 1\n---\nb: 2\n"), ElementsAre(HasSubstr("more than one document")));
    EXPECT_THAT(findingsOf("? [a, b]\n: 1\n"), ElementsAre(HasSubstr("a key is one word")));
    EXPECT_THAT(findingsOf("a: 1\nb: caf\xE9\n"),
                ElementsAre(HasSubstr("a.yaml:2:7: the file is not UTF-8")));
}

TEST(ConfigReader, NamesThePlaceOfASyntaxError) {
    EXPECT_THAT(findingsOf("a: 1\nb: [1, 2\nc: 3\n"),
                ElementsAre(HasSubstr("not readable as YAML")));
    EXPECT_THAT(findingsOf("a: 1\n b: 2\n"), ElementsAre(HasSubstr("a.yaml:2:")));
    EXPECT_THAT(findingsOf("a: *unknown\n"), ElementsAre(HasSubstr("a.yaml:1:")));
}

TEST(ConfigReader, SurvivesDepthAndAnEmptyFile) {
    EXPECT_FALSE(findingsOf(std::string(100'000, '[')).empty());
    EXPECT_TRUE(findingsOf("").empty());
    EXPECT_TRUE(findingsOf("# nothing but a comment\n").empty());
}

TEST(ConfigReader, ReportsAMissingFile) {
    Findings findings;
    readFile("/nonexistent/a.yaml", findings);
    ASSERT_EQ(1u, findings.errors());
    EXPECT_EQ("/nonexistent/a.yaml", findings.all()[0].where.text());
}

}  // namespace
