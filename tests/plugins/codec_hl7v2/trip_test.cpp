#include <set>

#include "codec.h"
#include "messages.h"

namespace {
using namespace gateway;

/// Through the codec "json" and back, as a map or a file would take a message.
class Hl7v2Trip : public Hl7v2Test {
protected:
    std::string json(const Document& document) {
        Sink out;
        json_->encode(rebuilt(document), out, issues_);
        return out.text();
    }
    std::string back(const std::string& text) {
        Document document = json_->decode(Bytes::copy(text), issues_);
        return encode(document);
    }

    support::Plugins jsonPlugins_{{"codec_json"}};
    std::unique_ptr<Codec> json_ = jsonPlugins_.codec("json");
};

TEST_F(Hl7v2Trip, KeepsEscapesAndEmptyRepetitions) {
    for (const std::string fields :
         {"\\H\\bold\\N\\|\\.sp3\\x|\\Zdd\\|\\C2842\\|\\M1B2442\\", "A~~B|~~C^D~E|~~~\\H\\x",
          "x^\\H\\y&\\N\\z^a|\\H\\~b~\\Zq\\", "\\X0D\\|\\X0D0A\\^\\X0D\\",
          "a\\F\\b|\\E\\H\\E\\|C:\\E\\x", "\"\"|\"\"^\"\"&x|a~\"\"~b", "\\X2222\\|\\XZZ\\",
          "a\\E\\\\H\\"}) {
        const std::string text = "MSH|^~\\&|A\rZZZ|" + fields + "\rPV1||I\r";
        SCOPED_TRACE(json(decode(text)));
        EXPECT_EQ(rewritten(text), back(json(decode(text))));
    }
    const std::string cut = "MSH|^~\\&#|A#1|cut off#|number\\P\\\rZZZ|a~~b#\r";
    EXPECT_EQ(cut, back(json(decode(cut))));
}

TEST_F(Hl7v2Trip, TellsWhyBesideTheValueAndNowhereElse) {
    EXPECT_EQ(
        "{\"MSH\":{\"1\":\"|\",\"2\":\"^~\\\\&\",\"3\":\"A\"},\"PID\":{\"3\":[\"a\",\"\\\\H\\\\b\","
        "\"c\"],"
        "\"_3\":\"2:empty=1,kept\",\"5\":{\"1\":\"\\\\Zq\\\\\",\"_1\":\"1:kept\",\"2\":\"d\"}}}",
        json(decode("MSH|^~\\&|A\rPID|||a~~\\H\\b~c||\\Zq\\^d\r")));
}

TEST_F(Hl7v2Trip, DoesNotTrustAMarkThatNoLongerFits) {
    const auto with = [&](const std::string& members) {
        return back("{\"MSH\":{\"1\":\"|\",\"2\":\"^~\\\\&\"},\"ZZZ\":{" + members + "}}");
    };
    const std::string head = "MSH|^~\\&\rZZZ|";
    EXPECT_EQ(head + "x\\E\\F\\E\\y\r", with(R"("1":"x\\F\\y","_1":"1:kept")"));
    EXPECT_EQ(head + "a\r", with(R"("1":"a","_1":"7:kept 2:empty=3 nonsense 1: :,,=")"));
    EXPECT_EQ(head + "a||b\r", with(R"("3":"b","_2":"1:empty=5","1":"a")"));
    for (const char* count : {"10000", "4000000000", "99999999999999999999"}) {
        const std::string mark = R"("1":"a","_1":"1:empty=)" + std::string(count) + "\"";
        EXPECT_EQ("ZZZ-1", failureOf([&] { with(mark); })->where) << count;
    }
    EXPECT_THROW(with(R"("1":"a","_x":"1:kept")"), Error);
}

TEST_F(Hl7v2Trip, KeepsAnyNumberOfEmptyRepetitions) {
    for (const unsigned count : {1u, 510u, 511u, 512u, 600u, 9999u}) {
        const std::string text = "MSH|^~\\&|A\rPID|1|" + std::string(count, '~') + "\\H\\X~" +
                                 std::string(count, '~') + "Y^Z~W\rPV1||I\r";
        SCOPED_TRACE(count);
        EXPECT_EQ(text, rewritten(text));
        EXPECT_EQ(text, back(json(decode(text))));
        const Document document = decode(text);
        EXPECT_EQ("PID-2[" + std::to_string(count + 1) + "]", at(document, "PID.2").path());
        EXPECT_EQ(text.substr(0, text.size() - 8) + "\rNTE||||x\rPV1||I\r",
                  edited(text.substr(0, text.size() - 8) + "\rNTE|\rPV1||I\r", [](Builder& tree) {
                      tree.text(tree.add(tree.handle(at(tree.root().node(), "NTE")), "4"), "x");
                  }));
    }
    const std::string more = "MSH|^~\\&|A\rPID|1|" + std::string(10'000, '~') + "X\r";
    EXPECT_EQ(more, encode(decode(more)));
    const auto refused = failureOf([&] { rewritten(more); });
    ASSERT_TRUE(refused);
    EXPECT_EQ(Fault::rejected, refused->fault);
    EXPECT_EQ("PID-2[10001]", refused->where);
}

TEST_F(Hl7v2Trip, RefusesWhereItIsNoLongerKnownHowManyStoodThere) {
    const Document document = decode("MSH|^~\\&|A\rPID|1|" + std::string(600, '~') + "X\r");
    Builder tree("X");
    tree.copy(tree.root(), tree.intern("MSH"), at(document, "MSH"));
    tree.copy(tree.add(tree.root(), "PID"), tree.intern("2"), at(document, "PID.2"));
    const Document made = tree.finish();
    EXPECT_EQ(Fault::rejected, failureOf([&] { encode(made); })->fault);
}

TEST_F(Hl7v2Trip, BoundsWhatANumberInANameAsksFor) {
    const auto with = [&](const std::string& members) {
        return back("{\"MSH\":{\"1\":\"|\",\"2\":\"^~\\\\&\"},\"ZZZ\":{" + members + "}}");
    };
    EXPECT_EQ("MSH|^~\\&\rZZZ" + std::string(9999, '|') + "a\r", with(R"("9999":"a")"));
    EXPECT_EQ("MSH|^~\\&\rZZZ|" + std::string(998, '^') + "a\r", with(R"("1":{"999":"a"})"));
    const std::pair<const char*, const char*> cases[] = {
        {R"("10000":"a")", "ZZZ-10000"},
        {R"("1000000":"a")", "ZZZ-1000000"},
        {R"("1":{"1000":"a"})", "ZZZ-1.1000"},
        {R"("1":{"2":{"1000":"a"}})", "ZZZ-1.2.1000"}};
    for (const auto& [members, where] : cases) {
        const auto refused = failureOf([&] { with(members); });
        ASSERT_TRUE(refused) << where;
        EXPECT_EQ(Fault::rejected, refused->fault);
        EXPECT_EQ(where, refused->where);
    }
}

TEST_F(Hl7v2Trip, OfAnyMessageWithSegmentsOfOneKindApartFromOthers) {
    std::size_t compared = 0;
    for (unsigned seed = 0; seed < 1500; ++seed) {
        const std::string text = Messages(seed).message();
        const Document document = decode(text);
        std::string last;
        std::set<std::string> seen;
        bool alternates = false;
        for (const Node segment : document.root().children()) {
            alternates = alternates || (segment.name() != last &&
                                        !seen.insert(std::string(segment.name())).second);
            last = segment.name();
        }
        if (alternates) continue;  // JSON gathers them
        ++compared;
        SCOPED_TRACE("seed " + std::to_string(seed) + ": " + text);
        ASSERT_EQ(encode(rebuilt(document)), back(json(document)));
    }
    EXPECT_GT(compared, 500U);
}

}  // namespace
