/// @file  One sender's connection to a listener.
#pragma once

#include <atomic>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>

#include "gateway/message.h"
#include "mllp/framer.h"
#include "options.h"
#include "poller.h"
#include "tls/session.h"

namespace transport_mllp {

using mllp::Clock;

/// Bytes that all large frames of a listener hold together.
using Budget = std::atomic<std::size_t>;

/// The loop's thread reads and closes; a worker takes one frame at a time and answers it, writing
/// to the socket itself unless the peer is slow. Answers so leave in the order of arrival. Reading
/// pauses while too many frames wait or too much output is unread.
class Connection {
public:
    /// Why a connection ends, for the log.
    enum class End { none, cut, handshake, midFrame, idle, tooLarge, noMemory, noMllp };
    /// What the loop has to do after events.
    struct Next {
        bool queue = false;  ///< give it to a worker
        bool close = false;
        End why = End::none;
        std::string cause = {};  ///< of a failed handshake
    };

    Connection(int socket, std::string peer, std::string host, const ListenOptions& options,
               Poller& poller, Budget& budget);
    ~Connection();
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;

    // By the loop's thread.
    Next onEvents(std::uint32_t events, std::span<char> buffer, Clock::time_point now);
    /// What time has to say.
    Next onTick(Clock::time_point now);
    /// Reads no more; ends after the answers to what is whole already.
    /// @return whether it can be closed at once
    bool drain();
    void close();
    const std::string& host() const { return host_; }

    // By a worker.
    /// The next frame, which must be answered; none if the connection was closed meanwhile.
    std::optional<gateway::Bytes> take();
    /// Sends the answer to the frame taken, none if it is empty.
    /// @return whether another frame waits: give it to a worker
    bool answer(std::string_view acknowledgement);

    const std::string& peer() const { return peer_; }
    /// Complete once there is a frame.
    const gateway::Facts& facts() const { return facts_; }
    /// Of the peer's certificate.
    const std::string& commonName() const { return commonName_; }

private:
    // All with mutex_ held.
    Next handshake();
    Next receive(std::span<char> buffer, Clock::time_point now);
    Next keep(std::string_view bytes, Clock::time_point now);
    Next refuse(End why, const gateway::Error& error);
    bool discard(std::span<char> buffer);
    /// Bytes read, 0 at the end, negative when there is nothing now.
    long readSome(std::span<char> buffer);
    void send(std::string_view bytes);
    void flush();
    bool mayRead() const;
    void updateInterest();
    /// @return whether it can be closed at once
    bool finish();
    void linger();
    void account();

    const std::string peer_;
    const std::string host_;
    const ListenOptions& options_;
    Poller& poller_;
    Budget& budget_;
    gateway::Facts facts_;
    std::string commonName_;

    std::mutex mutex_;  // guards the rest; the loop's thread alone closes the socket
    int socket_;
    std::unique_ptr<tls::Session> tls_;
    bool handshaken_;
    bool wantsWrite_ = false;  ///< TLS does
    std::uint32_t interest_ = EPOLLIN;
    mllp::Framer framer_;
    Clock::time_point frameSince_;
    std::deque<std::string> waiting_;
    std::size_t waitingBytes_ = 0;
    std::size_t inWork_ = 0;     ///< bytes of the frame taken
    bool busy_ = false;          ///< queued for a worker, or with one
    std::string out_;            ///< what the peer has not taken yet
    std::string lastWords_;      ///< the answer to a frame that cannot be read to its end
    std::size_t accounted_ = 0;  ///< its part of the budget
    bool ending_ = false;        ///< reads no more frames
    bool draining_ = false;      ///< the listener stops
    bool lingering_ = false;     ///< has said all; reads away what the peer still sends
    Clock::time_point active_ = Clock::now();
};

}  // namespace transport_mllp
