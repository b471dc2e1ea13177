#include "mailbox_subscriptions.h"

#include <algorithm>
#include <random>

#include "gateway/notebook.h"
#include "mailbox_notice.h"

namespace transport_http {
using namespace gateway;

namespace {

constexpr std::string_view kList = "fhir-subscriptions";
constexpr std::size_t kMostOfOne = 20;  ///< of one endpoint for one partner
constexpr std::size_t kMostOfAll = 20'000;
constexpr unsigned kTellers = 8;      ///< servers that are told something at the same time
constexpr std::size_t kAtOnce = 100;  ///< deliveries in one notification
constexpr Milliseconds kPausedAgain{30'000};

/// The store seals what is kept under keys that begin so: header fields hold secrets.
std::string noteOf(std::string_view id) { return "secret fhir-subscription " + std::string(id); }
/// Where it stood unsealed.
std::string oldNoteOf(std::string_view id) { return "fhir-subscription " + std::string(id); }

bool isOf(const Subscription& one, const Who& who) {
    return one.who.endpoint == who.endpoint && one.who.partner == who.partner;
}

std::string keyOf(const OfferedDelivery& offered) {
    return offered.id + "@" + std::to_string(offered.since.time_since_epoch().count());
}

/// Grows by two with each failure, and differs by a fifth.
Milliseconds backoff(const HookOptions& options, unsigned failures) {
    static thread_local std::minstd_rand random{std::random_device{}()};
    Milliseconds wait = options.first;
    for (unsigned i = 1; i < failures && wait < options.most; ++i) wait *= 2;
    wait = std::min(wait, options.most);
    return wait + wait * std::uniform_int_distribution<int>(-20, 20)(random) / 100;
}

/// "https://hooks.example": whoever is told there waits for one that it does not answer.
std::string serverOf(const Subscription& one) {
    constexpr std::size_t kScheme = 8;
    return one.endpoint.substr(0, one.endpoint.find('/', kScheme));
}

std::string newId(std::uint64_t number) {
    const TokenHash hash =
        tokenHash('s', std::to_string(number) + " " + gateway::toText(currentTime()));
    constexpr char digits[] = "0123456789abcdef";
    std::string id;
    for (int shift = 60; shift >= 0; shift -= 4) id.push_back(digits[(hash >> shift) & 15]);
    return id;
}

}  // namespace

HookOptions hookOptions(Config& listener) {
    HookOptions options;
    Config section = listener.section("hooks");
    if (section.has("tls"))
        options.tls = std::make_shared<tls::Credentials>(tls::Role::client, section.section("tls"));
    options.within = section.duration("within", options.within);
    options.together = section.duration("together", options.together);
    Config retry = section.section("retry");
    options.first = retry.duration("first", options.first);
    options.most = std::max(options.first, retry.duration("most", options.most));
    retry.finish();
    options.tries = static_cast<unsigned>(section.integer("tries", options.tries, 1, 1'000));
    section.finish();
    return options;
}

Subscriptions::Subscriptions(Gateway& gateway)
    : gateway_(gateway),
      mailboxes_(gateway.mailboxes()),
      notebook_(gateway.notebook()),
      tellers_(2 * kTellers) {  // some have just told and are not idle yet
    load();
    watching_ = mailboxes_.watch([this](const std::string& destination) {
        {
            const std::lock_guard lock(wakeMutex_);
            filled_.insert(destination);
            awake_ = true;
        }
        wake_.notify_all();
    });
    thread_ = std::thread([this] { run(); });
}

Subscriptions::~Subscriptions() {
    watching_.reset();
    {
        const std::lock_guard lock(wakeMutex_);
        stopping_ = true;
    }
    wake_.notify_all();
    thread_.join();
    tellers_.join();
}

void Subscriptions::wake() {
    {
        const std::lock_guard lock(wakeMutex_);
        awake_ = true;
    }
    wake_.notify_all();
}

void Subscriptions::load() {
    std::string list = notebook_.note(kList);
    for (std::string_view rest = list; !rest.empty();) {
        const std::string_view id = rest.substr(0, rest.find('\n'));
        rest.remove_prefix(std::min(rest.size(), id.size() + 1));
        try {
            load(id);
        } catch (const Error& error) {  // the others go on
            gateway_.log().error("subscription-not-read",
                                 {{"subscription", id}, {"what", error.what()}});
        }
    }
}

void Subscriptions::load(std::string_view id) {
    auto one = readSubscription(sealedNote(id));
    if (!one) return;
    Told& told = all_[one->id];
    told.subscription = *std::move(one);
    told.server = serverOf(told.subscription);
    told.due = Clock::now();  // what waits is told once more
}

std::string Subscriptions::sealedNote(std::string_view id) {
    if (std::string note = notebook_.note(noteOf(id)); !note.empty()) return note;
    std::string note = notebook_.note(oldNoteOf(id));
    if (note.empty()) return note;
    notebook_.setNote(noteOf(id), note);
    notebook_.setNote(oldNoteOf(id), {});
    return note;
}

void Subscriptions::keep(const Subscription& one) {
    notebook_.setNote(noteOf(one.id), written(one));
}

void Subscriptions::keepList() {
    std::string list;
    for (const auto& [id, told] : all_) list += id + "\n";
    notebook_.setNote(kList, list);
}

void Subscriptions::serve(const std::string& home, HookOptions options) {
    {
        const std::lock_guard lock(mutex_);
        homes_[home] = std::move(options);
    }
    wake();
}

Subscription Subscriptions::add(Subscription one) {
    {
        const std::lock_guard lock(mutex_);
        const auto its = [&](const auto& known) {
            return isOf(known.second.subscription, one.who);
        };
        if (all_.size() >= kMostOfAll)
            throw Error(Fault::unavailable, "Subscription",
                        {"there are too many of all partners together",
                         "il y en a trop, tous partenaires confondus"});
        if (static_cast<std::size_t>(std::count_if(all_.begin(), all_.end(), its)) >= kMostOfOne)
            throw Error(Fault::rejected, "Subscription",
                        say("there are {0} already: delete one",
                            "il y en a déjà {0} : en supprimer une", {std::to_string(kMostOfOne)}));
        one.id = newId(++made_);
    }
    return replace(std::move(one));
}

Subscription Subscriptions::replace(Subscription one) {
    one.changed = currentTime();
    if (one.status != Subscription::Status::off)
        one.status = one.backport ? Subscription::Status::requested : Subscription::Status::active;
    {
        const std::lock_guard lock(mutex_);
        const bool fresh = !all_.contains(one.id);
        keep(one);
        Told& told = all_[one.id];
        told = {one, std::move(told.told), 0, ++revisions_, Clock::now(), serverOf(one)};
        if (fresh) keepList();
    }
    wake();
    return one;
}

void Subscriptions::remove(const std::string& id) {
    const std::lock_guard lock(mutex_);
    all_.erase(id);
    keepList();
    notebook_.setNote(noteOf(id), {});
}

std::vector<Subscription> Subscriptions::of(const Who& who) const {
    std::vector<Subscription> own;
    const std::lock_guard lock(mutex_);
    for (const auto& [id, told] : all_)
        if (isOf(told.subscription, who)) own.push_back(told.subscription);
    return own;
}

std::optional<Subscription> Subscriptions::find(const Who& who, std::string_view id) const {
    const std::lock_guard lock(mutex_);
    const auto found = all_.find(std::string(id));
    if (found == all_.end() || !isOf(found->second.subscription, who)) return std::nullopt;
    return found->second.subscription;
}

void Subscriptions::run() {
    for (;;) {
        noteFilled();
        std::optional<Clock::time_point> until;
        const std::shared_ptr<Round> round = next(until);
        if (round && !tellers_.tryRun([this, round] { perform(*round); })) perform(*round);
        std::unique_lock lock(wakeMutex_);
        const auto woken = [this] { return stopping_ || awake_; };
        if (!round && until) wake_.wait_until(lock, *until, woken);
        if (!round && !until) wake_.wait(lock, woken);
        if (stopping_) return;
        awake_ = false;
    }
}

void Subscriptions::perform(Round& round) {
    try {
        tell(round);
    } catch (const Error& error) {
        failed(round, error.reason());
    } catch (const std::exception& failure) {
        gateway_.log().error("subscription-failed",
                             {{"subscription", round.subscription.id}, {"what", failure.what()}});
        failed(round, {"internal failure", "erreur interne"});
    }
    done(round);
    wake();
}

/// Those whose mailboxes got something are due when what comes with it is there too.
void Subscriptions::noteFilled() {
    std::set<std::string> filled;
    {
        const std::lock_guard lock(wakeMutex_);
        filled.swap(filled_);
    }
    if (filled.empty()) return;
    const std::lock_guard lock(mutex_);
    for (auto& [id, told] : all_) {
        const std::string own = told.subscription.who.partner + "/";
        const auto first = filled.lower_bound(own);
        const bool its = first != filled.end() && first->starts_with(own);
        if (!its || told.due) continue;
        const auto home = homes_.find(told.subscription.home);
        told.due = Clock::now() + (home == homes_.end() ? HookOptions{} : home->second).together;
    }
}

/// @param wait  until when there is nothing to do, when there is nothing now; whoever ends a round
/// wakes for those who wait for its server, or for a teller
std::shared_ptr<Subscriptions::Round> Subscriptions::next(std::optional<Clock::time_point>& wait) {
    const std::lock_guard lock(mutex_);
    if (servers_.size() >= kTellers) return nullptr;
    Told* first = nullptr;
    for (auto& [id, told] : all_) {
        const Subscription::Status status = told.subscription.status;
        const bool told_ =
            status == Subscription::Status::active || status == Subscription::Status::requested;
        if (!told_ || !told.due || !homes_.contains(told.subscription.home)) continue;
        if (servers_.contains(told.server)) continue;
        if (first == nullptr || *told.due < *first->due) first = &told;
    }
    if (first == nullptr) return nullptr;
    if (*first->due > Clock::now()) {
        wait = first->due;
        return nullptr;
    }
    first->due.reset();
    servers_.insert(first->server);
    return std::make_shared<Round>(Round{first->subscription,
                                         homes_[first->subscription.home],
                                         first->told,
                                         first->failures,
                                         first->revision,
                                         {}});
}

/// The mailboxes about which its owner may be told there, by the configuration in force.
std::vector<std::string> Subscriptions::mailboxesOf(const Subscription& one) const {
    std::vector<std::string> own;
    const std::shared_ptr<const Directory> directory = gateway_.directory();
    const Partner* const partner = directory ? directory->find(one.who.partner) : nullptr;
    if (partner == nullptr) return own;
    Wanted wanted;
    wanted.act = Wanted::Act::subscribe;
    wanted.type = "Subscription";
    wanted.address = one.endpoint;
    for (const std::string& name : partner->destinations) {
        wanted.destination = partner->name + "/" + name;
        if (!gateway_.access()->refuses(one.who, wanted)) own.push_back(wanted.destination);
    }
    return own;
}

void Subscriptions::tell(Round& round) {
    Subscription& one = round.subscription;
    if (one.end != Time{} && one.end <= currentTime()) {
        one.status = Subscription::Status::off;
        return;
    }
    if (mailboxesOf(one).empty()) {
        one.status = Subscription::Status::error;
        one.error = {"its owner may not be told there any more",
                     "son auteur ne peut plus être averti à cette adresse"};
        return;
    }
    if (one.status == Subscription::Status::requested) {
        if (!send(round, {Notice::Kind::handshake, {}, one.events, currentTime()})) return;
        one.status = Subscription::Status::active;
    }
    tellWhatWaits(round);
}

void Subscriptions::tellWhatWaits(Round& round) {
    Subscription& one = round.subscription;
    Notice notice{Notice::Kind::event, {}, one.events, currentTime()};
    std::set<std::string> waits, telling;
    for (const std::string& destination : mailboxesOf(one)) {
        try {
            for (const std::shared_ptr<HeldItem>& item : index_.waiting(mailboxes_, destination)) {
                const std::string key = keyOf(item->head);
                if (round.told.contains(key)) {
                    waits.insert(key);
                    continue;
                }
                if (notice.deliveries.size() == kAtOnce) {
                    round.again = round.options.together;
                    continue;
                }
                const auto content = index_.content(mailboxes_, *item);
                if (!content) continue;
                telling.insert(key);
                const bool its = one.type.empty() || one.type == "Task" ||
                                 std::any_of(content->resources.begin(), content->resources.end(),
                                             [&](const HeldResource& resource) {
                                                 return resource.type == one.type;
                                             });
                if (its) notice.deliveries.push_back(item->head.id);
            }
        } catch (const Error& error) {
            if (error.fault != Fault::unavailable) throw;
            round.again = kPausedAgain;  // it is paused
        }
    }
    if (!notice.deliveries.empty() && !send(round, notice)) return;
    one.events += notice.deliveries.size();
    waits.merge(telling);
    round.told = std::move(waits);
}

/// @return whether it was taken
bool Subscriptions::send(Round& round, const Notice& notice) {
    const Subscription& one = round.subscription;
    http::ClientOptions options;
    options.server = http::parsedUrl(one.endpoint);
    options.tls = round.options.tls;
    options.connectWithin = round.options.within;
    options.answerBytes = 64 << 10;
    options.connections = 0;
    const http::Response answer =
        http::Client(options).exchange(noticeRequest(one, notice), options.server.target,
                                       std::chrono::steady_clock::now() + round.options.within);
    if (answer.status < 200 || answer.status > 299) {
        failed(round, say("it answered {0}", "a répondu {0}", {std::to_string(answer.status)}));
        return false;
    }
    round.failures = 0;
    round.subscription.error = {};
    gateway_.log().info("subscriber-told", {{"subscription", one.id},
                                            {"partner", one.who.partner},
                                            {"deliveries", notice.deliveries.size()}});
    return true;
}

void Subscriptions::failed(Round& round, const Reason& why) {
    Subscription& one = round.subscription;
    one.error = why;
    if (++round.failures >= round.options.tries)
        one.status = Subscription::Status::error;
    else
        round.again = backoff(round.options, round.failures);
    gateway_.log().warning("subscriber-not-told", {{"subscription", one.id},
                                                   {"partner", one.who.partner},
                                                   {"failures", round.failures},
                                                   {"what", why.en}});
}

void Subscriptions::done(const Round& round) {
    const std::lock_guard lock(mutex_);
    servers_.erase(serverOf(round.subscription));
    keepTold(round);
}

/// Unless its owner has asked for something else, or for nothing, meanwhile.
void Subscriptions::keepTold(const Round& round) {
    const auto found = all_.find(round.subscription.id);
    if (found == all_.end() || found->second.revision != round.revision) return;
    Told& told = found->second;
    const Subscription& before = told.subscription;
    Subscription now = round.subscription;
    const bool changed = before.status != now.status || before.error != now.error;
    if (changed) now.changed = currentTime();
    try {
        if (changed || before.events != now.events) keep(now);
    } catch (const Error& error) {  // it is told once more after a restart
        gateway_.log().warning("subscription-not-kept",
                               {{"subscription", now.id}, {"what", error.what()}});
    }
    told.subscription = std::move(now);
    told.told = round.told;
    told.failures = round.failures;
    if (!round.again) return;
    const Clock::time_point due = Clock::now() + *round.again;
    told.due = told.failures > 0 || !told.due ? due : std::min(due, *told.due);
}

std::shared_ptr<Subscriptions> subscriptionsOf(Gateway& gateway) {
    static std::mutex mutex;  // guards all
    static std::map<Gateway*, std::weak_ptr<Subscriptions>> all;
    const std::lock_guard lock(mutex);
    std::erase_if(all, [](const auto& one) { return one.second.expired(); });
    std::shared_ptr<Subscriptions> its = all[&gateway].lock();
    if (!its) all[&gateway] = its = std::make_shared<Subscriptions>(gateway);
    return its;
}

}  // namespace transport_http
