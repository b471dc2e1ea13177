#include "pipeline/pipeline.h"

#include <algorithm>

#include "pipeline/dispatcher.h"
#include "pipeline/inbox.h"
#include "pipeline/mailbox.h"
#include "pipeline/paused.h"
#include "pipeline/purger.h"
#include "pipeline/timekeeper.h"
#include "pipeline/translator.h"

namespace gateway {

struct Pipeline::Parts {
    Parts(Store& s, Log& log, PipelineOptions o)
        : store(s),
          options(o),
          board(s),
          backlog(o.backlog),
          inbox(s, log, current, board, backlog, paused, traffic, o.bigBodyBudget,
                [this](const Setup& setup, const MessageClaim& claim) {
                    return translator.examine(setup, claim);
                }),
          translator(
              s, log, current, board, backlog, unmapped, o.lease,
              [this](Time due) { timekeeper.follow(due); },
              [this](const std::string& destination) { dispatcher.look(destination); }),
          mailbox(s, log, current, board, paused),
          dispatcher(s, log, current, board, paused, mailbox, traffic, o.lease, *o.clock),
          purger(s, log, current, backlog),
          timekeeper(s, log, current, inbox, paused, *o.clock) {}

    Store& store;
    const PipelineOptions options;
    Current current;
    ProgressBoard board;
    Backlog backlog;
    UnmappedSeen unmapped;
    Paused paused;
    Traffic traffic;
    StoringInbox inbox;
    Translator translator;
    Mailbox mailbox;
    Dispatcher dispatcher;
    Purger purger;
    Timekeeper timekeeper;
    bool running = false;
};

Pipeline::Pipeline(Store& store, Log& log, PipelineOptions options)
    : parts_(std::make_unique<Parts>(store, log, options)) {}

Pipeline::~Pipeline() { stop(); }

void Pipeline::use(std::shared_ptr<const Setup> setup) {
    parts_->current.set(std::move(setup));
    parts_->dispatcher.follow();
    parts_->purger.again();
    parts_->timekeeper.again();
}

std::shared_ptr<const Setup> Pipeline::setup() const { return parts_->current.get(); }

void Pipeline::start() {
    parts_->paused.load(parts_->store);
    parts_->backlog.count(parts_->store);
    parts_->running = true;
    parts_->translator.start(parts_->options.translators);
    parts_->dispatcher.start();
    parts_->purger.start();
    parts_->timekeeper.start();
}

void Pipeline::stop() {
    if (!parts_->running) return;
    parts_->running = false;
    parts_->timekeeper.askToStop();
    parts_->translator.askToStop();
    parts_->dispatcher.askToStop();
    parts_->store.wake();
    parts_->purger.stop();
    parts_->timekeeper.join();
    parts_->translator.join();
    parts_->dispatcher.join();
}

void Pipeline::pause(const Pause& pause) {
    parts_->store.pause(pause);
    parts_->paused.add(pause.end);
}

void Pipeline::resume(const std::string& end, const std::string& by) {
    parts_->store.resume(end, by);
    parts_->paused.remove(end);
    parts_->timekeeper.again();
    parts_->dispatcher.resumed(end);
}

std::string Pipeline::edit(const Edit& edit, bool dry) {
    const std::shared_ptr<const Setup> setup = parts_->current.get();
    EditedCopy edited = copyOf(parts_->store, parts_->translator, *setup, edit);
    if (dry) return {};
    // In this order a crash in between leaves both waiting, and nothing is sent twice.
    std::string id = parts_->store.put(std::span(&edited.copy, 1)).front().id;
    const Reason closing =
        say("{0}; edited copy: {1}", "{0} ; copie modifiée : {1}", {edit.why, id});
    const auto notClosed = parts_->store.close(edited.instead, closing, edit.by);
    const auto gone = std::find_if(notClosed.begin(), notClosed.end(),
                                   [](const auto& why) { return why.has_value(); });
    if (gone != notClosed.end()) {  // somebody replayed it meanwhile
        const std::string former = id;
        const bool some = edited.narrow(notClosed);
        Reason why{"what it copies does not wait any more", "ce qu'elle copie n'attend plus"};
        if (some) {
            id = parts_->store.put(std::span(&edited.copy, 1)).front().id;
            why = say("some of what it copies does not wait any more; for the rest: {0}",
                      "une partie de ce qu'elle copie n'attend plus ; pour le reste : {0}", {id});
        }
        parts_->store.close(std::vector{former}, why, edit.by);
        if (!some) throw Error(Fault::rejected, edit.message, **gone);
    }
    if (const auto why = parts_->store.replay(std::vector{id}, edit.by).front())
        throw Error(Fault::internal, id, *why);
    parts_->backlog.add(1);
    return id;
}

Mailbox& Pipeline::mailbox() { return parts_->mailbox; }

Inbox& Pipeline::inbox() { return parts_->inbox; }

const Traffic& Pipeline::traffic() const { return parts_->traffic; }

std::map<std::string, GateView> Pipeline::gates() const { return parts_->dispatcher.gates(); }

std::vector<UnmappedSeen::Seen> Pipeline::unmapped() const { return parts_->unmapped.all(); }

}  // namespace gateway
