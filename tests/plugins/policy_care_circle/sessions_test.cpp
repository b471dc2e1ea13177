/// Sessions to come that are no more: nobody waits for them.
#include "world.h"

namespace circle_test {
namespace {
using testing::HasSubstr;
using testing::Not;

class Sessions : public World {
protected:
    static std::string session(const std::string& day) {
        return Plan::entry(
            "u:session/" + day,
            R"({"resourceType":"Appointment","identifier":[{"system":"https://passerelle.example/networks/relai","value":"N1/SC1/session/)" +
                day +
                R"("}],"status":"proposed","description":"Sophrologie","basedOn":[{"reference":"u:SC1"}],"participant":[{"actor":{"reference":"u:p"},"status":"needs-action"}],"requestedPeriod":[{"start":")" +
                day + R"(","end":")" + day + R"("}]})");
    }
    static std::string held(const std::string& day) {
        return Plan::entry(
            "u:session/" + day,
            R"({"resourceType":"Procedure","identifier":[{"system":"https://passerelle.example/networks/relai","value":"N1/SC1/session/)" +
                day + R"("}],"status":"completed","subject":{"reference":"u:p"}})");
    }
    static std::string action(const std::string& more = {}) {
        return Plan::entry(
            "u:SC1",
            R"({"resourceType":"ServiceRequest","identifier":[{"system":"https://passerelle.example/networks/relai","value":"N1/SC1"}],"status":"active","intent":"order","subject":{"reference":"u:p"})" +
                more + "}");
    }
    static Plan with(const std::string& edition, const std::string& more,
                     const std::string& status = "active") {
        Plan plan;
        plan.edition = edition;
        plan.status = status;
        plan.more = more;
        return plan;
    }
    /// Days of the sessions that go out as cancelled.
    std::string cancelled(const Decisions& decisions, const std::string& partner = "gp") {
        const std::string text = instead(decisions, partner);
        if (text.empty()) return {};
        std::string days;
        const Document bundle = read(text);
        for (const Node entry : bundle.root().children()) {
            const Node one = entry.child("resource");
            if (one.type() != "Appointment" || one.child("status").text() != "cancelled") continue;
            EXPECT_THAT(std::string(one.child("identifier").child("value").text()),
                        testing::StartsWith("N1/SC1/session/"));
            days += (days.empty() ? "" : " ") +
                    std::string(one.child("requestedPeriod").child("start").text());
        }
        return days;
    }
};

TEST_F(Sessions, ThatANewerEditionHasNoMoreGoOutAsCancelledOnce) {
    accept(with("2", action() + session("2026-03-20") + session("2026-03-27")));
    const Plan next = with("3", action() + session("2026-03-27"));
    const Decisions decisions = accept(next);
    EXPECT_EQ("2026-03-20", cancelled(decisions));
    EXPECT_EQ("2026-03-20", cancelled(decisions, "had"));
    EXPECT_THAT(instead(decisions, "gp"), HasSubstr(R"("basedOn":[{"reference":"u:SC1"}])"));
    EXPECT_EQ("2026-03-20", cancelled(decide(next))) << "the same edition says the same again";
    EXPECT_EQ("", cancelled(accept(with("4", action() + session("2026-03-27")))));
    EXPECT_EQ("2026-03-27", cancelled(accept(with("5", action()))));
}

TEST_F(Sessions, ThatAnEndHasNoMoreGoOutAsCancelled) {
    for (const char* const status : {"completed", "revoked", "entered-in-error"}) {
        plans_ = {};
        accept(with("2", action() + session("2026-03-20")));
        const Decisions decisions = accept(with("3", {}, status));
        EXPECT_EQ("2026-03-20", cancelled(decisions)) << status;
        EXPECT_THAT(instead(decisions, "gp"), HasSubstr(R"("value":"N1/SC1"})"))
            << "known by its number, since the plan has the action no more";
    }
}

TEST_F(Sessions, OfSomebodyWhoDiedAreCancelledWhetherThePlanHasThemOrNot) {
    accept(with("2", action() + session("2026-03-20") + session("2026-03-27")));
    Plan end =
        with("3", action() + session("2026-02-20") + session("2026-03-01") + session("2026-03-27"),
             "completed");
    end.patient += R"(,"deceasedDateTime":"2026-03-01T14:00:00+01:00")";
    EXPECT_EQ("2026-03-01 2026-03-27 2026-03-20", cancelled(accept(end)))
        << "what was planned before the death is left as it is";
    end.status = "active";
    end.edition = "4";
    EXPECT_EQ("2026-03-01 2026-03-27", cancelled(accept(end))) << "though the plan is open";
}

TEST_F(Sessions, ThatTookPlaceOrWhoseDayIsOverAreNotCancelled) {
    accept(with("2", action() + session("2026-03-20") + session("2026-03-27")));
    today_ = "2026-03-21";
    EXPECT_EQ("2026-03-27", cancelled(decide(with("3", action()))));
    EXPECT_EQ("", cancelled(decide(with("3", action() + held("2026-03-27")))));
}

TEST_F(Sessions, OfALateEditionCancelNothing) {
    accept(with("5", action() + session("2026-03-20")));
    const Decisions decisions = decide(with("4", action()));
    EXPECT_THAT(sentTo(decisions), Not(HasSubstr("gp")));
    EXPECT_EQ("2026-03-20", cancelled(decide(with("6", action()))));
}

TEST_F(Sessions, OfACarerAreCancelledBesideTheirActionAlone) {
    const std::string carers = action(
        R"(,"extension":[{"url":"https://passerelle.example/fhir/StructureDefinition/beneficiary","valueReference":{"reference":"u:carer"}}])");
    accept(with("2", carers + session("2026-03-20")));
    EXPECT_EQ("2026-03-20", cancelled(decide(with("3", carers)))) << "filters know it by that";
    EXPECT_EQ("", cancelled(decide(with("3", {}))));
    plans_ = {};
    const std::string problem = Plan::entry(
        "u:problem",
        R"({"resourceType":"Condition","subject":{"reference":"u:p"},"extension":[{"url":"https://passerelle.example/fhir/StructureDefinition/beneficiary","valueReference":{"reference":"u:carer"}}]})");
    const std::string forIt = action(R"(,"reasonReference":[{"reference":"u:problem"}])");
    accept(with("2", problem + forIt + session("2026-03-20")));
    EXPECT_EQ("", cancelled(decide(with("3", {})))) << "an action for a carer's problem";
}

}  // namespace
}  // namespace circle_test
