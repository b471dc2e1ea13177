#include "destination.h"

#include <algorithm>

#include "exchange.h"
#include "mllp/head.h"

namespace transport_mllp {
using namespace gateway;
using mllp::Clock;

namespace {

mllp::Address readAddress(Config& config) {
    if (config.has("address") || !config.has("host")) {
        auto [host, port] = config.address("address");
        return {std::move(host), port};
    }
    const std::string host = config.text("host");
    return {host, static_cast<std::uint16_t>(config.integer("port", 2575, 1, 65535))};
}

}  // namespace

/// The right to use one connection, given back at the end.
class MllpDestination::Slot {
public:
    Slot(MllpDestination& of, Clock::time_point deadline) : of_(of) {
        std::unique_lock lock(of_.mutex_);
        if (!of_.freed_.wait_until(lock, deadline, [&] { return of_.busy_ < of_.connections_; }))
            throw Error(Fault::unavailable, of_.peer_,
                        "all " + std::to_string(of_.connections_) + " connections are busy");
        ++of_.busy_;
        generation_ = of_.generation_;
        if (of_.idle_.empty()) return;
        stream = std::move(of_.idle_.back());
        of_.idle_.pop_back();
    }
    ~Slot() {
        StreamPtr closed;  // closes outside of the lock
        const std::lock_guard lock(of_.mutex_);
        --of_.busy_;
        if (stream && generation_ == of_.generation_)
            of_.idle_.push_back(std::move(stream));
        else
            closed = std::move(stream);
        of_.freed_.notify_one();
    }
    Slot(const Slot&) = delete;
    Slot& operator=(const Slot&) = delete;

    StreamPtr stream;

private:
    MllpDestination& of_;
    unsigned generation_ = 0;
};

MllpDestination::MllpDestination(Config& config)
    : address_(readAddress(config)), peer_(address_.text()) {
    if (config.has("tls"))
        tls_ = tls::read(tls::Role::client, config.section("tls"));
    else if (!config.flag("insecure", false) && !address_.loopback())
        config.fail(config.has("host") ? "host" : "address",
                    "without 'tls' only this machine can be reached; 'insecure: true' allows it");
    if (config.has("tls")) config.flag("insecure", false);
    connections_ = static_cast<std::size_t>(config.integer("connections", 4, 1, 256));
    connectWithin_ = config.duration("connect_within", Milliseconds{5000});
}

MllpDestination::StreamPtr MllpDestination::connect(Clock::time_point deadline) const {
    try {
        return mllp::Stream::connect(address_, tls_.get(),
                                     std::min(deadline, Clock::now() + connectWithin_));
    } catch (const Error& error) {
        throw Error(Fault::unavailable, peer_, error.what());
    }
}

Answer MllpDestination::deliver(const Delivery& delivery, Time deadline) {
    const Clock::time_point until = mllp::steady(deadline);
    Slot slot(*this, until);
    if (slot.stream && slot.stream->stale()) slot.stream.reset();
    bool kept = slot.stream != nullptr;
    for (;;) {
        if (!slot.stream) slot.stream = connect(until);
        try {
            // The peer names what it read: the id in the bytes, which is the sender's own when no
            // map wrote another.
            const std::string_view sent = mllp::Head(delivery.body.view()).controlId();
            return exchange(*slot.stream, peer_, delivery.body,
                            sent.empty() ? delivery.controlId : std::string(sent), until);
        } catch (const Refused&) {
            throw;  // the connection is as good as before
        } catch (const Error& error) {
            slot.stream.reset();
            if (!kept || error.fault != Fault::unavailable) throw;
            kept = false;  // the peer had closed it meanwhile: once more on a new one
        }
    }
}

void MllpDestination::stop() noexcept {
    std::vector<StreamPtr> closed;
    const std::lock_guard lock(mutex_);
    closed.swap(idle_);
    ++generation_;
}

MllpSender::MllpSender(Config& config, bool secure) {
    auto [host, port] = config.address("address");
    address_ = {std::move(host), port};
    tls::Options options;
    options.ca = config.file("ca", false);
    options.cert = config.file("cert", false);
    options.key = config.file("key", false);
    options.name = config.text("name", "");
    if (!secure || config.findings().failed()) return;
    try {
        tls_ = std::make_shared<const tls::Context>(tls::Role::client, options);
    } catch (const Error& error) {
        config.fail("", error.what());
    }
}

Answer MllpSender::send(const Bytes& body, const std::string&, Time deadline) {
    const Clock::time_point until = mllp::steady(deadline);
    const std::string peer = address_.text();
    std::unique_ptr<mllp::Stream> stream;
    try {
        stream = mllp::Stream::connect(address_, tls_.get(), until);
    } catch (const Error& error) {
        throw Error(Fault::unavailable, peer, error.what());
    }
    return exchange(*stream, peer, body, std::string(mllp::Head(body.view()).controlId()), until);
}

}  // namespace transport_mllp
