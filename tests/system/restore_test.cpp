/// A backup that is made under load is put in place elsewhere, and the gateway goes on from it.
#include <signal.h>

#include <atomic>
#include <filesystem>
#include <fstream>

#include "asking.h"
#include "relai_world.h"
#include "support/places.h"
#include "support/plugins.h"

namespace {
using namespace std::chrono_literals;
namespace fs = std::filesystem;
using support::asked;
using support::passerelle;
using support::RelaiWorld;
using support::replaced;

class Restore : public testing::Test {
protected:
    /// Sends plans of other people, one after the other. @return ids of those acknowledged
    std::vector<std::string> send(int first, int count) {
        std::vector<std::string> files;
        for (int i = first; i < first + count; ++i)
            files.push_back(more_.write(
                std::to_string(i) + ".json",
                replaced(plan_, "EXC-2026-0001", "EXC-2026-" + std::to_string(10'000 + i))));
        const support::Ran sent = world_.send(files);
        std::vector<std::string> ids;
        for (std::size_t at = 0; (at = sent.out.find("\"id\":\"", at)) != sent.out.npos;) {
            at += 6;
            ids.push_back(sent.out.substr(at, sent.out.find('"', at) - at));
        }
        return ids;
    }
    static std::string read(const std::string& file) {
        std::ifstream in(file, std::ios::binary);
        return {std::istreambuf_iterator<char>(in), {}};
    }

    RelaiWorld world_;
    support::TemporaryFolder more_, other_;
    const std::string plan_ =
        support::fileText(std::string(support::kSourceDir) + "/docs/demo/plans/1-actif.json");
};

TEST_F(Restore, WhatWasAcknowledgedBeforeTheBackupIsThereAndGoesOn) {
    std::vector<std::string> before = send(0, 20), meanwhile;
    ASSERT_EQ(20u, before.size());
    std::atomic<bool> stop{false};
    std::thread load([&] {
        for (int i = 100; !stop; i += 10)
            for (const std::string& id : send(i, 10)) meanwhile.push_back(id);
    });
    const std::string copy = more_.path() + "/copy.db";
    const support::Ran backup = passerelle({"store", "backup", "-c", world_.folder(), copy});
    stop = true;
    load.join();
    ASSERT_EQ(0, backup.code) << backup.err;
    EXPECT_FALSE(meanwhile.empty()) << "there was no load";
    EXPECT_EQ(0, world_.gateway().end(SIGTERM));

    // Elsewhere: the configuration and the keys, nothing of the store.
    const std::string elsewhere = other_.path() + "/gateway";
    fs::create_directories(elsewhere);
    for (const char* const part : {"partners", "certs", "inbox", "passerelle.yaml"})
        fs::copy(world_.folder() + "/" + part, elsewhere + "/" + part, fs::copy_options::recursive);
    const support::Ran restored = passerelle({"store", "restore", "-c", elsewhere, copy});
    ASSERT_EQ(0, restored.code) << restored.err;
    support::GatewayProcess gateway(elsewhere);
    ASSERT_TRUE(support::within(30s, [&] {
        return passerelle({"status", "-c", elsewhere}).code == 0;
    })) << gateway.output();
    for (const std::string& id : before)
        EXPECT_EQ(id, support::textAt(asked({"messages", "show", id}, elsewhere), "id"));
    const auto settled = [&] {
        const auto status = asked({"status"}, elsewhere);
        return status["messages"]["waiting"].GetUint64() == 0 &&
               support::deliveriesIn(status, "queued") == 0 &&
               support::deliveriesIn(status, "inflight") == 0 &&
               support::deliveriesIn(status, "uncertain") == 0;
    };
    EXPECT_TRUE(support::within(60s, settled)) << gateway.output();
    EXPECT_TRUE(support::within(30s, [&] {
        const auto status = asked({"status"}, elsewhere);
        return status["reconciliation"].Size() > 0;
    }));
    const auto status = asked({"status"}, elsewhere);
    for (const auto& account : status["reconciliation"].GetArray())
        EXPECT_EQ(0, account["gap"].GetInt64()) << support::textAt(account, "name");
    EXPECT_EQ(0u, status["alerts"].Size());
    // It takes new ones, and knows what came before.
    const std::string to =
        "http://127.0.0.1:" + std::to_string(gateway.port("portal")) + "/networks/relai/plans";
    const support::Ran again =
        passerelle({"send", "--to", to, "--type", "application/json", more_.path() + "/0.json",
                    more_.write("new.json", replaced(plan_, "EXC-2026-0001", "EXC-2026-99999"))});
    EXPECT_EQ(0, again.code) << again.err;
    EXPECT_THAT(again.out, testing::HasSubstr("\"repeat\":true"));
    EXPECT_THAT(again.out, testing::HasSubstr("\"repeat\":false"));
}

}  // namespace
