/// What systemd hears.
#include "cli/service_manager.h"

#include <gmock/gmock.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>

#include "support/gateway_process.h"
#include "support/places.h"

namespace {
using namespace gateway;
using testing::StartsWith;

class Systemd : public testing::Test {
protected:
    Systemd() {
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        std::strncpy(address.sun_path, path().c_str(), sizeof(address.sun_path) - 1);
        socket_ = ::socket(AF_UNIX, SOCK_DGRAM, 0);
        EXPECT_EQ(0, ::bind(socket_, reinterpret_cast<sockaddr*>(&address), sizeof(address)));
        timeval most{10, 0};
        ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &most, sizeof(most));
        ::setenv("NOTIFY_SOCKET", path().c_str(), 1);
    }
    ~Systemd() override {
        ::close(socket_);
        for (const char* name : {"NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID"})
            ::unsetenv(name);
    }
    std::string path() const { return folder_.path() + "/notify"; }
    std::string heard() {
        char bytes[1024];
        const ssize_t size = ::recv(socket_, bytes, sizeof(bytes), 0);
        return size < 0 ? "(nothing)" : std::string(bytes, static_cast<std::size_t>(size));
    }

    support::TemporaryFolder folder_;
    int socket_ = -1;
};

TEST_F(Systemd, HearsOfStartReloadAndStop) {
    ServiceManager manager;
    manager.ready("running");
    EXPECT_EQ("READY=1\nSTATUS=running", heard());
    manager.reloading();
    EXPECT_THAT(heard(), StartsWith("RELOADING=1\nMONOTONIC_USEC="));
    manager.stopping();
    EXPECT_EQ("STOPPING=1", heard());
}

TEST_F(Systemd, HearsThatItLivesWhileItDoes) {
    ::setenv("WATCHDOG_USEC", "2000", 1);
    std::atomic<bool> lives{true};
    ServiceManager manager;
    manager.watch([&] { return lives.load(); });
    EXPECT_EQ("WATCHDOG=1", heard());
    EXPECT_EQ("WATCHDOG=1", heard());
}

TEST_F(Systemd, AWatchdogOfAnotherProcessIsLeftAlone) {
    ::setenv("WATCHDOG_USEC", "2000", 1);
    ::setenv("WATCHDOG_PID", "1", 1);
    ServiceManager manager;
    manager.watch([] { return true; });
    manager.stopping();
    EXPECT_EQ("STOPPING=1", heard()) << "and nothing before it";
}

TEST_F(Systemd, HearsTheGatewayItself) {
    folder_.write("in/.keep", "");
    folder_.write("passerelle.yaml",
                  "store: {sqlite: var/store.db}\nsources:\n  a: {folder: {path: in}, codec: "
                  "lines}\nroutes:\n  - {name: all, from: a, ignore: test}\n");
    support::Process gateway(
        {std::string(support::kBuildDir) + "/passerelle", "serve", "-c", folder_.path()},
        folder_.path() + "/log");
    EXPECT_EQ("READY=1\nSTATUS=running", heard()) << gateway.output();
    ::kill(gateway.id(), SIGHUP);
    EXPECT_THAT(heard(), StartsWith("RELOADING=1\n"));
    EXPECT_EQ("READY=1\nSTATUS=running", heard());
    folder_.write("passerelle.yaml", "colour: red\n");
    ::kill(gateway.id(), SIGHUP);
    EXPECT_THAT(heard(), StartsWith("RELOADING=1\n"));
    EXPECT_THAT(heard(), testing::HasSubstr("the last reload was refused"));
    EXPECT_EQ(0, gateway.end(SIGTERM));
    EXPECT_EQ("STOPPING=1", heard());
}

TEST(WithoutSystemd, NobodyIsTold) {
    ::unsetenv("NOTIFY_SOCKET");
    ServiceManager manager;
    manager.ready("running");
    manager.watch([] { return true; });
}

}  // namespace
