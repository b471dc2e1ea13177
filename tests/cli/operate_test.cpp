/// What a person does with a running gateway: find, try, replay, edit, close, pause; and who can be
/// reached.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <thread>

#include "cli/drop_folder.h"
#include "cli/program.h"
#include "support/places.h"
#include "support/plugins.h"

namespace {
using support::Program;
using support::Ran;
using support::run;
using testing::HasSubstr;
using testing::Not;

/// A port that takes connections and says nothing.
class Silent {
public:
    Silent() : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        ::bind(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address);
        ::listen(socket_, 8);
        socklen_t size = sizeof address;
        ::getsockname(socket_, reinterpret_cast<sockaddr*>(&address), &size);
        port_ = ntohs(address.sin_port);
    }
    ~Silent() { ::close(socket_); }
    std::string port() const { return std::to_string(port_); }

private:
    int socket_;
    int port_ = 0;
};

class Operate : public support::DropFolder {
protected:
    Ran ask(std::vector<std::string> words) {
        words.insert(words.end(), {"-c", folder_.path()});
        if (std::find(words.begin(), words.end(), "--lang") == words.end())
            words.insert(words.end(), {"--lang", "en"});
        return run(words);
    }

    /// What a command says once it holds `text`; what it said last after 20 s.
    std::string until(const std::vector<std::string>& words, const std::string& text) {
        std::string said;
        for (const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(20);
             std::chrono::steady_clock::now() < end;
             std::this_thread::sleep_for(std::chrono::milliseconds(20))) {
            said = ask(words).out;
            if (said.find(text) != std::string::npos) break;
        }
        return said;
    }

    std::string heldId() {
        const std::string list = until({"messages", "list", "--state", "held"}, "held");
        return list.substr(0, list.find(' '));
    }

    bool waitsInFolder(const std::string& name) const {
        return std::filesystem::exists(folder_.path() + "/in/" + name);
    }
};

TEST_F(Operate, APausedDestinationWaitsOverARestartAndStatusSaysWhoAndWhy) {
    configure("routes: [{name: all, from: drop, to: archive/lines}]\n");
    auto program =
        std::make_unique<Program>(std::vector<std::string>{"serve", "-c", folder_.path()});
    ASSERT_NE("", program->line("\"started\""));
    const Ran paused = ask({"pause", "archive", "--why", "moving house", "--by", "anne"});
    EXPECT_EQ(0, paused.code) << paused.err;
    EXPECT_THAT(paused.out, HasSubstr("archive/lines is paused"));
    EXPECT_THAT(paused.out, Not(HasSubstr("already")));
    const Ran twice = ask({"pause", "archive", "--why", "moving house", "--by", "anne"});
    EXPECT_THAT(twice.out, HasSubstr("it was paused already, since 2"));
    EXPECT_THAT(twice.out, HasSubstr("by anne (moving house): this takes its place"));
    program->signal(SIGTERM);
    EXPECT_EQ(0, program->end());
    program = std::make_unique<Program>(std::vector<std::string>{"serve", "-c", folder_.path()});
    ASSERT_NE("", program->line("\"started\""));
    drop("a.txt", "one\n");
    until({"messages", "list"}, "queued");
    EXPECT_THAT(ask({"status"}).out, HasSubstr("by anne: moving house"));
    const std::string open = ask({"status", "--open"}).out;
    EXPECT_THAT(open, HasSubstr("by anne: moving house"));
    EXPECT_THAT(open, HasSubstr("1 more, where nothing waits\n\nDestinations")) << "the source";
    EXPECT_THAT(open, Not(HasSubstr("drop    ")));
    EXPECT_THAT(ask({"messages", "list", "--json"}).out, HasSubstr("\"attempts\":0"));
    EXPECT_THAT(ask({"resume", "archive/lines"}).out, HasSubstr("archive/lines goes on"));
    EXPECT_THAT(ask({"resume", "archive/lines"}).out, HasSubstr("archive/lines was not paused"));
    EXPECT_THAT(until({"messages", "list"}, "delivered"), HasSubstr("archive/lines delivered"));
    EXPECT_THAT(ask({"status"}).out, Not(HasSubstr("paused")));
    EXPECT_EQ(1, ask({"pause", "nobody"}).code);
    EXPECT_THAT(
        ask({"pause", "archiv/lines"}).err,
        HasSubstr("passerelle: archiv/lines: no source, partner or destination of that name is "
                  "configured; did you mean 'archive/lines'?"));
    const Ran state = ask({"messages", "list", "--state", "deliverd", "--lang", "fr"});
    EXPECT_EQ(2, state.code);
    EXPECT_THAT(state.err, testing::StartsWith("--state deliverd : aucun état de ce nom"));
    EXPECT_THAT(state.err, HasSubstr("(set-aside)"));
    EXPECT_THAT(state.err, HasSubstr("vouliez-vous dire « delivered » ?"));
    const Ran part = run({"messages", "lst"});
    EXPECT_EQ(2, part.code);
    EXPECT_THAT(part.err, HasSubstr("passerelle messages: there is no 'lst'; did you mean 'list'? "
                                    "(list, show, "));
    EXPECT_EQ(2, run({"store"}).code);
    const Ran body = ask({"messages", "show", "X-1", "--body"});
    EXPECT_EQ(2, body.code);
    EXPECT_THAT(body.err, HasSubstr("--why: a reason must be given"));
    EXPECT_THAT(ask({"alerts", "test", "nobdy"}).err,
                HasSubstr("passerelle: nobdy: no receiver of that name"));
}

TEST_F(Operate, AMailboxWaitsIsHandedOverByHandAndStaysOnReload) {
    const std::string plugins = std::string(support::kBuildDir) + "/plugins/";
    folder_.write("passerelle.yaml",
                  "store: {sqlite: p.db}\nplugins: {files: [" + plugins + "codec_lines.so, " +
                      plugins + "transport_folder.so, " + plugins +
                      "transport_mailbox.so]}\n"
                      "sources: {drop: {folder: {path: in, every: 20 ms}, codec: lines}}\n"
                      "routes: [{name: all, from: drop, to: archive/lines}]\n");
    const std::string box = "destinations: {lines: {mailbox: {unread_after: 30d}, codec: lines}}\n";
    folder_.write("partners/archive.yaml", "label: A\ncategory: archive\n" + box);
    Program program({"serve", "-c", folder_.path()});
    ASSERT_NE("", program.line("\"started\""));
    drop("a.txt", "one\n");
    drop("b.txt", "two\n");
    until({"messages", "list", "--state", "offered"}, "offered");
    const std::string first = until({"messages", "list", "--json"}, "offered");
    // Neither removed nor made something else while something waits in it.
    for (const char* const other :
         {"", "destinations: {lines: {folder: {path: out}, codec: lines}}\n"}) {
        folder_.write("partners/archive.yaml",
                      std::string("label: A\ncategory: archive\n") + other);
        program.signal(SIGHUP);
        ASSERT_NE("", program.line("\"reload-refused\""));
    }
    folder_.write("partners/archive.yaml", "label: A\ncategory: archive\n" + box);
    const Ran dry = ask({"messages", "settle", "--partner", "archive", "--dry-run"});
    EXPECT_THAT(dry.out, HasSubstr("would be delivered, by hand")) << dry.err;
    EXPECT_EQ(2,
              ask({"messages", "settle", "--partner", "archive", "--by-hand", "2999-01-01"}).code);
    const Ran early =
        ask({"messages", "settle", "--partner", "archive", "--by-hand", "2026-01-02"});
    EXPECT_EQ(1, early.code);
    EXPECT_THAT(early.err, HasSubstr("cannot have been handed over before"));
    const std::string today = gateway::toText(gateway::currentTime()).substr(0, 10);
    const Ran done = ask({"messages", "settle", "--partner", "archive", "--by-hand", today, "--by",
                          "anne", "--why", "at the desk"});
    EXPECT_EQ(0, done.code) << done.err;
    EXPECT_THAT(done.out, HasSubstr("handed over"));
    const std::string list = ask({"messages", "list"}).out;
    EXPECT_THAT(list, HasSubstr("archive/lines delivered"));
    const std::string shown = ask({"messages", "show", list.substr(0, list.find(' '))}).out;
    EXPECT_THAT(shown, HasSubstr("handed over by hand on " + today + ": at the desk (by anne)"));
    const std::size_t deliveries = shown.find("Deliveries\n  ");
    ASSERT_NE(shown.npos, deliveries);
    const std::string delivery =
        shown.substr(deliveries + 13, shown.find("  ", deliveries + 13) - deliveries - 13);
    EXPECT_EQ(shown, ask({"messages", "show", delivery}).out) << "by a delivery's id too";
    const Ran twice = ask({"messages", "settle", list.substr(0, list.find(' '))});
    EXPECT_EQ(1, twice.code);
    EXPECT_THAT(twice.err, HasSubstr("nothing of it waits to be picked up"));
    EXPECT_THAT(ask({"messages", "settle", delivery}).err,
                HasSubstr("does not wait to be picked up: 'close' ends other deliveries"));
    EXPECT_THAT(ask({"messages", "settle", "NIX", "--lang", "fr"}).err,
                HasSubstr("NIX: identifiant inconnu"));
    EXPECT_THAT(ask({"messages", "close", delivery, "--why", "no", "--lang", "fr"}).err,
                HasSubstr("est déjà remis"));
    EXPECT_THAT(ask({"messages", "replay", list.substr(0, list.find(' ')), "--lang", "fr"}).err,
                HasSubstr("est traduit : rien n'y attend une personne"));
}

TEST_F(Operate, AListSaysThatItGoesOnAndWhatMayBeMistyped) {
    configure("routes: [{name: all, from: drop, to: archive/lines}]\n");
    Program program({"serve", "-c", folder_.path()});
    ASSERT_NE("", program.line("\"started\""));
    drop("a.txt", "one\n");
    drop("b.txt", "two\n");
    until({"status"}, "archive/lines               0       0        2 ");
    const Ran page = ask({"messages", "list", "--most", "1"});
    const std::string id = page.out.substr(0, page.out.find(' '));
    EXPECT_EQ("there may be more: go on with --before " + id + "\n", page.err);
    EXPECT_EQ("", ask({"messages", "list"}).err);
    EXPECT_EQ("aucun message\naucune source « dorp » n'est configurée\n",
              ask({"messages", "list", "--source", "dorp", "--lang", "fr"}).err);
    EXPECT_EQ("no messages\n",
              ask({"messages", "list", "--partner", "archive", "--state", "set-aside"}).err);
    EXPECT_THAT(ask({"messages", "list", "--before", "NIX"}).err,
                HasSubstr("before: no message has that id"));
}

TEST_F(Operate, WhatIsQueuedIsClosedOnlyWhenItsStateIsNamed) {
    configure("routes: [{name: all, from: drop, to: archive/lines}]\n");
    Program program({"serve", "-c", folder_.path()});
    ASSERT_NE("", program.line("\"started\""));
    ASSERT_EQ(0, ask({"pause", "archive", "--why", "moving", "--by", "anne"}).code);
    drop("a.txt", "one\n");
    until({"messages", "list"}, "queued");
    EXPECT_THAT(ask({"messages", "close", "--partner", "archive", "--why", "gone"}).err,
                HasSubstr("nothing of that kind waits"));
    const Ran closed =
        ask({"messages", "close", "--state", "queued", "--partner", "archive", "--why", "gone"});
    EXPECT_EQ(0, closed.code) << closed.err;
    EXPECT_THAT(ask({"messages", "list"}).out, HasSubstr("archive/lines closed"));
    ASSERT_EQ(0, ask({"resume", "archive", "--by", "bert"}).code);
    const std::string pauses = ask({"pauses"}).out;
    EXPECT_THAT(pauses, HasSubstr("archive/lines"));
    EXPECT_THAT(pauses, HasSubstr("anne"));
    EXPECT_THAT(pauses, HasSubstr("bert"));
    EXPECT_THAT(pauses, HasSubstr("moving"));
    EXPECT_THAT(ask({"messages", "refused"}).err, HasSubstr("nothing was refused"));
}

TEST_F(Operate, InQuietHoursEverythingWaitsUntilAReloadTakesThemAway) {
    configure("routes: [{name: all, from: drop, to: archive/lines}]\n");
    // All the day but one minute that is half a day away.
    const auto now = std::chrono::floor<std::chrono::minutes>(gateway::currentTime());
    const auto text = [&](int minutes) {
        return gateway::toText(now + std::chrono::hours(12) + std::chrono::minutes(minutes))
            .substr(11, 5);
    };
    const std::string rest =
        "\nrate: {most: 1000, per: 1 min}\n"
        "destinations: {lines: {folder: {path: out}, codec: lines}}\n";
    folder_.write("partners/archive.yaml", "zone: UTC\nquiet_hours: [{from: \"" + text(1) +
                                               "\", to: \"" + text(0) + "\"}]" + rest);
    Program program({"serve", "-c", folder_.path()});
    ASSERT_NE("", program.line("\"started\""));
    drop("a.txt", "one\n");
    EXPECT_THAT(until({"messages", "list"}, "queued"), HasSubstr("queued"));
    const std::string status = ask({"status"}).out;
    EXPECT_THAT(status, HasSubstr("quiet until " + text(0)));
    EXPECT_THAT(status, HasSubstr("at most 1000 in 1 min"));
    const std::string listed = ask({"partners", "list"}).out;
    EXPECT_THAT(listed, HasSubstr("quiet until " + text(0) + ", at most 1000"));
    EXPECT_THAT(ask({"partners", "list", "--json"}).out, HasSubstr("\"per_ms\":60000"));
    folder_.write("partners/archive.yaml", rest);
    program.signal(SIGHUP);
    EXPECT_THAT(until({"messages", "list"}, "delivered"), HasSubstr("delivered"));
    EXPECT_THAT(ask({"status"}).out, Not(HasSubstr("quiet until")));
}

TEST_F(Operate, APausedFolderKeepsItsFiles) {
    configure("routes: [{name: all, from: drop, to: archive/lines}]\n");
    Program program({"serve", "-c", folder_.path()});
    ASSERT_NE("", program.line("\"started\""));
    ASSERT_EQ(0, ask({"pause", "drop"}).code);
    drop("a.txt", "one\n");
    // The folder looked at it at least once, and it is still there.
    ASSERT_NE("", program.line("folder-waits"));
    EXPECT_TRUE(waitsInFolder("a.txt"));
    ASSERT_EQ(0, ask({"resume", "drop"}).code);
    EXPECT_THAT(until({"messages", "list"}, "delivered"), HasSubstr("delivered"));
    EXPECT_FALSE(waitsInFolder("a.txt"));
}

TEST_F(Operate, WhatIsHeldForOneCauseIsReplayedTogetherAfterItSaidWhatItWouldDo) {
    Program program({"serve", "-c", folder_.path()});
    ASSERT_NE("", program.line("\"started\""));
    drop("a.txt", "one\n");
    drop("b.txt", "two\n");
    until({"status", "--json"}, "\"held\":2");
    const std::vector<std::string> wish{"messages", "replay", "--state", "held", "--why", "route"};
    std::vector<std::string> dry = wish;
    dry.push_back("--dry-run");
    const Ran said = ask(dry);
    EXPECT_EQ(0, said.code) << said.err;
    EXPECT_THAT(said.out, HasSubstr("would be translated again"));
    EXPECT_THAT(said.err, HasSubstr("2 in all; nothing was done"));
    EXPECT_EQ(2, ask({"messages", "replay"}).code) << "nobody replays everything by a slip";

    configure("routes: [{name: all, from: drop, to: archive/lines}]\n");
    program.signal(SIGHUP);
    ASSERT_NE("", program.line("\"configuration-in-force\""));
    const Ran done = ask(wish);
    EXPECT_EQ(0, done.code) << done.err;
    EXPECT_THAT(until({"status", "--json"}, "\"translated\":2"), HasSubstr("\"held\":0"));
}

TEST_F(Operate, EditIsOffUntilTheConfigurationAllowsIt) {
    auto program =
        std::make_unique<Program>(std::vector<std::string>{"serve", "-c", folder_.path()});
    ASSERT_NE("", program->line("\"started\""));
    drop("a.txt", "one\n");
    const std::string id = heldId();
    folder_.write("copy.txt", "two\n");
    const std::vector<std::string> wish{"messages", "edit",        id, folder_.path() + "/copy.txt",
                                        "--why",    "typing error"};
    const Ran off = ask(wish);
    EXPECT_EQ(1, off.code);
    EXPECT_THAT(off.err, HasSubstr("admin: {edit: on}"));
    program->signal(SIGTERM);
    EXPECT_EQ(0, program->end());

    configure("admin: {edit: on}\nroutes: [{name: all, from: drop, to: archive/lines}]\n");
    program = std::make_unique<Program>(std::vector<std::string>{"serve", "-c", folder_.path()});
    ASSERT_NE("", program->line("\"started\""));
    const Ran on = ask(wish);
    EXPECT_EQ(0, on.code) << on.err;
    EXPECT_THAT(on.out, HasSubstr(id + ": closed, its copy "));
    EXPECT_THAT(until({"messages", "list"}, "delivered"), HasSubstr("delivered"));
    EXPECT_THAT(ask({"messages", "show", id}).out, HasSubstr("typing error"));
}

TEST_F(Operate, SaysWhomThePersonLookedForIsNowhereInTheLog) {
    Program program({"serve", "-c", folder_.path()});
    ASSERT_NE("", program.line("\"started\""));
    const Ran none = ask({"messages", "list", "--patient", "199000000000001"});
    EXPECT_EQ(0, none.code) << none.err;
    EXPECT_EQ("", none.out);
    EXPECT_EQ(0, ask({"messages", "list", "--control-id", "MSG1", "--json"}).code);
    program.signal(SIGTERM);
    EXPECT_EQ("", program.line("199000000000001"));
}

TEST_F(Operate, PartnersAreListedAndTriedWithoutARunningGateway) {
    const Silent silent;
    std::string closed;
    {
        const Silent gone;
        closed = gone.port();
    }
    folder_.write("partners/chu.yaml",
                  "label: CHU Exemple\ncategory: hospital\ndestinations:\n"
                  "  plans: {mllp: {host: 127.0.0.1, port: " +
                      silent.port() +
                      "}, codec: lines}\n"
                      "  news: {mllp: {address: '127.0.0.1:" +
                      closed + "'}, codec: lines}\n  web: {http: {url: 'http://127.0.0.1:" +
                      closed + "/fhir'}, codec: lines}\n");
    const Ran list = ask({"partners", "list"});
    EXPECT_EQ(0, list.code) << list.err;
    EXPECT_THAT(list.out, HasSubstr("127.0.0.1:" + silent.port()));
    EXPECT_THAT(list.out, HasSubstr("CHU Exemple"));
    const Ran good = ask({"partners", "test", "chu/plans"});
    EXPECT_EQ(0, good.code) << good.out << good.err;
    EXPECT_THAT(good.out, HasSubstr("stays open"));
    const Ran bad = ask({"partners", "test", "chu"});
    EXPECT_EQ(1, bad.code);
    EXPECT_THAT(bad.out, HasSubstr("nothing listens at this port"));
    const Ran folder = ask({"partners", "test", "archive", "--json"});
    EXPECT_EQ(0, folder.code);
    EXPECT_THAT(folder.out, HasSubstr("\"step\":\"folder\",\"ok\":true"));
    const Ran french = run({"partners", "test", "chu/news", "-c", folder_.path(), "--lang", "fr"});
    EXPECT_THAT(french.out, HasSubstr("rien n'écoute sur ce port"));
    const Ran unknown = ask({"partners", "test", "chuu"});
    EXPECT_EQ(1, unknown.code);
    EXPECT_THAT(unknown.err, HasSubstr("did you mean 'chu'"));
}

TEST_F(Operate, WhatIsWrongWithTlsIsSaidInPlainWords) {
    const Silent silent;
    ASSERT_EQ(0, run({"certs", "init", folder_.path() + "/certs"}).code);
    folder_.write("partners/chu.yaml",
                  "destinations:\n  plans: {mllp: {host: no-such-host.invalid, port: 2575, tls: "
                  "{ca: certs/ca.crt}}, codec: lines}\n");
    EXPECT_THAT(ask({"partners", "test", "chu"}).out, HasSubstr("FAIL"));
    folder_.write("partners/chu.yaml",
                  "destinations:\n  plans: {mllp: {host: 127.0.0.1, port: " + silent.port() +
                      ", tls: {ca: certs/nothing.crt}}, codec: lines}\n");
    const Ran ours = ask({"partners", "test", "chu"});
    EXPECT_EQ(1, ours.code);
    EXPECT_THAT(ours.out, HasSubstr("nothing.crt"));
}

}  // namespace
