/// @file  One sender's connection to a listener.
#pragma once

#include <atomic>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "gateway/message.h"
#include "mllp/framer.h"
#include "options.h"
#include "poller.h"
#include "tls/session.h"

namespace transport_mllp {

using mllp::Clock;

/// Bytes that the connections of a listener hold together, beyond a small part that each may have.
using Budget = std::atomic<std::size_t>;

/// The loop's thread reads and closes; a worker takes the frames that are whole and answers them,
/// writing to the socket itself unless the peer is slow. One worker at a time has frames of a
/// connection, so answers leave in the order of arrival. Reading pauses while too many frames wait
/// or too much output is unread. TLS handshakes are made by threads of their own.
class Connection {
public:
    /// Why a connection ends, or what else the log should have.
    enum class End {
        none,
        cut,
        handshake,
        stranger,    ///< its certificate is no partner's
        distrusted,  ///< its certificate is not accepted (any more)
        midFrame,
        idle,
        tooLarge,
        noMemory,
        noMllp,
        startedAnew,   ///< goes on
        refusedAnswer  ///< goes on
    };
    /// What the loop has to do after events.
    struct Next {
        bool queue = false;  ///< give it to a worker
        bool shake = false;  ///< give it to a thread that makes handshakes
        bool close = false;
        End why = End::none;
        std::string cause = {};  ///< of a failed handshake
        /// More came of a frame that had been taken without its 0x0D: our id of that message, empty
        /// when it has none yet.
        std::optional<std::string> cutShort = {};
    };
    /// What the listener knows of a new connection.
    struct Peer {
        std::string text;  ///< "address:port"
        std::string host;
        /// One too many: its first frame is told to come later, and it is closed.
        bool tooMany = false;
    };
    /// What a worker gets.
    struct Frame {
        enum class Kind {
            whole,
            unreturned,  ///< taken without its last 0x0D
            givenUp      ///< the beginning of one that its sender did not end
        };
        gateway::Bytes bytes;
        Kind kind = Kind::whole;
    };
    /// What became of bytes that were to be sent.
    enum class Sent { yes, afterItsEnd, gone };

    Connection(int socket, Peer peer, const ListenOptions& options, tls::Session::Judge judge,
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

    // By a thread that makes handshakes.
    /// One step; the loop hears of the end as of an event.
    void shake();

    // By a worker.
    /// Appends the next frames, `most` at most, which must be answered together; none if the
    /// connection was closed meanwhile.
    void take(std::size_t most, std::vector<Frame>& frames);
    /// Our id of the frame that was taken without its 0x0D.
    void unreturnedIs(const std::string& id);
    /// Sends bytes while the frames taken are not answered yet.
    void say(std::string_view bytes);
    /// Sends the framed answers to the frames taken; empty: none.
    /// @return whether other frames wait: give it to a worker
    bool answer(std::string_view bytes);
    /// A further answer will come by sayLate(): the connection is kept for it.
    void expectLate();
    Sent sayLate(std::string_view bytes);

    const std::string& peer() const { return peer_.text; }
    const std::string& host() const { return peer_.host; }
    bool tooMany() const { return peer_.tooMany; }
    /// Complete once there is a frame.
    const gateway::Facts& facts() const { return facts_; }
    /// Peer and certificate, also when the handshake has failed.
    gateway::Facts shown() const;
    /// By its certificate; complete once there is a frame or the handshake has failed.
    const tls::Identity& identity() const { return identity_; }

private:
    // All with mutex_ held.
    Next receive(std::span<char> buffer, Clock::time_point now);
    Next keep(std::string_view bytes, Clock::time_point now);
    Next endOfInput();
    Next refuse(End why, const gateway::Error& error, std::string_view message);
    Next refuseOneTooMany();
    Next refuseUnframed();
    Next lookAtTime(Clock::time_point now);
    bool push(std::string frame, Frame::Kind kind = Frame::Kind::whole);
    void tellGivenUp(std::string_view next);
    void forget();
    bool goesOn(std::string_view bytes);
    bool hasUnread() const;
    std::optional<Next> judgeAgain();
    bool overMemory() const;
    bool discard(std::span<char> buffer);
    /// Bytes read, 0 at the end, negative when there is nothing now.
    long readSome(std::span<char> buffer);
    long readTls(std::span<char> buffer);
    void send(std::string_view bytes);
    void flush();
    bool mayRead() const;
    bool peerHasClosed() const;
    void updateInterest();
    void await(std::uint32_t events);
    /// @return whether it can be closed at once
    bool finish();
    void linger();
    void account();

    const Peer peer_;
    const ListenOptions& options_;
    Poller& poller_;
    Budget& budget_;
    gateway::Facts facts_;
    tls::Identity identity_;

    std::mutex mutex_;  // guards the rest; the loop's thread alone closes the socket
    int socket_;
    std::unique_ptr<tls::Session> tls_;  ///< of TLS, from the first step of a handshake
    tls::Session::Judge judge_;
    std::shared_ptr<const tls::Context> welcomedBy_;  ///< that has let the peer in last
    bool handshaken_;
    std::optional<Next> failed_;  ///< the handshake; what the loop has to do
    bool wantsWrite_ = false;     ///< TLS does
    std::uint32_t interest_ = 0;
    mllp::Framer framer_;
    Clock::time_point frameSince_;
    struct Waiting {
        std::string text;
        Frame::Kind kind;
    };
    std::deque<Waiting> waiting_;
    std::size_t waitingBytes_ = 0;
    bool unreturned_ = false;    ///< the last frame lacked its 0x0D, and nothing has come since
    std::string unreturnedId_;   ///< our id of that
    std::size_t inWork_ = 0;     ///< bytes of the frames taken
    bool busy_ = false;          ///< queued for a worker, or with one
    std::size_t late_ = 0;       ///< answers to come by sayLate()
    std::string out_;            ///< what the peer has not taken yet
    std::string lastWords_;      ///< the answer to a frame that cannot be read to its end
    std::size_t accounted_ = 0;  ///< its part of the budget
    bool ending_ = false;        ///< reads no more frames
    bool ended_ = false;         ///< the peer has closed its side, or all
    bool draining_ = false;      ///< the listener stops
    bool lingering_ = false;     ///< has said all; reads away what the peer still sends
    Clock::time_point active_ = Clock::now();
};

}  // namespace transport_mllp
