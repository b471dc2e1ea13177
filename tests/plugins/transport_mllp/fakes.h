/// @file  For tests of the MLLP transport: a gateway that stores nothing, a sender, a peer.
#pragma once

#include <atomic>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "access/accesses.h"
#include "gateway/trail.h"
#include "gateway/transport.h"
#include "mllp/ack.h"
#include "mllp/framer.h"
#include "mllp/stream.h"
#include "support/plugins.h"

namespace fakes {

namespace tls = gateway::tls;

using namespace std::chrono_literals;

/// Accepts all, unless told otherwise.
class Inbox final : public gateway::Inbox {
public:
    std::vector<gateway::Accepted> accept(std::span<const gateway::Arrival> arrivals) override;
    gateway::Progress wait(const std::string& messageId, gateway::Stage stage,
                           gateway::Time deadline) override;
    bool answered(const gateway::LateAnswer& answer) override;

    /// What becomes of an arrival.
    std::function<gateway::Accepted(const gateway::Arrival&)> behaviour = accepted;
    std::function<gateway::Progress(gateway::Stage)> progress;
    static gateway::Accepted accepted(const gateway::Arrival& arrival);
    static gateway::Accepted refused(const gateway::Error& error);

    std::vector<gateway::Arrival> arrivals();
    std::vector<std::size_t> batches();
    std::vector<gateway::LateAnswer> lateAnswers();
    /// Whether a late answer is to a message of ours; may throw.
    std::function<bool(const gateway::LateAnswer&)> known;
    std::vector<gateway::LateAnswer> waitForLateAnswers(std::size_t count);
    /// accept() waits until open() while closed.
    void close();
    void open();
    void waitForArrivals(std::size_t count);

private:
    std::mutex mutex_;  // guards the rest
    std::condition_variable changed_;
    bool open_ = true;
    std::vector<gateway::Arrival> arrivals_;
    std::vector<std::size_t> batches_;
    std::vector<gateway::LateAnswer> lateAnswers_;
};

class Log final : public gateway::Log {
public:
    void write(Level level, std::string_view event,
               std::initializer_list<gateway::Field> fields) override;
    std::string text();
    /// Whether that is logged, now or within some seconds.
    bool has(const std::string& text);

private:
    std::mutex mutex_;  // guards text_
    std::condition_variable changed_;
    std::string text_;
};

class Trail final : public gateway::Trail {
public:
    void write(const gateway::AuditRecord& record) override;
    void tell(gateway::AuditRecord record) noexcept override;
    /// Of each record: what, by whom, for which partner, where it was shown: "sign-in chu chu".
    std::vector<std::string> records();

private:
    std::mutex mutex_;  // guards records_
    std::vector<std::string> records_;
};

class Directory final : public gateway::Directory {
public:
    explicit Directory(std::vector<gateway::Partner> partners) : all_(std::move(partners)) {}
    const gateway::Partner* find(std::string_view name) const override;
    const gateway::Partner* byIdentifier(std::string_view scheme,
                                         std::string_view value) const override;
    const std::vector<gateway::Partner>& all() const override { return all_; }

private:
    std::vector<gateway::Partner> all_;
};

class Gateway final : public gateway::Gateway {
public:
    Inbox& inbox() override { return inbox_; }
    Log& log() override { return log_; }
    std::shared_ptr<const gateway::Directory> directory() override { return partners; }
    /// Of those partners and endpoints, and of what stands under `from` of sources that serve() has
    /// added.
    std::shared_ptr<const gateway::Access> access() override;
    gateway::Trail& trail() override { return trail_; }
    Trail& told() { return trail_; }

    std::shared_ptr<const gateway::Directory> partners =
        std::make_shared<Directory>(std::vector<gateway::Partner>{});
    std::vector<gateway::Endpoint> endpoints;

private:
    Inbox inbox_;
    Log log_;
    Trail trail_;
};

using Options = std::vector<std::pair<std::string, gateway::ConfigNode>>;

/// Adds a source as the host does; throws std::runtime_error with what is wrong with its options.
void serve(gateway::Listener& listener, const gateway::SourceOptions& source,
           const Options& options = {});

/// An invented admission.
std::string admission(const std::string& controlId, const std::string& application = "DPI",
                      const std::string& facility = "CHU");

/// A hospital that sends.
class Client {
public:
    explicit Client(const std::string& address, const tls::Context* tls = nullptr);

    void send(std::string_view bytes);
    /// The next frame, none when the connection ends or nothing comes within some seconds.
    std::optional<std::string> frame();
    /// MSA-1 and MSA-2 of the next frame: "AA 42", or "none".
    std::string ack();
    /// Whether the other end closes within some seconds, saying nothing more.
    bool closed();
    void closeOutput();
    mllp::Stream& stream() { return *stream_; }

private:
    std::unique_ptr<mllp::Stream> stream_;
    mllp::Framer framer_;
    std::string rest_;
};

/// A peer that listens and does as the script says with each connection, one after the other.
class Peer {
public:
    using Script = std::function<void(mllp::Stream&, int connection)>;
    explicit Peer(Script script, const tls::Context* tls = nullptr,
                  const std::string& host = "127.0.0.1");
    ~Peer();
    std::string address() const { return socket_.address().text(); }
    int connections() const { return connections_; }

    /// The next message.
    static std::string read(mllp::Stream& stream);
    /// Takes a message and answers it properly.
    static void answer(mllp::Stream& stream,
                       const mllp::Verdict& verdict = mllp::Verdict::accepted());

private:
    void run(const Script& script, const tls::Context* tls);

    mllp::ListenSocket socket_;
    std::atomic<int> connections_{0};
    std::atomic<bool> stopping_{false};
    std::thread thread_;
};

}  // namespace fakes
