#include "pipeline/pipeline.h"

#include <condition_variable>
#include <mutex>
#include <thread>

#include "pipeline/dispatcher.h"
#include "pipeline/inbox.h"
#include "pipeline/purger.h"
#include "pipeline/translator.h"

namespace gateway {

struct Pipeline::Parts {
    Parts(Store& s, Log& log, PipelineOptions o)
        : store(s),
          options(o),
          board(s),
          backlog(o.backlog),
          inbox(s, log, current, board, backlog, o.bigBodyBudget),
          translator(s, log, current, board, backlog, unmapped, o.lease),
          dispatcher(s, log, current, board, o.lease),
          purger(s, log, current) {}

    Store& store;
    const PipelineOptions options;
    Current current;
    ProgressBoard board;
    Backlog backlog;
    UnmappedSeen unmapped;
    StoringInbox inbox;
    Translator translator;
    Dispatcher dispatcher;
    Purger purger;
    bool running = false;
};

Pipeline::Pipeline(Store& store, Log& log, PipelineOptions options)
    : parts_(std::make_unique<Parts>(store, log, options)) {}

Pipeline::~Pipeline() { stop(Milliseconds(0)); }

void Pipeline::use(std::shared_ptr<const Setup> setup) {
    parts_->current.set(std::move(setup));
    parts_->dispatcher.follow();
    parts_->purger.again();
}

std::shared_ptr<const Setup> Pipeline::setup() const { return parts_->current.get(); }

void Pipeline::start() {
    std::uint64_t waiting = 0;
    for (const auto& [source, states] : parts_->store.counts().messages)
        if (const auto found = states.find(std::string(toText(MessageState::received)));
            found != states.end())
            waiting += found->second;
    parts_->backlog.add(waiting);
    parts_->running = true;
    parts_->translator.start(parts_->options.translators);
    parts_->dispatcher.start();
    parts_->purger.start();
}

void Pipeline::stop(Milliseconds grace) {
    if (!parts_->running) return;
    parts_->running = false;
    // Workers end after the delivery in hand, whose own deadline bounds it; the rest goes back to
    // the store.
    static_cast<void>(grace);
    parts_->translator.askToStop();
    parts_->dispatcher.askToStop();
    parts_->store.wake();
    parts_->purger.stop();
    parts_->translator.join();
    parts_->dispatcher.join();
}

Inbox& Pipeline::inbox() { return parts_->inbox; }

std::vector<UnmappedSeen::Seen> Pipeline::unmapped() const { return parts_->unmapped.all(); }

}  // namespace gateway
