#include <filesystem>

#include "gateway/pack.h"
#include "gateway/parts.h"
#include "support/codec_test.h"
#include "support/gateway_process.h"
#include "support/places.h"

namespace {
using namespace gateway;
using support::map;
using support::scalar;
using testing::HasSubstr;

class CsvCodec : public support::CodecTest {
protected:
    CsvCodec() : CodecTest("codec_csv", "csv") {}
    static std::string pack(std::initializer_list<std::pair<const char*, const char*>> files) {
        std::vector<PackedFile> all;
        for (const auto& [name, content] : files) all.push_back({name, Bytes::copy(content)});
        return std::string(packed(std::move(all)).view());
    }
    std::vector<std::string> places() const {
        std::vector<std::string> all;
        for (const Issue& issue : issues_.all()) all.push_back(issue.where);
        return all;
    }
};

TEST_F(CsvCodec, GivesEachRowAChildAndEachColumnAChildOfIt) {
    const Document file = decode("NUM;NOM\r\n01;\"Ana \"\"A\"\"\"\r\n\r\n2;\r\n");
    const Node first = file.root().firstChild();
    EXPECT_EQ("csv", file.root().name());
    EXPECT_EQ("row", first.name());
    EXPECT_TRUE(first.inList());
    EXPECT_EQ("01", first.child("NUM").text()) << "a leading zero stays";
    EXPECT_EQ(Kind::text, first.child("NUM").kind());
    EXPECT_EQ("Ana \"A\"", first.child("NOM").text());
    EXPECT_TRUE(first.nextSibling().child("NOM").isNull());
    EXPECT_EQ("/row[1]/NUM", first.nextSibling().child("NUM").path());
    EXPECT_FALSE(first.nextSibling().nextSibling());
    EXPECT_TRUE(issues_.empty());
}

TEST_F(CsvCodec, FindsSeparatorAndCharset) {
    EXPECT_EQ("2", decode("A,B\n1,2\n").root().firstChild().child("B").text());
    EXPECT_EQ("2", decode("A\tB\n1\t2\n").root().firstChild().child("B").text());
    EXPECT_EQ("2", decode("\xEF\xBB\xBF"
                          "A;B\n1;2\n")
                       .root()
                       .firstChild()
                       .child("B")
                       .text());
    EXPECT_EQ("1", decode("\xEF\xBB\xBF"
                          "A;B\n1;2\n")
                       .root()
                       .firstChild()
                       .child("A")
                       .text());
    EXPECT_EQ("hébété", decode("A;B\n1;h\xE9"
                               "b\xE9t\xE9\n")
                            .root()
                            .firstChild()
                            .child("B")
                            .text());
    const auto latin9 = with(map({{"charset", scalar("8859/15")}}));
    Issues issues;
    EXPECT_EQ("\xC5\x93",
              decode(*latin9, "A\n\xBD\n", issues).root().firstChild().child("A").text());
}

TEST_F(CsvCodec, KnowsWhereEachCellStoodInTheBytes) {
    const std::string body = "A;B\r\n\xE9\xE9;\"x\"\r\n";
    const Document file = decode(body);
    const Node row = file.root().firstChild();
    const auto at = [&](Node node) { return body.substr(node.where().begin, node.where().size()); };
    EXPECT_EQ("\xE9\xE9", at(row.child("A")));
    EXPECT_EQ("\"x\"", at(row.child("B")));
    EXPECT_EQ("\xE9\xE9;\"x\"", at(row));
}

TEST_F(CsvCodec, NamesRowsThatAreTooShortOrTooLong) {
    const Document file = decode("A;B;C\n1;2\n1;2;3;4\n1;2;3;\n");
    EXPECT_THAT(places(), testing::ElementsAre("line 2, column 1", "line 3, column 7"));
    EXPECT_EQ(Severity::warning, issues_.all()[0].severity);
    EXPECT_EQ(Severity::error, issues_.all()[1].severity);
    EXPECT_EQ("4", file.root().firstChild().nextSibling().child("column4").text());
}

TEST_F(CsvCodec, RefusesWhatIsNoTableAndSaysWhere) {
    EXPECT_THAT(refusal([&] { decode("A;B\n1;\"x"); }),
                HasSubstr("line 2, column 3: found a quote"));
    EXPECT_THAT(refusal([&] { decode("A;B\n1;\"x\"y;\n"); }), HasSubstr("line 2, column 6"));
    EXPECT_THAT(refusal([&] { decode(""); }), HasSubstr("expected the names of columns"));
    EXPECT_THAT(refusal([&] { decode("{\"a\":1}"); }), HasSubstr("another format"));
    EXPECT_THAT(refusal([&] {
                    decode(pack({{"a.csv", "A\n\"x"}}));
                }),
                HasSubstr("a.csv, line 2, column 1"));
    EXPECT_THAT(refusal([&] {
                    decode(pack({{"a.csv", "A\n1\n"}}).substr(0, 700));
                }),
                HasSubstr("cut or damaged"));
}

TEST_F(CsvCodec, ReadsAPackOfFilesUnderTheirStems) {
    const std::string body =
        pack({{"dossier.csv", "NUM\r\n7\r\n"}, {"actions.csv", "NUM;N\r\n7;1\r\n7;2\r\n"}});
    const Document file = decode(body);
    EXPECT_EQ("pack", file.root().name());
    EXPECT_EQ("actions", file.root().firstChild().name()) << "sorted by name";
    EXPECT_EQ("2", file.root().firstChild().nextSibling().child("N").text());
    EXPECT_EQ("7", file.root().child("dossier").child("NUM").text());
    EXPECT_EQ(body, encode(file));
    const std::string again = rewritten(body);
    EXPECT_TRUE(equalTrees(file.root(), decode(again).root()));
    const auto files = unpacked(Bytes(again));
    ASSERT_TRUE(files.has_value());
    EXPECT_EQ("actions.csv", (*files)[0].name);
    EXPECT_EQ("NUM;N\n7;1\n7;2\n", (*files)[0].content.view());
}

TEST_F(CsvCodec, WritesColumnsInTheOrderInWhichRowsHaveThem) {
    Builder tree("json");
    const auto row = [&](std::initializer_list<std::pair<const char*, const char*>> cells) {
        const auto made = tree.add(tree.root(), "ligne");
        for (const auto& [name, text] : cells) tree.text(tree.add(made, name), text);
    };
    row({{"A", "1"}, {"C", "3;4"}});
    row({{"A", "1.5"}, {"B", " x"}, {"C", "0.25"}, {"C", "deux"}});
    const Document made = tree.finish();
    EXPECT_EQ("A;B;C;C\n1;;\"3;4\";\n1.5;\" x\";0.25;deux\n", encode(made));
    const auto french = with(map({{"decimal", scalar("comma")}}));
    EXPECT_THAT(encode(*french, made), HasSubstr("1,5;\" x\";0,25;deux"));
}

TEST_F(CsvCodec, WritesOneRowOfPlainValuesAndTheCharsetAskedFor) {
    Builder tree("dossier");
    tree.text(tree.add(tree.root(), "NOM"), "Œuvré 漢");
    const Document made = tree.finish();
    EXPECT_EQ("NOM\nŒuvré 漢\n", encode(made));
    const auto excel =
        with(map({{"charset", scalar("windows-1252")}, {"separator", scalar("tab")}}));
    EXPECT_EQ("NOM\n\x8Cuvr\xE9 ?\n", encode(*excel, made));
    ASSERT_EQ(1u, issues_.all().size());
    EXPECT_EQ(Severity::error, issues_.all()[0].severity);
}

TEST_F(CsvCodec, WritesNothingThatASpreadsheetWouldCompute) {
    Builder tree("dossier");
    tree.text(tree.add(tree.root(), "=NOM"), "=cmd|'/C calc'!A0");
    tree.text(tree.add(tree.root(), "B"), "'=1");
    tree.text(tree.add(tree.root(), "C"), "-12.5");
    tree.text(tree.add(tree.root(), "D"), "- fait\n=2");
    const Document made = tree.finish();
    const auto people = with(map({{"formulas", scalar("text")}}));
    const std::string written = encode(*people, made);
    EXPECT_EQ("'=NOM;B;C;D\n'=cmd|'/C calc'!A0;''=1;-12.5;\"'- fait\n=2\"\n", written);
    const Document read = people->decode(Bytes(written), issues_);
    EXPECT_EQ("=cmd|'/C calc'!A0", read.root().child("row").child("=NOM").text());
    EXPECT_EQ("'=1", read.root().child("row").child("B").text());
    EXPECT_EQ("- fait\n=2", read.root().child("row").child("D").text());
    EXPECT_EQ("=NOM;B;C;D\n=cmd|'/C calc'!A0;'=1;-12.5;\"- fait\n=2\"\n", encode(made));
}

TEST_F(CsvCodec, KeepsARowWhoseOnlyCellIsEmpty) {
    EXPECT_EQ("A\nx\n\"\"\n", rewritten("A\nx\n\n\"\"\n"));
    EXPECT_EQ("A;B\n\"\";\n", rewritten("A;B\n\"\";\n"));
}

TEST_F(CsvCodec, RefusesToWriteARowWithParts) {
    Builder tree("x");
    const auto cell = tree.add(tree.add(tree.root(), "row"), "a");
    tree.text(tree.add(cell, "b"), "1");
    EXPECT_THAT(refusal([&] { encode(tree.finish()); }), HasSubstr("/row/a: found a value with"));
}

TEST_F(CsvCodec, RowsOfAnyWidthTakeTimeInProportion) {
    std::string wide = "A;B\n";
    for (int i = 0; i < 1'000'000; ++i) wide += "x;";
    EXPECT_THAT(refusal([&] { decode(wide); }),
                HasSubstr("line 2, column 1: found more than 4096 columns"));
    std::string rows = "A;B\n";
    for (int row = 0; row < 200; ++row) {
        for (int i = 0; i < 4000; ++i) rows += "x;";
        rows += '\n';
    }
    const Document file = decode(rows);
    EXPECT_EQ(100u, issues_.all().size()) << "as many as help";
    EXPECT_EQ("line 2, column 5", issues_.all().front().where);
}

TEST_F(CsvCodec, ACheckOfManyUnknownColumnsTellsTheFirst) {
    const support::TemporaryFolder folder;
    const std::string model = folder.write("visit.json", R"({"resourceType":"StructureDefinition",
        "url":"urn:visit","type":"Visit","differential":{"element":[{"path":"Visit"},
        {"path":"Visit.row","min":0,"max":"*"},{"path":"Visit.row.unknwon","min":0,"max":"1",
        "type":[{"code":"string"}]}]}})");
    const auto checked =
        with(map({{"model", scalar(model)},
                  {"check", map({{"profile", scalar("model")}, {"on_error", scalar("warn")}})}}));
    Issues issues;
    std::string text = "unknown;" + std::string(1'000'000, 'u') + "\n";
    for (int i = 0; i < 100'000; ++i) text += "1;2\n";
    decode(*checked, text, issues);
    ASSERT_EQ(201u, issues.all().size());
    EXPECT_EQ("unknown to the model; did you mean 'unknwon'?", issues.all()[0].text.en);
    EXPECT_EQ("more of the same follows", issues.all().back().text.en);
}

TEST_F(CsvCodec, RefusesToWriteTooManyColumns) {
    Builder wide("x");
    const auto row = wide.add(wide.root(), "row");
    for (int i = 0; i < 100'000; ++i) wide.text(wide.add(row, "a"), "1");
    EXPECT_THAT(refusal([&] { encode(wide.finish()); }),
                HasSubstr("/row/a[4096]: found more than 4096 columns"));
    Builder long_("x");
    for (int i = 0; i < 100'000; ++i)
        long_.text(long_.add(long_.add(long_.root(), "row"), "c" + std::to_string(i % 4000)), "1");
    EXPECT_THAT(refusal([&] { encode(long_.finish()); }),
                HasSubstr("found too many rows for that many columns"));
}

TEST_F(CsvCodec, ReadsDecimalsWithACommaWhenToldTo) {
    const auto french = with(map({{"decimal", scalar("comma")}}));
    Issues issues;
    const Document file = decode(*french, "A;B;C\n12,5;1,2,3;-0,75\n", issues);
    const Node row = file.root().firstChild();
    EXPECT_EQ("12.5", row.child("A").text());
    EXPECT_EQ("1,2,3", row.child("B").text());
    EXPECT_EQ("-0.75", row.child("C").text());
    EXPECT_EQ("A;B;C\n12,5;1,2,3;-0,75\n", encode(*french, copyOf(file)));
}

TEST_F(CsvCodec, DividesAPackByAColumnAndLeavesTheRowsAsTheyStood) {
    const auto divided = with(map({{"split", scalar("NUM")}}));
    const std::string body =
        pack({{"actions.csv", "NUM;TEXTE\r\nB;\"deux\r\nlignes\"\r\nA;h\xE9\r\nB;3"},
              {"dossier.csv", "NOM;NUM\r\nAna;A\r\n\r\nEve;B\r\n"},
              {"lieux.csv", "CODE\r\nX\r\n"}});
    const std::vector<Part> parts = partsOf(*divided, Bytes(body), issues_);
    ASSERT_EQ(2u, parts.size()) << "in the order in which the values come";
    EXPECT_EQ(pack({{"actions.csv", "NUM;TEXTE\r\nB;\"deux\r\nlignes\"\r\nB;3"},
                    {"dossier.csv", "NOM;NUM\r\nEve;B\r\n"},
                    {"lieux.csv", "CODE\r\nX\r\n"}}),
              parts[0].body.view());
    EXPECT_EQ(pack({{"actions.csv", "NUM;TEXTE\r\nA;h\xE9\r\n"},
                    {"dossier.csv", "NOM;NUM\r\nAna;A\r\n"},
                    {"lieux.csv", "CODE\r\nX\r\n"}}),
              parts[1].body.view());
    EXPECT_EQ(1u, partsOf(*codec_, Bytes(body), issues_).size()) << "only when told to";
}

TEST_F(CsvCodec, DividesAFileThatStandsAloneAndKeepsItsMark) {
    const auto divided = with(map({{"split", scalar("B")}}));
    const auto parts = partsOf(*divided,
                               Bytes::copy("\xEF\xBB\xBF"
                                           "A;B\n1;x\n2;\n3;x\n"),
                               issues_);
    ASSERT_EQ(2u, parts.size());
    EXPECT_EQ(
        "\xEF\xBB\xBF"
        "A;B\n1;x\n3;x\n",
        parts[0].body.view());
    EXPECT_EQ(
        "\xEF\xBB\xBF"
        "A;B\n2;\n",
        parts[1].body.view())
        << "rows without a value belong together";
}

TEST_F(CsvCodec, DoesNotDivideWhatIsOfOneOrCannotBeRead) {
    const auto divided = with(map({{"split", scalar("A")}}));
    for (const char* const body :
         {"A;B\n1;x\n1;y\n", "B\n1\n2\n", "A;B\n1;x\n2;\"open\n", "", "A\n"}) {
        const auto parts = partsOf(*divided, Bytes::copy(body), issues_);
        ASSERT_EQ(1u, parts.size()) << body;
        EXPECT_EQ(body, parts[0].body.view());
    }
}

TEST_F(CsvCodec, DoesNotDivideIntoMoreThanThereIsRoomFor) {
    const auto divided = with(map({{"split", scalar("A")}}));
    std::string keys = "A\n";
    for (int i = 0; i < 400; ++i) keys += std::to_string(i) + "\n";
    const std::string wide = "C\n" + std::string(1 << 20, 'x') + "\n";
    const std::string body = pack({{"a.csv", keys.c_str()}, {"b.csv", wide.c_str()}});
    EXPECT_THAT(refusal([&] { partsOf(*divided, Bytes(body), issues_); }), HasSubstr("too large"));
}

TEST_F(CsvCodec, ReadsWindowsSignsInIso885915AndSaysSo) {
    const auto latin9 = with(map({{"charset", scalar("ISO-8859-15")}}));
    const Document file = decode(*latin9, "A\nd\x92\xBDuvre \x80\n", issues_);
    EXPECT_EQ("d’œuvre €", file.root().firstChild().child("A").text());
    ASSERT_EQ(1u, issues_.all().size());
    EXPECT_EQ("line 2, column 2", issues_.all()[0].where);
    EXPECT_EQ(Severity::warning, issues_.all()[0].severity);
    Issues none;
    EXPECT_EQ("A\n\xA4\n", encode(*latin9, copyOf(decode(*latin9, "A\n\xA4\n", none))))
        << "the euro has one place there";
}

TEST_F(CsvCodec, ReadsUtf8WhateverTheCharsetOptionAndSaysSo) {
    const auto latin9 = with(map({{"charset", scalar("ISO-8859-15")}}));
    const Document file = decode(*latin9,
                                 "\xEF\xBB\xBF"
                                 "A;B\nZoé;1\n",
                                 issues_);
    EXPECT_EQ("Zoé", file.root().firstChild().child("A").text());
    ASSERT_EQ(1u, issues_.all().size());
    EXPECT_THAT(issues_.all()[0].text.en, HasSubstr("correct the option charset"));
    Issues none;
    EXPECT_EQ("Zoé", decode(*latin9, "A\nZo\xE9\n", none).root().firstChild().child("A").text());
    EXPECT_EQ("1", decode(*latin9, "A\n1\n", none).root().firstChild().child("A").text());
    EXPECT_TRUE(none.empty());
}

TEST_F(CsvCodec, SeparatorsAloneAreNoRow) {
    const Document file = decode("A;B\n1;2\n;\n\"\";\n;\n");
    EXPECT_EQ("2", file.root().firstChild().child("B").text());
    const Node quoted = file.root().firstChild().nextSibling();
    EXPECT_TRUE(quoted.child("A").isNull()) << "somebody wrote that row";
    EXPECT_FALSE(quoted.nextSibling());
}

TEST_F(CsvCodec, NamesTheCellThatHoldsAControlCharacter) {
    const Document file = decode(std::string("A;B\n1;x\0y\n", 10));
    EXPECT_EQ(3u, file.root().firstChild().child("B").text().size());
    ASSERT_EQ(1u, issues_.all().size());
    EXPECT_EQ("line 2, column 3", issues_.all()[0].where);
    EXPECT_EQ(Severity::error, issues_.all()[0].severity);
}

TEST_F(CsvCodec, SaysThatAnArchiveMustBeAPlainTar) {
    EXPECT_THAT(refusal([&] { decode("PK\3\4..."); }), HasSubstr("uncompressed tar"));
    EXPECT_THAT(refusal([&] { decode("\x1f\x8b..."); }), HasSubstr("uncompressed tar"));
}

TEST_F(CsvCodec, AControlCharacterAmongTheColumnsIsAnotherFormatWhereverTheyStand) {
    for (const char* const text : {"a;\x01\n1;2\n", ";\na;\x01\n1;2\n"})
        EXPECT_THAT(refusal([&] { decode(text); }), HasSubstr("another format"));
}

TEST_F(CsvCodec, ADateForAColumnsNameIsToldOf) {
    decode("Ana;02/01/2030\nEve;03/01/2030\n");
    ASSERT_EQ(1u, issues_.all().size());
    EXPECT_EQ("line 1, column 5", issues_.all()[0].where);
}

TEST_F(CsvCodec, WithAModelEveryFileOfAPackIsThere) {
    const auto modelled =
        with(map({{"model", scalar(std::string(support::kSourceDir) +
                                   "/mappings/networks/arpege/models/arpege.json")},
                  {"line_end", scalar("crlf")}}));
    const std::string made =
        encode(*modelled, copyOf(decode(pack({{"aides.csv", "NUM_DOSSIER;LIBELLE\n1;x\n"},
                                              {"dossier.csv", "NUM_DOSSIER\n1\n"}}))));
    const auto files = unpacked(Bytes(made));
    ASSERT_TRUE(files.has_value());
    ASSERT_EQ(4u, files->size());
    EXPECT_THAT(std::string((*files)[0].content.view()),
                testing::AllOf(testing::StartsWith("NUM_DOSSIER;NUM_ACTION;"),
                               testing::EndsWith("COMMENTAIRE\r\n")));
    EXPECT_EQ(
        "NUM_DOSSIER;TYPE_AIDE;LIBELLE;ORGANISME;DATE_DEMANDE;DATE_DECISION;ETAT;MONTANT;"
        "PERIODICITE\r\n1;;x;;;;;;\r\n",
        (*files)[2].content.view());
}

TEST_F(CsvCodec, AFileOfAModelWithSeveralIsAPackAlone) {
    const auto modelled =
        with(map({{"model", scalar(std::string(support::kSourceDir) +
                                   "/mappings/networks/arpege/models/arpege.json")}}));
    Builder tree("made");
    tree.text(tree.add(tree.add(tree.root(), "dossier"), "NUM_DOSSIER"), "1");
    const auto files = unpacked(Bytes(encode(*modelled, tree.finish())));
    ASSERT_TRUE(files.has_value());
    EXPECT_EQ(4u, files->size());
    EXPECT_EQ("tar", modelled->extension());
    EXPECT_EQ("application/x-tar", modelled->mediaType());
    EXPECT_EQ("csv", codec_->extension());
}

TEST_F(CsvCodec, WritesThePacksOfTheCorpusAsTheyWere) {
    if (support::corpus().empty()) GTEST_SKIP() << "no corpus beside the checkout";
    const auto declared =
        with(map({{"model", scalar(std::string(support::kSourceDir) +
                                   "/mappings/networks/arpege/models/arpege.json")},
                  {"charset", scalar("ISO-8859-15")},
                  {"line_end", scalar("crlf")}}));
    for (const auto& entry :
         std::filesystem::directory_iterator(support::corpus() + "/pps/arpege-csv")) {
        const std::string body(packedFolder(entry.path().string()).view());
        Issues issues;
        EXPECT_EQ(body, encode(*declared, copyOf(decode(*declared, body, issues)))) << entry.path();
    }
}

TEST_F(CsvCodec, ReadsThePacksOfTheCorpus) {
    if (support::corpus().empty()) GTEST_SKIP() << "no corpus beside the checkout";
    int packs = 0;
    for (const auto& entry :
         std::filesystem::directory_iterator(support::corpus() + "/pps/arpege-csv")) {
        const std::string body(packedFolder(entry.path().string()).view());
        const Document first = decode(body);
        EXPECT_TRUE(issues_.empty());
        EXPECT_TRUE(first.root().child("dossier").child("NUM_DOSSIER").hasText());
        EXPECT_EQ(body, encode(first));
        const std::string written = encode(copyOf(first));
        EXPECT_TRUE(equalTrees(first.root(), decode(written).root())) << entry.path();
        ++packs;
    }
    EXPECT_EQ(3, packs);
}

}  // namespace
