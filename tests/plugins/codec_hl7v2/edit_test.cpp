#include <functional>
#include <random>
#include <tuple>

#include "codec.h"
#include "messages.h"

namespace {
using namespace gateway;

class Hl7v2Edit : public Hl7v2Test {
protected:
    using Handle = Builder::Handle;

    static Handle find(Builder& tree, const std::string& path) {
        const Node node = at(tree.root().node(), path);
        EXPECT_TRUE(node) << path;
        return tree.handle(node);
    }
    /// What is written after one text was set.
    std::string set(const std::string& text, const std::string& path, const std::string& value) {
        return edited(text, [&](Builder& tree) { tree.text(find(tree, path), value); });
    }
};

const std::string kHead = "MSH|^~\\&|A||||||ADT^A01^ADT_A01|1|P|2.5||\r";

TEST_F(Hl7v2Edit, WritesTheChangedValueAlone) {
    struct {
        const char *before, *path, *after;
    } const cases[] = {
        {"PID|1||7^^^A&1^^|A^^~~B|||\r", "PID.3.1", "PID|1||x^^^A&1^^|A^^~~B|||\r"},
        {"PID|1||7^^^A&1^^|A^^~~B|||\r", "PID.3.4.2", "PID|1||7^^^A&x^^|A^^~~B|||\r"},
        {"PID|1||7^^^A&1^^|A^^~~B|||\r", "PID.4", "PID|1||7^^^A&1^^|x^^~~B|||\r"},
        {"PID|1||7^^^A&&1&^^|\\X41\\|a\\F\\b^~\r", "PID.1",
         "PID|x||7^^^A&&1&^^|\\X41\\|a\\F\\b^~\r"},
        {"ZZ1|\"\"^\"\"|a&&^||~~\r\r\n", "ZZ1.2", "ZZ1|\"\"^\"\"|x&&^||~~\r\r"},
        {"NTE|1|a\\.br\\b\nPV1||I||\n", "PV1.2", "NTE|1|a\\.br\\b\rPV1||x||\r"},
        {"NTE|1\rPV1||I", "PV1.2", "NTE|1\rPV1||x"},
        {"NTE|\\H\\b\\N\\|\\Zx\\|c\r", "NTE.3", "NTE|\\H\\b\\N\\|\\Zx\\|x\r"},
    };
    for (const auto& [before, path, after] : cases)
        EXPECT_EQ(kHead + after, set(kHead + before, path, "x")) << path;
    EXPECT_EQ("\xEF\xBB\xBF\rMSH|^~\\&|B|||\rPV1|\r",
              set("\xEF\xBB\xBF\r\nMSH|^~\\&|A|||\nPV1|\r\n", "MSH.3", "B"));
    EXPECT_EQ("MSH*:;!,*B**\rPID*1:*a!F!:;\r", set("MSH*:;!,*A**\rPID*1:*a!F!:;\r", "MSH.3", "B"));
}

TEST_F(Hl7v2Edit, EscapesWhatIsNew) {
    EXPECT_EQ(kHead + "NTE|1||a\\F\\\\S\\\\E\\é|\r", set(kHead + "NTE|1||x|\r", "NTE.3", "a|^\\é"));
    EXPECT_EQ(kHead + "NTE|x\\E\\F\\E\\y|\r", set(kHead + "NTE|\\H\\a|\r", "NTE.1", "x\\F\\y"))
        << "the mark of the former text is not that of the new one";
    EXPECT_EQ(kHead + "NTE|\"\"|\r", edited(kHead + "NTE|1|\r", [](Builder& tree) {
                  tree.kind(find(tree, "NTE.1"), Kind::null);
              }));
}

TEST_F(Hl7v2Edit, AddsAndRemovesFieldsAndParts) {
    const std::string text = kHead + "PID|1||7^^^A&&||B^|||\rPV1||I|\r";
    const auto add = [&](const std::string& under, const std::string& name) {
        return edited(text,
                      [&](Builder& tree) { tree.text(tree.add(find(tree, under), name), "x"); });
    };
    const auto remove = [&](const std::string& path) {
        return edited(text, [&](Builder& tree) { tree.remove(find(tree, path)); });
    };
    EXPECT_EQ(kHead + "PID|1|x|7^^^A&&||B^|||\rPV1||I|\r", add("PID", "2"));
    EXPECT_EQ(kHead + "PID|1||7^^^A&&||B^|||||x\rPV1||I|\r", add("PID", "10"));
    EXPECT_EQ(kHead + "PID|1||7^^^A&&||B^~x|||\rPV1||I|\r", add("PID", "5"));
    EXPECT_EQ(kHead + "PID|1||7^x^^A&&||B^|||\rPV1||I|\r", add("PID.3", "2"));
    EXPECT_EQ(kHead + "PID|||7^^^A&&||B^|||\rPV1||I|\r", remove("PID.1"));
    EXPECT_EQ(kHead + "PID|1||^^^A&&||B^|||\rPV1||I|\r", remove("PID.3.1"));
    EXPECT_EQ(kHead + "PID|1||||B^|||\rPV1||I|\r", remove("PID.3"));
    EXPECT_EQ(kHead + "PV1||I|\r", remove("PID"));
    EXPECT_EQ("MSH|^~\\&|||||||ADT^A01^ADT_A01|1|P|2.5||\rPID|1||7^^^A&&||B^|||\rPV1||I|\r",
              remove("MSH.3"));
    EXPECT_EQ("MSH|^~\\&|A|x|||||ADT^A01^ADT_A01|1|P|2.5||\rPID|1||7^^^A&&||B^|||\rPV1||I|\r",
              add("MSH", "4"));
    EXPECT_EQ("MSH|^~\\&|A||||||ADT^A01^ADT_A01|1|P|2.5||||||||x\rPID|1||7^^^A&&||B^|||\rPV1||I|\r",
              add("MSH", "20"));
}

TEST_F(Hl7v2Edit, BoundsWhatANewNumberAsksForAndNotWhatTheSourceHolds) {
    const auto add = [&](const std::string& text, const std::string& under, const char* name) {
        return edited(text,
                      [&](Builder& tree) { tree.text(tree.add(find(tree, under), name), "x"); });
    };
    for (const auto& [under, name, where] :
         {std::tuple("PID", "10000", "PID-10000"), std::tuple("PID.3", "1000", "PID-3.1000"),
          std::tuple("MSH", "1000000", "MSH-1000000")}) {
        const auto refused = failureOf([&] { add(kHead + "PID|1||7^A|\r", under, name); });
        ASSERT_TRUE(refused) << where;
        EXPECT_EQ(Fault::rejected, refused->fault);
        EXPECT_EQ(where, refused->where);
    }
    const std::string wide = kHead + "PID|1" + std::string(20'000, '|') + "7|";
    EXPECT_EQ(wide.substr(0, wide.size() - 1) + "|\rZZZ|x\r", add(wide + "\rZZZ\r", "ZZZ", "1"));
}

TEST_F(Hl7v2Edit, AddsAndMovesSegments) {
    const std::string text = "MSH|^~\\&|A||\rPID|1||\r\rPV1||I||";
    EXPECT_EQ(text + "\rNTE|1\r", edited(text, [](Builder& tree) {
                  tree.text(tree.add(tree.add(tree.root(), "NTE"), "1"), "1");
              }));
    EXPECT_EQ("MSH|^~\\&|A||\rPV1||I||\rPID|1||\r\r",
              edited(text, [](Builder& tree) { tree.adopt(tree.root(), find(tree, "PID")); }));
    EXPECT_EQ("MSH|^~\\&|A||\rZID|1||\r\rPV1||I||", edited(text, [](Builder& tree) {
                  tree.rename(find(tree, "PID"), tree.intern("ZID"));
              }));
}

TEST_F(Hl7v2Edit, WritesTheChangedValueAloneInTheGroupedViewToo) {
    use({{"view", "grouped"}});
    const std::string text =
        "MSH|^~\\&|A||||||ORU^R01^ORU_R01|1|P|2.5||\rPID|1||7^^||B||\n"
        "OBR|1||||\rOBX|1|TX|a^||x\\X41\\||\rNTE|1||\rOBX|2|TX|a||y||\r";
    const std::function<Node(Node, std::string_view)> segment = [&](Node under,
                                                                    std::string_view id) {
        for (const Node child : under.children()) {
            if (child.name() == id) return child;
            if (child.name().size() != 3)
                if (const Node found = segment(child, id)) return found;
        }
        return Node();
    };
    const std::string written = edited(text, [&](Builder& tree) {
        const Node result = segment(tree.root().node(), "OBX");
        ASSERT_NE(tree.root().node(), result.parent()) << "in a group";
        tree.text(tree.handle(result.child("5")), "changed");
    });
    EXPECT_EQ(
        "MSH|^~\\&|A||||||ORU^R01^ORU_R01|1|P|2.5||\rPID|1||7^^||B||\r"
        "OBR|1||||\rOBX|1|TX|a^||changed||\rNTE|1||\rOBX|2|TX|a||y||\r",
        written);
}

TEST_F(Hl7v2Edit, TakesNothingFromTheSourceForNodesOfAnother) {
    const Document other = decode("MSH|^~\\&|A||\rPID|9|||||8||\rPV1||other^x&y|\r");
    const std::string text = "MSH|^~\\&|A||\rPID|1|secret|\rPV1||I||\r";
    EXPECT_EQ(text + "PID|9|||||8\rPV1||other^x&y\r", edited(text, [&](Builder& tree) {
                  for (const char* id : {"PID", "PV1"})
                      tree.copy(tree.root(), tree.intern(id), at(other, id));
              }));
}

TEST_F(Hl7v2Edit, WritesAllAnewWhenTheHeaderSaysHow) {
    const std::string text = "MSH|^~\\&|A||\rPID|1^||a#b||\r";
    EXPECT_EQ("MSH#^~\\&#A\rPID#1##a\\F\\b\r", set(text, "MSH.1", "#"));
    EXPECT_EQ("MSH|^~\\@|A\rPID|1||a#b\r", set(text, "MSH.2", "^~\\@"));
}

TEST_F(Hl7v2Edit, ConvertsTheRestWhenTheCharsetIsChanged) {
    const std::string latin = "MSH|^~\\&|A|||||||||||||||8859/1||\rPID|\xE9^||\r";
    EXPECT_EQ("MSH|^~\\&|A|||||||||||||||UNICODE UTF-8||\rPID|é^||\r",
              set(latin, "MSH.18", "UNICODE UTF-8"));
    EXPECT_EQ("MSH|^~\\&|A|||||||||||||||||\rPID|é^||\r",
              edited(latin, [](Builder& tree) { tree.remove(find(tree, "MSH.18")); }));
    EXPECT_EQ("MSH|^~\\&|B|||||||||||||||8859/1||\rPID|\xE9^||\r", set(latin, "MSH.3", "B"));
}

TEST_F(Hl7v2Edit, WritesInTheSetThatTheSourceWasReadIn) {
    use({{"charset", "8859/1"}});
    EXPECT_EQ("MSH|^~\\&|A\rPID|\xE9^|\xE8|\r", set("MSH|^~\\&|A\rPID|\xE9^|x|\r", "PID.2", "è"));
}

/// Each leaf of a message that was read, by where it stands.
std::vector<Node> leaves(Node node) {
    std::vector<Node> all;
    for (const Node child : node.children()) {
        if (child.name().starts_with('_')) continue;
        if (child.hasText() || child.isNull()) all.push_back(child);
        const auto below = leaves(child);
        all.insert(all.end(), below.begin(), below.end());
    }
    return all;
}

std::string withCarriageReturns(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i)
        if (text[i] != '\n')
            out += text[i];
        else if (i == 0 || text[i - 1] != '\r')
            out += '\r';
    return out;
}

TEST_F(Hl7v2Edit, OfAnyMessageOnlyTheChangedBytesDiffer) {
    for (unsigned seed = 0; seed < 1500; ++seed) {
        const std::string text = Messages(seed).message();
        SCOPED_TRACE("seed " + std::to_string(seed) + ": " + text);
        std::size_t count = leaves(decode(text).root()).size();
        std::mt19937 random(seed);
        const std::size_t chosen = 2 + random() % std::max<std::size_t>(count - 2, 1);
        if (chosen >= count) continue;  // MSH-1 and MSH-2 alone
        Builder tree(decode(text));
        const Node leaf = leaves(tree.root().node())[chosen];
        const Span where = leaf.where();
        tree.text(tree.handle(leaf), "changed");
        const std::string written = encode(tree.finish());
        EXPECT_EQ(withCarriageReturns(text.substr(0, where.begin)) + "changed" +
                      withCarriageReturns(text.substr(where.end)),
                  written);
    }
}

TEST_F(Hl7v2Edit, AnyEditReadsBackAsTheTreeThatItMade) {
    for (unsigned seed = 0; seed < 1500; ++seed) {
        const std::string text = Messages(seed).message();
        SCOPED_TRACE("seed " + std::to_string(seed) + ": " + text);
        std::mt19937 random(seed);
        Builder tree(decode(text));
        for (std::size_t edits = 1 + random() % 3; edits > 0; --edits) {
            const auto all = leaves(tree.root().node());
            if (all.size() <= 2) continue;
            const Node leaf = all[2 + random() % (all.size() - 2)];
            const Node segment = tree.root().node().firstChild();
            switch (random() % 4) {
                case 0: tree.text(tree.handle(leaf), "a^\\|"); break;
                case 1: tree.remove(tree.handle(leaf)); break;
                case 2: tree.text(tree.add(tree.handle(segment), "25"), "new"); break;
                default: tree.text(tree.add(tree.add(tree.root(), "ZZZ"), "3"), "new");
            }
        }
        const Document document = tree.finish();
        EXPECT_EQ(values(decode(encode(rebuilt(document))).root()),
                  values(decode(encode(document)).root()));
    }
}

}  // namespace
