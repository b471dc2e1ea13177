#include "pipeline/inbox.h"

#include <openssl/evp.h>

#include "core/spoken_place.h"

namespace gateway {
namespace {

/// SHA-256 of the body without the parts that differ when a sender sends the same again.
std::string contentHash(std::string_view body, const std::vector<Span>& unstable) {
    const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> digest(EVP_MD_CTX_new(),
                                                                         &EVP_MD_CTX_free);
    std::string hash(32, '\0');
    bool good = digest && EVP_DigestInit_ex(digest.get(), EVP_sha256(), nullptr) == 1;
    std::size_t at = 0;
    const auto add = [&](std::size_t end) {
        if (end > at)
            good = good && EVP_DigestUpdate(digest.get(), body.data() + at, end - at) == 1;
    };
    for (const Span span : unstable) {
        add(span.begin);
        at = std::max<std::size_t>(at, span.end);
    }
    add(body.size());
    good = good && EVP_DigestFinal_ex(digest.get(), reinterpret_cast<unsigned char*>(hash.data()),
                                      nullptr) == 1;
    if (!good) throw Error(Fault::internal, "inbox", "SHA-256 failed");
    return hash;
}

std::string firstOf(const Expression& expression, const Document& document,
                    const Context& context) {
    const std::vector<std::string> texts = expression.texts(document, context);
    return texts.empty() ? std::string() : texts.front();
}

/// For whom a message was sent, as it was proven: two who number theirs alike are two.
std::string provenSender(const Facts& facts) {
    for (const char* const name : {"who.network", "who.partner", "who.endpoint"})
        if (const std::string_view who = facts.get(name); !who.empty())
            return std::string(1, '\0').append(name).append(1, '=').append(who);
    return {};
}

/// By what a message is known again; empty: by nothing.
std::string repeatKeyOf(const SourceSetup& source, const Envelope& envelope,
                        const std::string& content, const Facts& facts) {
    using Repeats = SourceSetup::Repeats;
    if (source.repeats == Repeats::none) return {};
    if (source.repeats == Repeats::content)
        return source.name + std::string(2, '\0') + content + provenSender(facts);
    if (envelope.controlId.empty()) return {};
    return source.name + '\0' + envelope.sender + '\0' + envelope.controlId + provenSender(facts);
}

/// What the timeline says of a late answer: its code and place, never the peer's own words.
Reason laterWord(const LateAnswer& answer) {
    const std::string code =
        answer.answer.summary + (answer.where.empty() ? "" : " (" + answer.where + ")");
    if (answer.accepted)
        return {"application accept: " + code, "acceptation applicative : " + code};
    return {"refused later by the partner's application: " + code,
            "refusé ensuite par l'application du partenaire : " + code};
}

}  // namespace

void Backlog::count(Store& store) {
    std::int64_t waiting = 0;
    for (const auto& [source, states] : store.counts().messages)
        if (const auto found = states.find(std::string(toText(MessageState::received)));
            found != states.end())
            waiting += static_cast<std::int64_t>(found->second);
    waiting_ = waiting;
}

std::vector<std::string> scopedKeys(const SourceSetup& source,
                                    const std::vector<std::string>& keys) {
    if (source.orderBySource || keys.empty()) return {"source:" + source.name};
    const std::string scope =
        source.network.empty() ? "source:" + source.name + "/" : "network:" + source.network + "/";
    std::vector<std::string> scoped;
    for (const std::string& key : keys) scoped.push_back(scope + key);
    return scoped;
}

Envelope envelopeOf(const SourceSetup& source, const Document& document, const Context& context) {
    Envelope envelope = source.codec.codec->envelope(document);
    if (source.sender) envelope.sender = firstOf(*source.sender, document, context);
    if (source.controlId) envelope.controlId = firstOf(*source.controlId, document, context);
    if (source.type) envelope.type = firstOf(*source.type, document, context);
    if (source.orderKeys) envelope.orderKeys = source.orderKeys->texts(document, context);
    if (source.subjects) envelope.subjects = source.subjects->texts(document, context);
    return envelope;
}

Context contextOf(const Setup& setup, const SourceSetup& source, Time received,
                  const Facts& facts) {
    Context context;
    context.now = received;
    context.zone = source.zone.empty() ? setup.zone : source.zone;
    context.set("source", source.name);
    context.set("network", source.network);
    context.set("time", toText(received));
    for (const auto& [name, fact] : {std::pair("sender", "who.partner"),
                                     {"sender-endpoint", "who.endpoint"},
                                     {"sender-network", "who.network"}})
        if (const std::string_view value = facts.get(fact); !value.empty())
            context.set(name, std::string(value));
    return context;
}

const SourceSetup& sourceOf(const Setup& setup, const Arrival& arrival) {
    const auto found = setup.sources.find(arrival.source);
    if (found == setup.sources.end())
        throw Error(Fault::unavailable, arrival.source,
                    {"this source is not configured", "cette source n'est pas configurée"});
    const std::uint64_t most = found->second.maxBytes;
    if (arrival.body.size() > most)
        throw Error(Fault::unsupported, "body",
                    say("larger than the {0} bytes allowed here",
                        "plus grand que les {0} octets permis ici", {std::to_string(most)}));
    return found->second;
}

std::vector<Part> messagesOf(const SourceSetup& source, const Bytes& body, Issues& issues) {
    try {
        return partsOf(*source.codec.codec, body, issues);
    } catch (const Error&) {
        return {{body, {0, static_cast<std::uint32_t>(body.size())}}};
    }
}

Reason unreadable(const Error& error) {
    return say("cannot be read: {0}", "illisible : {0}", {saidOf(error.where, error.reason())});
}

/// One message on its way into the store, and where its result goes.
struct StoringInbox::Pending {
    Incoming incoming;
    Accepted::One* one = nullptr;
    Envelope envelope;
};

/// Known again by what caused it, whatever stands in it.
void StoringInbox::once(const Arrival& arrival, const DueMessage& due, std::span<Pending> parts) {
    for (std::size_t i = 0; i < parts.size(); ++i) {
        Incoming& part = parts[i].incoming;
        const std::string key = arrival.source + std::string("\0due\0", 5) + due.onceKey;
        part.content = contentHash(key, {});
        const bool before = !arrival.facts.get(kBeforeFact).empty();
        part.repeatKey = before ? std::string() : key + '\0' + std::to_string(i);
        part.repeatSince = {};
        if (part.controlId.empty()) part.controlId = due.onceKey;
        if (i == 0) part.changes = due.changes;
    }
}

StoringInbox::StoringInbox(Store& store, Log& log, Current& current, ProgressBoard& board,
                           Backlog& backlog, const Paused& paused, Traffic& traffic,
                           std::uint64_t bigBodyBudget, DryRun dryRun)
    : store_(store),
      log_(log),
      current_(current),
      board_(board),
      backlog_(backlog),
      paused_(paused),
      traffic_(traffic),
      bigBodyBudget_(bigBodyBudget),
      dryRun_(std::move(dryRun)) {}

std::vector<Accepted> StoringInbox::accept(std::span<const Arrival> arrivals) {
    return accept(arrivals, currentTime(), {});
}

std::vector<Accepted> StoringInbox::caused(const std::string& source,
                                           std::span<const DueMessage> due, Time now, bool before) {
    std::vector<Arrival> arrivals;
    for (const DueMessage& one : due) {
        Arrival& arrival = arrivals.emplace_back();
        arrival.source = source;
        arrival.body = one.body;
        arrival.facts.set(kOnceFact, one.onceKey);
        if (before) arrival.facts.set(kBeforeFact, "yes");
        arrival.attended = false;
    }
    return accept(arrivals, now, due);
}

/// @param due  empty, or what the arrivals were made of
std::vector<Accepted> StoringInbox::accept(std::span<const Arrival> arrivals, Time now,
                                           std::span<const DueMessage> due) {
    const std::shared_ptr<const Setup> setup = current_.get();
    std::vector<Accepted> accepted(arrivals.size());
    std::vector<Pending> pending;
    std::vector<Refusal> refusals;
    std::uint64_t big = 0;
    const bool full = backlog_.full();  // one answer for all, so that no younger one overtakes
    for (std::size_t i = 0; i < arrivals.size(); ++i) {
        const std::size_t size = arrivals[i].body.size();
        std::optional<Error> later;
        if (full)
            later.emplace(Fault::unavailable, "inbox",
                          Reason{"too many messages wait, try later",
                                 "trop de messages attendent, réessayer plus tard"});
        if (paused_.has(arrivals[i].source))
            later.emplace(Fault::unavailable, arrivals[i].source,
                          Reason{"this source is paused, try later",
                                 "cette source est en pause, réessayer plus tard"});
        if (size > kBigBody) {
            big += size;
            if (bigBodies_.fetch_add(size) + size > bigBodyBudget_ && !tooLarge(arrivals[i]))
                later.emplace(Fault::unavailable, "inbox",
                              Reason{"too many large messages at once, try later",
                                     "trop de gros messages à la fois, réessayer plus tard"});
        }
        if (later) {
            accepted[i].messages.emplace_back().error.emplace(*later);
            continue;
        }
        try {
            const std::size_t first = pending.size();
            take(*setup, arrivals[i], now, accepted[i], pending, refusals);
            if (!due.empty()) once(arrivals[i], due[i], std::span(pending).subspan(first));
        } catch (const std::exception&
                     failure) {  // the source's side of "five places": see accept()'s promise
            log_.error("inbox-failed", {{"source", arrivals[i].source}, {"what", failure.what()}});
            std::erase_if(pending, [&](const Pending& one) {
                return one.one >= accepted[i].messages.data() &&
                       one.one < accepted[i].messages.data() + accepted[i].messages.size();
            });
            accepted[i].messages.clear();
            accepted[i].messages.emplace_back().error.emplace(
                Fault::internal, "inbox", Reason{"internal failure", "erreur interne"});
        }
    }
    store(pending);
    try {
        if (!refusals.empty()) store_.refused(refusals);
    } catch (const Error& error) {
        log_.warning("refusals-not-noted", {{"what", error.what()}});
    }
    bigBodies_ -= big;
    count(arrivals, accepted, now);
    return accepted;
}

/// Never: to come later would not help.
bool StoringInbox::tooLarge(const Arrival& arrival) const {
    return arrival.body.size() > std::max<std::uint64_t>(kBigBody, bigBodyBudget_);
}

void StoringInbox::count(std::span<const Arrival> arrivals, const std::vector<Accepted>& accepted,
                         Time now) {
    using Entry = Traffic::Entry;
    std::vector<Traffic::Came> all;
    for (std::size_t i = 0; i < arrivals.size(); ++i)
        for (const Accepted::One& one : accepted[i].messages) {
            Entry entry = Entry::accepted;
            if (one.error)
                entry =
                    one.error->fault == Fault::unavailable || one.error->fault == Fault::internal
                        ? Entry::later
                        : Entry::refused;
            else if (one.receipt->kind != Receipt::Kind::fresh)
                entry =
                    one.receipt->kind == Receipt::Kind::repeat ? Entry::repeat : Entry::conflict;
            all.push_back({arrivals[i].source, entry});
        }
    traffic_.came(all, now);
}

void StoringInbox::take(const Setup& setup, const Arrival& arrival, Time now, Accepted& accepted,
                        std::vector<Pending>& pending, std::vector<Refusal>& refusals) {
    const auto refuse = [&](Accepted::One& one, Error error, std::string controlId) {
        refusals.push_back({now, arrival.source, std::string(arrival.facts.get("peer")),
                            std::move(controlId), error.fault, error.where});
        log_.warning("refused", {{"source", arrival.source},
                                 {"peer", arrival.facts.get("peer")},
                                 {"fault", toText(error.fault)},
                                 {"where", error.where},
                                 {"what", error.what()}});
        one.error.emplace(std::move(error));
    };
    const SourceSetup* taking = nullptr;
    try {
        taking = &sourceOf(setup, arrival);
    } catch (const Error& error) {
        return refuse(accepted.messages.emplace_back(), error, {});
    }
    const SourceSetup& source = *taking;
    if (tooLarge(arrival))
        return refuse(accepted.messages.emplace_back(),
                      Error(Fault::unsupported, "body",
                            say("larger than the {0} bytes that this gateway has memory for",
                                "plus grand que les {0} octets pour lesquels cette passerelle a de "
                                "la mémoire",
                                {std::to_string(bigBodyBudget_)})),
                      {});
    Issues batchIssues;
    const std::vector<Part> parts = messagesOf(source, arrival.body, batchIssues);
    accepted.messages.resize(parts.size());  // all at once: Pending points into it
    for (std::size_t i = 0; i < parts.size(); ++i) {
        Accepted::One& one = accepted.messages[i];
        one.where = parts[i].where;
        if (i == 0) one.issues = batchIssues;
        const Bytes& body = parts[i].body;
        Pending next;
        next.one = &one;
        try {
            next.incoming = read(setup, source, arrival, body, now, one);
            next.envelope = one.receipt->envelope;
        } catch (const Error& error) {
            if (arrival.attended) {
                refuse(one, error, {});
                continue;
            }
            next.incoming.source = source.name;
            next.incoming.codec = source.codec.name;
            next.incoming.body = body;
            next.incoming.facts = arrival.facts;
            next.incoming.received = now;
            next.incoming.orderKeys = scopedKeys(source, {});
            next.incoming.content = contentHash(body.view(), {});
            next.incoming.state = MessageState::held;
            next.incoming.reason = unreadable(error);
        }
        one.receipt.reset();  // until the store has it
        pending.push_back(std::move(next));
    }
}

Incoming StoringInbox::read(const Setup& setup, const SourceSetup& source, const Arrival& arrival,
                            Bytes body, Time now, Accepted::One& one) {
    const Document document = source.codec.codec->decode(body, one.issues);
    Envelope envelope = envelopeOf(source, document, contextOf(setup, source, now, arrival.facts));
    if (const std::string_view key = arrival.facts.get("http.idempotency-key"); !key.empty())
        envelope.controlId = key;
    Incoming incoming;
    incoming.source = source.name;
    incoming.codec = source.codec.name;
    incoming.body = std::move(body);
    incoming.facts = arrival.facts;
    incoming.received = now;
    incoming.sender = envelope.sender;
    incoming.controlId = envelope.controlId;
    incoming.type = envelope.type;
    incoming.orderKeys = scopedKeys(source, envelope.orderKeys);
    incoming.subjects = envelope.subjects;
    incoming.content = contentHash(incoming.body.view(), envelope.unstable);
    incoming.repeatKey = repeatKeyOf(source, envelope, incoming.content, incoming.facts);
    incoming.repeatSince = now - source.repeatWindow;
    incoming.refuseOtherContent = source.refuseReuse;
    one.receipt = Receipt{{}, Receipt::Kind::fresh, std::move(envelope)};
    return incoming;
}

void StoringInbox::store(std::vector<Pending>& pending) {
    if (pending.empty()) return;
    std::vector<Incoming> batch;
    batch.reserve(pending.size());
    for (Pending& one : pending) batch.push_back(std::move(one.incoming));
    std::vector<Stored> stored;
    std::optional<Error> failure;
    const auto fail = [&](Fault fault, const char* what) {
        failure.emplace(fault == Fault::unavailable ? Fault::unavailable : Fault::internal, "store",
                        Reason{"cannot be stored now, try later",
                               "ne peut être enregistré maintenant, réessayer plus tard"});
        log_.error("store-failed", {{"fault", toText(fault)}, {"what", what}});
    };
    try {
        stored = store_.put(batch);
    } catch (const Error& error) {
        fail(error.fault, error.what());
    } catch (const std::exception& other) {  // there is no memory for it now
        fail(Fault::unavailable, other.what());
    }
    for (std::size_t i = 0; i < pending.size(); ++i) {
        Accepted::One& one = *pending[i].one;
        if (failure) {
            one.error.emplace(*failure);
            continue;
        }
        if (stored[i].kind == Stored::Kind::overtaken) {
            one.error.emplace(Fault::unavailable, "register",
                              Reason{"its entry has changed meanwhile, try again",
                                     "son entrée a changé entre-temps, réessayer"});
            continue;
        }
        Receipt receipt{stored[i].id, Receipt::Kind::fresh, std::move(pending[i].envelope)};
        if (stored[i].kind == Stored::Kind::repeat) receipt.kind = Receipt::Kind::repeat;
        if (stored[i].kind == Stored::Kind::conflict) receipt.kind = Receipt::Kind::conflict;
        if (stored[i].reused) traffic_.reused(batch[i].source);
        if (stored[i].reused)
            log_.warning("control-id-reused",
                         {{"message", receipt.id}, {"source", batch[i].source}});
        if (receipt.kind == Receipt::Kind::fresh && batch[i].state == MessageState::received)
            backlog_.add(1);
        one.receipt = std::move(receipt);
    }
}

bool StoringInbox::answered(const LateAnswer& answer) {
    const LateWord word{answer.controlId, answer.partner, std::string(answer.facts.get("delivery")),
                        answer.accepted,  answer.answer,  laterWord(answer)};
    const LateResult result = store_.answered(std::span(&word, 1)).front();
    const std::string_view peer = answer.facts.get("peer");
    switch (result.kind) {
        case LateResult::Kind::unknown:
            // One that could be about several names the newest of them.
            log_.warning(result.message.empty() ? "late-answer-unknown" : "late-answer-not-applied",
                         {{"partner", answer.partner},
                          {"peer", peer},
                          {"message", result.message},
                          {"summary", answer.answer.summary}});
            return false;
        case LateResult::Kind::setAside:
            log_.warning("set-aside", {{"destination", result.destination},
                                       {"delivery", result.delivery},
                                       {"summary", answer.answer.summary}});
            break;
        case LateResult::Kind::noted:
        case LateResult::Kind::kept:
            log_.info("late-answer", {{"destination", result.destination},
                                      {"delivery", result.delivery},
                                      {"summary", answer.answer.summary}});
            break;
        case LateResult::Kind::repeat: break;
    }
    board_.signal(result.message);
    return true;
}

}  // namespace gateway
