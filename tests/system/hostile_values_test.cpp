/// Values that want to be more than values: in every free text of a plan stand markup, ends of
/// segments and lines, escapes of terminals and formulas. They arrive as the text that they are,
/// and nowhere act.
#include <signal.h>

#include <set>

#include "asking.h"
#include "raw_peer.h"
#include "relai_world.h"
#include "support/mllp_peers.h"
#include "support/places.h"
#include "support/plugins.h"

namespace {
using namespace std::chrono_literals;
using support::asked;
using support::Json;
using support::RelaiWorld;
using support::within;
using testing::HasSubstr;
using testing::Not;

constexpr const char* kScript = "<script>alert(1)</script>";
constexpr const char* kHostile =
    "<script>alert(1)</script>\r\nZZZ|1|smuggled^&~\\E\\\\.br\\ \xC2\x9B"
    "31m \u202E\rMSH|^~\\&|X";

/// Texts that a person typed: several words, no code.
bool isFree(const std::string& text) {
    return text.find(' ') != text.npos && text.find_first_of("aeiouy") != text.npos;
}

void poison(rapidjson::Value& value, Json::AllocatorType& memory, std::size_t& count) {
    if (value.IsObject()) {
        for (auto& member : value.GetObject()) poison(member.value, memory, count);
    } else if (value.IsArray()) {
        for (auto& item : value.GetArray()) poison(item, memory, count);
    } else if (value.IsString() && isFree(value.GetString())) {
        value.SetString((std::string(value.GetString()) + kHostile).c_str(), memory);
        ++count;
    }
}

std::string quoted(const std::string& text) {
    std::string out = "\"";
    for (const char c : text) {
        char code[8];
        if (static_cast<unsigned char>(c) < 0x20) {
            std::snprintf(code, sizeof code, "\\u%04x",
                          static_cast<unsigned>(static_cast<unsigned char>(c)));
            out += code;
        } else {
            if (c == '"' || c == '\\') out += '\\';
            out += c;
        }
    }
    return out + '"';
}

std::string written(const rapidjson::Value& value) {
    std::string out;
    if (value.IsObject()) {
        for (const auto& member : value.GetObject())
            out += (out.empty() ? "{" : ",") + quoted(member.name.GetString()) + ":" +
                   written(member.value);
        return out.empty() ? "{}" : out + "}";
    }
    if (value.IsArray()) {
        for (const auto& item : value.GetArray()) out += (out.empty() ? "[" : ",") + written(item);
        return out.empty() ? "[]" : out + "]";
    }
    if (value.IsString()) return quoted(value.GetString());
    if (value.IsBool()) return value.GetBool() ? "true" : "false";
    if (value.IsNull()) return "null";
    if (value.IsInt64()) return std::to_string(value.GetInt64());
    std::ostringstream number;
    number << value.GetDouble();
    return number.str();
}

/// Nothing that a terminal obeys.
void expectCalm(const std::string& what, const std::string& text) {
    EXPECT_EQ(text.npos, text.find('\x1B')) << what << ":\n" << text;
    EXPECT_EQ(text.npos, text.find("\xC2\x9B")) << what << ":\n" << text;
    EXPECT_EQ(text.npos, text.find("\u202E")) << what << ":\n" << text;
    EXPECT_EQ(text.npos, text.find('\r')) << what << ":\n" << text;
}

std::vector<std::string> segmentsOf(const std::string& message) {
    std::vector<std::string> all;
    for (std::size_t at = 0; at < message.size();) {
        const std::size_t end = std::min(message.find('\r', at), message.size());
        all.push_back(message.substr(at, end - at));
        at = end + 1;
    }
    return all;
}

void eachText(const rapidjson::Value& value,
              const std::function<void(const std::string& name, const std::string& text)>& take,
              const std::string& name = {}) {
    if (value.IsObject())
        for (const auto& member : value.GetObject())
            eachText(member.value, take, member.name.GetString());
    if (value.IsArray())
        for (const auto& item : value.GetArray()) eachText(item, take, name);
    if (value.IsString()) take(name, value.GetString());
}

TEST(HostileValues, ArriveAsTheTextThatTheyAreAndNowhereAct) {
    RelaiWorld world;
    support::TemporaryFolder files;
    const std::string source =
        support::fileText(std::string(support::kSourceDir) + "/docs/demo/plans/1-actif.json");
    Json plan = support::jsonOf(source);
    std::size_t poisoned = 0;
    poison(plan["problemes"], plan.GetAllocator(), poisoned);
    poison(plan["usager"]["adresse"], plan.GetAllocator(), poisoned);
    poison(plan["aides"], plan.GetAllocator(), poisoned);
    poison(plan["evaluation"], plan.GetAllocator(), poisoned);
    ASSERT_GT(poisoned, 5u);
    const std::string hostile = written(plan);
    const support::Ran sent = world.send({files.write("plan.json", hostile)});
    ASSERT_EQ(0, sent.code) << sent.out << sent.err;
    expectCalm("what send printed", sent.out + sent.err);
    ASSERT_TRUE(within(20s, [&] { return world.settled(); }));
    const Json status = asked({"status"}, world.folder());
    ASSERT_GE(support::deliveriesIn(status, "delivered"), 2u) << world.gateway().output();

    // HL7: the segments are those of the same plan without them.
    const auto hospital = world.partner("hospital").got();
    ASSERT_EQ(1u, hospital.size());
    const std::set<std::string> known{"MSH", "PID", "PV1", "PTH", "VAR", "ROL", "PRB",
                                      "GOL", "OBX", "NTE", "ORC", "OBR", "RXO", "CON",
                                      "PRD", "CTD", "PD1", "NK1", "ARV"};
    for (const std::string& segment : segmentsOf(hospital[0]))
        EXPECT_TRUE(segment.empty() || known.contains(segment.substr(0, 3)))
            << segment.substr(0, 3) << " is no segment of ours";
    EXPECT_THAT(hospital[0], HasSubstr("alert(1)")) << "the text itself arrives";
    EXPECT_EQ(std::string::npos, hospital[0].find_first_of("\x0B\x1C")) << "bytes that frame MLLP";

    // FHIR: what is shown as XHTML holds no markup of theirs.
    const auto gp = world.partner("gp").got();
    ASSERT_GE(gp.size(), 1u);
    std::size_t narratives = 0, texts = 0;
    eachText(support::jsonOf(gp[0]), [&](const std::string& name, const std::string& text) {
        narratives += name == "div" ? 1 : 0;
        if (text.find("alert(1)") == text.npos) return;
        ++texts;
        if (name == "div") {
            EXPECT_THAT(text, Not(HasSubstr(kScript)));
        }
    });
    EXPECT_GT(texts, 0u);

    // Where people look.
    const Json list = asked({"messages", "list"}, world.folder());
    const std::string id = support::textAt(support::itemsAt(list, "messages")[0], "id");
    for (std::vector<std::string> words : {std::vector<std::string>{"status"},
                                           {"messages", "list"},
                                           {"messages", "show", id},
                                           {"messages", "show", id, "--json"},
                                           {"messages", "show", id, "--lang", "fr"},
                                           {"alerts", "list"}}) {
        words.insert(words.end(), {"-c", world.folder()});
        const support::Ran ran = support::passerelle(words);
        EXPECT_EQ(0, ran.code) << ran.err;
        expectCalm(words[1], ran.out + ran.err);
    }
    // What frames MLLP or moves a cursor is in no text of FHIR: such a plan is held, and says
    // where.
    const std::string obeyed = support::replaced(hostile, "smuggled", "\\u001b[2J\\u000b\\u001c");
    ASSERT_EQ(0, world.send({files.write("obeyed.json", obeyed)}).code);
    ASSERT_TRUE(within(20s, [&] { return world.settled(); }));
    const Json held = asked({"messages", "list", "--state", "held"}, world.folder());
    ASSERT_EQ(1u, held["messages"].Size());
    const support::Ran shown = support::passerelle(
        {"messages", "show", support::itemsAt(held, "messages")[0]["id"].GetString(), "-c",
         world.folder()});
    EXPECT_THAT(shown.out, HasSubstr("write a text without control characters"));
    expectCalm("messages show", shown.out + shown.err);
    const support::Ran tree = support::passerelle(
        {"convert", "--from", "json", "--to", "text", files.path() + "/obeyed.json"});
    EXPECT_EQ(0, tree.code) << tree.err;
    EXPECT_THAT(tree.out, HasSubstr("\\x1B[2J"));
    expectCalm("convert --to text", tree.out);
    EXPECT_EQ(0, world.gateway().end(SIGTERM));
    expectCalm("the log", world.gateway().output());
}

/// A partner's answer and a sender's type are shown to people.
TEST(HostileValues, OfASenderOfHl7AreShownHarmless) {
    support::Sink sink;
    RelaiWorld world(support::withFeed(sink.port()));
    const std::uint16_t feed = world.gateway().port("feed");
    std::string good = support::admission("HOSTILE1", 1, 600);
    good = support::replaced(good, "ADT^A01", std::string("ADT^A01^\x1B]0;owned\x07"));
    EXPECT_THAT(support::framed(feed, good), HasSubstr("MSA|"));
    const std::string bad = "MSH|^~\\&|A\x1B[2J|B|C|D|20260301||\x1B[2J|\x1B[31mID|T|2.5\rP\r";
    EXPECT_THAT(support::framed(feed, bad), HasSubstr("MSA|AE"));
    for (std::vector<std::string> words :
         {std::vector<std::string>{"messages", "list"}, {"messages", "refused"}}) {
        words.insert(words.end(), {"-c", world.folder()});
        const support::Ran ran = support::passerelle(words);
        expectCalm(words[1], ran.out + ran.err);
    }
    EXPECT_EQ(0, world.gateway().end(SIGTERM));
    expectCalm("the log", world.gateway().output());
}

}  // namespace
