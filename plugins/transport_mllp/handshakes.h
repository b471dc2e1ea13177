/// @file  TLS handshakes beside the loop: a signature takes a millisecond, in which the loop reads
/// a hundred frames.
#pragma once

#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "connection.h"
#include "tls/credentials.h"

namespace transport_mllp {

using ConnectionPtr = std::shared_ptr<Connection>;

/// Two threads. A connection is in the queue once at most, which bounds it. Between two they look
/// whether the files of TLS have changed, so that the loop hears of a revocation without reading a
/// file.
class Handshakes {
public:
    explicit Handshakes(tls::Credentials& files);
    /// Leaves what is queued.
    ~Handshakes();
    Handshakes(const Handshakes&) = delete;
    Handshakes& operator=(const Handshakes&) = delete;

    void push(ConnectionPtr connection);

private:
    void run();

    tls::Credentials& files_;
    std::mutex mutex_;  // guards queue_ and stopping_
    std::condition_variable some_;
    std::deque<ConnectionPtr> queue_;
    bool stopping_ = false;
    std::vector<std::thread> threads_;
};

}  // namespace transport_mllp
