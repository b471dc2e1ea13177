/// @file  Threads that come when there is work and go when there is none for a while.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace gateway::http {

/// One task, one thread: no task ever waits for another to end.
class Workers {
public:
    explicit Workers(unsigned most);
    ~Workers();
    Workers(const Workers&) = delete;
    Workers& operator=(const Workers&) = delete;

    /// False when all threads are at work: then nothing was taken.
    bool tryRun(std::function<void()> task);
    /// Waits for all tasks to end; takes no more.
    void join();

private:
    bool grow();
    void work();

    const unsigned most_;
    std::mutex mutex_;  ///< guards all below
    std::condition_variable wake_;
    std::deque<std::function<void()>> tasks_;  ///< never more than there are idle threads
    std::vector<std::thread> threads_;
    std::vector<std::thread::id> ended_;
    unsigned running_ = 0;
    unsigned idle_ = 0;
    bool stopping_ = false;
};

}  // namespace gateway::http
