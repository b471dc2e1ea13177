/// @file  The store's class and what its operations share.
#pragma once

#include <atomic>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "gateway/notebook.h"
#include "store/board.h"
#include "store/checkpointer.h"
#include "store/disk_room.h"
#include "store/file_lock.h"
#include "store/handover.h"
#include "store/happenings.h"
#include "store/hash_index.h"
#include "store/keyed_hash.h"
#include "store/plan_register.h"
#include "store/reader.h"
#include "store/reconcile.h"
#include "store/resealer.h"
#include "store/retention.h"
#include "store/schema.h"
#include "store/seal.h"
#include "store/sqlite_store.h"
#include "store/staged_body.h"
#include "store/writer.h"

namespace gateway {

/// Flags in the column of the same name.
namespace message_flag {
constexpr std::int64_t blocks = 1, replayed = 2;
}
namespace delivery_flag {
constexpr std::int64_t hold = 1, blocks = 2, redo = 4, born = 8;
/// What its partner said of it apart from the answer that settled it.
constexpr std::int64_t accepted = 16, refused = 32, word = accepted | refused;
/// Somebody's word on it was not applied.
constexpr std::int64_t doubtful = 64;
/// Set aside because nobody fetched it in time.
constexpr std::int64_t unread = 128;
}  // namespace delivery_flag

constexpr bool blocked(std::int64_t flags) {
    return (flags & (delivery_flag::hold | delivery_flag::blocks)) != 0;
}
/// Whether a delivery has a place in its lane.
bool waitsInLane(DeliveryState state, std::int64_t flags);
std::vector<std::uint64_t> briefKeys(std::string_view orderKeys);

/// Of bodies that one claim brings; what goes beyond is given back, one is always brought.
constexpr std::size_t kClaimedBytesMost = 8u << 20;

/// A delivery's row, as far as changes need it.
struct DeliveryRow {
    std::uint64_t id = 0;
    std::uint64_t message = 0;
    DeliveryState state = DeliveryState::queued;
    std::int64_t flags = 0;
    std::uint64_t lane = 0;
    std::int64_t partner = 0;
    std::int64_t destination = 0;
    std::uint64_t ord = 0;
    std::string plan;
    std::string edition;
    unsigned attempts = 0;
    Time changed{};
    std::optional<std::int64_t> answerBody;
    // Read only of what its partner had a word on before it was settled.
    std::string answerSummary;
    Reason reason;
};
std::optional<DeliveryRow> readDelivery(Transaction& transaction, std::uint64_t id);

/// The states between `from` and `to`, `to` last; the only changes that the store makes.
/// @throws Error(internal) when state.h does not allow them
std::vector<DeliveryState> stepsBetween(DeliveryState from, DeliveryState to);
/// An event for each step, the last with the reason; the tally. The row itself is the caller's.
void recordSteps(Transaction& transaction, const DeliveryRow& row, DeliveryState to,
                 const Reason& reason);
/// What it becomes instead when its partner's word came before it was settled.
DeliveryState withWord(DeliveryState settled, std::int64_t flags);
/// As recordSteps(); a word that came before has its own step. @return the state at the end
DeliveryState recordSettled(Transaction& transaction, const DeliveryRow& row, DeliveryState settled,
                            const Reason& reason);
/// Ends a delivery in flight with the word that its partner had on it before, and takes it out of
/// its lane.
void endWithWord(Transaction& transaction, const DeliveryRow& row, DeliveryState state);
/// What a partner said of a try stands on the timeline, whatever is written over it later.
void recordAnswer(Transaction& transaction, const DeliveryRow& row, const Answer& answer);
std::vector<std::uint64_t> otherLanesOf(Transaction& transaction, std::uint64_t delivery);
/// Its plan's register: it got that edition.
void addReceipt(Transaction& transaction, const DeliveryRow& row, Time at);
/// Whatever it was but in flight; its place in its lane is the caller's.
void closeDelivery(Transaction& transaction, const DeliveryRow& row, const Reason& why);
/// What an end means of the plan's deliveries that wait. One that a worker has claimed and not put
/// in flight is closed too: the claim is lost.
void endDeliveries(Transaction& transaction, const DeliveryEnd& end);
/// Once the change is committed it has no place in its lanes any more.
void leaveLane(Transaction& transaction, const DeliveryRow& row);
/// The row of a delivery whose claim holds, when all that stands before it is claimed with it.
std::optional<DeliveryRow> firstOfClaim(Transaction& transaction, const ClaimId& claim);
/// What was in flight and whose sender is gone.
void makeUncertain(Transaction& transaction, std::uint64_t id, const Reason& reason);
/// Why something waits whose bytes cannot be read.
Reason damage();
/// The row of a delivery whose claim holds and whose state is what the claimer knows.
std::optional<DeliveryRow> claimedRow(Transaction& transaction, std::uint64_t id,
                                      std::uint64_t epoch);
/// The number of a row's destination on the board.
LaneBoard::Destination endOf(Transaction& transaction, Board& board, std::int64_t destination);
LaneBoard::Destination endOf(Transaction& transaction, const DeliveryRow& row);

class SqliteStore final : public Store, public Notebook, public Happenings {
public:
    SqliteStore(const SqliteOptions& options, Log* log);
    ~SqliteStore() override;

    std::vector<Stored> put(std::span<const Incoming> batch) override;
    void refused(std::span<const Refusal> batch) override;
    std::vector<MessageClaim> claimMessages(std::size_t most, Lease lease) override;
    std::vector<std::string> reserve(std::size_t count) override;
    std::vector<Settled> translated(std::span<const Translation> batch) override;
    void releaseMessages(std::span<const ClaimId> batch) override;
    std::vector<LaneClaim> claimLanes(std::string_view destination, std::size_t lanes,
                                      std::size_t perLane, Lease lease) override;
    std::vector<Settled> inflight(std::span<const ClaimId> batch) override;
    std::vector<Settled> settle(std::span<const Outcome> batch) override;
    std::vector<LateResult> answered(std::span<const LateWord> batch) override;
    void release(std::span<const ClaimId> batch) override;
    std::vector<Settled> offer(std::span<const OfferedClaim> batch) override;
    std::vector<OfferedDelivery> offered(std::string_view destination, std::string_view after,
                                         std::size_t most) override;
    std::vector<std::optional<Reason>> pickedUp(std::span<const PickUp> batch) override;
    std::size_t expire(Time now, std::span<const std::string> onward, std::size_t most) override;
    void wake() override;
    const Register& plans() const override { return *register_; }
    std::vector<MessageView> list(const Filter& filter) override;
    std::optional<MessageView> show(std::string_view messageId) override;
    std::optional<Bytes> body(std::string_view messageOrDeliveryId) override;
    std::vector<std::optional<Reason>> replay(std::span<const std::string> ids,
                                              std::string_view by) override;
    std::vector<std::optional<Reason>> close(std::span<const std::string> ids, const Reason& why,
                                             std::string_view by) override;
    std::vector<std::optional<Reason>> retranslate(std::span<const std::string> ids,
                                                   std::string_view by) override;
    std::vector<Refusal> refusals(const RefusalFilter& filter) override;
    std::size_t purgeRefusals(Time before, std::size_t most) override;
    std::vector<PastPause> pastPauses(std::size_t most) override;
    Counts counts() override;
    std::size_t purge(Time now, std::span<const Keep> keep, std::size_t most) override;
    void backup(const std::string& file) override;
    std::vector<std::pair<std::string, Reason>> check() override;
    Vitals vitals() override;
    void pause(const Pause& pause) override;
    void resume(std::string_view end, std::string_view by) override;
    std::vector<Pause> pauses() override;
    std::optional<Reconciled> reconcile() override;
    void refresh() override;
    std::string note(std::string_view key) override;
    void setNote(std::string_view key, std::string_view text) override;
    std::vector<HappeningPortion> happened(std::uint64_t after, std::size_t bytes) override;
    void told(std::uint64_t upTo, std::string_view noteKey, std::string_view note) override;
    void whenHappened(std::function<void()> call) override;

private:
    using Purpose = KeyedHash::Purpose;

    // Opening, and again after the disk failed. On the writer's thread.
    std::unique_ptr<Transaction> openForWriting();
    /// The keys of this store, made when it is new. @throws Error(unavailable) when they are
    /// missing or another store's
    StoreKeys takeKeys(sqlite::Connection& connection);
    /// Notes on deliveries that ended without those who kept them (their keys end with its id).
    void forgetNotes(Transaction& transaction);
    void surrender(Transaction& transaction, const std::vector<std::uint64_t>& inflight);
    /// @return what is in flight and has no sender any more
    std::vector<std::uint64_t> loadBoard(sqlite::Connection& connection);
    /// @param inflight  takes those in flight. @return whether all was found that is open
    bool loadOpen(sqlite::Connection& connection, std::vector<std::uint64_t>& inflight);
    /// @return how many there are
    std::int64_t loadMessages(sqlite::Connection& connection);
    void loadPauses(sqlite::Connection& connection);
    std::int64_t loadDeliveries(sqlite::Connection& connection,
                                std::vector<std::uint64_t>& inflight);
    /// Wakes those for whom there is work. The board's mutex is held.
    void notify();
    /// Ends leases that ran out, on the writer's thread.
    void expireLeases(std::unique_lock<std::mutex>& lock);

    std::vector<MessageClaim> fetch(const std::vector<MessageBoard::Claim>& claims);
    /// Those that are not found yet.
    void read(const std::vector<MessageBoard::Claim>& claims,
              std::vector<std::optional<MessageClaim>>& found);
    std::optional<MessageClaim> fetch(Reader& reader, const MessageBoard::Claim& claim);
    /// The next lease to run out. The board's mutex is held.
    Time nextExpiry() const {
        return std::min(board_.messages.nextExpiry(), board_.lanes.nextExpiry());
    }
    Milliseconds untilExpiry() const;
    std::vector<LaneClaim> fetch(const std::vector<LaneBoard::Claim>& claims);
    /// @param reader  not null, unless all is found already
    LaneClaim fetch(Reader* reader, const LaneBoard::Claim& claim,
                    std::unordered_map<std::uint64_t, DeliveryClaim>& found, std::size_t& bytes);
    /// Those from the one at `from` on.
    void unclaim(const LaneBoard::Claim& claim, std::size_t from);
    DeliveryClaim fetch(Reader& reader, const LaneBoard::Claimed& claimed);
    void noteBodies(const std::vector<MessageBoard::Claim>& claims,
                    const std::vector<std::optional<MessageClaim>>& found);
    /// Nothing when they are not in anybody's hands.
    Bytes takeClaimedBody(std::uint64_t seq);
    /// Of one that is still claimed.
    void putClaimedBody(std::uint64_t seq, const Bytes& body);
    void release(const MessageBoard::Claim& claim);
    void tellDamage(std::string_view id, const std::string& what);
    void holdDamaged(const MessageBoard::Claim& claim);
    void setDamagedAside(std::vector<LaneBoard::Claimed> claimed);

    MessageView viewOf(Reader& reader, const sqlite::Query& row);
    DeliveryView viewOf(Reader& reader, const sqlite::Query& row, bool withAnswer);
    std::string nameOf(Reader& reader, const sqlite::Query& row, int column);
    std::string nameOf(Reader& reader, std::int64_t id);
    void addTimeline(Reader& reader, std::uint64_t seq, MessageView& view,
                     const std::map<std::uint64_t, std::string>& partners,
                     std::vector<EventView> born);
    /// When only what waits can fit, and that is not much: found over the indexes of what is open.
    std::optional<std::vector<MessageView>> waitingOnly(const Filter& filter, std::uint64_t before);
    /// What a filter names by a hash, and where to look for it.
    struct Named {
        std::string control, subject;  ///< hashes
        HashIndex::Places messages, deliveries;
    };
    Named named(const Filter& filter) const;
    std::vector<std::uint64_t> candidates(Reader& reader, const Filter& filter, const Named& named,
                                          std::uint64_t before);
    std::optional<Time> oldestReceived(Reader& reader, const std::string& source,
                                       std::uint64_t replays);
    std::int64_t tallied(std::optional<MessageState> message,
                         std::optional<DeliveryState> delivery);
    bool fits(const Filter& filter, const MessageView& view) const;
    /// Of a person or an id: few, whatever else is asked.
    std::vector<std::uint64_t> find(Reader& reader, const Filter& filter, const Named& named,
                                    std::uint64_t before);

    const SqliteOptions options_;
    Log* const log_;
    const std::uint64_t life_;  ///< of this process's happenings; 0: they are not kept
    std::unique_ptr<FileLock> lock_;
    DiskRoom room_;
    Names names_;
    Board board_;
    Ids ids_;
    std::unique_ptr<KeyedHash> hash_;
    HashIndex hashes_;
    Handover<MessageClaim> freshMessages_;
    Handover<DeliveryClaim> freshDeliveries_;
    std::unique_ptr<Seal> seal_;
    std::unique_ptr<Readers> readers_;
    std::unique_ptr<PlanRegister> register_;
    std::mutex gate_;
    std::unique_ptr<sqlite::Connection> connection_;  ///< the writer's
    std::unique_ptr<Checkpointer> checkpointer_;
    std::mutex reserveMutex_;  ///< guards the two below
    std::uint64_t reserveNext_ = 0;
    std::uint64_t reserveEnd_ = 0;
    std::unique_ptr<Writer> writer_;
    std::mutex claimedMutex_;  ///< guards the next
    /// The bytes of messages in translators' hands: a delivery that has the same is not stored
    /// twice.
    std::unordered_map<std::uint64_t, Bytes> claimedBodies_;
    std::unique_ptr<StagedBodies> staged_;
    std::unique_ptr<Resealer> resealer_;
    std::unique_ptr<Retention> retention_;
    std::unique_ptr<Reconciler> reconciler_;
    std::mutex oldestMutex_;                        ///< guards the two below
    std::uint64_t oldestSeen_ = 0;                  ///< replays when oldest_ was begun
    std::map<std::int64_t, std::uint64_t> oldest_;  ///< source → nothing waits before that number
    std::atomic<std::uint64_t> damaged_{0};         ///< values that could not be opened
};

}  // namespace gateway
