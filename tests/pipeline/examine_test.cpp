/// What would become of a message, without that anything is kept of it.
#include <gmock/gmock.h>

#include "pipeline/told_policy.h"

namespace pipeline_test {
namespace {
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;

/// The codec "lines" with a rule of its own: no line is "odd".
class CheckedLines final : public Codec, public Checker {
public:
    explicit CheckedLines(std::shared_ptr<const Codec> lines) : lines_(std::move(lines)) {}
    Document decode(Bytes body, Issues& issues) const override {
        return lines_->decode(std::move(body), issues);
    }
    Envelope envelope(const Document& document) const override {
        return lines_->envelope(document);
    }
    void encode(const Document& document, Sink& out, Issues& issues) const override {
        lines_->encode(document, out, issues);
    }
    const Checker* checker() const override { return this; }
    void check(const Document& tree, Issues& issues) const override {
        for (const Node line : tree.root().children())
            if (line.text() == "odd")
                issues.add({Severity::error, "line", {"is odd", "est impaire"}, "", "value"});
    }

private:
    std::shared_ptr<const Codec> lines_;
};

class ExamineTest : public PipelineTest {
protected:
    Accepted::One examine(const std::string& text, const std::string& source = "in") {
        const Arrival arrival{source, Bytes::copy(text), {}};
        return pipeline_->inbox().examine(arrival).messages.front();
    }
    static std::vector<std::string> told(const Accepted::One& one) {
        std::vector<std::string> all;
        for (const Issue& issue : one.issues.all())
            all.push_back(std::string(toText(issue.severity)) + " " + issue.text.en);
        return all;
    }
    void expectNothingIsKept() {
        EXPECT_TRUE(store_->list({}).empty());
        EXPECT_TRUE(store_->refusals({}).empty());
        EXPECT_TRUE(pipeline_->unmapped().empty());
    }
};

TEST_F(ExamineTest, TellsWhereItWouldGoAndKeepsNothing) {
    run(setup({"a", "b"}));
    const Accepted::One one = examine("k:1\n");
    EXPECT_FALSE(one.error);
    EXPECT_FALSE(one.receipt);
    EXPECT_THAT(told(one),
                ElementsAre("information would go to a/d", "information would go to b/d"));
    expectNothingIsKept();
}

TEST_F(ExamineTest, WhatCannotBeReadOrIsNotConfiguredIsTold) {
    run(setup({"a"}));
    const Accepted::One cut = examine("no end");
    ASSERT_TRUE(cut.error);
    EXPECT_EQ(Fault::malformed, cut.error->fault);
    EXPECT_EQ(Fault::unavailable, examine("k:1\n", "other").error->fault);
    expectNothingIsKept();
}

TEST_F(ExamineTest, TheRulesOfTheFormatAreAskedOnce) {
    auto with = setup({"a"});
    with->sources["in"].codec.codec = std::make_shared<CheckedLines>(lines_);
    run(with);
    EXPECT_THAT(told(examine("k:1\nodd\n")),
                ElementsAre("error is odd", "information would go to a/d"));
}

TEST_F(ExamineTest, WhatWouldBeHeldIsAnErrorAndOfOneRecipientAWarning) {
    auto with = setup({"a", "b"});
    with->destinations["b/d"].map = {"less", std::make_shared<FakeMap>("secret"), {}};
    with->routes[0].map = {"plan", std::make_shared<FakeMap>("broken"), {}};
    run(with);
    EXPECT_THAT(examine("broken\n").error->reason().en, HasSubstr("map plan"));
    const Accepted::One one = examine("secret\n");
    EXPECT_FALSE(one.error);
    EXPECT_THAT(told(one), Contains(HasSubstr("warning b/d would wait for a person: map less")));
    expectNothingIsKept();
}

TEST_F(ExamineTest, WhoWouldBeLeftOutAndWhyIsTold) {
    auto with = setup({"a", "b"});
    with->routes[0].to.clear();
    with->routes[0].policy = std::make_shared<ToldPolicy>([](const Document&, const Register&) {
        Decision nobody = sent("b");
        nobody.send = false;
        nobody.reason = {"refused", "refusé"};
        Decisions decisions;
        decisions.recipients = {sent("a"), nobody};
        decisions.changes.emplace_back().entry.key = "plan-1";
        return decisions;
    });
    run(with);
    EXPECT_THAT(told(examine("k:1\n")), Contains("information b: refused"));
    EXPECT_FALSE(store_->plans().find("plan-1"));
    expectNothingIsKept();
}

TEST_F(ExamineTest, WhatConcernsNobodyIsToldSo) {
    auto with = setup({"a"});
    with->routes[0].ignore = {"nobody's", "de personne"};
    run(with);
    const Accepted::One one = examine("k:1\n");
    EXPECT_FALSE(one.error);
    EXPECT_THAT(told(one), ElementsAre("information nobody's"));
}

}  // namespace
}  // namespace pipeline_test
