/// What a policy can decide beside who gets it: where, what instead, of several things one message
/// makes, what is ignored; and that each is known again when it is made once more.
#include <gmock/gmock.h>

#include <algorithm>
#include <thread>

#include "pipeline/told_policy.h"

namespace pipeline_test {
namespace {
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class DecisionsTest : public PipelineTest {
protected:
    /// Partner "a" with destinations "d" and "tasks", "b" with "d"; one route, which the policy
    /// decides.
    std::shared_ptr<gateway::Setup> decidedBy(ToldPolicy::Decide decide) {
        auto with = setup({"a", "b"});
        DestinationSetup tasks = with->destinations["a/d"];
        partners_["a/tasks"] = std::make_shared<FakePartner>();
        tasks.name = "a/tasks";
        tasks.destination = partners_["a/tasks"];
        with->destinations["a/tasks"] = tasks;
        std::vector<Partner> all = with->directory->all();
        all[0].destinations = {"d", "tasks"};
        with->directory = std::make_shared<FakeDirectory>(all);
        with->routes[0].to.clear();
        with->routes[0].destinationName = "d";
        with->routes[0].policy = std::make_shared<ToldPolicy>(std::move(decide));
        return with;
    }
    std::shared_ptr<gateway::Setup> deciding(std::vector<Decision> recipients) {
        return decidedBy([recipients](const Document&, const Register&) {
            Decisions decisions;
            decisions.recipients = recipients;
            return decisions;
        });
    }
    MessageView translated(const std::string& id) {
        reach(id, Stage::translated);
        return store_->show(id).value();
    }
    std::vector<std::string> leftOut(const MessageView& message, Spoken language) {
        std::vector<std::string> all;
        for (const EventView& event : message.timeline)
            if (event.what == "left-out")
                all.push_back(event.partner + ": " +
                              (language == Spoken::french ? event.text.fr : event.text.en));
        return all;
    }
    /// Another message changes an entry of the register.
    void meanwhile(const std::string& key, const std::string& edition) {
        Incoming other;
        other.source = "elsewhere";
        other.codec = "lines";
        other.body = Bytes::copy("other\n");
        other.received = currentTime();
        other.orderKeys = {"elsewhere"};
        other.state = MessageState::held;
        RegisterEntry entry;
        entry.key = key;
        entry.edition = edition;
        other.changes.push_back({entry, 0});
        store_->put(std::span(&other, 1));
    }
    /// As a person who has mended something: everything of a message that is held, or some of it.
    void replay(const std::vector<std::string>& ids) {
        for (const auto& why : store_->replay(ids, "anne")) EXPECT_FALSE(why);
    }
};

TEST_F(DecisionsTest, OneMessageGoesAsItIsAndAsSomethingElseToTwoDestinationsOfAPartner) {
    run(deciding({sent("a"), sent("a", "tasks", linesOf({"to do"})), sent("b")}));
    const std::string id = acceptId("k:1\n");
    EXPECT_TRUE(reach(id, Stage::delivered).reached);
    EXPECT_THAT(partners_["a"]->wait(1), ElementsAre("k:1\n"));
    EXPECT_THAT(partners_["a/tasks"]->wait(1), ElementsAre("to do\n"));
    EXPECT_THAT(partners_["b"]->wait(1), ElementsAre("k:1\n"));
}

TEST_F(DecisionsTest, WhatAPartnerHasNoDestinationForIsLeftOutWithTheOneToAdd) {
    run(deciding({sent("b", "tasks", linesOf({"to do"})), sent("b")}));
    const MessageView message = translated(acceptId("k:1\n"));
    EXPECT_EQ(MessageState::translated, message.state);
    EXPECT_THAT(leftOut(message, Spoken::english),
                ElementsAre("b: left out: the partner b has no destination 'tasks': add it under "
                            "'destinations:' of partners/b.yaml"));
    EXPECT_THAT(leftOut(message, Spoken::french),
                ElementsAre("b: écarté : le partenaire b n'a pas de destination « tasks » : "
                            "l'ajouter sous « destinations: » dans partners/b.yaml"));
}

TEST_F(DecisionsTest, WhatIsSentInsteadGoesThroughTheFilterAndTheDestinationsMap) {
    Decision task = sent("a", "tasks", linesOf({"to do", "secret"}));
    task.filterMap = "less";
    auto with = deciding({task, sent("b")});
    with->maps["less"] = {"less", std::make_shared<FakeMap>("secret"), {}};
    run(with);
    const MessageView message = translated(acceptId("k:1\n"));
    ASSERT_EQ(2u, message.deliveries.size());
    EXPECT_EQ(DeliveryState::held, message.deliveries[0].state);
    EXPECT_THAT(message.deliveries[0].reason.fr, HasSubstr("transformation less"));
    EXPECT_THAT(partners_["b"]->wait(1), ElementsAre("k:1\n"));
}

TEST_F(DecisionsTest, AReportToTheNetworkAloneTakesTheMessageAndTheTimelineSaysWhyNobodyElse) {
    Decision nobody = sent("b");
    nobody.send = false;
    nobody.reason = {"refused", "refusé"};
    run(deciding({nobody, sent("a", "tasks", linesOf({"report"}))}));
    const MessageView message = translated(acceptId("k:1\n"));
    EXPECT_EQ(MessageState::translated, message.state);
    EXPECT_TRUE(message.reason.empty()) << message.reason.en;
    EXPECT_THAT(leftOut(message, Spoken::french), ElementsAre("b: refusé"));
    EXPECT_THAT(partners_["a/tasks"]->wait(1), ElementsAre("report\n"));
}

TEST_F(DecisionsTest, WhatTwoRoutesAskOfOnePolicyGoesOnceWhereThePolicySays) {
    Decision nobody = sent("b");
    nobody.send = false;
    nobody.reason = {"refused", "refusé"};
    auto with = deciding({sent("a"), sent("a", "tasks", linesOf({"to do"})), nobody});
    RouteSetup second = with->routes[0];
    second.name = "second";
    second.destinationName = "tasks";
    with->routes.push_back(second);
    run(with);
    const MessageView message = translated(acceptId("k:1\n"));
    EXPECT_THAT(partners_["a"]->wait(1), ElementsAre("k:1\n"));
    EXPECT_THAT(partners_["a/tasks"]->wait(2), ElementsAre("to do\n", "k:1\n"));
    EXPECT_EQ(3u, message.deliveries.size()) << "the second route asks for the same task";
    EXPECT_THAT(leftOut(message, Spoken::french), ElementsAre("b: refusé"));
}

TEST_F(DecisionsTest, ADestinationTakesWhatFitsItsConditionAlone) {
    auto with = deciding({sent("a"), sent("b", {}, linesOf({"k:2"}))});
    with->destinations["b/d"].when = std::make_shared<FakeExpression>(
        [](Node root) { return root.firstChild().text() == "k:2" ? "" : "true"; });
    run(with);
    const MessageView message = translated(acceptId("k:1\n"));
    EXPECT_EQ(MessageState::translated, message.state);
    ASSERT_EQ(1u, message.deliveries.size()) << "what would be sent is asked, not the pivot";
    EXPECT_EQ("a/d", message.deliveries[0].destination);
    EXPECT_THAT(leftOut(message, Spoken::french),
                ElementsAre("b: écarté : son contenu ne remplit pas « when » de b/d"));
}

TEST_F(DecisionsTest, AFixedDestinationHasItsConditionToo) {
    auto with = setup({"a", "b"});
    with->destinations["b/d"].when = std::make_shared<FakeExpression>(
        [](Node root) { return root.firstChild().text() == "k:2" ? "true" : ""; });
    run(with);
    EXPECT_EQ(1u, translated(acceptId("k:1\n")).deliveries.size());
    EXPECT_EQ(2u, translated(acceptId("k:2\n")).deliveries.size());
    EXPECT_THAT(partners_["b"]->wait(1), ElementsAre("k:2\n"));
}

TEST_F(DecisionsTest, NotesStandOnTheTimeline) {
    run(decidedBy([](const Document&, const Register&) {
        Decisions decisions;
        decisions.recipients = {sent("b")};
        decisions.notes = {{"nothing new", "rien de nouveau"}};
        return decisions;
    }));
    const MessageView message = translated(acceptId("k:1\n"));
    std::vector<std::string> notes;
    for (const EventView& event : message.timeline)
        if (event.what == "note") notes.push_back(event.text.fr);
    EXPECT_THAT(notes, ElementsAre("rien de nouveau", "envoyé à b/d (membre)"));
}

Decisions ignoring(const Document&, const Register&) {
    Decisions decisions;
    decisions.ignore = {"nobody follows this person", "personne ne suit cette personne"};
    decisions.recipients = {sent("b")};
    return decisions;
}

TEST_F(DecisionsTest, WhatConcernsNobodyIsIgnoredAndErasedAndAProofStays) {
    run(decidedBy(ignoring));
    const std::string id = acceptId("k:1\n");
    const Progress progress = reach(id, Stage::translated);
    EXPECT_TRUE(progress.reached);
    EXPECT_FALSE(progress.refused) << "the sender is answered AA";
    const MessageView message = store_->show(id).value();
    EXPECT_EQ(MessageState::ignored, message.state);
    EXPECT_EQ("personne ne suit cette personne", message.reason.fr);
    EXPECT_THAT(message.deliveries, IsEmpty());
    EXPECT_FALSE(store_->body(id));
}

TEST_F(DecisionsTest, WhatIsIgnoredMayChangeTheRegister) {
    run(decidedBy([](const Document& pivot, const Register& plans) {
        Decisions decisions = ignoring(pivot, plans);
        RegisterChange& change = decisions.changes.emplace_back();
        change.entry.key = "news:n/1";
        return decisions;
    }));
    reach(acceptId("k:1\n"), Stage::translated);
    EXPECT_TRUE(store_->plans().find("news:n/1"));
}

TEST_F(DecisionsTest, WhatOneRouteIgnoresAnotherTakes) {
    auto with = decidedBy(ignoring);
    RouteSetup second;
    second.name = "second";
    second.from = {"in"};
    second.to = {"a/d"};
    with->routes.push_back(second);
    run(with);
    EXPECT_EQ(MessageState::translated, translated(acceptId("k:1\n")).state);
    EXPECT_THAT(partners_["a"]->wait(1), ElementsAre("k:1\n"));
    EXPECT_THAT(partners_["b"]->ids(), IsEmpty());
}

TEST_F(DecisionsTest, APolicyThatFailsHoldsTheMessage) {
    run(decidedBy([](const Document&, const Register&) -> Decisions {
        throw Error(Fault::rejected, "plan", {"has no number", "n'a pas de numéro"});
    }));
    const MessageView message = translated(acceptId("k:1\n"));
    EXPECT_EQ(MessageState::held, message.state);
    EXPECT_EQ("plan : n'a pas de numéro", message.reason.fr);
}

// Each its own again.
// --------------------------------------------------------------------------------------------------

/// Two things for one destination, which the map of today cannot make.
class MadeAgainTest : public DecisionsTest {
protected:
    std::shared_ptr<gateway::Setup> both(bool mapWorks) {
        auto with = decidedBy([](const Document&, const Register&) {
            Decisions decisions;
            decisions.recipients = {sent("b"), sent("b", "d", linesOf({"first"})),
                                    sent("b", "d", linesOf({"second"}))};
            return decisions;
        });
        if (!mapWorks) with->destinations["b/d"].map = {"down", broken_, {}};
        return with;
    }
    std::shared_ptr<const Transformer> broken_ = [] {
        class Broken final : public Transformer {
            Document transform(const Document&, const Context&, Report& report) const override {
                report.issues.add(Severity::error, "", {"no row for it", "pas de ligne"});
                return Builder("lines").finish();
            }
            std::string_view version() const override { return "1"; }
        };
        return std::make_shared<Broken>();
    }();
};

TEST_F(MadeAgainTest, OfSeveralForOneDestinationEachIsItsOwnAgain) {
    run(both(false));
    const std::string id = acceptId("k:1\n");
    const MessageView held = translated(id);
    ASSERT_EQ(3u, held.deliveries.size());
    pipeline_->use(both(true));
    replay({held.deliveries[2].id});
    EXPECT_THAT(partners_["b"]->wait(1), ElementsAre("second\n"));
    replay({held.deliveries[0].id});
    EXPECT_THAT(partners_["b"]->wait(2), ElementsAre("second\n", "k:1\n"));
    replay({held.deliveries[1].id});
    EXPECT_THAT(partners_["b"]->wait(3), ElementsAre("second\n", "k:1\n", "first\n"));
}

TEST_F(MadeAgainTest, OneThatWasSetAsideIsTranslatedAnewAsItself) {
    partners_["b"] = std::make_shared<FakePartner>();
    partners_["b"]->answer([](const Delivery&) -> Answer {
        throw Refused("AE", {"no", "non"}, {Bytes::copy("no"), "AE"});
    });
    run(both(true));
    const std::string id = acceptId("k:1\n");
    reach(id, Stage::delivered);
    partners_["b"]->waitForTries(3);
    const auto areAside = [&] {  // of a lane the outcomes are stored together
        const MessageView now = store_->show(id).value();
        return std::all_of(
            now.deliveries.begin(), now.deliveries.end(),
            [](const DeliveryView& one) { return one.state == DeliveryState::setAside; });
    };
    for (const Time patience = currentTime() + 20s; !areAside() && currentTime() < patience;)
        std::this_thread::yield();
    const MessageView refused = store_->show(id).value();
    partners_["b"]->answer(nullptr);
    EXPECT_FALSE(store_->retranslate(std::vector{refused.deliveries[1].id}, "anne").front());
    EXPECT_THAT(partners_["b"]->wait(1), ElementsAre("first\n"));
    EXPECT_FALSE(store_->retranslate(std::vector{refused.deliveries[0].id}, "anne").front());
    EXPECT_THAT(partners_["b"]->wait(2), ElementsAre("first\n", "k:1\n"));
}

class TwoRoutesTest : public PipelineTest {
protected:
    /// Both to "a/d"; the second one's map cannot carry "bad" unless it is mended.
    std::shared_ptr<gateway::Setup> twoRoutes(bool mended) {
        auto with = setup({"a"});
        RouteSetup second = with->routes[0];
        second.name = "second";
        with->routes.push_back(second);
        with->routes[0].policy = saying("first", false);
        with->routes[1].policy = saying("second", !mended);
        for (RouteSetup& route : with->routes) route.to.clear();
        with->maps["never"] = {"never", std::make_shared<FakeMap>("second"), {}};
        return with;
    }
    static std::shared_ptr<const Policy> saying(const std::string& text, bool fails) {
        return std::make_shared<ToldPolicy>([text, fails](const Document&, const Register&) {
            Decisions decisions;
            decisions.recipients = {sent("a", "d", linesOf({text}))};
            if (fails) decisions.recipients[0].filterMap = "never";
            return decisions;
        });
    }
};

TEST_F(TwoRoutesTest, OfTwoRoutesToOneDestinationEachMakesItsOwnAgain) {
    run(twoRoutes(false));
    const std::string id = acceptId("k:1\n");
    EXPECT_THAT(partners_["a"]->wait(1), ElementsAre("first\n"));
    const MessageView message = store_->show(id).value();
    ASSERT_EQ(DeliveryState::held, message.deliveries.at(1).state);
    pipeline_->use(twoRoutes(true));
    EXPECT_FALSE(store_->replay(std::vector{message.deliveries[1].id}, "anne").front());
    EXPECT_THAT(partners_["a"]->wait(2), ElementsAre("first\n", "second\n"));
}

TEST_F(TwoRoutesTest, WhatNoRouteMakesAnyMoreIsNotMadeByAnother) {
    run(twoRoutes(false));
    const std::string id = acceptId("k:1\n");
    EXPECT_THAT(partners_["a"]->wait(1), ElementsAre("first\n"));
    const std::string heldId = store_->show(id).value().deliveries.at(1).id;
    auto without = twoRoutes(true);
    without->routes.pop_back();
    pipeline_->use(without);
    EXPECT_FALSE(store_->replay(std::vector{heldId}, "anne").front());
    const auto reason = [&] { return store_->show(id).value().deliveries.at(1).reason.fr; };
    const Time patience = currentTime() + 20s;
    while (reason().find("plus aucune route") == std::string::npos && currentTime() < patience)
        std::this_thread::yield();
    EXPECT_THAT(reason(), HasSubstr("plus aucune route"));
    EXPECT_THAT(partners_["a"]->ids(), testing::SizeIs(1));
}

TEST_F(TwoRoutesTest, ARouteOfAnotherNameMakesWhatIsNobodysByNow) {
    run(twoRoutes(false));
    const std::string id = acceptId("k:1\n");
    EXPECT_THAT(partners_["a"]->wait(1), ElementsAre("first\n"));
    const std::string heldId = store_->show(id).value().deliveries.at(1).id;
    auto renamed = twoRoutes(true);
    renamed->routes[1].name = "other";
    pipeline_->use(renamed);
    EXPECT_FALSE(store_->replay(std::vector{heldId}, "anne").front());
    EXPECT_THAT(partners_["a"]->wait(2), ElementsAre("first\n", "second\n"));
}

// The register while messages are translated together.
// --------------------------------------------------------------------------------------------------

TEST_F(DecisionsTest, EachMessageSeesWhatThoseBeforeItDidToTheRegister) {
    const auto with = decidedBy([](const Document&, const Register& plans) {
        const auto before = plans.find("plan");
        Decisions decisions;
        decisions.recipients = {sent("b")};
        decisions.plan = "plan";
        decisions.edition = std::to_string(before ? std::stoi(before->edition) + 1 : 1);
        RegisterEntry entry;
        entry.key = "plan";
        entry.edition = decisions.edition;
        decisions.changes.push_back({entry, std::stoi(entry.edition)});
        return decisions;
    });
    pipeline_->use(with);
    std::string last;
    for (int n = 0; n < 20; ++n) last = acceptId("k:" + std::to_string(n) + "\n");
    pipeline_->start();  // now they are claimed together
    EXPECT_THAT(partners_["b"]->wait(20), testing::SizeIs(20));
    EXPECT_EQ("20", store_->show(last).value().deliveries.at(0).edition);
    EXPECT_EQ("20", store_->plans().find("plan").value().edition);
}

TEST_F(DecisionsTest, WhatIsOvertakenIsDecidedAgainByTheRegisterAsItIsByThen) {
    std::atomic<int> asked{0};
    run(decidedBy([&](const Document&, const Register& plans) {
        const auto before = plans.find("plan");
        RegisterEntry entry;
        entry.key = "plan";
        entry.edition = before ? before->edition + "+" : "1";
        Decisions decisions;
        decisions.recipients = {sent("b")};
        decisions.edition = entry.edition;
        decisions.changes.push_back({entry, 0, before ? before->revision : 0});
        if (asked++ == 0) meanwhile("plan", "other");
        return decisions;
    }));
    const std::string first = acceptId("k:1\n"), second = acceptId("k:2\n");
    EXPECT_THAT(partners_["b"]->wait(2), ElementsAre("k:1\n", "k:2\n"));
    EXPECT_EQ("other+", store_->show(first).value().deliveries.at(0).edition);
    EXPECT_EQ("other++", store_->show(second).value().deliveries.at(0).edition);
    EXPECT_FALSE(log_.has("overtaken")) << "it was faster at last";
}

TEST_F(DecisionsTest, OneThatIsOvertakenEachTimeIsGivenBackAndComesAgain) {
    std::atomic<int> asked{0};
    run(decidedBy([&](const Document&, const Register& plans) {
        const auto before = plans.find("plan");
        RegisterEntry entry;
        entry.key = "plan";
        Decisions decisions;
        decisions.recipients = {sent("b")};
        decisions.changes.push_back({entry, 0, before ? before->revision : 0});
        if (asked++ < 12) meanwhile("plan", std::to_string(asked));
        return decisions;
    }));
    acceptId("k:1\n");
    acceptId("k:2\n");
    EXPECT_THAT(partners_["b"]->wait(2), ElementsAre("k:1\n", "k:2\n"));
    EXPECT_TRUE(log_.has("overtaken"));
}

TEST_F(DecisionsTest, WhatAPlanStillOwesIsEndedBeforeTheNewIsMade) {
    run(decidedBy([](const Document& pivot, const Register&) {
        Decisions decisions;
        decisions.recipients = {sent("a")};
        decisions.plan = "plan";
        decisions.edition = pivot.root().firstChild().text();
        if (decisions.edition == "k:2")
            decisions.ends.push_back({"plan",
                                      "a",
                                      "k:1",
                                      DeliveryState::closed,
                                      {"a newer edition goes", "une édition plus récente part"}});
        return decisions;
    }));
    pipeline_->pause({"a/d", false, "anne", "", {}});
    const std::string first = acceptId("k:1\n");
    reach(first, Stage::translated);
    const MessageView second = translated(acceptId("k:2\n"));
    ASSERT_EQ(1u, second.deliveries.size());
    const DeliveryView ended = store_->show(first).value().deliveries.at(0);
    EXPECT_EQ(DeliveryState::closed, ended.state);
    EXPECT_THAT(ended.reason.fr, HasSubstr("une édition plus récente part"));
    pipeline_->resume("a/d", "anne");
    EXPECT_THAT(partners_["a"]->wait(1), ElementsAre("k:2\n"));
}

}  // namespace
}  // namespace pipeline_test
