#include "watch/watch.h"

#include <algorithm>

#include "core/json_text.h"

namespace gateway {
namespace {

using Steady = std::chrono::steady_clock;

/// A slice of the count takes a twentieth of the time at most.
constexpr int kRests = 20;
constexpr Milliseconds kRestLeast{250};
constexpr Milliseconds kKeepEvery{60'000};
/// How long it counts that the store could be written: for whoever asks whether it is ready, and
/// for those who only look.
constexpr Milliseconds kReady{5'000}, kSeldom{60'000};
constexpr Milliseconds kAliveWithin{60'000};
/// So long it is told that somebody has looked at content.
constexpr Milliseconds kGlass{3'600'000};
constexpr const char* kAlerts = "alerts";
constexpr const char* kContacts = "contacts";

std::string habitKey(const std::string& source) { return "habit/" + source; }

/// What a source says in its note `trouble/NAME`: since when, and in both languages what, a line
/// each.
std::optional<Trouble> troubleOf(const std::string& note) {
    const std::size_t first = note.find('\n'), second = note.find('\n', first + 1);
    if (first == note.npos || second == note.npos) return {};
    try {
        return Trouble{timeFromText(note.substr(0, first)),
                       {note.substr(first + 1, second - first - 1), note.substr(second + 1)}};
    } catch (const Error&) {  // of another program: it says nothing
        return {};
    }
}

/// So many entries of the register are looked at for what is due.
constexpr std::size_t kAhead = 256;

DueSoon dueSoon(const Register& plans, Time now) {
    const std::vector<RegisterEntry> entries = plans.dueBefore(Time::max(), kAhead);
    const auto ahead = std::find_if(entries.begin(), entries.end(),
                                    [&](const RegisterEntry& entry) { return *entry.due > now; });
    DueSoon soon;
    soon.due = static_cast<std::size_t>(ahead - entries.begin());
    soon.more = soon.due == kAhead;
    if (ahead != entries.end()) soon.next = ahead->due;
    return soon;
}

void writeTimes(JsonWriter& json, const char* name, const std::map<std::string, Time>& times) {
    json.name(name).beginObject();
    for (const auto& [end, time] : times)
        json.field(end, static_cast<std::uint64_t>(time.time_since_epoch().count()));
    json.endObject();
}

std::map<std::string, Time> timesOf(const JsonValue& value) {
    std::map<std::string, Time> times;
    for (const auto& [end, time] : value.items)
        times[end] = Time(Milliseconds(static_cast<std::int64_t>(time.number())));
    return times;
}

}  // namespace

Watch::Watch(Store& store, Pipeline& pipeline, Log& log, WatchOptions options)
    : store_(store),
      notebook_(dynamic_cast<Notebook*>(&store)),
      pipeline_(pipeline),
      log_(log),
      options_(std::move(options)) {
    recall();
}

Watch::~Watch() { stop(); }

void Watch::recall() {
    if (notebook_ == nullptr) return;
    try {
        if (const std::string text = notebook_->note(kAlerts); !text.empty())
            book_.book = AlertBook::parsed(kept_[kAlerts] = text, currentTime());
        if (const std::string text = notebook_->note(kContacts); !text.empty()) {
            const JsonValue contacts = parsedJson(text);
            heard_ = timesOf(contacts["heard"]);
            answered_ = timesOf(contacts["answered"]);
            delivered_ = timesOf(contacts["delivered"]);
        }
    } catch (const Error& error) {  // then what was told is told again
        log_.warning("watch-forgot", {{"where", error.where}, {"what", error.what()}});
    }
}

void Watch::use(std::shared_ptr<const AlertSetup> alerts, SetAside aside) {
    const std::lock_guard lock(tellersMutex_);
    if (tellers_) {
        tellers_->leave();
        leaving_.push_back(std::move(tellers_));
    }
    {
        const std::lock_guard inner(mutex_);
        setup_ = alerts;
        aside_ = std::move(aside);
    }
    tellers_ = std::make_unique<Tellers>(book_, std::move(alerts), log_);
}

void Watch::start() {
    looked_ = Steady::now().time_since_epoch().count();
    running_ = true;
    thread_ = std::thread([this] { run(); });
}

bool Watch::alive() const {
    const Steady::time_point looked{Steady::duration(looked_.load())};
    return !running_ || Steady::now() - looked < kAliveWithin;
}

void Watch::drain() { draining_ = true; }

void Watch::stop() {
    {
        const std::lock_guard lock(stopMutex_);
        stopping_ = true;
    }
    stopped_.notify_all();
    if (thread_.joinable()) {
        thread_.join();
        keep(true);
    }
    std::vector<std::unique_ptr<Tellers>> all;
    {
        const std::lock_guard lock(tellersMutex_);
        all = std::move(leaving_);
        leaving_.clear();
        if (tellers_) all.push_back(std::move(tellers_));
    }
    for (const auto& one : all) one->leave();
    all.clear();
    if (running_.exchange(false)) keep(false);  // what was told at the very last
}

void Watch::run() {
    std::unique_lock lock(stopMutex_);
    while (!stopping_) {
        lock.unlock();
        const auto now = Steady::now();
        if (now >= nextCount_) count();
        if (now >= nextLook_) {
            nextLook_ = now + judge();
            looked_ = Steady::now().time_since_epoch().count();
        }
        if (now >= nextKeep_) {
            keep(nextKeep_ != Steady::time_point{});
            nextKeep_ = now + kKeepEvery;
        }
        lock.lock();
        stopped_.wait_until(lock, std::min(nextCount_, nextLook_), [&] { return stopping_; });
    }
}

void Watch::count() {
    const auto began = Steady::now();
    try {
        auto counted = store_.reconcile();
        const std::lock_guard lock(mutex_);
        reconciled_ = std::move(counted);
        uncountedSince_.reset();
    } catch (const std::exception& error) {  // without memory too
        bool first = false;
        {
            const std::lock_guard lock(mutex_);
            first = !uncountedSince_;
            if (first) uncountedSince_ = currentTime();
        }
        if (first) log_.warning("reconciliation-failed", {{"what", error.what()}});
    }
    const auto now = Steady::now();
    nextCount_ = now + std::max<Steady::duration>(kRestLeast, kRests * (now - began));
}

/// @return when to look again
Milliseconds Watch::judge() {
    std::shared_ptr<const AlertSetup> setup;
    {
        const std::lock_guard lock(mutex_);
        setup = setup_;
    }
    try {
        const Sight sight = look();
        learn(sight);
        std::vector<AlertBook::Change> changes;
        {
            const std::lock_guard lock(book_.mutex);
            changes = book_.book.update(
                causes_.of(sight, *setup, habits_,
                           [&](const Cause::Key& key) { return book_.book.open(key); }),
                *setup, sight.now);
            book_.changed = book_.changed || !changes.empty();
        }
        for (const auto& [key, alert] : changes) {
            if (alert.lasts())
                log_.warning("alert", {{"kind", key.first},
                                       {"end", key.second},
                                       {"level", alert.level},
                                       {"what", alert.text.en}});
            else
                log_.info("alert-over", {{"kind", key.first}, {"end", key.second}});
        }
        const std::lock_guard lock(tellersMutex_);
        if (tellers_) tellers_->look();
        std::erase_if(leaving_, [](const auto& one) { return one->gone(); });
    } catch (const Error& error) {
        log_.warning("watch-failed", {{"where", error.where}, {"what", error.what()}});
    } catch (const std::exception& error) {  // without memory: the thread goes on
        log_.warning("watch-failed", {{"what", error.what()}});
    }
    keep(false);
    return setup->every;
}

/// What came since the last look belongs to the hour that it is now.
void Watch::learn(const Sight& sight) {
    if (!sight.setup) return;
    const auto sum = [](const Traffic::In& in) {
        return in.accepted + in.refused + in.repeats + in.conflicts;
    };
    for (const auto& [name, source] : sight.setup->sources) {
        if (!habits_.contains(name) && notebook_ != nullptr)
            habits_[name] = Habit::parsed(kept_[habitKey(name)] = notebook_->note(habitKey(name)));
        const auto now = sight.in.find(name);
        const std::uint64_t all = now == sight.in.end() ? 0 : sum(now->second);
        const auto before = learnt_.find(name);
        const std::uint64_t known = before == learnt_.end() ? 0 : sum(before->second);
        habits_[name].add(localHour(sight.now), all - known);
    }
    learnt_ = sight.in;
}

void Watch::keep(bool all) {
    std::string alerts;
    {
        const std::lock_guard lock(book_.mutex);
        if (book_.changed || all) alerts = book_.book.text();
        book_.changed = false;
    }
    if (!alerts.empty() && !write(kAlerts, alerts)) {
        const std::lock_guard lock(book_.mutex);
        book_.changed = true;
    }
    if (!all) return;
    for (const auto& [name, habit] : habits_) write(habitKey(name), habit.text());
    keepContacts();
}

void Watch::keepContacts() {
    Traffic::Ins in;
    Traffic::Outs out;
    try {
        const Sight sight = look();
        in = sight.in;
        out = sight.out;
    } catch (const Error& error) {  // kept the next time
        log_.warning("watch-failed", {{"where", error.where}, {"what", error.what()}});
        return;
    }
    JsonWriter json;
    {
        const std::lock_guard lock(mutex_);
        for (const auto& [name, one] : in) heard_[name] = one.heard;
        for (const auto& [name, one] : out) {
            answered_[name] = one.answered;
            delivered_[name] = one.delivery;
        }
        json.beginObject();
        writeTimes(json, "heard", heard_);
        writeTimes(json, "answered", answered_);
        writeTimes(json, "delivered", delivered_);
    }
    write(kContacts, json.endObject().take());
}

/// @return whether the store has it
bool Watch::write(const std::string& key, const std::string& text) {
    if (notebook_ == nullptr) return true;
    auto& kept = kept_[key];
    if (kept == text) return true;
    try {
        notebook_->setNote(key, text);
        kept = text;
        return true;
    } catch (const Error&) {  // the store itself has logged it; readiness tells
        return false;
    }
}

/// Whether the store takes what is written: tried when that is not known of a moment ago.
bool Watch::probe(Milliseconds counts) {
    const auto now = Steady::now();
    {
        const std::lock_guard lock(mutex_);
        if (notebook_ != nullptr && writable_ && now - written_ < counts) return true;
    }
    Filter one;
    one.most = 1;
    bool good = true;
    try {
        if (notebook_ != nullptr)
            notebook_->setNote("probe", toText(currentTime()));
        else
            store_.list(one);
    } catch (const Error&) {
        good = false;
    }
    const std::lock_guard lock(mutex_);
    writable_ = good;
    written_ = now;
    return good;
}

void Watch::glassBroken(const std::string& by) {
    const std::lock_guard lock(mutex_);
    glass_[by] = currentTime();
}

/// An alert that cannot be told because a certificate has ended must be told before.
std::vector<EndCertificate> Watch::ofReceivers() const {
    std::shared_ptr<const AlertSetup> alerts;
    {
        const std::lock_guard lock(mutex_);
        alerts = setup_;
    }
    std::vector<EndCertificate> all;
    for (const Receiver& receiver : alerts->receivers)
        for (Certificate& one : receiver.messenger->certificates())
            all.push_back({"alerts/" + receiver.name, std::move(one)});
    return all;
}

Sight Watch::look() {
    Sight sight;
    sight.now = currentTime();
    sight.started = started_;
    sight.version = options_.version;
    sight.reserve = options_.reserve;
    sight.setup = pipeline_.setup();
    if (options_.listeners) sight.listeners = options_.listeners();
    sight.counts = store_.counts();
    sight.pauses = store_.pauses();
    sight.store = store_.vitals();
    sight.in = pipeline_.traffic().in();
    sight.out = pipeline_.traffic().out();
    sight.gates = pipeline_.gates();
    sight.process = thisProcess();
    if (options_.certificates) sight.certificates = options_.certificates();
    if (sight.setup)
        for (const auto& [name, end] : sight.setup->destinations)
            if (end.destination)
                for (const Certificate& one : end.destination->certificates())
                    sight.certificates.push_back({name, one});
    for (EndCertificate& one : ofReceivers()) sight.certificates.push_back(std::move(one));
    sight.writable = probe(kSeldom);
    lookAtSources(sight);
    const std::lock_guard lock(mutex_);
    sight.reconciled = reconciled_;
    sight.uncountedSince = uncountedSince_;
    sight.aside = aside_;
    std::erase_if(glass_, [&](const auto& one) { return sight.now - one.second > kGlass; });
    sight.glass = glass_;
    sight.damaged =
        sight.store.damaged - std::min(damagedBefore_, sight.store.damaged) + damagedChecked_;
    for (const auto& [name, time] : heard_)
        sight.in[name].heard = std::max(sight.in[name].heard, time);
    for (const auto& [name, time] : answered_)
        sight.out[name].answered = std::max(sight.out[name].answered, time);
    for (const auto& [name, time] : delivered_)
        sight.out[name].delivery = std::max(sight.out[name].delivery, time);
    return sight;
}

void Watch::lookAtSources(Sight& sight) try {
    if (!sight.setup) return;
    bool timed = false;
    for (const auto& [name, source] : sight.setup->sources) {
        timed = timed || source.due;
        if (notebook_ == nullptr || source.due) continue;
        if (auto trouble = troubleOf(notebook_->note("trouble/" + name)))
            sight.troubles[name] = *std::move(trouble);
    }
    if (timed) sight.due = dueSoon(store_.plans(), sight.now);
} catch (const std::exception& error) {  // the rest is seen all the same
    log_.warning("watch-failed", {{"what", error.what()}});
}

Readiness Watch::readiness() {
    Readiness all;
    const auto add = [&](const char* what, Reason why) {
        all.hindrances.push_back({what, std::move(why)});
    };
    if (draining_) add("draining", {"it is being stopped", "elle s'arrête"});
    const std::shared_ptr<const Setup> setup = pipeline_.setup();
    if (!setup || setup->version.empty()) {
        add("starting", {"no configuration yet", "pas encore de configuration"});
        return all;
    }
    if (!probe(kReady))
        add("store", {"the store cannot be written", "la base ne peut être écrite"});
    const std::uint64_t free = store_.vitals().freeBytes;
    if (options_.reserve > 0 && free > 0 && free < options_.reserve)
        add("disk", {"the store's disk is down to its reserve",
                     "le disque de la base n'a plus que sa réserve"});
    if (options_.listeners)
        for (const auto& [name, address] : options_.listeners())
            if (address.empty())
                add("listener", say("the listener '{0}' does not listen",
                                    "l'écoute « {0} » n'écoute pas", {name}));
    return all;
}

std::vector<AlertBook::Change> Watch::alerts() const {
    const std::lock_guard lock(book_.mutex);
    std::vector<AlertBook::Change> all;
    for (const auto& [key, alert] : book_.book.all()) all.push_back({key, alert});
    return all;
}

std::vector<Telling> Watch::tellings() const {
    const std::lock_guard lock(tellersMutex_);
    return tellers_ ? tellers_->all() : std::vector<Telling>();
}

std::vector<Watch::Tried> Watch::test(const std::string& receiver) {
    std::shared_ptr<const AlertSetup> setup;
    {
        const std::lock_guard lock(mutex_);
        setup = setup_;
    }
    std::vector<Tried> all;
    std::vector<std::string> names;
    for (const Receiver& one : setup->receivers) {
        names.push_back(one.name);
        if (!receiver.empty() && one.name != receiver) continue;
        Notice notice;
        notice.state = Notice::State::test;
        notice.kind = "test";
        notice.since = notice.at = currentTime();
        notice.gateway = machineName();
        notice.language = one.language;
        notice.text = Reason("this is a test: alerts of this gateway reach you",
                             "ceci est un essai : les alertes de cette passerelle vous parviennent")
                          .in(one.language);
        Tried& tried = all.emplace_back();
        tried.receiver = one.name;
        tried.kind = one.kind;
        try {
            tried.answer = tellNow(one, notice);
        } catch (const Error& error) {
            tried.error.emplace(error);
        }
    }
    if (all.empty())
        throw Error(Fault::rejected, "receiver",
                    receiver.empty()
                        ? Reason("no receiver is configured (alerts: {receivers: …})",
                                 "aucun destinataire n'est configuré (alerts: {receivers: …})")
                        : say("no receiver of that name is configured{0}",
                              "aucun destinataire de ce nom n'est configuré{0}",
                              {didYouMean(receiver, names)}));
    return all;
}

void Watch::checked(std::size_t damaged) {
    const std::uint64_t met = store_.vitals().damaged;
    {
        const std::lock_guard lock(mutex_);
        damagedBefore_ = met;
        damagedChecked_ = damaged;
    }
    if (damaged > 0) return;
    const std::lock_guard lock(book_.mutex);
    book_.book.mended("damage", currentTime());
    book_.changed = true;
}

}  // namespace gateway
