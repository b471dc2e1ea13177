/// @file  Listener "mllp": see plugin.cpp for its options.
#pragma once

#include <atomic>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <unordered_map>
#include <vector>

#include "common/records/records.h"
#include "connection.h"
#include "gateway/transport.h"
#include "handshakes.h"
#include "workers.h"

namespace transport_mllp {

/// One thread watches all connections (docs/decisions/0003-mllp-loop.md).
class MllpListener final : public gateway::Listener {
public:
    explicit MllpListener(gateway::Config& config);
    ~MllpListener() override;

    void serve(const gateway::SourceOptions& source, gateway::Config& options) override;
    std::string address() const override { return address_; }
    std::shared_ptr<const gateway::AnswerWriter> answerWriter() const override;
    void start(gateway::Gateway& gateway) override;
    void stop(gateway::Milliseconds grace) noexcept override;
    void refresh(gateway::Findings& findings) override;
    std::vector<gateway::Certificate> certificates() const override;

private:
    /// Why a connection was not taken or ended, and when that was last logged.
    struct Tally {
        std::uint64_t count = 0;
        std::optional<Clock::time_point> logged;
    };

    void run();
    void accept(Clock::time_point now);
    void welcome(int socket, Connection::Peer peer);
    const char* reasonAgainst(const Connection::Peer& peer) const;
    tls::Session::Judge judge() const;
    void after(Connection& connection, const Connection::Next& next);
    void tick(Clock::time_point now);
    void drain();
    void drop(Connection& connection);
    void note(std::string_view event, const std::string& peer, const std::string& cause,
              const std::string& fingerprint = {}, const std::string& message = {});

    const ListenOptions options_;
    Sources sources_;
    records::Door door_;
    std::string address_;
    gateway::Gateway* gateway_ = nullptr;
    std::unique_ptr<mllp::ListenSocket> socket_;
    std::unique_ptr<Poller> poller_;
    Budget budget_{0};
    std::unique_ptr<Workers> workers_;
    std::unique_ptr<Handshakes> handshakes_;  ///< null without TLS
    std::thread thread_;
    std::atomic<bool> stopping_{false};
    Clock::time_point stopBy_;  ///< set before stopping_

    // The loop's alone.
    std::unordered_map<Connection*, ConnectionPtr> connections_;
    std::unordered_map<std::string, std::size_t> perPeer_;
    std::size_t tooMany_ = 0;  ///< of the connections, only told to come later
    std::unordered_map<std::string, Tally> tallies_;
    std::vector<ConnectionPtr> ready_;
    std::vector<char> buffer_;
    Clock::time_point now_;
    bool accepting_ = true;  ///< false while the process has no descriptors left
};

}  // namespace transport_mllp
