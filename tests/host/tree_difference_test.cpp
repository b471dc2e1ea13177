#include "host/tree_difference.h"

#include "support/plugins.h"

namespace {
using namespace gateway;
using testing::ElementsAre;
using testing::IsEmpty;

class TreeDifference : public testing::Test {
protected:
    std::vector<std::string> between(const std::string& expected, const std::string& found,
                                     Comparison how = {}) {
        Issues issues;
        const Document left = json_->decode(Bytes::copy(expected), issues);
        const Document right = json_->decode(Bytes::copy(found), issues);
        const Differences all = differences(left.root(), right.root(), how);
        count_ = all.count;
        std::vector<std::string> texts;
        for (const Difference& one : all.all) texts.push_back(one.text().en);
        return texts;
    }

    support::Plugins plugins_{{"codec_json"}};
    std::unique_ptr<Codec> json_ = plugins_.codec("json");
    std::size_t count_ = 0;
};

TEST_F(TreeDifference, EqualTreesHaveNone) {
    EXPECT_THAT(between(R"({"a":[1,2],"b":null})", R"({ "a": [1, 2], "b": null })"), IsEmpty());
}

TEST_F(TreeDifference, TellsEachPlace) {
    EXPECT_THAT(
        between(R"({"a":1,"b":{"c":"x"},"d":true})", R"({"a":2,"b":{"c":"y"},"e":null})"),
        ElementsAre("/a: expected '1', found '2'", "/b/c: expected 'x', found 'y'",
                    "/d: expected 'true', found nothing", "/e: expected nothing, found null"));
}

TEST_F(TreeDifference, TellsOneRepetitionTooManyAsOne) {
    EXPECT_THAT(between(R"({"a":[1,2,3]})", R"({"a":[1,9,2,3]})"),
                ElementsAre("/a[1]: expected nothing, found '9'"));
    EXPECT_THAT(between(R"({"a":[{"x":1},{"x":2},{"x":3}]})", R"({"a":[{"x":1},{"x":3}]})"),
                ElementsAre("/a[1]: expected {x}, found nothing"));
    EXPECT_THAT(between(R"({"a":[1,2,3]})", R"({"a":[1,5,3]})"),
                ElementsAre("/a[1]: expected '2', found '5'"));
}

TEST_F(TreeDifference, NullsAndEmptyListsMayBeAsGoodAsNothing) {
    Comparison how;
    how.emptyCounts = false;
    const std::string full = R"({"a":null,"b":[],"c":{"d":null},"e":{},"f":[1,null]})";
    EXPECT_THAT(between(full, R"({"e":{},"f":[1]})", how), IsEmpty());
    EXPECT_THAT(between(R"({"e":{},"f":[1]})", full, how), IsEmpty());
    EXPECT_THAT(between(full, R"({"f":[1]})", how), ElementsAre("/e: expected {}, found nothing"));
    EXPECT_EQ(4u, between(full, R"({"e":{},"f":[1]})").size());
    EXPECT_EQ(2u, between(R"({"a":0,"b":"","c":false})", "{}", how).size());
}

TEST_F(TreeDifference, TellsKindsListsAndNames) {
    EXPECT_THAT(between(R"({"a":"1"})", R"({"a":1})"),
                ElementsAre("/a: expected text '1', found number '1'"));
    EXPECT_THAT(between(R"({"a":[1]})", R"({"a":1})"),
                ElementsAre("/a[0]: expected ['1'], found '1'"));
    EXPECT_THAT(between(R"({"a":1})", R"({"b":1})"),
                ElementsAre("/a: expected '1', found nothing", "/b: expected nothing, found '1'"));
}

TEST_F(TreeDifference, OrderOfOtherNamesCountsWhereItMeansSomething) {
    const std::string left = R"({"a":1,"b":2})", right = R"({"b":2,"a":1})";
    EXPECT_THAT(between(left, right), ElementsAre("/: expected 'a' here, found 'b': the order "
                                                  "differs"));
    EXPECT_THAT(between(R"({"@x":1,"a":1,"@y":2})", R"({"@y":2,"a":1,"@x":1})"), IsEmpty())
        << "attributes have none";
    EXPECT_THAT(between(R"({"@x":1,"a":1,"b":2})", R"({"b":2,"@x":1,"a":1})"),
                ElementsAre("/: expected 'a' here, found 'b': the order differs"));
    Comparison unordered;
    unordered.ordered = false;
    EXPECT_THAT(between(left, right, unordered), IsEmpty());
}

TEST_F(TreeDifference, KeepsSomeAndCountsAll) {
    Comparison few;
    few.most = 2;
    EXPECT_EQ(2u, between(R"({"a":[1,2,3,4]})", R"({"a":[5,6,7,8]})", few).size());
    EXPECT_EQ(4u, count_);
}

TEST_F(TreeDifference, CanBeToldWithoutValues) {
    Difference one{Difference::Kind::other, "/a", "'x'", "'y'"};
    EXPECT_EQ("/a: has another value", one.discreet().en);
    EXPECT_EQ("/a : attendu 'x', trouvé 'y'", one.text().fr);
}

}  // namespace
