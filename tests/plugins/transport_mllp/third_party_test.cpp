#include <unistd.h>

#include <array>
#include <cstdio>
#include <filesystem>
#include <fstream>

#include "fakes.h"

namespace {
using namespace gateway;

std::string outputOf(const std::string& command) {
    const std::unique_ptr<std::FILE, int (*)(std::FILE*)> pipe(::popen(command.c_str(), "r"),
                                                               &::pclose);
    std::string output;
    std::array<char, 4096> buffer;
    while (const std::size_t got = std::fread(buffer.data(), 1, buffer.size(), pipe.get()))
        output.append(buffer.data(), got);
    return output;
}

/// python3-hl7's sender.
TEST(MllpThirdParty, MllpSendGetsItsAcknowledgement) {
    if (!std::filesystem::exists("/usr/bin/mllp_send"))
        GTEST_SKIP() << "python3-hl7 is not installed";
    support::Plugins plugins({"transport_mllp"});
    fakes::Gateway gateway;
    const auto listener =
        plugins.listener("mllp", support::map({{"listen", support::scalar("127.0.0.1:0")}}));
    fakes::serve(*listener, {"adt"});
    listener->start(gateway);
    std::string file = std::filesystem::temp_directory_path() / "mllpXXXXXX";
    const int opened = ::mkstemp(file.data());
    ASSERT_GE(opened, 0);
    ::close(opened);
    std::ofstream(file) << mllp::framed(fakes::admission("4711"));
    const std::string port = listener->address().substr(listener->address().rfind(':') + 1);
    const std::string output = outputOf("mllp_send -p " + port + " -f " + file + " 127.0.0.1 2>&1");
    std::filesystem::remove(file);
    EXPECT_THAT(output, testing::HasSubstr("MSA|AA|4711"));
    listener->stop(std::chrono::seconds(5));
    ASSERT_EQ(1U, gateway.inbox().arrivals().size());
    // It leaves out the last segment's end.
    EXPECT_EQ(fakes::admission("4711"),
              std::string(gateway.inbox().arrivals()[0].body.view()) + "\r");
}

}  // namespace
