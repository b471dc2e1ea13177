/// Stopping and reloading while work goes on: nothing is lost, nothing comes twice, order holds.
#include "pipeline/fixture.h"

namespace pipeline_test {
namespace {
class StopTest : public PipelineTest {
protected:
    void acceptAll(int from, int to) {
        for (int i = from; i < to; ++i)
            accept(std::string(1, static_cast<char>('p' + i % 4)) + ":" + std::to_string(i) + "\n");
    }
    /// Each once, and those of one key in order.
    void expectOnceInOrder(const std::vector<std::string>& arrived, int count) {
        EXPECT_EQ(static_cast<std::size_t>(count), arrived.size());
        std::map<char, int> last;
        for (const std::string& text : arrived) {
            const int number = std::stoi(text.substr(2));
            const auto [at, fresh] = last.try_emplace(text[0], -1);
            EXPECT_LT(at->second, number) << text;
            at->second = number;
        }
    }
    std::uint64_t howMany(const char* state) { return store_->counts().deliveries["a/d"][state]; }
};

TEST_F(StopTest, WhatIsBeingSentEndsAndTheRestWaitsForTheNextStart) {
    run(setup({"a"}));
    std::mutex mutex;
    std::condition_variable answer;
    bool may = false;
    partners_["a"]->answer([&](const Delivery&) -> Answer {  // a partner that takes its time
        std::unique_lock lock(mutex);
        answer.wait(lock, [&] { return may; });
        return {Bytes::copy("ok"), "AA"};
    });
    acceptAll(0, 40);
    partners_["a"]->waitForTries(2);
    std::thread stopping([&] { pipeline_->stop(); });
    acceptAll(40, 44);  // a listener may still have something in hand
    {
        const std::lock_guard lock(mutex);
        may = true;
    }
    answer.notify_all();
    stopping.join();
    const std::size_t before = partners_["a"]->wait(0).size();
    EXPECT_LT(before, 44u) << "it stopped before all was sent";
    EXPECT_EQ(before, howMany("delivered"));
    EXPECT_EQ(0u, howMany("inflight"));
    EXPECT_EQ(0u, howMany("uncertain")) << "whoever was asked has answered";
    pipeline_.reset();
    store_.reset();
    open();
    run(setup({"a"}));
    expectOnceInOrder(partners_["a"]->wait(44), 44);
}

TEST_F(StopTest, AReloadUnderLoadNeitherLosesNorDoubles) {
    const auto one = setup({"a"});
    const auto other = setup({"a"});
    other->version = "other";
    other->destinations["a/d"].concurrency = 4;
    run(one);
    std::atomic<bool> done{false};
    std::thread reloading([&] {
        for (int i = 0; !done; ++i) pipeline_->use(i % 2 ? one : other);
    });
    acceptAll(0, 400);
    const auto arrived = partners_["a"]->wait(400);
    done = true;
    reloading.join();
    pipeline_->stop();  // so that the last answers are noted
    expectOnceInOrder(arrived, 400);
    EXPECT_EQ(400u, howMany("delivered"));
}

}  // namespace
}  // namespace pipeline_test
