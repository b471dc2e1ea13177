/// @file  Destination "mllp": see plugin.cpp for its options.
#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "exchange.h"
#include "gateway/config.h"
#include "gateway/notebook.h"
#include "gateway/transport.h"
#include "late_answers.h"
#include "link.h"
#include "tls/credentials.h"

namespace transport_mllp {

/// Keeps up to `connections` connections open, with one message in flight on each. While answers to
/// earlier messages are due, a thread listens on those that nobody uses. One that takes the place
/// of another (a reload) listens on its connections too.
class MllpDestination final : public gateway::Destination {
public:
    explicit MllpDestination(gateway::Config& config);
    ~MllpDestination() override;

    void start(gateway::Gateway& gateway) override;
    gateway::Answer deliver(const gateway::Delivery& delivery, gateway::Time deadline) override;
    void stop() noexcept override;
    std::vector<gateway::Certificate> certificates() const override;

private:
    using LinkPtr = std::unique_ptr<Link>;
    class Slot;

    LinkPtr connect(mllp::Clock::time_point deadline) const;
    /// A message of a delivery.
    struct Part {
        const gateway::Delivery& delivery;
        std::string_view body;
        std::string of;  ///< of several: the id of the first; else empty
    };
    gateway::Answer deliver(Slot& slot, const Part& part, mllp::Clock::time_point until);
    gateway::Answer send(Slot& slot, const Part& part, mllp::Clock::time_point until);
    /// Lets the thread know that there is something to listen to.
    void listenToIdle();
    void listen();
    /// Waits for bytes on idle links, or wake_. @return the sockets that have some
    std::vector<int> waitForBytes(const std::vector<int>& sockets, bool again) const;
    LinkPtr takeIdle(int socket);
    bool listenToInherited(int socket);
    /// Ends the thread that listens. @return the connections that nobody uses
    std::vector<LinkPtr> leave();
    void handOver();
    void inherit(std::vector<LinkPtr> links, LateAnswers& late);

    mllp::Address address_;
    std::shared_ptr<gateway::tls::Credentials> tls_;  ///< null: plain TCP
    std::size_t connections_ = 4;
    bool keep_ = true;
    gateway::Milliseconds connectWithin_{5000};
    LateAnswers late_;
    Manners manners_;
    gateway::Gateway* gateway_ = nullptr;
    gateway::Notebook* notebook_ = nullptr;  ///< null: the gateway offers none
    const int wake_;                         ///< eventfd

    std::mutex mutex_;  // guards the rest
    std::condition_variable freed_;
    std::vector<LinkPtr> idle_;
    std::vector<LinkPtr> inherited_;  ///< nothing is sent there, but answers may still come
    std::size_t busy_ = 0;
    unsigned generation_ = 0;  ///< stop() makes older connections end after their message
    bool started_ = false;
    bool stopping_ = false;
    std::thread listener_;
};

/// Sender of the schemes "mllp" and "mllps".
class MllpSender final : public gateway::Sender {
public:
    MllpSender(gateway::Config& config, bool secure);

    gateway::Answer send(const gateway::Bytes& body, const std::string& mediaType,
                         gateway::Time deadline) override;

private:
    mllp::Address address_;
    std::shared_ptr<gateway::tls::Credentials> tls_;  ///< null: plain TCP
};

}  // namespace transport_mllp
