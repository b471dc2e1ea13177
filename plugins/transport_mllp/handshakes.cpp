#include "handshakes.h"

#include <chrono>

namespace transport_mllp {
namespace {

constexpr int kThreads = 2;
constexpr std::chrono::seconds kLook{2};

}  // namespace

Handshakes::Handshakes(gateway::tls::Credentials& files) : files_(files) {
    for (int i = 0; i < kThreads; ++i) threads_.emplace_back([this] { run(); });
}

Handshakes::~Handshakes() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    some_.notify_all();
    for (std::thread& thread : threads_) thread.join();
}

void Handshakes::push(ConnectionPtr connection) {
    const std::lock_guard lock(mutex_);
    queue_.push_back(std::move(connection));
    some_.notify_one();
}

void Handshakes::run() {
    for (;;) {
        std::unique_lock lock(mutex_);
        const bool any =
            some_.wait_for(lock, kLook, [this] { return stopping_ || !queue_.empty(); });
        if (stopping_) return;
        if (!any) {
            lock.unlock();
            files_.current();
            continue;
        }
        const ConnectionPtr connection = std::move(queue_.front());
        queue_.pop_front();
        lock.unlock();
        connection->shake();
    }
}

}  // namespace transport_mllp
