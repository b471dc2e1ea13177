/// A long random life: everything that may be asked of a store, in any order, with crashes and lost
/// leases; order, counts and that nothing is forgotten are checked against a plain account of it.
#include <gmock/gmock.h>

#include <map>
#include <random>
#include <set>

#include "store/store_suite.h"

namespace store_suite {

using namespace gateway;

namespace {

constexpr int kSteps = 400;
constexpr Milliseconds kLease{1'000};

struct Known {
    int number = 0;
    bool touched = false;  ///< held or replayed: its order is not promised any more
};

class Life {
public:
    Life(unsigned seed, Clock& clock) : random_(seed), clock_(clock) {}

    void step(Store& store) {
        switch (pick(11)) {
            case 0:
            case 1:
            case 2: put(store); break;
            case 3: claim(store); break;
            case 4:
            case 5: translateOne(store); break;
            case 6:
            case 7: deliver(store, false); break;
            case 8: person(store); break;
            case 9: hear(store); break;
            default: clock_.pass(Milliseconds(pick(600))); break;
        }
    }
    void forgetClaims() { claims_.clear(); }

    /// Until nothing waits; what waits for a person is closed.
    void drain(Store& store) {
        const auto started = known_.size();
        for (int round = 0; round < 1'000; ++round) {
            clock_.pass(Milliseconds(2'000));
            claims_.clear();
            for (const char* state : {"held", "set-aside", "uncertain"}) closeAll(store, state);
            claim(store);
            const bool worked = !claims_.empty();
            while (!claims_.empty()) finish(store, MessageState::translated);
            if (!deliver(store, true) && !worked && round > 3) break;
        }
        EXPECT_EQ(started, known_.size());
    }

    void check(Store& store) {
        Filter all;
        all.most = 10'000;
        std::map<std::string, std::uint64_t> messages, deliveries;
        for (const auto& view : store.list(all)) {
            EXPECT_EQ(1u, known_.count(view.id));
            ++messages[std::string(toText(view.state))];
            for (const auto& one : view.deliveries)
                ++deliveries[one.destination + " " + std::string(toText(one.state))];
        }
        auto counts = store.counts();
        EXPECT_EQ(messages, (std::map<std::string, std::uint64_t>(counts.messages["feed"].begin(),
                                                                  counts.messages["feed"].end())));
        std::map<std::string, std::uint64_t> counted;
        for (const auto& [destination, states] : counts.deliveries)
            for (const auto& [state, n] : states) counted[destination + " " + state] = n;
        EXPECT_EQ(deliveries, counted);
        EXPECT_EQ(known_.size(), store.list(all).size());
    }

    std::size_t arrivals() const { return arrivals_; }

private:
    int pick(int below) { return static_cast<int>(random_() % static_cast<unsigned>(below)); }
    bool once(int in) { return pick(in) == 0; }

    void put(Store& store) {
        std::vector<Incoming> batch(static_cast<std::size_t>(1 + pick(3)));
        for (Incoming& in : batch) {
            const std::string key(1, static_cast<char>('a' + pick(3)));
            in = incoming(key + "/" + std::to_string(next_ + (&in - batch.data())));
            if (once(5)) in.orderKeys.emplace_back(1, static_cast<char>('a' + pick(3)));
            if (once(10)) in.orderKeys.clear();
        }
        for (std::size_t i = 0; const Stored& stored : store.put(batch))
            known_[stored.id] = {next_++, batch[i++].orderKeys.empty()};
    }

    void claim(Store& store) {
        for (auto& claim : store.claimMessages(static_cast<std::size_t>(1 + pick(6)), {kLease, {}}))
            claims_.push_back(std::move(claim));
    }

    void translateOne(Store& store) {
        if (claims_.empty()) return claim(store);
        if (once(8)) {
            store.releaseMessages(std::vector{ClaimId{claims_[0].id, claims_[0].epoch}});
            claims_.erase(claims_.begin());
            return;
        }
        const int kind = pick(10);
        finish(store, kind == 0   ? MessageState::held
                      : kind == 1 ? MessageState::ignored
                                  : MessageState::translated);
    }

    void finish(Store& store, MessageState state) {
        const MessageClaim claim = claims_.front();
        claims_.erase(claims_.begin());
        Translation result;
        result.id = claim.id;
        result.epoch = claim.epoch;
        result.state = state;
        result.blocks = state == MessageState::held && once(2);
        const std::string text(claim.body.view());
        if (!claim.held.empty()) result.state = MessageState::translated;
        if (result.state == MessageState::translated) {
            auto ids = claim.held;
            if (ids.empty()) ids = store.reserve(static_cast<std::size_t>(1 + pick(2)));
            for (std::size_t i = 0; i < ids.size(); ++i) {
                auto& delivery = result.deliveries.emplace_back(
                    newDelivery(store, text.substr(0, 1), text, i == 0 ? "east" : "west"));
                delivery.id = delivery.controlId = ids[i];
                if (once(10)) delivery.state = DeliveryState::held;
            }
        }
        const auto settled = store.translated(std::vector{result}).at(0);
        if (settled == Settled::lost) return;
        for (const auto& delivery : result.deliveries)
            if (delivery.state == DeliveryState::held) touchedDeliveries_.insert(delivery.id);
        if (result.state == MessageState::held) known_[claim.id].touched = true;
    }

    /// @return whether there was something to do
    bool deliver(Store& store, bool well) {
        bool any = false;
        for (const char* end : {"east", "west"})
            for (auto& lane : store.claimLanes(end, 2, 3, {kLease, {}})) {
                any = true;
                deliverLane(store, lane, well);
            }
        return any;
    }

    void deliverLane(Store& store, const LaneClaim& lane, bool well) {
        std::vector<ClaimId> ids;
        for (const auto& one : lane.deliveries) ids.push_back({one.id, one.epoch});
        if (!well && once(8)) return;  // dies with the claim
        for (const auto settled : store.inflight(ids)) EXPECT_EQ(Settled::done, settled);
        for (std::size_t i = 0; i < ids.size(); ++i) {
            if (!well && once(12)) return;  // dies in flight
            Outcome outcome = outcomeOf(lane.deliveries[i], well);
            if (!well && once(10)) hear(store, lane.deliveries[i].id, lane.deliveries[i].partner);
            if (outcome.state != DeliveryState::queued) present(lane.deliveries[i]);
            EXPECT_EQ(Settled::done, store.settle(std::vector{outcome}).at(0));
            const bool stops = outcome.state == DeliveryState::queued ||
                               outcome.state == DeliveryState::uncertain || outcome.blocks;
            if (!stops) continue;
            store.release(
                std::vector<ClaimId>(ids.begin() + static_cast<std::ptrdiff_t>(i) + 1, ids.end()));
            return;
        }
    }

    Outcome outcomeOf(const DeliveryClaim& claim, bool well) {
        Outcome outcome;
        outcome.id = claim.id;
        outcome.epoch = claim.epoch;
        const int kind = well ? 9 : pick(10);
        if (kind == 0) outcome.state = DeliveryState::queued;
        if (kind == 1) outcome.state = DeliveryState::uncertain;
        if (kind == 2) outcome.state = DeliveryState::setAside;
        outcome.hold = kind == 1 && once(2);
        outcome.blocks = kind == 2 && once(2);
        if (kind < 2) outcome.retryAt = clock_.now() + Milliseconds(pick(900));
        return outcome;
    }

    /// A partner says something of what it saw, long after or meanwhile.
    void hear(Store& store) {
        if (seen_.empty()) return;
        const auto& [id, partner] = *std::next(seen_.begin(), pick(static_cast<int>(seen_.size())));
        hear(store, id, partner);
    }
    void hear(Store& store, const std::string& id, const std::string& partner) {
        LateWord word;
        word.controlId = id;
        word.partner = partner;
        word.accepted = once(2);
        word.answer = {Bytes::copy("word"), word.accepted ? "AA" : "AE"};
        const LateResult result = store.answered(std::vector{word}).at(0);
        EXPECT_NE(LateResult::Kind::unknown, result.kind);
        EXPECT_EQ(id, result.delivery);
    }

    /// A partner sees each lane in the order of acceptance, for the first time.
    void present(const DeliveryClaim& claim) {
        ++arrivals_;
        const Known& message = known_.at(claim.message);
        if (!seen_.emplace(claim.id, claim.partner).second || message.touched ||
            touchedDeliveries_.count(claim.id))
            return;
        int& last = last_[claim.destination + std::string(claim.body.view().substr(0, 1))];
        EXPECT_LT(last, message.number) << claim.destination << " " << claim.body.view();
        last = message.number;
    }

    void person(Store& store) {
        const char* states[] = {"held", "set-aside", "uncertain"};
        Filter filter;
        filter.state = states[pick(3)];
        filter.most = 3;
        for (const auto& view : store.list(filter)) {
            std::string id = view.id;
            for (const auto& one : view.deliveries)
                if (toText(one.state) == *filter.state) id = one.id;
            if (once(3)) {
                store.close(std::vector{id}, "why", "anne");
                continue;
            }
            if (store.replay(std::vector{id}, "anne").at(0)) continue;
            id == view.id ? static_cast<void>(known_[id].touched = true)
                          : static_cast<void>(touchedDeliveries_.insert(id));
        }
    }

    void closeAll(Store& store, const char* state) {
        Filter filter;
        filter.state = state;
        filter.most = 1'000;
        std::vector<std::string> ids;
        for (const auto& view : store.list(filter)) {
            if (toText(view.state) == filter.state) ids.push_back(view.id);
            for (const auto& one : view.deliveries)
                if (toText(one.state) == filter.state) ids.push_back(one.id);
        }
        store.close(ids, "at the end", "anne");
    }

    std::mt19937 random_;
    Clock& clock_;
    std::map<std::string, Known> known_;
    std::set<std::string> touchedDeliveries_;
    std::map<std::string, std::string> seen_;  ///< delivery → partner
    std::map<std::string, int> last_;
    std::vector<MessageClaim> claims_;
    int next_ = 1;
    std::size_t arrivals_ = 0;
};

}  // namespace

TEST_P(StoreSuite, ALongRandomLifeKeepsOrderAndForgetsNothing) {
    for (unsigned seed = 1; seed <= 3; ++seed) {
        SCOPED_TRACE("seed " + std::to_string(seed));
        store_.reset();
        place_ = GetParam().make(clock_);
        store_ = place_->open();
        Life life(seed, clock_);
        for (int i = 0; i < kSteps; ++i) {
            life.step(*store_);
            if (i % 50 == 49) {
                life.check(*store_);
                crash();
                life.forgetClaims();
                life.check(*store_);
            }
        }
        life.drain(*store_);
        life.check(*store_);
        for (const auto& [source, states] : store_->counts().messages)
            for (const auto& [state, n] : states)
                EXPECT_TRUE(state == "translated" || state == "ignored" || state == "closed")
                    << n << " " << state;
        for (const auto& [destination, states] : store_->counts().deliveries)
            for (const auto& [state, n] : states)
                EXPECT_TRUE(state == "delivered" || state == "closed") << n << " " << state;
        EXPECT_GT(life.arrivals(), 100u);
        if (HasFailure()) return;
    }
}

}  // namespace store_suite
