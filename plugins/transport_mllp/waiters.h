/// @file  Answers that wait until a message is translated or delivered.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "connection.h"
#include "gateway/transport.h"
#include "mllp/ack.h"

namespace transport_mllp {

using ConnectionPtr = std::shared_ptr<Connection>;

/// What is to be answered once all its messages have come so far.
struct Waiting {
    ConnectionPtr connection;
    gateway::Bytes head;           ///< of the frame, up to the end of MSH: what an answer needs
    std::string message;           ///< our id of the first
    std::vector<std::string> ids;  ///< ours, of the messages not there yet; the last is asked first
    gateway::Stage stage = gateway::Stage::stored;
    mllp::Clock::time_point deadline;
    bool late = false;  ///< the connection goes on meanwhile
};

/// A few threads that go round all that wait, so that none stands behind a slow one.
class Waiters {
public:
    using Answer = std::function<void(const Waiting&, const mllp::Verdict&)>;

    Waiters(gateway::Inbox& inbox, Answer answer);
    /// Answers all that still wait.
    ~Waiters();
    Waiters(const Waiters&) = delete;
    Waiters& operator=(const Waiters&) = delete;

    /// When too many wait already, it is answered at once: "in progress".
    void push(Waiting waiting);
    /// Answers "in progress" without waiting from now on.
    void hurry();

private:
    void run();
    /// @return whether it was answered
    bool look(Waiting& waiting, gateway::Milliseconds turn);

    gateway::Inbox& inbox_;
    const Answer answer_;
    std::mutex mutex_;  // guards the rest
    std::condition_variable some_;
    std::deque<Waiting> queue_;
    bool hurry_ = false;
    bool stopping_ = false;
    std::vector<std::thread> threads_;
};

}  // namespace transport_mllp
