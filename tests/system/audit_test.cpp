/// Who had to do with the data of one person: told of a plan that went its whole way, in the forms
/// that people and repositories of audits take.
#include "asking.h"
#include "relai_world.h"
#include "support/places.h"

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
