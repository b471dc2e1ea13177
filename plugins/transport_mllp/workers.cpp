#include "workers.h"

#include <algorithm>

namespace transport_mllp {
using namespace gateway;

namespace {

constexpr std::size_t kBatch = 64;

/// The partner whose certificate the peer has shown: by its fingerprint or subject among the
/// identifiers of the scheme "certificate", else by its common name.
std::string partnerOf(const Connection& connection, const Directory& directory) {
    for (const char* fact : {"tls.fingerprint", "tls.subject"}) {
        const std::string_view value = connection.facts().get(fact);
        if (value.empty()) return {};
        if (const Partner* const partner = directory.byIdentifier("certificate", value))
            return partner->name;
    }
    const Partner* const partner = directory.find(connection.commonName());
    return partner != nullptr ? partner->name : std::string();
}

/// One acknowledgement for all messages of a frame: the first that is not right decides.
mllp::Verdict verdictOf(const Accepted& accepted) {
    for (const Accepted::One& one : accepted.messages) {
        if (one.error) return mllp::Verdict::of(*one.error);
        if (one.receipt && one.receipt->kind == Receipt::Kind::conflict)
            return mllp::Verdict::conflict();
    }
    return mllp::Verdict::accepted();
}

std::string acknowledgement(const mllp::Head& head, const mllp::Verdict& verdict) {
    return mllp::acknowledgement(head, verdict, currentTime(), mllp::newControlId());
}

}  // namespace

/// A frame in hand. The head looks into the frame.
struct Workers::Job {
    Job(ConnectionPtr from, Bytes bytes)
        : connection(std::move(from)), frame(std::move(bytes)), head(frame.view()) {}

    ConnectionPtr connection;
    Bytes frame;
    mllp::Head head;
    const Served* source = nullptr;
    bool answered = false;
};

Workers::Workers(Gateway& gateway, const Sources& sources, std::size_t threads)
    : gateway_(gateway), sources_(sources) {
    if (sources.anyWaits())
        waiters_ = std::make_unique<Waiters>(
            gateway.inbox(), [this](const Waiting& waiting, const mllp::Verdict& verdict) {
                const std::string ack = acknowledgement(mllp::Head(waiting.frame.view()), verdict);
                if (waiting.connection->answer(ack)) push({&waiting.connection, 1});
            });
    for (std::size_t i = 0; i < threads; ++i) threads_.emplace_back([this] { work(); });
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

bool Workers::pop(std::vector<ConnectionPtr>& batch) {
    batch.clear();
    std::unique_lock lock(mutex_);
    some_.wait(lock, [this] { return stopping_ || !queue_.empty(); });
    const auto count = static_cast<std::ptrdiff_t>(std::min(queue_.size(), kBatch));
    std::move(queue_.begin(), queue_.begin() + count, std::back_inserter(batch));
    queue_.erase(queue_.begin(), queue_.begin() + count);
    if (!queue_.empty()) some_.notify_one();
    return !batch.empty();
}

void Workers::work() {
    std::vector<ConnectionPtr> batch;
    std::vector<Job> jobs;
    while (pop(batch)) {
        jobs.clear();
        for (ConnectionPtr& connection : batch)
            if (std::optional<Bytes> frame = connection->take())
                jobs.emplace_back(std::move(connection), std::move(*frame));
        handle(jobs);
    }
}

void Workers::handle(std::vector<Job>& jobs) {
    try {
        accept(jobs);
    } catch (const std::exception&) {
        gateway_.log().error("mllp frames failed", {{"frames", jobs.size()}});
    }
    for (Job& job : jobs)
        if (!job.answered)
            answer(job, mllp::Verdict::of(Error(Fault::internal, {}, "internal error")));
}

void Workers::accept(std::vector<Job>& jobs) {
    const std::shared_ptr<const Directory> directory =
        sources_.askPartner() ? gateway_.directory() : nullptr;
    std::vector<Arrival> arrivals;
    arrivals.reserve(jobs.size());
    for (Job& job : jobs) {
        job.source =
            sources_.find(job.head, directory ? partnerOf(*job.connection, *directory) : "");
        if (job.source != nullptr)
            arrivals.push_back(
                {job.source->options.name, job.frame, job.connection->facts(), true});
        else
            answer(job, mllp::Verdict::of(Error(Fault::unsupported, "MSH-3",
                                                "no source takes messages of this sender")));
    }
    if (arrivals.empty()) return;
    const std::vector<Accepted> results = gateway_.inbox().accept(arrivals);
    auto result = results.begin();
    for (Job& job : jobs)
        if (job.source != nullptr && result != results.end()) settle(job, *result++);
}

void Workers::settle(Job& job, const Accepted& accepted) {
    const mllp::Verdict verdict = verdictOf(accepted);
    const SourceOptions& source = job.source->options;
    // An accept acknowledgement (CA) means stored, whatever the source's answer waits for.
    const mllp::Answers asked = mllp::answersFor(job.head, mllp::Verdict::Kind::accept);
    if (verdict.kind != mllp::Verdict::Kind::accept || source.answer == Stage::stored ||
        (asked != mllp::Answers::original && asked != mllp::Answers::application))
        return answer(job, verdict);
    Waiting waiting{
        job.connection, job.frame, {}, source.answer, currentTime() + source.answerWithin};
    for (const Accepted::One& one : accepted.messages) waiting.ids.push_back(one.receipt->id);
    job.answered = true;
    waiters_->push(std::move(waiting));
}

void Workers::answer(Job& job, const mllp::Verdict& verdict) {
    job.answered = true;
    if (job.connection->answer(acknowledgement(job.head, verdict))) push({&job.connection, 1});
}

}  // namespace transport_mllp
