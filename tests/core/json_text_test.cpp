#include "core/json_text.h"

#include "gateway/error.h"

namespace {
using namespace gateway;

TEST(JsonText, ReadsWhatItWrites) {
    JsonWriter json;
    json.beginObject().field("name", "é\"\\\n").field("count", 7).name("list").beginArray();
    json.text("a").beginObject().endObject().beginArray().endArray().flag(true);
    const std::string text = json.endArray().endObject().take();
    EXPECT_EQ("{\"name\":\"é\\\"\\\\\\u000a\",\"count\":7,\"list\":[\"a\",{},[],true]}", text);
    const JsonValue value = parsedJson(text);
    EXPECT_EQ("é\"\\\n", value["name"].text);
    EXPECT_EQ(7u, value["count"].number());
    ASSERT_EQ(4u, value["list"].items.size());
    EXPECT_TRUE(value["list"].items[3].value.flag());
    EXPECT_EQ(JsonValue::Kind::null, value["none"].kind);
}

TEST(JsonText, RefusesWhatIsNone) {
    for (const std::string& bad :
         {std::string(), std::string("{"), std::string("{} {}"), std::string("[1,]"),
          std::string("\"\xff\""), std::string(1'000'000, '['),
          std::string(40, '[') + std::string(40, ']')})
        EXPECT_THROW(parsedJson(bad), Error) << bad.substr(0, 20);
}

}  // namespace
