/// Who had to do with the data of one person: told of a plan that went its whole way, in the forms
/// that people and repositories of audits take.
#include <signal.h>

#include <filesystem>

#include "asking.h"
#include "relai_world.h"
#include "support/places.h"
#include "support/plugins.h"

namespace {
using namespace std::chrono_literals;
using support::Ran;
using support::RelaiWorld;
using testing::HasSubstr;
using testing::Not;

class AuditOfAPlan : public testing::Test {
protected:
    AuditOfAPlan() {
        const Ran sent =
            world_.send({std::string(support::kSourceDir) + "/docs/demo/plans/" + kPlan});
        EXPECT_EQ(0, sent.code) << sent.err;
        EXPECT_TRUE(support::within(20s, [&] { return world_.settled(); }));
    }

    /// A command line in a shell, with the configuration's folder.
    Ran shell(const std::string& stdinText, const std::string& words) const {
        return support::run({"/bin/sh", "-c",
                             "printf '" + stdinText + "' | " + support::kBuildDir +
                                 "/passerelle audit " + words + " -c " + world_.folder()});
    }
    /// The number of the plan, as the audit has it.
    std::string plan() {
        const Ran all = shell("", "list --json --what delivered");
        const std::string mark = "\"plan\":\"";
        const std::size_t at = all.out.find(mark);
        if (at == std::string::npos) return {};
        return all.out.substr(at + mark.size(),
                              all.out.find('"', at + mark.size()) - at - mark.size());
    }
    bool soon(const std::string& words, const std::string& text) {
        return support::within(
            20s, [&] { return shell("", words).out.find(text) != std::string::npos; });
    }

    static constexpr const char* kPlan = "1-actif.json";
    RelaiWorld world_;
};

TEST_F(AuditOfAPlan, WhoSentAndGotItIsTold) {
    ASSERT_TRUE(soon("list --json", "\"what\":\"delivered\""));
    const std::string number = plan();
    ASSERT_THAT(number, HasSubstr("/"));
    const Ran list = shell("", "list --most 0 --about " + number);
    for (const char* const word : {"delivered", "gp/plans"}) EXPECT_THAT(list.out, HasSubstr(word));
    EXPECT_THAT(shell("", "list --json --what received").out, HasSubstr("\"end\":\"relai\""));
    EXPECT_EQ(0, shell("", "verify").code);
}

TEST_F(AuditOfAPlan, APersonIsAskedForOnStdinAndTheReportIsRecorded) {
    ASSERT_TRUE(soon("list --json", "\"what\":\"delivered\""));
    const std::string number = plan(), typed = number.substr(number.find('/') + 1);
    const Ran without = shell(typed, "person");
    EXPECT_EQ(2, without.code) << "without a reason nothing is told";
    const Ran report = shell(typed, "person --by anne --why demande-31 --csv");
    EXPECT_EQ(0, report.code) << report.err;
    EXPECT_THAT(report.out, HasSubstr("\"delivered\",\"done\",\"gp\""));
    const Ran recorded = shell("", "list --json --what access-report --by anne");
    EXPECT_THAT(recorded.out, HasSubstr("\"why\":\"demande-31\""));
    EXPECT_THAT(recorded.out, HasSubstr(number));
    EXPECT_EQ(1, shell("NOBODY-1", "person --by anne --why demande-32").code);
    EXPECT_THAT(shell(typed, "person --why x --lang fr").out, HasSubstr("livré"));
}

TEST_F(AuditOfAPlan, TimesAreReadOrRefused) {
    ASSERT_TRUE(soon("list --json", "\"what\":\"delivered\""));
    for (const char* const good :
         {"2020", "2020-01", "2020-01-01", "2020-01-01T00:00:00Z", "2020-01-01T00:00:00.5Z"}) {
        EXPECT_THAT(shell("", std::string("list --most 0 --since ") + good).out,
                    HasSubstr("delivered"))
            << good;
        const Ran before = shell("", std::string("list --most 0 --until ") + good);
        EXPECT_EQ(0, before.code) << good;
        EXPECT_THAT(before.out, Not(HasSubstr("delivered"))) << good;
    }
    EXPECT_THAT(shell("", "list --most 0 --since \"2020-01-01 08:30\"").out,
                HasSubstr("delivered"));
    for (const char* const bad : {"18/03/2025", "hier", "2025-13-01", "2025-03-18T25:00:00Z", "1",
                                  "2025-03-18T08:42:10+01:00", "\"\""})
        for (const char* const command : {"list", "person --why x", "export --as fhir"})
            EXPECT_EQ(2, shell("", std::string(command) + " --since " + bad).code)
                << command << " " << bad << ": it would be before or after everything";
    // As a record has it: sub-seconds of the second that is named are in it.
    const support::Json last = support::jsonOf(shell("", "list --json --most 1").out);
    const std::string second = support::textAt(last, "at").substr(0, 19) + "Z";
    EXPECT_THAT(shell("", "list --json --since " + second).out,
                HasSubstr(support::textAt(last, "at")));
}

/// Whoever makes the whole chain anew cannot make the hash that is kept elsewhere.
TEST_F(AuditOfAPlan, ARecordThatWasNotedElsewhereIsComparedAlsoWithoutTheStore) {
    ASSERT_TRUE(soon("list --json", "\"what\":\"delivered\""));
    EXPECT_EQ(0, world_.gateway().end(SIGTERM));
    const support::Json seen = support::jsonOf(shell("", "verify --json").out);
    const std::string number = std::to_string(seen["last"].GetUint64());
    const std::string hash = support::textAt(seen, "hash"), noted = number + ":" + hash;
    EXPECT_EQ(0, shell("", "verify --noted " + noted).code);
    EXPECT_EQ(0, shell("", "verify --noted \"" + number + ", " + hash + "\"").code);
    std::string other = hash;
    other[0] = other[0] == '0' ? '1' : '0';
    const Ran another = shell("", "verify --noted " + number + ":" + other);
    EXPECT_EQ(1, another.code);
    EXPECT_THAT(another.out, HasSubstr("record " + number + " is not the one that was noted"));
    EXPECT_EQ(2, shell("", "verify --noted " + number).code);
    EXPECT_EQ(2, shell("", "verify --noted " + number + ":abc").code);

    const std::string audit = world_.folder() + "/var/audit.jsonl";
    for (const auto& entry : std::filesystem::directory_iterator(world_.folder() + "/var"))
        if (entry.path().filename().string().find(".db") != std::string::npos)
            std::filesystem::remove(entry.path());
    EXPECT_EQ(1, shell("", "verify").code) << "nothing says how many there must be";
    const Ran alone = shell("", "verify --noted " + noted);
    EXPECT_EQ(0, alone.code) << alone.out;
    EXPECT_THAT(alone.err, HasSubstr("the store cannot say"));
    const std::string text = support::fileText(audit);
    std::filesystem::resize_file(audit, text.rfind('\n', text.size() - 2) + 1);
    const Ran cut = shell("", "verify --lang fr --noted " + noted);
    EXPECT_EQ(1, cut.code);
    EXPECT_THAT(cut.out, HasSubstr("avait été relevé, et n'est plus là"));
}

TEST_F(AuditOfAPlan, APluginWritesItForARepository) {
    ASSERT_TRUE(soon("list --json", "\"what\":\"delivered\""));
    const Ran lines = shell("", "export --as fhir --what delivered");
    ASSERT_EQ(0, lines.code) << lines.err;
    const support::Json event = support::jsonOf(lines.out.substr(0, lines.out.find('\n')));
    EXPECT_EQ("AuditEvent", support::textAt(event, "resourceType"));
    EXPECT_EQ("110106", support::textAt(event["type"], "code"));
    EXPECT_EQ(2u, event["agent"].Size());
    const Ran whole = shell("", "export --as fhir --whole");
    EXPECT_EQ("Bundle", support::textAt(support::jsonOf(whole.out), "resourceType"));
    EXPECT_EQ(2, shell("", "export --as nothing").code);
}

}  // namespace
