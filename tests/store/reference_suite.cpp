/// The store against a plain account of what it must have: after every step who may be claimed is
/// told beforehand, and every state is compared. A crash opens it anew. Lanes, merges, mailboxes,
/// lost leases, persons; docs/decisions/0001-states-and-order.md says why.
#include <gmock/gmock.h>

#include <algorithm>
#include <cstdlib>
#include <map>
#include <optional>
#include <random>
#include <set>

#include "store/store_suite.h"

namespace store_suite {

using namespace gateway;

namespace {

constexpr int kSteps = 1'500;
constexpr Milliseconds kLease{1'000};

struct Message {
    std::uint64_t place = 0;  ///< in the queues of its keys
    std::uint64_t number = 0;
    std::set<std::string> keys;
    MessageState state = MessageState::received;
    bool blocks = false;
};

struct Delivery {
    std::string message;
    std::string end;
    std::vector<std::string> lanes;  ///< its own first
    std::uint64_t place = 0;
    DeliveryState state = DeliveryState::queued;
    bool blocks = false;  ///< set aside or uncertain, and a person decides
    bool redo = false;
    std::uint64_t epoch = 0;  ///< of the claim on it; 0: nobody has it
    std::string plan, edition;
};

/// What the store must have.
class Account {
public:
    std::map<std::string, Message> messages;
    std::map<std::string, Delivery> deliveries;
    std::map<std::string, std::uint64_t> revisions;

    bool waits(const Delivery& one) const {
        using enum DeliveryState;
        return one.state == queued || one.state == inflight || one.state == uncertain ||
               (one.state == setAside && one.blocks);
    }
    std::vector<std::string> lane(const std::string& end, const std::string& name) const {
        std::vector<std::string> ids;
        for (const auto& [id, one] : deliveries)
            if (one.end == end && waits(one) &&
                std::count(one.lanes.begin(), one.lanes.end(), name) != 0)
                ids.push_back(id);
        std::sort(ids.begin(), ids.end(), [&](const auto& a, const auto& b) {
            return deliveries.at(a).place < deliveries.at(b).place;
        });
        return ids;
    }
    bool owned(const std::string& end, const std::string& name) const {
        for (const std::string& id : lane(end, name))
            if (deliveries.at(id).epoch != 0) return true;
        return false;
    }
    /// All that may be claimed at a destination now, lane by lane.
    std::set<std::vector<std::string>> claimable(const std::string& end, std::size_t most) const {
        std::set<std::vector<std::string>> all;
        for (const char* const name : {"a", "b", "c"}) {
            if (owned(end, name)) continue;
            std::vector<std::string> run;
            for (const std::string& id : lane(end, name)) {
                const Delivery& one = deliveries.at(id);
                if (one.blocks || run.size() == most) break;
                if (one.lanes.size() > 1) {
                    if (run.empty() && one.lanes[0] == name && firstEverywhere(id)) run = {id};
                    break;
                }
                run.push_back(id);
            }
            if (!run.empty()) all.insert(run);
        }
        return all;
    }
    /// Which message a translator gets next; empty: none.
    std::string nextMessage() const {
        std::string next;
        for (const auto& [id, one] : messages)
            if (one.state == MessageState::received && first(one) &&
                (next.empty() || one.number < messages.at(next).number))
                next = id;
        return next;
    }
    void surrender() {
        for (auto& [id, one] : deliveries) {
            one.epoch = 0;
            if (one.state == DeliveryState::inflight) one.state = DeliveryState::uncertain;
        }
    }
    void crash() {
        surrender();
        for (auto& [id, one] : messages) one.place = one.number;
    }

private:
    bool firstEverywhere(const std::string& id) const {
        const Delivery& one = deliveries.at(id);
        return std::all_of(one.lanes.begin(), one.lanes.end(), [&](const std::string& name) {
            return lane(one.end, name).front() == id && !owned(one.end, name);
        });
    }
    bool first(const Message& mine) const {
        return std::none_of(messages.begin(), messages.end(), [&](const auto& entry) {
            const Message& other = entry.second;
            const bool there = other.state == MessageState::received ||
                               (other.state == MessageState::held && other.blocks);
            return there && other.place < mine.place &&
                   std::any_of(other.keys.begin(), other.keys.end(),
                               [&](const auto& key) { return mine.keys.count(key) != 0; });
        });
    }
};

class Life {
public:
    Life(unsigned seed, Clock& clock, std::unique_ptr<Store>& store)
        : random_(seed), clock_(clock), store_(store) {}

    void step() {
        switch (pick(10)) {
            case 0:
            case 1: put(); break;
            case 2:
            case 3: translate(); break;
            case 4:
            case 5: work("east"); break;
            case 6: work("box"); break;
            case 7: person(); break;
            case 8: pickUp(); break;
            default: time(); break;
        }
    }
    void crashed() { account_.crash(); }

    void compare() {
        Filter all;
        all.most = 100'000;
        std::size_t found = 0;
        for (const MessageView& view : store_->list(all)) {
            ASSERT_EQ(toText(account_.messages.at(view.id).state), toText(view.state)) << view.id;
            for (const DeliveryView& one : view.deliveries) {
                ++found;
                ASSERT_EQ(1u, account_.deliveries.count(one.id)) << one.id;
                ASSERT_EQ(toText(account_.deliveries.at(one.id).state), toText(one.state))
                    << one.id << " of " << view.id;
            }
        }
        ASSERT_EQ(account_.deliveries.size(), found);
        for (const auto& [key, revision] : account_.revisions) {
            const auto entry = store_->plans().find(key);
            ASSERT_EQ(revision, entry ? entry->revision : 0) << key;
        }
    }

    /// Nothing ended in silence: the last event of each tells the state that it is in.
    void compareTimelines() {
        for (const auto& [id, message] : account_.messages) {
            const auto view = store_->show(id);
            std::map<std::string, std::string> last;
            for (const EventView& event : view->timeline)
                if (isState(event.what)) last[event.delivery] = event.what;
            EXPECT_EQ(toText(message.state), last[""]) << id;
            for (const DeliveryView& one : view->deliveries)
                EXPECT_EQ(toText(one.state), last[one.id]) << one.id << " of " << id;
        }
    }
    std::size_t size() const { return account_.deliveries.size(); }

private:
    int pick(int below) { return static_cast<int>(random_() % static_cast<unsigned>(below)); }
    bool once(int in) { return pick(in) == 0; }
    std::string letter() { return std::string(1, static_cast<char>('a' + pick(3))); }

    static bool isState(const std::string& what) {
        for (int i = 0; i <= static_cast<int>(DeliveryState::closed); ++i)
            if (toText(static_cast<DeliveryState>(i)) == what) return true;
        for (int i = 0; i <= static_cast<int>(MessageState::refused); ++i)
            if (toText(static_cast<MessageState>(i)) == what) return true;
        return false;
    }

    void put() {
        Incoming in = incoming(letter() + "/" + std::to_string(++number_));
        if (once(4)) in.orderKeys.push_back(letter());
        Message& one = account_.messages[store_->put(std::vector{in}).at(0).id];
        one.keys.insert(in.orderKeys.begin(), in.orderKeys.end());
        one.number = one.place = ++places_;
    }

    void translate() {
        const bool redo = std::any_of(account_.deliveries.begin(), account_.deliveries.end(),
                                      [](const auto& entry) { return entry.second.redo; });
        const std::string next = account_.nextMessage();
        const auto claims = store_->claimMessages(1, {kLease, {}});
        ASSERT_EQ(redo || !next.empty() ? 1u : 0u, claims.size());
        if (claims.empty()) return;
        if (!claims[0].held.empty()) return makeAgain(claims[0]);
        ASSERT_EQ(next, claims[0].id);
        Message& message = account_.messages.at(next);
        Translation result;
        result.id = next;
        result.epoch = claims[0].epoch;
        const int kind = pick(10);
        result.state = kind == 0   ? MessageState::held
                       : kind == 1 ? MessageState::ignored
                                   : MessageState::translated;
        result.blocks = kind == 0 && once(2);
        if (result.state == MessageState::translated)
            for (const char* const end : {"east", "box"})
                if (once(2)) addDelivery(result, message, end);
        if (once(3)) end(result);
        if (once(4)) remember(result);
        if (testing::Test::HasFatalFailure()) return;
        ASSERT_EQ(Settled::done, store_->translated(std::vector{result}).at(0));
        for (const RegisterChange& change : result.changes) ++account_.revisions[change.entry.key];
        message.state = result.state;
        message.blocks = result.blocks;
    }

    /// What waits of a plan ends; the account knows it already, of the new ones nothing.
    void end(Translation& result) {
        DeliveryEnd& one = result.ends.emplace_back();
        one.plan = "plan " + letter();
        one.reason = {"over", "terminé"};
        if (once(2)) one.partner = once(2) ? "partner-of-east" : "partner-of-box";
        if (once(2)) one.edition = letter();
        if (once(3)) one.state = DeliveryState::delivered;
        for (auto& [id, delivery] : account_.deliveries)
            if (delivery.message != result.id && ends(one, delivery)) {
                delivery.state = one.state;
                delivery.blocks = delivery.redo = false;
                delivery.epoch = 0;
            }
    }

    static bool ends(const DeliveryEnd& end, const Delivery& one) {
        using enum DeliveryState;
        const bool may = one.state == offered ||
                         (end.state == closed &&
                          (one.state == queued || one.state == held || one.state == setAside));
        return may && one.plan == end.plan && (end.edition.empty() || end.edition == one.edition) &&
               (end.partner.empty() || end.partner == "partner-of-" + one.end);
    }

    /// Decided on what stands in the register, or on what stood there: then nothing is done.
    void remember(Translation& result) {
        RegisterChange& change = result.changes.emplace_back();
        change.entry.key = "plan " + letter();
        const std::uint64_t stands = account_.revisions[change.entry.key];
        change.expected = stands + 1;
        ASSERT_EQ(Settled::overtaken, store_->translated(std::vector{result}).at(0));
        change.expected = stands;
    }

    void addDelivery(Translation& result, const Message& message, const char* end) {
        const std::vector<std::string> lanes(message.keys.begin(), message.keys.end());
        NewDelivery& made = result.deliveries.emplace_back(
            newDelivery(*store_, lanes.front(), "bytes " + std::to_string(number_), end));
        made.otherLanes.assign(lanes.begin() + 1, lanes.end());
        if (once(8)) made.state = DeliveryState::held;
        made.plan = "plan " + letter();
        made.edition = letter();
        Delivery& one = account_.deliveries[made.id];
        one = {result.id, end,   lanes, ++places_, made.state,
               false,     false, 0,     made.plan, made.edition};
    }

    /// Held ones under their ids, those set aside as others in their stead.
    void makeAgain(const MessageClaim& claim) {
        Translation result;
        result.id = claim.id;
        result.epoch = claim.epoch;
        for (const std::string& id : claim.held) {
            Delivery& old = account_.deliveries.at(id);
            ASSERT_TRUE(old.redo);
            old.redo = false;
            NewDelivery& made = result.deliveries.emplace_back(
                newDelivery(*store_, old.lanes.front(), "again", old.end));
            made.otherLanes.assign(old.lanes.begin() + 1, old.lanes.end());
            made.plan = old.plan;
            made.edition = old.edition;
            const bool well = !once(4);
            if (!well) made.state = DeliveryState::held;
            if (old.state == DeliveryState::held) {
                made.id = made.controlId = id;
                if (!well) continue;
                old.state = DeliveryState::queued;
                old.place = ++places_;
                continue;
            }
            made.instead = id;
            if (!well) continue;
            Delivery one = old;
            one.state = DeliveryState::queued;
            if (!old.blocks) one.place = ++places_;
            one.blocks = false;
            old.state = DeliveryState::closed;
            old.blocks = false;
            account_.deliveries[made.id] = one;
        }
        ASSERT_EQ(Settled::done, store_->translated(std::vector{result}).at(0));
    }

    void work(const char* end) {
        const auto most = static_cast<std::size_t>(1 + pick(3));
        std::set<std::vector<std::string>> got;
        const auto lanes = store_->claimLanes(end, 100, most, {kLease, {}});
        for (const LaneClaim& lane : lanes) {
            std::vector<std::string> ids;
            for (const DeliveryClaim& one : lane.deliveries) ids.push_back(one.id);
            got.insert(ids);
        }
        ASSERT_EQ(account_.claimable(end, most), got);
        for (const LaneClaim& lane : lanes)
            for (const DeliveryClaim& one : lane.deliveries)
                account_.deliveries.at(one.id).epoch = one.epoch;
        for (const LaneClaim& lane : lanes) {
            if (once(8)) continue;  // dies with it in hand
            std::string(end) == "box" ? layOut(lane) : deliver(lane);
            if (testing::Test::HasFatalFailure()) return;
        }
    }

    void layOut(const LaneClaim& lane) {
        std::vector<OfferedClaim> batch;
        for (const DeliveryClaim& one : lane.deliveries)
            batch.push_back({{one.id, one.epoch}, clock_.now() + Milliseconds(20'000)});
        for (const Settled settled : store_->offer(batch)) ASSERT_EQ(Settled::done, settled);
        for (const DeliveryClaim& one : lane.deliveries) {
            Delivery& delivery = account_.deliveries.at(one.id);
            delivery.state = DeliveryState::offered;
            delivery.epoch = 0;
        }
    }

    void deliver(const LaneClaim& lane) {
        std::vector<ClaimId> ids;
        for (const DeliveryClaim& one : lane.deliveries) ids.push_back({one.id, one.epoch});
        for (const Settled settled : store_->inflight(ids)) ASSERT_EQ(Settled::done, settled);
        for (const ClaimId& one : ids)
            account_.deliveries.at(one.id).state = DeliveryState::inflight;
        for (std::size_t i = 0; i < ids.size(); ++i) {
            if (once(12)) return;  // dies while it sends
            if (!settle(ids[i])) {
                const std::vector<ClaimId> rest(ids.begin() + static_cast<std::ptrdiff_t>(i) + 1,
                                                ids.end());
                store_->release(rest);
                for (const ClaimId& one : rest) {
                    account_.deliveries.at(one.id).state = DeliveryState::queued;
                    account_.deliveries.at(one.id).epoch = 0;
                }
                return;
            }
        }
    }

    /// @return whether the lane goes on
    bool settle(const ClaimId& claim) {
        Outcome outcome;
        outcome.id = claim.id;
        outcome.epoch = claim.epoch;
        const int kind = pick(8);
        if (kind == 0) outcome.state = DeliveryState::queued;
        if (kind == 1) outcome.state = DeliveryState::uncertain;
        if (kind == 2) outcome.state = DeliveryState::setAside;
        outcome.hold = kind == 1 && once(2);
        outcome.blocks = kind == 2 && once(2);
        EXPECT_EQ(Settled::done, store_->settle(std::vector{outcome}).at(0));
        EXPECT_EQ(Settled::lost, store_->settle(std::vector{outcome}).at(0)) << "twice";
        Delivery& one = account_.deliveries.at(claim.id);
        one.state = outcome.state;
        one.blocks = outcome.hold || outcome.blocks;
        one.epoch = 0;
        return kind > 2 || (kind == 2 && !one.blocks);
    }

    void pickUp() {
        for (const OfferedDelivery& offered : store_->offered("box", "", 3)) {
            Delivery& one = account_.deliveries.at(offered.id);
            ASSERT_EQ(DeliveryState::offered, one.state);
            PickUp done;
            done.id = offered.id;
            done.by = "anne";
            if (once(5)) done.state = DeliveryState::setAside;
            ASSERT_FALSE(store_->pickedUp(std::vector{done}).front());
            one.state = done.state;
            one.blocks = false;
        }
    }

    /// Every lease runs out, and what nobody picked up goes.
    void time() {
        clock_.pass(Milliseconds(2'000));
        store_->claimLanes("nowhere", 1, 1, {});
        account_.surrender();
        if (!once(6)) return;
        clock_.pass(Milliseconds(30'000));
        store_->expire(clock_.now(), {}, 10'000);
        for (auto& [id, one] : account_.deliveries)
            if (one.state == DeliveryState::offered) one.state = DeliveryState::setAside;
    }

    void person() {
        for (auto& [id, one] : account_.messages) {
            if (one.state != MessageState::held || !once(2)) continue;
            const bool close = once(3);
            const auto why = close ? store_->close(std::vector{id}, "why", "anne").front()
                                   : store_->replay(std::vector{id}, "anne").front();
            ASSERT_FALSE(why);
            one.state = close ? MessageState::closed : MessageState::received;
            if (!close && !one.blocks) one.place = ++places_;
            one.blocks = false;
        }
        for (const auto& [id, copy] : std::map(account_.deliveries)) decide(id);
    }

    void decide(const std::string& id) {
        using enum DeliveryState;
        Delivery& one = account_.deliveries.at(id);
        const bool open = one.state == held || one.state == setAside || one.state == offered ||
                          (one.state == uncertain && one.blocks) || one.state == queued;
        if (!open || one.epoch != 0 || !once(one.state == queued ? 20 : 3)) return;
        const int kind = one.state == queued || one.state == offered ? 0 : pick(3);
        if (kind == 0) {
            ASSERT_FALSE(store_->close(std::vector{id}, "why", "anne").front()) << id;
            one.state = closed;
            one.blocks = one.redo = false;
        } else if (kind == 1 || one.state == held) {
            const bool already = one.state == held && one.redo;
            ASSERT_EQ(already, store_->replay(std::vector{id}, "anne").front().has_value());
            if (one.state == held) {
                one.redo = true;
                return;
            }
            one.state = queued;
            if (!one.blocks) one.place = ++places_;
            one.blocks = one.redo = false;
        } else {
            const bool refused = one.redo || one.state == uncertain;
            ASSERT_EQ(refused, store_->retranslate(std::vector{id}, "anne").front().has_value());
            if (!refused) one.redo = true;
        }
    }

    std::mt19937 random_;
    Clock& clock_;
    std::unique_ptr<Store>& store_;
    Account account_;
    std::uint64_t places_ = 0;
    int number_ = 0;
};

}  // namespace

TEST_P(StoreSuite, AgreesWithAPlainAccountOfItStepByStep) {
    const char* const more = std::getenv("STORE_SEED");  // another life than the usual ones
    const unsigned base = more ? static_cast<unsigned>(std::strtoul(more, nullptr, 10)) : 1;
    for (unsigned seed = base; seed < base + 2; ++seed) {
        SCOPED_TRACE("STORE_SEED=" + std::to_string(seed));
        store_.reset();
        place_ = GetParam().make(clock_);
        store_ = place_->open();
        Life life(seed, clock_, store_);
        for (int i = 1; i <= kSteps; ++i) {
            SCOPED_TRACE("step " + std::to_string(i));
            life.step();
            if (i % 25 == 0) life.compare();
            if (i % 100 == 0) {
                crash();
                life.crashed();
            }
            if (HasFailure()) return;
        }
        life.compareTimelines();
        std::optional<Reconciled> counted;
        for (int slices = 0; slices < 200; ++slices) counted = store_->reconcile();
        ASSERT_TRUE(counted);
        for (const auto* const ends : {&counted->sources, &counted->destinations})
            for (const auto& [name, account] : *ends) EXPECT_EQ(0, account.gap()) << name;
        EXPECT_GT(life.size(), 100u);
    }
}

}  // namespace store_suite
