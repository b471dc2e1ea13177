/// "simulate hospital": an MLLP receiver that answers as told and keeps what it got.
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <array>
#include <atomic>
#include <cstdio>
#include <list>
#include <mutex>
#include <thread>

#include "commands.h"
#include "gateway/error.h"
#include "mllp/ack.h"
#include "mllp/framer.h"
#include "mllp/stream.h"
#include "options.h"
#include "record.h"
#include "stop_signal.h"
#include "usage/plugin_command.h"

namespace simulate {
namespace {

using gateway::Error;
using gateway::Fault;
using mllp::Clock;
using mllp::Stream;
namespace tls = gateway::tls;

constexpr std::size_t kMaxConnections = 512;
constexpr std::chrono::seconds kPatience{30};  // with a peer that stops in the middle

/// Letters, digits and the marks of ids; anything else would not be an id.
/// What the hospital does with a message once it has it.
class Behaviour {
public:
    explicit Behaviour(const std::vector<std::string>& words) : name_(words.at(0)) {
        if (words.size() > 1) delay_ = gateway::Milliseconds(std::stoul(words[1]));
    }
    bool closes() const { return name_ == "close"; }
    gateway::Milliseconds delay() const { return delay_; }
    /// In its frame; empty: no answer.
    std::string answer(std::string_view message) const {
        if (name_ == "none" || closes()) return {};
        if (name_ == "garbage") return mllp::framed("this is no acknowledgement");
        const mllp::Head head(message);
        mllp::Verdict verdict = mllp::Verdict::accepted();
        if (!head.known())
            verdict = mllp::Verdict::of(Error(Fault::malformed, "MSH", "no MSH can be read"));
        else if (name_ == "AE" || name_ == "AR")
            verdict = mllp::Verdict::of(Error(name_ == "AE" ? Fault::rejected : Fault::unavailable,
                                              {}, "refused on purpose"));
        const std::string ack =
            mllp::acknowledgement(head, verdict, gateway::currentTime(), mllp::newControlId());
        return ack.empty() ? ack : mllp::framed(ack);
    }

private:
    std::string name_;
    gateway::Milliseconds delay_{0};
};

class Hospital {
public:
    Hospital(const Options& options, const std::vector<std::string>& answer)
        : tls_(options.cert.empty()
                   ? nullptr
                   : std::make_unique<const tls::Context>(
                         tls::Role::server,
                         tls::Options{options.cert, options.key, {}, options.clients})),
          behaviour_(answer),
          record_(options.record, "hl7"),
          most_(options.count),
          socket_(mllp::parseAddress(options.listen)),
          ended_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {}

    ~Hospital() {
        close();
        ::close(ended_);
    }

    void run() {
        const StopSignal stop;
        std::printf("listening %s\n", socket_.address().text().c_str());
        std::fflush(stdout);
        std::array<pollfd, 3> events{pollfd{socket_.get(), POLLIN, 0},
                                     pollfd{stop.descriptor(), POLLIN, 0},
                                     pollfd{ended_, POLLIN, 0}};
        while (events[1].revents == 0 && events[2].revents == 0) {
            if (::poll(events.data(), events.size(), -1) < 0 && errno != EINTR) break;
            if (events[0].revents != 0) welcome();
        }
        close();
    }

    void summary() const {
        std::printf("total %llu messages, %llu bytes\n",
                    static_cast<unsigned long long>(messages_.load()),
                    static_cast<unsigned long long>(bytes_.load()));
        std::fflush(stdout);
    }

private:
    struct Guest {
        std::thread thread;
        int socket = -1;
        bool gone = false;
    };

    void close() {
        stopping_ = true;
        {
            const std::lock_guard lock(mutex_);
            for (const Guest& guest : guests_)
                if (guest.socket >= 0) ::shutdown(guest.socket, SHUT_RDWR);
        }
        for (Guest& guest : guests_) guest.thread.join();
        guests_.clear();
    }

    void welcome() {
        const int socket = ::accept4(socket_.get(), nullptr, nullptr, SOCK_CLOEXEC);
        if (socket < 0) return;
        const std::lock_guard lock(mutex_);
        guests_.remove_if([](Guest& guest) { return guest.gone && (guest.thread.join(), true); });
        if (guests_.size() >= kMaxConnections) {
            ::close(socket);
            return;
        }
        Guest& guest = guests_.emplace_back();
        guest.socket = socket;
        guest.thread = std::thread([this, &guest, socket] {
            serve(guest, socket);
            const std::lock_guard gone(mutex_);
            guest.gone = true;
        });
    }

    void serve(Guest& guest, int socket) {
        std::unique_ptr<Stream> stream;
        try {
            stream = Stream::accept(socket, tls_.get(), Clock::now() + kPatience);
            converse(*stream);
        } catch (const Error& error) {
            std::fprintf(stderr, "connection ended: %s\n", error.what());
        } catch (const std::exception&) {
            std::fprintf(stderr, "connection ended: internal error\n");
        }
        const std::lock_guard lock(mutex_);
        guest.socket = -1;
        stream.reset();
    }

    void converse(Stream& stream) {
        mllp::Framer framer;
        std::vector<char> buffer(std::size_t{64} << 10);
        for (;;) {
            std::size_t got = 0;
            const Stream::Read read =
                stream.read(buffer.data(), buffer.size(), got, Clock::now() + kPatience);
            if (read == Stream::Read::closed) return;
            if (read == Stream::Read::late && !framer.inFrame() && !stopping_) continue;
            if (read == Stream::Read::late) throw Error(Fault::malformed, {}, "unfinished frame");
            std::string_view bytes(buffer.data(), got);
            while (const std::optional<std::string> message = framer.take(bytes))
                if (!take(stream, *message)) return;
        }
    }

    /// @return whether the connection goes on
    bool take(Stream& stream, const std::string& message) {
        if (most_ != 0 && taken_.fetch_add(1) >= most_) return false;
        record_.add(message, mllp::framed(message));
        if (behaviour_.delay().count() > 0) std::this_thread::sleep_for(behaviour_.delay());
        const std::string answer = behaviour_.answer(message);
        report(message);
        if (!answer.empty()) stream.write(answer, Clock::now() + kPatience);
        if (++answered_ == most_) ::eventfd_write(ended_, 1);
        return !behaviour_.closes();
    }

    void report(const std::string& message) {
        const mllp::Head head(message);
        const std::string type = head.type();
        const std::lock_guard lock(printing_);
        std::printf("received %s %s %zu\n", shownId(head.controlId()).c_str(),
                    type.empty() ? "-" : type.c_str(), message.size());
        std::fflush(stdout);
        bytes_ += message.size();
        ++messages_;
    }

    const std::unique_ptr<const tls::Context> tls_;
    const Behaviour behaviour_;
    Record record_;
    const std::uint64_t most_;
    mllp::ListenSocket socket_;
    const int ended_;
    std::atomic<bool> stopping_{false};
    std::atomic<std::uint64_t> taken_{0};
    std::atomic<std::uint64_t> answered_{0};
    std::atomic<std::uint64_t> messages_{0};
    std::atomic<std::uint64_t> bytes_{0};
    std::mutex printing_;  // guards stdout
    std::mutex mutex_;     // guards guests_
    std::list<Guest> guests_;
};

const gateway::Reason kSummary{
    "an MLLP receiver that answers properly and records what it got",
    "un récepteur MLLP qui répond comme il faut et note ce qu'il reçoit"};

/// @throws CLI::ValidationError
void checkAnswer(const std::vector<std::string>& words, gateway::Spoken speaks) {
    static const std::vector<std::string> kKnown = {"AA", "AE", "AR", "none", "garbage", "close"};
    const bool slow = words.size() == 2 && words[0] == "slow" && !words[1].empty() &&
                      words[1].size() < 8 &&
                      words[1].find_first_not_of("0123456789") == std::string::npos;
    if (slow ||
        (words.size() == 1 && std::find(kKnown.begin(), kKnown.end(), words[0]) != kKnown.end()))
        return;
    throw CLI::ValidationError(
        "--answer",
        gateway::Reason("expected AA, AE, AR, none, garbage, close or slow MILLISECONDS",
                        "attendu AA, AE, AR, none, garbage, close ou slow MILLISECONDES")
            .in(speaks));
}

int run(std::span<const std::string> words, gateway::CommandHost& host) {
    Options options;
    std::vector<std::string> answer{"AA"};
    return gateway::runCommand(
        words, host, "simulate hospital", kSummary,
        [&](CLI::App& app, gateway::Spoken speaks) {
            addOptions(app, options, speaks);
            app.add_option(
                   "--answer", answer,
                   gateway::Reason("AA, AE, AR, none, garbage, close, or slow MILLISECONDS",
                                   "AA, AE, AR, none (rien), garbage (n'importe quoi), close "
                                   "(raccroche), ou slow MILLISECONDES")
                       .in(speaks))
                ->type_name("WORDS")
                ->expected(1, 2);
            app.parse_complete_callback([&answer, speaks] { checkAnswer(answer, speaks); });
        },
        [&] {
            Hospital hospital(options, answer);
            hospital.run();
            hospital.summary();
            return 0;
        });
}

}  // namespace

gateway::Command hospital() { return {"simulate hospital", kSummary, run}; }

}  // namespace simulate
