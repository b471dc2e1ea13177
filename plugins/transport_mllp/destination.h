/// @file  Destination "mllp": see plugin.cpp for its options.
#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <vector>

#include "gateway/config.h"
#include "gateway/transport.h"
#include "mllp/stream.h"

namespace transport_mllp {

/// Keeps up to `connections` connections open, with one message in flight on each.
class MllpDestination final : public gateway::Destination {
public:
    explicit MllpDestination(gateway::Config& config);

    gateway::Answer deliver(const gateway::Delivery& delivery, gateway::Time deadline) override;
    void stop() noexcept override;

private:
    using StreamPtr = std::unique_ptr<mllp::Stream>;
    class Slot;

    StreamPtr connect(mllp::Clock::time_point deadline) const;

    mllp::Address address_;
    std::string peer_;
    std::shared_ptr<const tls::Context> tls_;
    std::size_t connections_ = 4;
    gateway::Milliseconds connectWithin_{5000};

    std::mutex mutex_;  // guards the rest
    std::condition_variable freed_;
    std::vector<StreamPtr> idle_;
    std::size_t busy_ = 0;
    unsigned generation_ = 0;  ///< stop() makes older connections end after their message
};

/// Sender of the schemes "mllp" and "mllps".
class MllpSender final : public gateway::Sender {
public:
    MllpSender(gateway::Config& config, bool secure);

    gateway::Answer send(const gateway::Bytes& body, const std::string& mediaType,
                         gateway::Time deadline) override;

private:
    mllp::Address address_;
    std::shared_ptr<const tls::Context> tls_;
};

}  // namespace transport_mllp
