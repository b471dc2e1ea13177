#include "core/json_log.h"

#include <gmock/gmock.h>
#include <unistd.h>

#include <thread>

namespace {
using namespace gateway;
using testing::HasSubstr;
using testing::MatchesRegex;

/// What was written to a pipe by `work`; at most what a pipe holds.
template <class Work>
std::string written(Work work) {
    int ends[2];
    if (pipe(ends) != 0) throw std::runtime_error("no pipe");
    work(ends[1]);
    close(ends[1]);
    std::string all;
    char buffer[4096];
    for (ssize_t n; (n = read(ends[0], buffer, sizeof buffer)) > 0;)
        all.append(buffer, static_cast<std::size_t>(n));
    close(ends[0]);
    return all;
}

TEST(JsonLog, WritesOneObjectForEachLine) {
    const std::string line = written([](int out) {
        JsonLog log(out);
        log.debug("unseen");
        log.info("listening", {{"name", "adt"}, {"port", 2575}});
    });
    EXPECT_THAT(line, MatchesRegex("\\{\"time\":\"[0-9T:.Z-]+\",\"level\":\"info\",\"event\":"
                                   "\"listening\",\"name\":\"adt\",\"port\":2575\\}\n"));
}

TEST(JsonLog, EscapesWhatWouldBreakALine) {
    EXPECT_EQ("\"a\\u000ab\\\"\\\\é\"", jsonText("a\nb\"\\é"));
    EXPECT_EQ("\"\\u001b[2J\\u009b31m\\u202e€😀\"", jsonText("\x1B[2J\xC2\x9B"
                                                            "31m\u202E€😀"));
    EXPECT_EQ("\"\xEF\xBF\xBD|\xEF\xBF\xBD\"", jsonText("\xE9|\xF0"));
}

TEST(JsonLog, KeepsLinesOfManyThreadsWhole) {
    const std::string all = written([](int out) {
        JsonLog log(out);
        std::vector<std::thread> threads;
        for (int i = 0; i < 4; ++i)
            threads.emplace_back([&] {
                for (int n = 0; n < 50; ++n) log.info("event", {{"n", n}});
            });
        for (std::thread& thread : threads) thread.join();
    });
    EXPECT_EQ(200, std::count(all.begin(), all.end(), '\n'));
    for (std::size_t at = 0; at < all.size(); at = all.find('\n', at) + 1)
        EXPECT_EQ(0u, all.compare(at, 9, "{\"time\":\"")) << at;
}

}  // namespace
