#include "crowd.h"

#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstring>

#include "mllp/framer.h"

namespace bench {
namespace {

using namespace std::chrono_literals;

constexpr std::string_view kAccepted = "\rMSA|AA|";

/// One sender: frames of one text, so many in flight, answers counted by their ends.
class Sender {
public:
    Sender(std::uint16_t port, const tls::Context* tls)
        : stream_(mllp::Stream::connect({"127.0.0.1", port}, nullptr, mllp::Clock::now() + 10s)),
          socket_(stream_->socket()) {
        if (tls == nullptr) return;
        tls_ = std::make_unique<tls::Session>(*tls, socket_, "127.0.0.1");
        while (tls_->handshake() != tls::Session::Result::done) ::usleep(100);
    }

    int socket() const { return socket_; }

    /// Sends what the socket takes.
    void write(std::string_view frame, int window, std::uint64_t& left) {
        for (;;) {
            if (out_.size() == sent_) {
                out_.clear();
                sent_ = 0;
                while (left > 0 && inFlight_ < window && out_.size() < 65'536) {
                    out_ += frame;
                    ++inFlight_;
                    --left;
                }
                if (out_.empty()) return;
            }
            const std::string_view rest = std::string_view(out_).substr(sent_);
            std::size_t put = 0;
            if (tls_) {
                if (tls_->write(rest, put) != tls::Session::Result::done) return;
            } else {
                const ssize_t count =
                    ::send(socket_, rest.data(), rest.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
                if (count <= 0) return;
                put = static_cast<std::size_t>(count);
            }
            sent_ += put;
        }
    }
    /// @return whether anything came
    bool read(Result& result) {
        char bytes[65'536];
        std::size_t got = 0;
        if (tls_) {
            if (tls_->read(bytes, sizeof bytes, got) != tls::Session::Result::done) return false;
        } else {
            const ssize_t count = ::recv(socket_, bytes, sizeof bytes, MSG_DONTWAIT);
            if (count <= 0) return false;
            got = static_cast<std::size_t>(count);
        }
        std::string_view rest(bytes, got);
        while (std::optional<std::string> answer = framer_.take(rest)) {
            --inFlight_;
            ++result.answered;
            if (answer->find(kAccepted) == answer->npos) ++result.wrong;
        }
        return true;
    }
    bool hasOutput() const { return sent_ < out_.size(); }

private:
    const std::unique_ptr<mllp::Stream> stream_;
    const int socket_;
    std::unique_ptr<tls::Session> tls_;
    mllp::Framer framer_;
    std::string out_;
    std::size_t sent_ = 0;
    int inFlight_ = 0;
};

}  // namespace

std::string message(const std::string& controlId, std::size_t bytes) {
    std::string text =
        "MSH|^~\\&|LABO|CHU INVENTE|PASSERELLE|RESO|20250318094210||ORU^R01^ORU_R01|" + controlId +
        "|P|2.5\rPID|||1^^^CHU||INVENTED^NAME\rOBR|1||7|GLU\r";
    for (int i = 1; text.size() + 60 < bytes; ++i)
        text += "OBX|" + std::to_string(i) + "|NM|GLU^glucose^LOCAL||5.4|mmol/L|3.9-6.1|N|||F\r";
    while (text.size() + 5 > bytes) text.pop_back();
    text += "NTE|";
    text.resize(bytes - 1, 'x');
    return text + "\r";
}

Result run(std::uint16_t port, const Load& load, const tls::Context* tls) {
    const std::string frame = mllp::framed(message("LOAD1", load.bytes));
    std::vector<std::unique_ptr<Sender>> senders;
    const int poll = ::epoll_create1(EPOLL_CLOEXEC);
    for (int i = 0; i < load.connections; ++i) {
        senders.push_back(std::make_unique<Sender>(port, tls));
        epoll_event event{EPOLLIN, {senders.back().get()}};
        ::epoll_ctl(poll, EPOLL_CTL_ADD, senders.back()->socket(), &event);
    }
    Result result;
    std::uint64_t left = load.messages;
    const auto begun = mllp::Clock::now();
    for (const auto& sender : senders) sender->write(frame, load.window, left);
    while (result.answered < load.messages) {
        epoll_event events[64];
        // Output that did not fit is tried again with the next answer, or soon.
        const int count = ::epoll_wait(poll, events, 64, 1);
        for (int i = 0; i < count; ++i) {
            auto& sender = *static_cast<Sender*>(events[i].data.ptr);
            while (sender.read(result)) {
            }
            sender.write(frame, load.window, left);
        }
        if (count == 0)
            for (const auto& sender : senders)
                if (sender->hasOutput()) sender->write(frame, load.window, left);
        if (mllp::Clock::now() - begun > 120s) break;
    }
    result.seconds = std::chrono::duration<double>(mllp::Clock::now() - begun).count();
    ::close(poll);
    return result;
}

Idle::Idle(std::uint16_t port, int count, const tls::Context* tls, const std::string& start) {
    for (int i = 0; i < count; ++i) {
        streams_.push_back(
            mllp::Stream::connect({"127.0.0.1", port}, tls, mllp::Clock::now() + 30s));
        if (!start.empty()) streams_.back()->write(start, mllp::Clock::now() + 30s);
    }
}

void Idle::trickle() {
    for (const auto& stream : streams_) stream->write("x", mllp::Clock::now() + 30s);
}

}  // namespace bench
