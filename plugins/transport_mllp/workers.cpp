#include "workers.h"

#include <algorithm>

#include "application_answers.h"
#include "late_answers.h"

namespace transport_mllp {
using namespace gateway;
using mllp::Verdict;

namespace {

constexpr std::size_t kConnections = 64;  // of one batch
constexpr std::size_t kFrames = 256;      // of one batch, unless more connections than that

std::optional<Verdict> refusalOf(const Accepted::One& one) {
    if (one.error) return Verdict::of(*one.error, one.issues);
    if (one.receipt && one.receipt->kind == Receipt::Kind::conflict) return Verdict::conflict();
    return std::nullopt;
}

/// One acknowledgement for all messages of a frame: the first that is not right decides.
Verdict verdictOf(const mllp::Head& head, const Accepted& accepted) {
    Issues told;
    mllp::tellConditions(head, told);
    std::vector<Verdict::Numbered> refused;
    for (std::size_t i = 0; i < accepted.messages.size(); ++i) {
        const Accepted::One& one = accepted.messages[i];
        if (std::optional<Verdict> refusal = refusalOf(one))
            refused.push_back({i + 1, std::move(*refusal)});
        else if (!one.issues.empty())
            told.append(one.issues);
    }
    if (refused.empty()) return told.empty() ? Verdict::accepted() : Verdict::accepted(told);
    return accepted.messages.size() == 1 ? std::move(refused[0].verdict)
                                         : Verdict::ofSeveral(refused);
}

/// Up to the end of MSH.
Bytes headOf(std::string_view frame) {
    const std::string_view line = mllp::segment(frame, "MSH", frame.size());
    if (line.empty()) return {};
    return Bytes::copy(frame.substr(0, static_cast<std::size_t>(line.end() - frame.begin())));
}

void append(std::string& out, const std::string& acknowledgement) {
    if (!acknowledgement.empty()) mllp::appendFrame(out, acknowledgement);
}

/// Who answers a message of ours: a partner; nobody's name for a certificate that is no partner's,
/// so that it speaks for none; empty without certificates.
const std::string& speakerOf(const Who& who, const tls::Identity& identity) {
    return who.partner.empty() ? identity.subject : who.partner;
}

/// Where the next message of a frame begins.
std::size_t nextMessage(std::string_view frame, std::size_t from) {
    for (std::size_t at = frame.find("MSH", from); at != frame.npos; at = frame.find("MSH", at + 1))
        if (at > 0 && (frame[at - 1] == '\r' || frame[at - 1] == '\n')) return at;
    return frame.npos;
}

std::string applicationAnswer(const mllp::Head& head, const Verdict& verdict) {
    return mllp::applicationAcknowledgement(head, verdict, currentTime(), mllp::newControlId());
}

}  // namespace

/// A connection in hand, and the answers to its frames.
struct Workers::Turn {
    ConnectionPtr connection;
    std::string out;
    bool waits = false;  ///< for an answer that Waiters give
    Shown shown = {};    ///< of who is there
};

/// A frame in hand. The head looks into the frame.
struct Workers::Job {
    Job(std::size_t t, Connection::Frame from)
        : turn(t), frame(std::move(from.bytes)), kind(from.kind), head(frame.view()) {}

    std::size_t turn;
    Bytes frame;
    Connection::Frame::Kind kind;
    mllp::Head head;
    Who who;
    std::optional<Error> denied;  ///< it says to come from somebody for whom nobody there acts
    const Served* source = nullptr;
    const Accepted* accepted = nullptr;  ///< once the inbox has answered
    std::optional<Heard> heard;          ///< it was an answer to a message of ours
    bool answered = false;
};

struct Workers::Batch {
    std::vector<Turn> turns;
    std::vector<Job> jobs;
    std::vector<Waiting> later;
    std::vector<Connection::Frame> frames;  // for taking
};

Workers::Workers(Gateway& gateway, const Sources& sources, records::Door& door,
                 const ListenOptions& options)
    : gateway_(gateway),
      sources_(sources),
      door_(door),
      commit_(options.commit),
      encrypted_(options.tls != nullptr) {
    if (sources.anyWaits())
        waiters_ = std::make_unique<Waiters>(
            gateway.inbox(), [this](const Waiting& waiting, const Verdict& verdict) {
                answerLater(waiting, verdict);
            });
    for (std::size_t i = 0; i < options.workers; ++i) threads_.emplace_back([this] { work(); });
}

Workers::~Workers() { stop(); }

void Workers::stop() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    some_.notify_all();
    for (std::thread& thread : threads_) thread.join();
    threads_.clear();
    waiters_.reset();  // after the workers, which may still give it something
}

void Workers::hurry() {
    if (waiters_) waiters_->hurry();
}

void Workers::push(std::span<const ConnectionPtr> ready) {
    if (ready.empty()) return;
    {
        const std::lock_guard lock(mutex_);
        queue_.insert(queue_.end(), ready.begin(), ready.end());
    }
    some_.notify_one();
}

bool Workers::pop(std::vector<ConnectionPtr>& ready) {
    ready.clear();
    std::unique_lock lock(mutex_);
    some_.wait(lock, [this] { return stopping_ || !queue_.empty(); });
    const auto count = static_cast<std::ptrdiff_t>(std::min(queue_.size(), kConnections));
    std::move(queue_.begin(), queue_.begin() + count, std::back_inserter(ready));
    queue_.erase(queue_.begin(), queue_.begin() + count);
    if (!queue_.empty()) some_.notify_one();
    return !ready.empty();
}

void Workers::work() {
    std::vector<ConnectionPtr> ready;
    Batch batch;
    while (pop(ready)) {
        take(ready, batch);
        handle(batch);
        send(batch);
    }
}

void Workers::take(std::vector<ConnectionPtr>& ready, Batch& batch) {
    batch.turns.clear();
    batch.jobs.clear();
    // While an answer waits, younger frames of its connection wait too: one at a time.
    const std::size_t most = waiters_ ? 1 : std::max(kFrames / ready.size(), std::size_t{1});
    for (ConnectionPtr& connection : ready) {
        batch.frames.clear();
        connection->take(most, batch.frames);
        for (Connection::Frame& frame : batch.frames)
            batch.jobs.emplace_back(batch.turns.size(), std::move(frame));
        Shown shown = shownBy(connection->facts(), encrypted_);
        batch.turns.push_back({std::move(connection), {}, false, std::move(shown)});
    }
}

void Workers::handle(Batch& batch) {
    try {
        accept(batch);
    } catch (const std::exception&) {
        gateway_.log().error("mllp frames failed", {{"frames", batch.jobs.size()}});
    }
    for (Job& job : batch.jobs)
        if (!job.answered)
            reply(batch, job,
                  Verdict::of(Error(Fault::internal, {}, {"internal error", "erreur interne"})));
}

/// Who sends it, and to which source. All messages of a frame are of one sender.
void Workers::know(Job& job, Turn& turn, const Access& access) {
    const std::string_view frame = job.frame.view();
    try {
        std::size_t at = job.head.known() ? nextMessage(frame, 1) : nextMessage(frame, 0);
        job.who =
            senderOf(job.head.known() || at == frame.npos ? job.head : mllp::Head(frame.substr(at)),
                     access, turn.shown);
        for (; at != frame.npos; at = nextMessage(frame, at + 1)) {
            const Who other = senderOf(mllp::Head(frame.substr(at)), access, turn.shown);
            if (other.partner != job.who.partner)
                throw Error(Fault::unsupported, "MSH-4",
                            {"the messages of one frame are of several senders",
                             "les messages d'une même trame sont de plusieurs émetteurs"});
        }
    } catch (const Error& error) {
        job.denied.emplace(error);
        job.who = records::connected(access, turn.shown);
    }
}

void Workers::accept(Batch& batch) {
    const std::shared_ptr<const Access> access = gateway_.access();
    std::vector<Arrival> arrivals;
    arrivals.reserve(batch.jobs.size());
    for (Job& job : batch.jobs) {
        if (job.kind == Connection::Frame::Kind::givenUp) continue;
        Turn& turn = batch.turns[job.turn];
        const Connection& from = *turn.connection;
        know(job, turn, *access);
        if (isAnswer(job.frame.view(), job.head))
            job.heard = hearAnswer(gateway_, job.frame.view(), job.head, from.facts(),
                                   speakerOf(job.who, from.identity()));
        if (job.heard || job.denied || mllp::isWide(job.frame.view())) continue;
        job.source = sources_.find(job.head, job.who, *access);
        if (job.source == nullptr || isNothing(job)) continue;
        door_.entered(turn.shown.facts, job.who);
        Arrival& arrival =
            arrivals.emplace_back(Arrival{job.source->options.name, job.frame, from.facts(), true});
        if (job.source->options.answersApart && asksApplicationLater(job.head))
            arrival.facts.set(kReplyFact, kReplyApart);
        note(arrival.facts, job.who);
    }
    const std::vector<Accepted> results =
        arrivals.empty() ? std::vector<Accepted>() : gateway_.inbox().accept(arrivals);
    auto result = results.begin();
    for (Job& job : batch.jobs) {
        if (job.heard)
            acknowledge(batch, job);
        else if (job.kind == Connection::Frame::Kind::givenUp)
            reply(batch, job,
                  Verdict::of(
                      Error(Fault::unavailable, {},
                            {"the sender began another message before this one ended",
                             "l'émetteur a commencé un autre message avant la fin de celui-ci"})));
        else if (job.source == nullptr)
            reply(batch, job,
                  Verdict::of(mllp::isWide(job.frame.view())
                                  ? Error(Fault::unsupported, "MSH-18",
                                          {"MLLP cannot carry UTF-16 or UTF-32; send UTF-8",
                                           "MLLP ne porte ni UTF-16 ni UTF-32 ; envoyer en UTF-8"})
                                  : nobodys(*batch.turns[job.turn].connection, job)));
        else if (isNothing(job))
            replyToNothing(batch, job);
        else if (result != results.end())
            settle(batch, job, *result++);
    }
}

/// An answer to a message of ours has no answer but the one that it asks for.
void Workers::acknowledge(Batch& batch, Job& job) {
    job.answered = true;
    std::string& out = batch.turns[job.turn].out;
    if (commit_) out += job.heard->stored ? mllp::kCommit : mllp::kNoCommit;
    append(out, job.heard->acknowledgement);
}

bool Workers::isNothing(const Job& job) {
    return !job.head.known() && !job.head.answeredId().empty() &&
           mllp::isEmptyBatch(job.frame.view());
}

/// There is nothing to store of an empty batch, nor anything to wait for.
void Workers::replyToNothing(Batch& batch, Job& job) {
    job.answered = true;
    std::string& out = batch.turns[job.turn].out;
    if (commit_) out += mllp::kCommit;
    append(out, applicationAnswer(job.head, Verdict::accepted("a batch without messages")));
}

void Workers::settle(Batch& batch, Job& job, const Accepted& accepted) {
    if (job.kind == Connection::Frame::Kind::unreturned && accepted.messages[0].receipt)
        batch.turns[job.turn].connection->unreturnedIs(accepted.messages[0].receipt->id);
    job.accepted = &accepted;
    reply(batch, job, verdictOf(job.head, accepted));
    job.accepted = nullptr;
}

void Workers::reply(Batch& batch, Job& job, const Verdict& verdict) {
    job.answered = true;
    Turn& turn = batch.turns[job.turn];
    const bool stored = verdict.kind == Verdict::Kind::accept;
    if (commit_) turn.out += stored ? mllp::kCommit : mllp::kNoCommit;
    // CA means stored, whatever the source's answer waits for.
    const bool enhanced = mllp::isEnhanced(job.head);
    const bool accept = enhanced && mllp::asksAccept(job.head, verdict.kind);
    if (accept)
        append(turn.out,
               mllp::acceptAcknowledgement(job.head, verdict, currentTime(), mllp::newControlId()));
    if (!stored && accept) return;  // CE and CR leave no content to speak of
    if (stored && enhanced && job.source->options.answersApart) return;
    if (!stored && !mllp::asksApplication(job.head, verdict.kind))
        return noteUnanswered(*turn.connection, verdict);
    if (!stored || job.source->options.answer == Stage::stored)
        return append(turn.out, applicationAnswer(job.head, verdict));
    if (enhanced && !asksApplicationLater(job.head)) return;
    const SourceOptions& source = job.source->options;
    Waiting waiting{turn.connection, headOf(job.frame.view()),           {},      {},
                    source.answer,   Clock::now() + source.answerWithin, enhanced};
    for (const Accepted::One& one : job.accepted->messages) waiting.ids.push_back(one.receipt->id);
    waiting.message = waiting.ids.front();
    if (enhanced) turn.connection->expectLate();
    turn.waits = turn.waits || !enhanced;
    batch.later.push_back(std::move(waiting));
}

/// Counts; the count when it is to be logged: at most once a second.
std::optional<std::uint64_t> Workers::counted(Counted& what) {
    const std::lock_guard lock(mutex_);
    ++what.count;
    const Clock::time_point now = Clock::now();
    if (what.logged && now - *what.logged < std::chrono::seconds(1)) return std::nullopt;
    what.logged = now;
    return what.count;
}

/// The sender wants no answer, so that this line is all that tells.
void Workers::noteUnanswered(const Connection& connection, const Verdict& verdict) {
    if (const auto count = counted(unanswered_))
        gateway_.log().warning("mllp refusal not answered",
                               {{"peer", connection.peer()},
                                {"where", verdict.where},
                                {"code", verdict.code},
                                {"cause", "the sender asks for no answer"},
                                {"count", *count}});
}

/// A message that no source takes has no other trace.
Error Workers::nobodys(const Connection& connection, const Job& job) {
    const Error error =
        job.denied ? *job.denied : sources_.nobodys(job.head, job.who, *gateway_.access());
    door_.refused(connection.shown(), job.who, {}, error.reason());
    if (const auto count = counted(nobodys_))
        gateway_.log().warning("mllp message of no source", {{"peer", connection.peer()},
                                                             {"endpoint", job.who.endpoint},
                                                             {"partner", job.who.partner},
                                                             {"where", error.where},
                                                             {"cause", error.what()},
                                                             {"count", *count}});
    return error;
}

void Workers::send(Batch& batch) {
    std::vector<ConnectionPtr> again;
    for (Turn& turn : batch.turns) {
        if (turn.waits)
            turn.connection->say(turn.out);
        else if (turn.connection->answer(turn.out))
            again.push_back(std::move(turn.connection));
    }
    push(again);
    // Only now, so that no application answer overtakes its accept answer.
    for (Waiting& waiting : batch.later) waiters_->push(std::move(waiting));
    batch.later.clear();
    batch.jobs.clear();
    batch.turns.clear();
}

void Workers::answerLater(const Waiting& waiting, const Verdict& verdict) {
    std::string out;
    append(out, applicationAnswer(mllp::Head(waiting.head.view()), verdict));
    if (!waiting.late) {
        if (waiting.connection->answer(out)) push({&waiting.connection, 1});
        return;
    }
    const Connection::Sent sent = waiting.connection->sayLate(out);
    if (out.empty() || sent == Connection::Sent::yes) return;
    gateway_.log().warning(
        "mllp application answer not sent",
        {{"message", waiting.message},
         {"peer", waiting.connection->peer()},
         {"answer", std::string{'A', "AER"[static_cast<std::size_t>(verdict.kind)]}},
         {"cause", sent == Connection::Sent::gone
                       ? "the connection is gone"
                       : "the peer had closed its side; perhaps it still reads"}});
}

}  // namespace transport_mllp
