/// @file  The messages of one destination whose answer may still come.
#pragma once

#include <cstddef>
#include <deque>
#include <string>
#include <unordered_map>

#include "mllp/head.h"

namespace transport_mllp {

/// Who was sent a message, or who says an answer, as far as bytes and connection tell.
struct Speaker {
    std::string host;
    std::string application, facility;  ///< first components

    /// MSH-5 and MSH-6 of a message.
    static Speaker sentTo(const mllp::Head& head, std::string host);
    /// MSH-3 and MSH-4 of an answer.
    static Speaker of(const mllp::Head& head, std::string host);
    /// How much speaks for both being the same: 0 nothing, 1 the host or the names, 2 both.
    int likeness(const Speaker& other) const;
};

struct Awaited {
    std::string partner;
    std::string delivery;
    Speaker to;
    bool due = false;      ///< listened for, whoever uses the connection
    bool certain = false;  ///< asked for in any case
    bool heard = false;
    /// One of several messages of the delivery: only a refusal says something of the whole, which
    /// the gateway knows by the id of its first message.
    std::string partOf = {};
    std::string answerId;  ///< MSH-10 of what was heard
};

/// The last 10,000. Senders' own ids come again: several may have the same.
class AwaitedAnswers {
public:
    /// What is sent again keeps its place.
    void add(const std::string& controlId, Awaited one);
    /// Whom an answer with this MSH-10 means: whom it meant before, else the oldest whose answer
    /// must still come, else the newest that has none. Null: none has that id.
    Awaited* meant(const std::string& controlId, const std::string& answerId);
    Awaited* find(const std::string& controlId, const std::string& delivery);
    /// Whether another delivery of that id has its answer still to come.
    bool awaitsBeside(const std::string& controlId, const std::string& delivery) const;
    void hear(Awaited& one, const std::string& answerId);
    void unhear(Awaited& one);
    /// What somebody else has sent stands before what is here.
    void follow(AwaitedAnswers former);
    /// How many that are due have not come.
    std::size_t due() const { return due_; }

private:
    std::unordered_map<std::string, std::deque<Awaited>> byId_;
    std::deque<std::string> order_;
    std::size_t due_ = 0;
};

}  // namespace transport_mllp
