#include "pipeline/translator.h"

#include <algorithm>
#include <map>
#include <new>
#include <optional>

#include "pipeline/edit.h"

namespace gateway {
namespace {

constexpr std::size_t kClaims = 64;
constexpr Milliseconds kIdleWait{1'000};
/// How long one waits for memory.
constexpr Milliseconds kMemoryPatience{60'000}, kMemoryPause{2'000};

/// What one map did, for people: its place in words of both languages.
Reason held(const std::string& what, const std::string& quoi, const Issue& issue) {
    const std::string at = issue.where.empty() ? "" : issue.where + ": ";
    const std::string& fr = issue.text.fr.empty() ? issue.text.en : issue.text.fr;
    return {what + ": " + at + issue.text.en, quoi + " : " + at + fr};
}

Reason placed(const Error& error) {
    if (error.where.empty()) return error.reason();
    return say("{0}: {1}", "{0} : {1}", {error.where, error.reason()});
}

bool hasLine(std::string_view lines, std::string_view line) {
    while (!lines.empty()) {
        const std::size_t end = std::min(lines.find('\n'), lines.size());
        if (lines.substr(0, end) == line) return true;
        lines.remove_prefix(std::min(end + 1, lines.size()));
    }
    return false;
}

/// What holds the result of a map: its first error, unless the map says that results with errors
/// are delivered; what is fatal holds always.
const Issue* holding(const Issues& issues, const Transformer& map) {
    const Severity least = map.facts().deliversWithErrors ? Severity::fatal : Severity::error;
    for (const Issue& issue : issues.all())
        if (issue.severity >= least) return &issue;
    return nullptr;
}

}  // namespace

/// All that is known while one message is translated.
struct Translator::Work {
    const Setup& setup;
    const MessageClaim& claim;
    const SourceSetup& source;
    const Document& tree;
    std::vector<std::string> lanes;
    Context context;
    Translation result;
    std::multimap<std::string, Again> again;  ///< destination → what is to be made again
    std::vector<Reason> why;                  ///< why routes that fit made nothing
    bool taken = false;
    bool ignored = false;
};

Translator::Translator(Store& store, Log& log, Current& current, ProgressBoard& board,
                       Backlog& backlog, UnmappedSeen& unmapped, Milliseconds lease)
    : store_(store),
      log_(log),
      current_(current),
      board_(board),
      backlog_(backlog),
      unmapped_(unmapped),
      lease_(lease) {}

void Translator::start(unsigned workers) {
    for (unsigned i = 0; i < workers; ++i) workers_.emplace_back([this] { run(); });
}

void Translator::join() {
    for (std::thread& worker : workers_) worker.join();
    workers_.clear();
}

void Translator::run() {
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
    std::vector<Translation> batch;
    const std::shared_ptr<const Setup> setup = current_.get();
    const Time begun = currentTime();
    for (std::size_t i = 0; i < claims.size(); ++i) {
        if (currentTime() - begun > lease_ / 4) {  // slow maps: what is left goes back, in order
            commit(batch);
            return giveBack(claims.subspan(i));
        }
        try {
            batch.push_back(translate(*setup, claims[i]));
            forgetMemory(claims[i].id);
        } catch (const std::bad_alloc&) {
            // The others go on; those behind it in its order keys are given out again.
            if (auto held = holdWithoutMemory(*setup, claims[i])) batch.push_back(*std::move(held));
        }
    }
    commit(batch);
}

/// What waited for memory is given out again; until then it is nobody's, so that it does not come
/// first each time.
void Translator::giveBackWaiting() {
    std::vector<ClaimId> due;
    {
        const std::lock_guard lock(memoryMutex_);
        const Time now = currentTime();
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
    const Time now = currentTime();
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

void Translator::commit(std::vector<Translation>& batch) {
    if (batch.empty()) return;
    const std::vector<Settled> settled = store_.translated(batch);
    for (std::size_t i = 0; i < batch.size(); ++i) {
        if (settled[i] == Settled::lost) {
            log_.warning("lease-lost", {{"message", batch[i].id}});
            continue;
        }
        backlog_.remove(1);
        if (batch[i].state == MessageState::held)
            log_.warning("held", {{"message", batch[i].id}, {"why", batch[i].reason.en}});
        board_.signal(batch[i].id);
    }
    batch.clear();
}

std::string Translator::nextId() {
    const std::lock_guard lock(idsMutex_);
    if (ids_.empty()) {
        ids_ = store_.reserve(256);
        std::reverse(ids_.begin(), ids_.end());
    }
    std::string id = std::move(ids_.back());
    ids_.pop_back();
    return id;
}

Translation Translator::translate(const Setup& setup, const MessageClaim& claim) {
    Translation result = settle(setup, claim);
    tellSender(setup, claim, result);
    return result;
}

std::multimap<std::string, Translator::Again> Translator::again(const MessageClaim& claim) {
    std::multimap<std::string, Again> all;
    if (claim.held.empty()) return all;
    if (const std::optional<MessageView> message = store_.show(claim.id))
        for (const DeliveryView& one : message->deliveries)
            if (std::find(claim.held.begin(), claim.held.end(), one.id) != claim.held.end())
                all.emplace(one.destination, Again{one.id, one.state == DeliveryState::setAside});
    return all;
}

/// A held delivery is made under its id, one that was set aside is replaced by another.
NewDelivery Translator::begun(const Again& again) {
    NewDelivery delivery;
    delivery.id = again.anew ? nextId() : again.id;
    if (again.anew) delivery.instead = again.id;
    return delivery;
}

Translation Translator::settle(const Setup& setup, const MessageClaim& claim) {
    Translation result = attempt(setup, claim);
    if (claim.held.empty() || result.state == MessageState::translated) return result;
    // Held deliveries are made again for a message that was translated long ago: it stays so, they
    // stay held.
    Translation again;
    again.id = claim.id;
    again.epoch = claim.epoch;
    again.configVersion = result.configVersion;
    for (const auto& [destination, one] : this->again(claim)) {
        NewDelivery& delivery = again.deliveries.emplace_back(begun(one));
        delivery.destination = destination;
        delivery.state = DeliveryState::held;
        delivery.reason = result.reason;
    }
    return again;
}

Translation Translator::attempt(const Setup& setup, const MessageClaim& claim) {
    Translation result;
    result.id = claim.id;
    result.epoch = claim.epoch;
    result.configVersion = setup.version;
    const auto hold = [&](Reason reason) {
        result.state = MessageState::held;
        result.reason = std::move(reason);
        return result;
    };
    const auto source = setup.sources.find(claim.source);
    if (source == setup.sources.end())
        return hold({"source " + claim.source + " is not configured any more",
                     "la source " + claim.source + " n'est plus configurée"});
    try {
        Issues issues;
        const Document tree = source->second.codec.codec->decode(claim.body, issues);
        Work work{setup,        claim, source->second, tree, {}, {}, result,
                  again(claim), {},    false,          false};
        work.context = contextOf(setup, source->second, claim.received);
        work.context.seed = claim.id;
        work.lanes =
            scopedKeys(source->second, envelopeOf(source->second, tree, work.context).orderKeys);
        for (const RouteSetup& route : setup.routes) {
            if (std::find(route.from.begin(), route.from.end(), claim.source) == route.from.end())
                continue;
            if (!takeRoute(work, route)) {
                work.result.state = MessageState::held;
                work.result.blocks = route.blockOnHold;
                work.result.deliveries.clear();
                work.result.changes.clear();
                return std::move(work.result);
            }
        }
        result = std::move(work.result);
        for (const auto& [destination, one] : work.again) {
            NewDelivery& gone = result.deliveries.emplace_back(begun(one));
            gone.destination = destination;
            gone.state = DeliveryState::held;
            gone.reason = {"no route sends this message there any more",
                           "plus aucune route n'y envoie ce message"};
        }
        if (work.taken && result.deliveries.empty() && !claim.facts.get(kOnlyFact).empty())
            return hold({"no route sends this copy to where it is to go any more",
                         "plus aucune route n'envoie cette copie là où elle doit aller"});
        if (work.taken) {
            result.reason = {};
            return result;
        }
        if (work.ignored) {
            result.state = MessageState::ignored;
            return result;
        }
        if (work.why.empty())
            return hold({"no route takes this message", "aucune route ne prend ce message"});
        return hold(work.why.front());
    } catch (const Error& error) {
        if (error.fault == Fault::unavailable) throw;  // the store's trouble, not the message's
        if (error.fault == Fault::malformed) return hold(unreadable(error));
        return hold(placed(error));
    } catch (const std::bad_alloc&) {
        throw;  // there will be memory when others are done
    } catch (const std::exception& failure) {
        log_.error("translation-failed", {{"message", claim.id}, {"what", failure.what()}});
        return hold({"internal failure, see the log", "erreur interne, voir le journal"});
    }
}

/// @return false when the message is to be held for this route's sake; the reason stands in the
/// result
bool Translator::takeRoute(Work& work, const RouteSetup& route) {
    if (route.condition && !route.condition->holds(work.tree, work.context)) return true;
    if (!route.ignore.empty()) {
        work.ignored = true;
        if (work.result.reason.empty()) work.result.reason = route.ignore;
        return true;
    }
    Document made;
    const Transformer* const map = route.map.of(work.source.network);
    if (map) {
        Report report;
        made = map->transform(work.tree, work.context, report);
        unmapped_.note(route.map.name, report.unmapped, currentTime());
        if (const Issue* const error = holding(report.issues, *map)) {
            work.result.reason =
                held("map " + route.map.name, "transformation " + route.map.name, *error);
            return false;
        }
        for (const Issue& issue : report.issues.all())
            work.result.notes.push_back({{}, held(route.map.name, route.map.name, issue)});
    }
    const Document& pivot = map ? made : work.tree;
    if (route.when && !route.when->holds(pivot, work.context)) {
        work.why.push_back({"route " + route.name + ": its condition 'when' is not met",
                            "route " + route.name + " : sa condition « when » n'est pas remplie"});
        return true;
    }
    if (!route.policy) {
        work.taken = true;
        for (const std::string& destination : route.to)
            deliverTo(work, route, pivot, destination, nullptr, {});
        return true;
    }
    const Decisions decisions =
        route.policy->decide(pivot, work.context, *work.setup.directory, store_.plans());
    std::size_t sent = 0;
    for (const Decision& decision : decisions.recipients) {
        const Partner* const partner =
            decision.partner.empty() ? nullptr : work.setup.directory->find(decision.partner);
        // In parentheses: nobody of the directory, so that no list of partners has it.
        const std::string who =
            partner != nullptr
                ? partner->name
                : "(" + (decision.partner.empty() ? decision.who : decision.partner) + ")";
        if (!decision.send || partner == nullptr) {
            work.result.notes.push_back({who, decision.reason});
            continue;
        }
        std::string name = route.destinationName;
        if (name.empty() && partner->destinations.size() == 1) name = partner->destinations.front();
        if (name.empty() || std::find(partner->destinations.begin(), partner->destinations.end(),
                                      name) == partner->destinations.end()) {
            work.result.notes.push_back(
                {who,
                 {"left out: it has no destination " + (name.empty() ? "of its own" : name),
                  "écarté : pas de destination " + (name.empty() ? "unique" : name)}});
            continue;
        }
        deliverTo(work, route, pivot, partner->name + "/" + name, &decisions, decision.filterMap);
        ++sent;
    }
    work.result.changes.insert(work.result.changes.end(), decisions.changes.begin(),
                               decisions.changes.end());
    if (sent > 0)
        work.taken = true;
    else
        work.why.push_back(
            {"route " + route.name + ": nobody of the plan may or can get it, see the timeline",
             "route " + route.name + " : aucun destinataire possible, voir la chronologie"});
    return true;
}

void Translator::deliverTo(Work& work, const RouteSetup& route, const Document& pivot,
                           const std::string& destination, const Decisions* about,
                           const std::string& filterMap) {
    if (const std::string_view only = work.claim.facts.get(kOnlyFact);
        !only.empty() && !hasLine(only, destination))
        return;
    NewDelivery delivery;
    if (!work.claim.held.empty()) {  // these alone are made again
        const auto again = work.again.find(destination);
        if (again == work.again.end()) return;
        delivery = begun(again->second);
        work.again.erase(again);
    } else {
        delivery.id = nextId();
    }
    const bool underItsId = !work.claim.held.empty() && delivery.instead.empty();
    delivery.controlId = underItsId ? nextId() : delivery.id;
    delivery.destination = destination;
    delivery.lane = work.lanes.front();
    delivery.otherLanes.assign(work.lanes.begin() + 1, work.lanes.end());
    if (about) {
        delivery.plan = about->plan;
        delivery.edition = about->edition;
    }
    const auto found = work.setup.destinations.find(destination);
    if (found == work.setup.destinations.end()) {
        delivery.partner = destination.substr(0, destination.find('/'));
        delivery.state = DeliveryState::held;
        delivery.reason = {"route " + route.name + ": there is no such destination now",
                           "route " + route.name + " : cette destination n'existe pas"};
    } else {
        delivery.partner = found->second.partner;
        delivery = encode(work, found->second, pivot, filterMap, std::move(delivery));
    }
    work.result.deliveries.push_back(std::move(delivery));
}

NewDelivery Translator::encode(Work& work, const DestinationSetup& destination,
                               const Document& pivot, const std::string& filterMap,
                               NewDelivery delivery) {
    const auto hold = [&](Reason reason) {
        delivery.state = DeliveryState::held;
        delivery.reason = std::move(reason);
        delivery.body = Bytes();
    };
    Context context = work.context;
    if (const Partner* const partner = work.setup.directory->find(destination.partner)) {
        context.set("category", partner->category);
        for (const auto& [name, value] : partner->values) context.set(name, value);
    }
    context.set("partner", destination.partner);
    context.set("destination", destination.name);
    context.set("delivery-id", delivery.id);
    context.set("control-id", delivery.controlId);
    context.seed = delivery.controlId;
    delivery.codec = destination.codec.name;
    delivery.mediaType = destination.codec.codec->mediaType();
    delivery.extension = destination.codec.codec->extension();
    try {
        Document filtered, mapped;
        const std::string& network = work.source.network;
        const Document* tree = &pivot;
        const auto apply = [&](const Transformer& map, const std::string& name, Document& into) {
            Report report;
            into = map.transform(*tree, context, report);
            unmapped_.note(name, report.unmapped, currentTime());
            tree = &into;
            delivery.issues.append(report.issues);
            if (const Issue* const error = holding(report.issues, map)) {
                hold(held("map " + name, "transformation " + name, *error));
                return false;
            }
            for (const Issue& issue : report.issues.all())
                if (issue.severity >= Severity::error)
                    work.result.notes.push_back({{}, held(name, name, issue)});
            delivery.mapVersion +=
                (delivery.mapVersion.empty() ? "" : " ") + name + "@" + std::string(map.version());
            return true;
        };
        if (!filterMap.empty()) {
            const auto filter = work.setup.maps.find(filterMap);
            if (filter == work.setup.maps.end()) {
                hold({"filter map " + filterMap + " is not loaded",
                      "le filtre " + filterMap + " n'est pas chargé"});
                return delivery;
            }
            if (!apply(*filter->second.of(network), filterMap, filtered)) return delivery;
        }
        const Transformer* const map = destination.map.of(network);
        if (map && !apply(*map, destination.map.name, mapped)) return delivery;
        Sink out;
        Issues issues;
        destination.codec.codec->encode(*tree, out, issues);
        delivery.issues.append(issues);
        const bool same = out.text() == work.claim.body.view();  // then they are held once
        delivery.body = same ? work.claim.body : out.take();
        // The sender's own where no map wrote another.
        delivery.sentId = destination.codec.codec->controlIdOf(*tree);
    } catch (const Error& error) {
        if (error.fault == Fault::unavailable) throw;
        hold(placed(error));
    } catch (const std::bad_alloc&) {
        throw;
    } catch (const std::exception& failure) {
        log_.error("delivery-not-made", {{"message", work.claim.id}, {"what", failure.what()}});
        hold({"internal failure, see the log", "erreur interne, voir le journal"});
    }
    return delivery;
}

/// As ProgressBoard sees the message once `result` is committed.
Progress Translator::outcomeOf(const MessageClaim& claim, const Translation& result) {
    if (result.state == MessageState::held) return {true, true, result.reason};
    for (const NewDelivery& delivery : result.deliveries)
        if (delivery.state == DeliveryState::held) return {true, true, delivery.reason};
    if (claim.held.empty()) return {true, false, {}};
    // Some were made again: others of this message may still be held.
    if (const std::optional<MessageView> message = store_.show(claim.id))
        for (const DeliveryView& other : message->deliveries)
            if (other.state == DeliveryState::held &&
                std::find(claim.held.begin(), claim.held.end(), other.id) == claim.held.end())
                return {true, true, other.reason};
    return {true, false, {}};
}

/// What the sender awaits apart from its connection is a delivery like any other, and made with
/// them. That a message is still held after a replay is no news.
void Translator::tellSender(const Setup& setup, const MessageClaim& claim, Translation& result) {
    if (claim.facts.get(kReplyFact) != kReplyApart) return;
    const auto found = setup.sources.find(claim.source);
    if (found == setup.sources.end() || !found->second.answers) return;
    const SourceSetup& source = found->second;
    const Progress outcome = outcomeOf(claim, result);
    if (outcome.refused && claim.replay) return;
    NewDelivery answer;
    answer.id = answer.controlId = nextId();
    try {
        std::optional<Bytes> body = source.answers->write(claim.body, outcome, answer.controlId);
        if (!body) return;
        answer.body = std::move(*body);
    } catch (const std::exception& failure) {
        log_.error("answer-not-written", {{"message", claim.id}, {"what", failure.what()}});
        result.notes.push_back({{},
                                {"the answer to the sender could not be written, see the log",
                                 "la réponse à l'émetteur n'a pu être écrite, voir le journal"}});
        return;
    }
    answer.destination = source.answersTo;
    answer.partner = source.answersTo.substr(0, source.answersTo.find('/'));
    answer.codec = source.codec.name;
    answer.mediaType = source.codec.codec->mediaType();
    answer.extension = source.codec.codec->extension();
    answer.lane = "answers:" + source.name;
    result.deliveries.push_back(std::move(answer));
}

}  // namespace gateway
