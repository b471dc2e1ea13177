/// What a policy ends although its message is held: by its map, or by the policy itself.
#include <gmock/gmock.h>

#include "pipeline/told_policy.h"

namespace pipeline_test {
namespace {
using testing::ElementsAre;
using testing::HasSubstr;

/// The first line is the plan's first edition, which goes to "a"; "refuses" holds itself, "broken"
/// is held by its map. Asked of what is held, it ends what waits of the plan and notes it.
class Refusing final : public Policy {
public:
    /// @param knows  the word `held`; else it decides as ever
    explicit Refusing(bool knows) : knows_(knows) {}
    Decisions decide(const Document& pivot, const Context& about, const Directory&,
                     const Register&) const override {
        const std::string_view line = pivot.root().firstChild().text();
        Decisions decisions;
        if (knows_ && about.has("held")) {
            decisions.changes.push_back({entry("refused"), 1});
            decisions.ends.push_back(
                {"plan", "a", {}, DeliveryState::closed, {"refused since", "refusé depuis"}});
            return decisions;
        }
        if (line == "k:refuses") throw Error(Fault::rejected, "consent", {"is missing", "manque"});
        decisions.plan = "plan";
        decisions.edition = line;
        decisions.recipients = {sent("a")};
        decisions.changes.push_back({entry("shared"), 1});
        return decisions;
    }
    Decision recheck(const DeliveryHead&, const Directory&, const Register&) const override {
        Decision yes;
        yes.send = true;
        return yes;
    }

private:
    static RegisterEntry entry(const std::string& state) {
        RegisterEntry entry;
        entry.key = "plan";
        entry.state = state;
        return entry;
    }
    const bool knows_;
};

class HeldPolicyTest : public PipelineTest {
protected:
    /// The first edition waits for a partner in a pause.
    void begin(bool knows) {
        auto with = setup({"a"});
        with->routes[0].to.clear();
        with->routes[0].destinationName = "d";
        with->routes[0].map = {"lines", std::make_shared<FakeMap>("k:broken"), {}};
        with->routes[0].policy = std::make_shared<Refusing>(knows);
        run(with);
        pipeline_->pause({"a/d", false, "anne", "", {}});
        first_ = acceptId("k:1\n");
        reach(first_, Stage::translated);
    }
    MessageView held(const std::string& body) {
        const std::string id = acceptId(body);
        reach(id, Stage::translated);
        MessageView message = store_->show(id).value();
        EXPECT_EQ(MessageState::held, message.state);
        return message;
    }
    DeliveryView first() { return store_->show(first_).value().deliveries.at(0); }
    std::string state() { return store_->plans().find("plan").value().state; }

    std::string first_;
};

TEST_F(HeldPolicyTest, ARefusalOfWhatThePolicyHoldsEndsWhatWaits) {
    begin(true);
    EXPECT_EQ("consent : manque", held("k:refuses\n").reason.fr);
    EXPECT_EQ(DeliveryState::closed, first().state);
    EXPECT_EQ("refusé depuis", first().reason.fr);
    EXPECT_EQ("refused", state());
}

TEST_F(HeldPolicyTest, ARefusalOfWhatItsMapHoldsEndsWhatWaits) {
    begin(true);
    EXPECT_THAT(held("k:broken\n").reason.fr, HasSubstr("ne peut être repris"));
    EXPECT_EQ(DeliveryState::closed, first().state);
    EXPECT_EQ("refused", state());
}

TEST_F(HeldPolicyTest, APolicyThatDoesNotKnowTheWordIsNotHeeded) {
    begin(false);
    held("k:refuses\n");
    held("k:broken\n");
    EXPECT_EQ(DeliveryState::queued, first().state);
    EXPECT_EQ("shared", state());
}

}  // namespace
}  // namespace pipeline_test
