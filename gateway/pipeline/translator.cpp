#include "pipeline/translator.h"

#include <new>
#include <utility>

#include "core/little_memory.h"
#include "pipeline/register_of_batch.h"
#include "pipeline/sender_answer.h"

namespace gateway {
namespace {

constexpr std::size_t kClaims = 64;
constexpr Milliseconds kIdleWait{1'000};
/// How long one waits for memory.
constexpr Milliseconds kMemoryPatience{60'000}, kMemoryPause{2'000};

/// Tries of a message whose register entries change each time while it is translated.
constexpr int kOvertaken = 8;
constexpr Milliseconds kOvertakenPause{100};

}  // namespace

/// Translations of one configuration that are not committed yet, and what they were made of.
struct Translator::Batch {
    const Setup& setup;
    std::vector<Translation> results;
    std::vector<const MessageClaim*> claims;
};

Translator::Translator(Store& store, Log& log, Current& current, ProgressBoard& board,
                       Backlog& backlog, UnmappedSeen& unmapped, Milliseconds lease,
                       std::function<void(Time)> dueAt,
                       std::function<void(const std::string&)> queued)
    : store_(store),
      log_(log),
      current_(current),
      board_(board),
      backlog_(backlog),
      lease_(lease),
      dueAt_(std::move(dueAt)),
      queued_(std::move(queued)),
      ids_(store),
      shared_{store, log, unmapped, ids_} {}

void Translator::start(unsigned workers) {
    for (unsigned i = 0; i < workers; ++i) workers_.emplace_back([this] { run(); });
}

void Translator::join() {
    for (std::thread& worker : workers_) worker.join();
    workers_.clear();
}

void Translator::run() {
    const AcceptedWork accepted;
    while (!stopping_.asked()) {
        std::vector<MessageClaim> claims;
        try {
            giveBackWaiting();
            claims = store_.claimMessages(kClaims, Lease{lease_, kIdleWait});
            translateAll(claims);
        } catch (const std::exception& failure) {
            // The store could not be reached or written: what is not translated is claimed again.
            log_.error("translator-failed", {{"what", failure.what()}});
            giveBack(claims);
            stopping_.wait(Milliseconds(100));  // paces retries of a failing disk
        }
    }
}

void Translator::translateAll(std::span<const MessageClaim> claims) {
    const std::shared_ptr<const Setup> setup = current_.get();
    Batch batch{*setup, {}, {}};
    const RegisterOfBatch plans(store_.plans(), batch.results, [&] { commit(batch); });
    const Clock::Steady begun = Clock::real().steady();
    for (std::size_t i = 0; i < claims.size(); ++i) {
        if (Clock::real().steady() - begun >
            lease_ / 4) {  // slow maps: what is left goes back, in order
            commit(batch);
            return giveBack(claims.subspan(i));
        }
        // Without memory the others go on; those behind it in its order keys are given out again.
        std::optional<Translation> result = attempt(*setup, claims[i], plans);
        if (!result) continue;
        batch.results.push_back(*std::move(result));
        batch.claims.push_back(&claims[i]);
    }
    commit(batch);
}

/// @return nothing while it waits for memory
std::optional<Translation> Translator::attempt(const Setup& setup, const MessageClaim& claim,
                                               const Register& plans) {
    try {
        Translation result = translate(setup, claim, plans);
        forgetMemory(claim.id);
        return result;
    } catch (const std::bad_alloc&) {
        return holdWithoutMemory(setup, claim);
    }
}

/// What waited for memory is given out again; until then it is nobody's, so that it does not come
/// first each time.
void Translator::giveBackWaiting() {
    std::vector<ClaimId> due;
    {
        const std::lock_guard lock(memoryMutex_);
        const Clock::Steady now = Clock::real().steady();
        std::erase_if(waiting_, [&](const auto& one) {
            if (now - one.second < kMemoryPause) return false;
            due.push_back(one.first);
            return true;
        });
    }
    if (!due.empty()) store_.releaseMessages(due);
}

/// There will be memory when others are done; when there is none for long, people decide.
std::optional<Translation> Translator::holdWithoutMemory(const Setup& setup,
                                                         const MessageClaim& claim) {
    const Clock::Steady now = Clock::real().steady();
    {
        const std::lock_guard lock(memoryMutex_);
        const auto [since, first] = noMemorySince_.try_emplace(claim.id, now);
        if (first) log_.warning("no-memory", {{"message", claim.id}, {"bytes", claim.body.size()}});
        if (now - since->second < kMemoryPatience) {
            waiting_.emplace_back(ClaimId{claim.id, claim.epoch}, now);
            return {};
        }
        noMemorySince_.erase(since);
    }
    Translation held;
    held.id = claim.id;
    held.epoch = claim.epoch;
    held.configVersion = setup.version;
    held.state = MessageState::held;
    held.reason = {"there is not enough memory to translate it: replay it when there is",
                   "la mémoire ne suffit pas pour le traduire : le rejouer quand elle suffira"};
    return held;
}

void Translator::forgetMemory(const std::string& message) {
    const std::lock_guard lock(memoryMutex_);
    noMemorySince_.erase(message);
}

void Translator::giveBack(std::span<const MessageClaim> claims) {
    std::vector<ClaimId> rest;
    for (const MessageClaim& claim : claims) rest.push_back({claim.id, claim.epoch});
    store_.releaseMessages(rest);
}

void Translator::commit(Batch& batch) {
    if (batch.results.empty()) return;
    const std::vector<Translation> results = std::exchange(batch.results, {});
    const std::vector<const MessageClaim*> claims = std::exchange(batch.claims, {});
    const std::vector<Settled> settled = store_.translated(results);
    std::vector<const MessageClaim*> overtaken;
    for (std::size_t i = 0; i < results.size(); ++i)
        if (settled[i] == Settled::overtaken)
            overtaken.push_back(claims[i]);
        else
            committed(results[i], settled[i]);
    for (std::size_t i = 0; i < overtaken.size(); ++i) {
        if (translateAlone(batch.setup, *overtaken[i])) continue;
        std::vector<ClaimId> rest;
        for (; i < overtaken.size(); ++i) rest.push_back({overtaken[i]->id, overtaken[i]->epoch});
        store_.releaseMessages(rest);
        stopping_.wait(kOvertakenPause);
    }
}

/// Of a message that was overtaken, by the register as it stands now, until it was faster.
/// @return false when it never was
bool Translator::translateAlone(const Setup& setup, const MessageClaim& claim) {
    for (int tries = 0; tries < kOvertaken && !stopping_.asked(); ++tries) {
        const std::optional<Translation> result = attempt(setup, claim, store_.plans());
        if (!result) return true;
        const Settled settled = store_.translated(std::span(&*result, 1)).front();
        if (settled == Settled::overtaken) continue;
        committed(*result, settled);
        return true;
    }
    log_.warning("overtaken", {{"message", claim.id}});
    return false;
}

void Translator::committed(const Translation& result, Settled settled) {
    if (settled == Settled::lost) {
        log_.warning("lease-lost", {{"message", result.id}});
        return;
    }
    backlog_.remove(1);
    if (result.state == MessageState::held)
        log_.warning("held", {{"message", result.id}, {"why", result.reason.en}});
    for (const RegisterChange& change : result.changes)
        if (change.entry.due && !change.remove) dueAt_(*change.entry.due);
    for (const NewDelivery& delivery : result.deliveries)
        if (delivery.state == DeliveryState::queued) queued_(delivery.destination);
    board_.signal(result.id);
}

Translation Translator::translate(const Setup& setup, const MessageClaim& claim) {
    return translate(setup, claim, store_.plans());
}

Translation Translator::examine(const Setup& setup, const MessageClaim& claim) {
    UnmappedSeen nobodys;
    return Translating({store_, log_, nobodys, ids_}, setup, claim, store_.plans()).run();
}

Translation Translator::translate(const Setup& setup, const MessageClaim& claim,
                                  const Register& plans) {
    Translation result = Translating(shared_, setup, claim, plans).run();
    tellSender(shared_, setup, claim, result);
    return result;
}

}  // namespace gateway
