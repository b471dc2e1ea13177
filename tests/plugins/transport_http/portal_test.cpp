/// The door of a network's portal: files of a form, and what became of them.
#include "fhir_front.h"
#include "gateway/pack.h"

namespace {
using namespace gateway;
using support::scalar;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

class Portal : public transport_http_test::ListenerTest {
protected:
    Portal() {
        relai_.endpoint = "portail-relai";
        relai_.network = "relai";
        other_.endpoint = "portail-autre";
        other_.network = "autre";
        gateway_.access_->shown = {{"relai", relai_}, {"autre", other_}};
        gateway_.stored("M-1");
        listen({{"tokens", scalar("idp")}});
        EXPECT_FALSE(
            serve({"relai", {}, {}}, support::map({{"path", scalar("/networks/relai/plans")},
                                                   {"network", scalar("relai")}}))
                .failed());
        address_ = start();
    }
    std::string post(const std::string& body, const std::string& type) {
        return support::converse(
            address_,
            "POST /networks/relai/plans HTTP/1.1\r\nHost: a\r\nConnection: close\r\n"
            "Authorization: Bearer relai\r\nContent-Type: " +
                type + "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body);
    }
    std::string postForm(const std::string& parts) {
        return post(parts, "multipart/form-data; boundary=\"x y\"");
    }
    std::string ask(const std::string& id, const std::string& token,
                    const std::string& fields = {}) {
        return support::converse(address_, "GET /networks/relai/plans/" + id +
                                               " HTTP/1.1\r\nHost: a\r\nConnection: close\r\n"
                                               "Authorization: Bearer " +
                                               token + "\r\n" + fields + "\r\n");
    }
    static std::string part(const std::string& name, const std::string& content) {
        return "--x y\r\nContent-Disposition: form-data; name=\"file\"; filename=\"" + name +
               "\"\r\nContent-Type: text/csv\r\n\r\n" + content + "\r\n";
    }
    MessageView& message(const Who& sender) {
        MessageView& view = gateway_.messages["M-1"];
        view.id = "M-1";
        view.source = "relai";
        view.state = MessageState::translated;
        view.received = timeFromText("2026-11-28T08:00:00.000Z");
        note(view.facts, sender);
        return view;
    }

    Who relai_, other_;
    std::string address_;
};

TEST_F(Portal, WhatIsPostedHasAPlaceToAskAt) {
    EXPECT_THAT(
        post("{}", "application/json"),
        AllOf(StartsWith("HTTP/1.1 202 "), HasSubstr("Location: /networks/relai/plans/M-1\r\n")));
    EXPECT_TRUE(isFrom(gateway_.arrivals.front().facts, relai_));
}

TEST_F(Portal, TheFilesOfAFormAreOnePackWhateverTheirOrder) {
    const std::string a = "id;nom\r\n1;Zoé\r\n", b(3, '\0');
    EXPECT_THAT(postForm(part("b.csv", b) + part("a.csv", a) + "--x y--\r\n"),
                StartsWith("HTTP/1.1 202 "));
    const Bytes pack = gateway_.arrivals.back().body;
    postForm("preamble\r\n" + part("a.csv", a) + part("b.csv", b) + "--x y--");
    EXPECT_EQ(pack.view(), gateway_.arrivals.back().body.view());
    const auto files = unpacked(pack).value();
    ASSERT_EQ(2u, files.size());
    EXPECT_EQ("a.csv", files[0].name);
    EXPECT_EQ(a, files[0].content.view());
    EXPECT_EQ(b, files[1].content.view());
}

TEST_F(Portal, OneFileIsTakenAsItIs) {
    postForm(part("plan.json", "{\"a\":1}") + "--x y--\r\n");
    EXPECT_EQ("{\"a\":1}", gateway_.arrivals.back().body.view());
}

TEST_F(Portal, AFormThatIsNoneIsRefused) {
    const std::string file = part("a.csv", "1"), end = "--x y--\r\n";
    for (const std::string& form : {std::string(), file, file + part("b.csv", "2"),
                                    std::string("--x y\r\n\r\n"), std::string("no form")})
        EXPECT_THAT(postForm(form), StartsWith("HTTP/1.1 400 ")) << form;
    EXPECT_THAT(post(file + end, "multipart/form-data"), StartsWith("HTTP/1.1 400 "));
    EXPECT_THAT(postForm(file + file + end), StartsWith("HTTP/1.1 422 ")) << "twice";
    EXPECT_THAT(postForm(end), StartsWith("HTTP/1.1 422 ")) << "nothing";
    for (const char* const name : {"", "..", ".hidden", "a\tb"})
        EXPECT_THAT(postForm(part(name, "1") + end), StartsWith("HTTP/1.1 422 ")) << name;
    EXPECT_THAT(postForm("--x y\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1\r\n" + end),
                AllOf(StartsWith("HTTP/1.1 422 "), HasSubstr("part 1")));
    EXPECT_TRUE(gateway_.arrivals.empty());
}

TEST_F(Portal, AFormIsBoundedAndWhatIsInAFileIsThatFiles) {
    const std::string end = "--x y--\r\n";
    std::string many;
    for (int i = 0; i < 1'001; ++i) many += part(std::to_string(i) + ".csv", "1");
    EXPECT_THAT(postForm(many + end), AllOf(StartsWith("HTTP/1.1 422 "), HasSubstr("1000 files")));
    for (const std::string& field :
         {"X: " + std::string(1 << 20, 'x'), std::string(1 << 20, 'x') + ": 1"})
        EXPECT_THAT(postForm("--x y\r\n" + field + "\r\n" + part("a.csv", "1").substr(7) + end),
                    StartsWith("HTTP/1.1 400 "));
    EXPECT_THAT(postForm("--x y\r\nContent-Disposition: form-data; name=\"a\"; "
                         "filename*=UTF-8''a.csv\r\n\r\n1\r\n" +
                         end),
                StartsWith("HTTP/1.1 422 "));
    EXPECT_TRUE(gateway_.arrivals.empty());

    const std::string inner =
        "--inner\r\nContent-Disposition: form-data; name=\"a\"; filename=\"../../b.csv\"\r\n\r\n2"
        "\r\n--inner--\r\n--x  y\r\n --x y\r\nContent-Disposition: form-data; name=\"a\"; "
        "filename=\"c.csv\"\r\n\r\n3";
    EXPECT_THAT(postForm("--x y\r\nContent-Disposition: form-data; name=\"a\"; filename=\"C:\\\\x"
                         "\\\\a.csv\"\r\nContent-Type: multipart/mixed; boundary=inner\r\n\r\n" +
                         inner + "\r\n" + part("d.csv", "4") + end),
                StartsWith("HTTP/1.1 202 "));
    const auto files = unpacked(gateway_.arrivals.back().body).value();
    ASSERT_EQ(2u, files.size());
    EXPECT_EQ("a.csv", files[0].name);
    EXPECT_EQ(inner, files[0].content.view()) << "what looks like parts there is none";
    EXPECT_EQ("d.csv", files[1].name);
}

TEST_F(Portal, ItsSenderAndItsNetworkReadWhatBecameOfIt) {
    MessageView& view = message(relai_);
    view.deliveries.resize(2);
    view.deliveries[0].partner = "gp";
    view.deliveries[0].destination = "gp/plans";
    view.deliveries[0].state = DeliveryState::offered;
    view.deliveries[1].partner = "had";
    view.deliveries[1].destination = "had/plans";
    view.deliveries[1].state = DeliveryState::setAside;
    view.deliveries[1].reason = {"refused by the partner", "refusé par le partenaire"};
    for (int i = 0; i < 2; ++i)
        view.timeline.push_back(
            {view.received, "", "left-out", "kine", {"no consent", "sans accord"}});
    view.timeline.push_back({view.received, "", "note", "", {"add row MARKED", "MARKED"}});
    const std::string told = ask("M-1", "relai", "Accept-Language: fr\r\n");
    EXPECT_THAT(
        told, AllOf(StartsWith("HTTP/1.1 200 "), HasSubstr("Content-Language: fr\r\n"),
                    HasSubstr(R"({"id":"M-1","state":"translated")"),
                    HasSubstr(R"("destination":"gp/plans","outcome":"waiting","state":"offered")"),
                    HasSubstr(R"("outcome":"stopped","state":"set-aside","reason":"refusé par le)"),
                    HasSubstr(R"({"partner":"kine","outcome":"left-out","since":"2026-11-28T)"),
                    Not(HasSubstr("MARKED"))));
    EXPECT_EQ(told.find("kine"), told.rfind("kine")) << "told once";
    Who colleague = relai_;
    colleague.endpoint = "portail-relai-2";
    gateway_.access_->shown["colleague"] = colleague;
    EXPECT_THAT(ask("M-1", "colleague"), StartsWith("HTTP/1.1 200 "));
}

TEST_F(Portal, NobodyElseLearnsThatThereIsOne) {
    message(relai_);
    EXPECT_THAT(ask("M-1", "autre"), StartsWith("HTTP/1.1 404 "));
    const auto bodyOf = [](const std::string& answer) {
        return answer.substr(answer.find("\r\n\r\n"));
    };
    EXPECT_EQ(bodyOf(ask("M-2", "relai")), bodyOf(ask("M-1", "autre")));
    gateway_.messages["M-1"].source = "elsewhere";
    EXPECT_THAT(ask("M-1", "relai"), StartsWith("HTTP/1.1 404 "));
    gateway_.access_->rule = [](const Who&, const Wanted& wanted) {
        return wanted.act == Wanted::Act::follow ? std::optional(Reason("no")) : std::nullopt;
    };
    EXPECT_THAT(ask("M-1", "relai"), StartsWith("HTTP/1.1 403 "));
}

}  // namespace
