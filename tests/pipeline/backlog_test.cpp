/// How many messages wait is counted anew, whatever else changed them.
#include <gtest/gtest.h>

#include <thread>

#include "pipeline/fixture.h"
#include "pipeline/purger.h"

namespace pipeline_test {
namespace {

class BacklogTest : public PipelineTest {
protected:
    static bool eventually(const std::function<bool()>& what) {
        for (int i = 0; i < 2'000'000 && !what(); ++i) std::this_thread::yield();
        return what();
    }
};

TEST_F(BacklogTest, IsWhatTheStoreSays) {
    pipeline_->use(setup({"a"}));  // it does not run: what is accepted waits
    acceptId("1:a\n");
    acceptId("1:b\n");
    Backlog two(2), three(3);
    two.count(*store_);
    three.count(*store_);
    EXPECT_TRUE(two.full());
    EXPECT_FALSE(three.full());
}

TEST_F(BacklogTest, ThePurgerCountsItAgain) {
    Backlog backlog(1);
    backlog.add(7);  // as though they had been closed meanwhile
    ASSERT_TRUE(backlog.full());
    Current current;
    current.set(setup({"a"}));
    Purger purger(*store_, log_, current, backlog, 1ms);
    purger.start();
    EXPECT_TRUE(eventually([&] { return !backlog.full(); }));
    purger.stop();
}

}  // namespace
}  // namespace pipeline_test
