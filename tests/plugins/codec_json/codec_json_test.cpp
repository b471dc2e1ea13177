#include "json_codec.h"

namespace {
using namespace gateway;
using testing::ElementsAre;

TEST_F(JsonCodec, BuildsTheTreeThatTheTextIs) {
    const Document plan = decode(R"({"n":1.50,"big":1e400,"yes":true,"none":null,"o":{"t":"x"},
        "a":[1,"b"],"empty":[],"e":{},"nested":[[1,2],[],[[3]]]})");
    const Node root = plan.root();
    EXPECT_EQ("json", root.name());
    EXPECT_EQ("json", root.type());
    EXPECT_EQ("1.50", root.child("n").text());
    EXPECT_EQ(Kind::number, root.child("n").kind());
    EXPECT_EQ("1e400", root.child("big").text());
    EXPECT_EQ(Kind::boolean, root.child("yes").kind());
    EXPECT_TRUE(root.child("none").isNull());
    EXPECT_FALSE(root.child("none").hasText());
    EXPECT_EQ("x", root.child("o").child("t").text());
    const Node first = root.child("a");
    EXPECT_TRUE(first.inList());
    EXPECT_EQ("b", first.nextSibling().text());
    EXPECT_EQ("/a[1]", first.nextSibling().path());
    EXPECT_EQ(Kind::list, root.child("empty").kind());
    EXPECT_FALSE(root.child("empty").inList());
    EXPECT_EQ(Kind::group, root.child("e").kind());
    EXPECT_EQ("2", root.child("nested").firstChild().nextSibling().text());
    EXPECT_EQ(Kind::list, root.child("nested").nextSibling().kind());
}

TEST_F(JsonCodec, KnowsWhereEachNodeStands) {
    const std::string text = R"( {"a":{"b":"xyz"}, "c":[12.0, "t\n"], "d":[] })";
    const Document plan = decode(text);
    const auto at = [&](Node node) { return std::string(plan.source().view(node.where())); };
    EXPECT_EQ(text.substr(1), at(plan.root()));
    EXPECT_EQ(R"({"b":"xyz"})", at(plan.root().child("a")));
    EXPECT_EQ("xyz", at(plan.root().child("a").child("b")));
    EXPECT_EQ("12.0", at(plan.root().child("c")));
    EXPECT_EQ("t\\n", at(plan.root().child("c").nextSibling()));
    EXPECT_EQ("t\n", plan.root().child("c").nextSibling().text());
    EXPECT_EQ("[]", at(plan.root().child("d")));
    const Node xyz = plan.root().child("a").child("b");
    EXPECT_EQ(plan.source().view().data() + xyz.where().begin, xyz.text().data())
        << "a string without escapes is a view";
}

TEST_F(JsonCodec, WritesBackTheVeryBytesOfAnUntouchedTree) {
    for (const char* text : {"{}", " [ 1 , 2 ]\n", R"({"b":1.50,"a":"\u00e9"})", "\xEF\xBB\xBF{}"})
        EXPECT_EQ(text, encode(decode(text)));
}

TEST_F(JsonCodec, WritesACopyThatReadsTheSame) {
    const char* const texts[] = {
        "{}",
        "[]",
        "1",
        "-0.0",
        "\"x\"",
        "null",
        "[[],[[]],[1,[2]],{}]",
        R"({"a":[],"b":[[]],"c":[[[1]]],"d":[null,null],"e":{"f":[{}]},"g":-1.50e+10})",
        R"({"":1," ":2,"é":"\u0001\b\f\t\r\n\"\\/ 😀"})"};
    for (const char* text : texts) {
        const Document first = decode(text);
        const std::string written = encode(copyOf(first));
        const Document second = decode(written);
        EXPECT_TRUE(equalTrees(first.root(), second.root())) << text << " became " << written;
        EXPECT_EQ(written, encode(copyOf(second)));
    }
    EXPECT_EQ(R"({"a":[],"b":[[]],"c":[[[1]]],"d":[null,null]})",
              encode(copyOf(decode(R"({ "a":[], "b":[[]], "c":[[[1]]], "d":[null, null] })"))));
    EXPECT_EQ("\"\xF0\x9F\x98\x80\\u0000\"", encode(copyOf(decode(R"("\uD83D\ude00\u0000")"))));
}

TEST_F(JsonCodec, WritesRepeatedNamesAsOneArrayWhereverTheyStand) {
    Builder tree("plan");
    const auto add = [&](std::string_view name, std::string_view text) {
        const auto node = tree.add(tree.root(), name);
        tree.text(node, text);
        return node;
    };
    add("a", "1");
    add("b", "2");
    add("a", "3");
    tree.inList(add("c", "4"));
    EXPECT_EQ(R"({"a":["1","3"],"b":"2","c":["4"]})", encode(tree.finish()));
}

TEST_F(JsonCodec, WritesManyMembersInTheOrderOfTheirFirst) {
    Builder tree("plan");
    for (int i = 0; i < 300; ++i)
        tree.text(tree.add(tree.root(), "k" + std::to_string(i % 100)), std::to_string(i),
                  Kind::number);
    const std::string text = encode(tree.finish());
    EXPECT_EQ(0u, text.find(R"({"k0":[0,100,200],"k1":[1,101,201],)")) << text.substr(0, 60);
}

TEST_F(JsonCodec, RefusesToWriteWhatJsonCannotSay) {
    const auto refused = [&](const auto& make) {
        Builder tree("plan");
        make(tree, tree.add(tree.root(), "x"));
        try {
            encode(tree.finish());
        } catch (const Error& error) {
            EXPECT_EQ(Fault::rejected, error.fault);
            EXPECT_EQ(std::string::npos, std::string(error.what()).find("12,5"));
            return error.where;
        }
        return std::string("written");
    };
    EXPECT_EQ("/x", refused([](Builder& t, auto x) { t.text(x, "12,5", Kind::number); }));
    EXPECT_EQ("/x", refused([](Builder& t, auto x) { t.text(x, "oui", Kind::boolean); }));
    EXPECT_EQ("/x", refused([](Builder& t, auto x) {
                  t.text(x, "text");
                  t.add(x, "child");
              }));
}

TEST_F(JsonCodec, CutsLinesWhenToldTo) {
    const auto lines = plugins_.codec("json", support::map({{"lines", support::scalar("true")},
                                                            {"model", support::scalar("visit")}}));
    Issues issues;
    const Bytes body = Bytes::copy("{\"a\":1}\n\n  \r\n{\"a\":2}\r\n[3]");
    std::vector<std::string> found;
    for (const Span span : lines->split(body, issues)) {
        const Document document = lines->decode(body.part(span), issues);
        EXPECT_EQ("visit", lines->envelope(document).type);
        found.push_back(encode(copyOf(document)));
    }
    EXPECT_THAT(found, ElementsAre(R"({"a":1})", R"({"a":2})", "[3]"));
    EXPECT_EQ(1u, codec_->split(body, issues).size());
}

}  // namespace
