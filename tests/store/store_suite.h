/// @file  What every Store must do, whatever it is built on. A store's own test program gives the
/// factory with INSTANTIATE_TEST_SUITE_P.
#pragma once

#include <gtest/gtest.h>

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <ostream>
#include <string>
#include <vector>

#include "gateway/store.h"

namespace store_suite {

/// A clock that only the test moves.
class Clock {
public:
    gateway::Time now() const { return gateway::Time(gateway::Milliseconds(now_.load())); }
    void pass(gateway::Milliseconds time) { now_ += time.count(); }

private:
    std::atomic<std::int64_t> now_{1'750'000'000'000};
};

/// One database in a temporary place; forgotten with its last store when the test ends.
class Place {
public:
    virtual ~Place() = default;
    virtual std::unique_ptr<gateway::Store> open() = 0;
    /// Another place that holds what would be found if the machine stopped now.
    virtual std::unique_ptr<Place> crashed() = 0;
};

using MakePlace = std::function<std::unique_ptr<Place>(Clock& clock)>;

struct Kind {
    std::string name;
    MakePlace make;
    friend void PrintTo(const Kind& kind, std::ostream* out) { *out << kind.name; }
};

class StoreSuite : public testing::TestWithParam<Kind> {
protected:
    void SetUp() override {
        place_ = GetParam().make(clock_);
        store_ = place_->open();
    }
    void reopen() {
        store_.reset();
        store_ = place_->open();
    }
    /// Goes on with what a crash at this moment leaves.
    void crash() {
        auto other = place_->crashed();
        store_.reset();
        place_ = std::move(other);
        store_ = place_->open();
    }

    // Short ways to say things. A message "a/1" has the order key "a".
    std::string put(const std::string& text);
    std::vector<std::string> claim(std::size_t most = 100);
    gateway::MessageClaim claimOne();
    gateway::Settled translate(const gateway::MessageClaim& claim,
                               const std::vector<std::string>& lanes = {"lane"},
                               const std::string& destination = "there");
    /// One message with one delivery in this lane; its delivery's id.
    std::string deliverable(const std::string& text, const std::string& lane = "lane");
    gateway::LaneClaim claimLane(std::size_t most = 100, const std::string& destination = "there");
    gateway::Settled send(const gateway::DeliveryClaim& claim);
    gateway::Settled settle(const gateway::DeliveryClaim& claim, gateway::DeliveryState state);
    gateway::DeliveryClaim delivered(const std::string& text);
    /// One message whose bytes have an id of its sender's, delivered to "there" and "elsewhere".
    std::vector<gateway::DeliveryClaim> deliveredUnchanged(const std::string& sentId);
    /// Accepted now, with a subject, a repeat key and its text as content.
    std::string putNow(const std::string& text, const std::string& repeatKey = {});
    /// Accepted now, translated, delivered. @return the message
    std::string finished(const std::string& text);
    /// Until nothing is left to do now. @return how many were touched
    std::size_t purge(gateway::Milliseconds body, gateway::Milliseconds metadata = {},
                      const char* source = "feed");
    gateway::DeliveryState stateOf(const std::string& message, std::size_t delivery = 0);
    gateway::MessageState stateOfMessage(const std::string& id) { return store_->show(id)->state; }
    std::vector<std::string> timeline(const std::string& message);

    Clock clock_;
    std::unique_ptr<Place> place_;
    std::unique_ptr<gateway::Store> store_;
};

/// Deliveries of plans and what a translation brings for the register.
class RegisterSuite : public StoreSuite {
protected:
    /// A message that brings this. @return the message
    std::string bring(std::vector<gateway::RegisterChange> changes,
                      std::vector<gateway::DeliveryEnd> ends = {});
    /// One delivery of a plan. @return its id
    std::string planned(const std::string& plan, const std::string& lane,
                        const std::string& destination = "there", const std::string& edition = "1",
                        gateway::DeliveryState state = gateway::DeliveryState::queued);
    std::string offeredOne(const std::string& plan, const std::string& edition = "1");
    /// What is first at a destination.
    void sendAndSettle(const std::string& destination, gateway::DeliveryState state,
                       bool blocks = false);
    gateway::DeliveryState of(const std::string& delivery) {
        return stateOf(messages_.at(delivery));
    }
    std::uint64_t revision(const std::string& key);
    void expectNoGap();

    std::map<std::string, std::string> messages_;  ///< delivery → message
};

gateway::Incoming incoming(const std::string& text);
gateway::NewDelivery newDelivery(gateway::Store& store, const std::string& lane,
                                 const std::string& body, const std::string& destination = "there");

}  // namespace store_suite
