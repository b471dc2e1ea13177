#include "watch/causes.h"

#include <algorithm>

namespace gateway {
namespace {

constexpr Milliseconds kDay{86'400'000}, kHour{3'600'000}, kMinute{60'000};
/// What a person paused may wait so long before it is told as forgotten.
constexpr Milliseconds kForgotten = kDay;
/// A count that fails for a moment is tried again.
constexpr Milliseconds kUncounted = 10 * kMinute;

/// Days before the end from which a certificate is told, the worst first.
constexpr std::int64_t kDays[] = {0, 4, 15, 31};

std::string number(std::uint64_t n) { return std::to_string(n); }

/// Of what waits for a person: ten times as much is worse.
int levelOf(std::uint64_t waiting) {
    int level = 1;
    for (; waiting >= 10; waiting /= 10) ++level;
    return level;
}

/// What waits for a person in one end: "2 set aside, 1 held", and how much that is.
struct ForPeople {
    std::uint64_t all = 0;
    Reason text;
    std::vector<std::string> states;  ///< those that there are some of: "set-aside"

    void add(const std::map<std::string, std::uint64_t>& counted, const char* state, const char* en,
             const char* fr) {
        const auto found = counted.find(state);
        if (found == counted.end() || found->second == 0) return;
        text = say("{0}{1}{2} {3}", "{0}{1}{2} {3}",
                   {text, all == 0 ? "" : ", ", number(found->second), Reason(en, fr)});
        all += found->second;
        states.emplace_back(state);
    }

    /// What lists them. @param of  such as "--partner chu"
    Reason commands(const std::string& of) const {
        Reason every;
        for (const std::string& state : states)
            every = say("{0}{1}`passerelle messages list {2} --state {3}`",
                        "{0}{1}« passerelle messages list {2} --state {3} »",
                        {every, state == states.front() ? "" : ", ", of, state});
        return every;
    }
};

/// Whether what waits for a person there keeps others waiting.
bool blocks(const DestinationSetup& destination) {
    return destination.blockOnRefusal || destination.holdUncertain;
}

bool mayBlock(const Sight& sight, const std::string& destination) {
    const auto found = sight.setup->destinations.find(destination);
    return found != sight.setup->destinations.end() && blocks(found->second);
}

/// Of a destination, configured or not any more.
ForPeople forPeople(const Sight& sight, const std::string& destination) {
    ForPeople waiting;
    const auto states = sight.counts.deliveries.find(destination);
    if (states == sight.counts.deliveries.end()) return waiting;
    const auto setup = sight.setup->destinations.find(destination);
    waiting.add(states->second, "set-aside", "set aside", "de côté");
    waiting.add(states->second, "held", "held", "retenu(s)");
    if (setup != sight.setup->destinations.end() && setup->second.holdUncertain)
        waiting.add(states->second, "uncertain", "uncertain", "incertain(s)");
    return waiting;
}

}  // namespace

std::int64_t daysLeft(const Certificate& certificate, Time now) {
    return std::chrono::floor<std::chrono::days>(certificate.until - now).count();
}

bool Sight::paused(const std::string& end) const {
    return std::any_of(pauses.begin(), pauses.end(),
                       [&](const Pause& pause) { return pause.end == end; });
}

Reason spanText(Milliseconds span) {
    const auto count = [&](Milliseconds unit) { return std::to_string(span / unit); };
    if (span < 2 * kMinute) return count(Milliseconds(1000)) + " s";
    if (span < 2 * kHour) return count(kMinute) + " min";
    if (span < 2 * kDay) return count(kHour) + " h";
    return {count(kDay) + " d", count(kDay) + " j"};
}

void Causes::add(std::string kind, std::string end, Reason text, int level) {
    Cause& cause = found_.emplace_back();
    cause.kind = std::move(kind);
    cause.end = std::move(end);
    cause.text = std::move(text);
    cause.level = level;
}

std::vector<Cause> Causes::of(const Sight& sight, const AlertSetup& setup,
                              const std::map<std::string, Habit>& habits, const Open& open) {
    found_.clear();
    queues(sight, setup, open);
    attention(sight, setup, open);
    silences(sight, setup, habits, open);
    refusals(sight, setup);
    reuse(sight);
    disk(sight, setup);
    certificates(sight);
    asides(sight);
    glass(sight);
    troubles(sight, setup, open);
    accounts(sight, open);
    return std::move(found_);
}

/// What waits for the end of a partner's quiet hours is not late by them.
Time Causes::lastQuiet(const std::string& name, const Sight& sight) {
    Time& last = quiet_[name];
    if (sight.setup->destinations.at(name).quiet.until(sight.now)) last = sight.now;
    return last;
}

void Causes::queues(const Sight& sight, const AlertSetup& setup, const Open& open) {
    if (!sight.setup) return;
    late_.clear();
    for (const auto& [name, destination] : sight.setup->destinations) {
        Milliseconds most = destination.alertAfter.value_or(setup.queueAge);
        const bool paused = sight.paused(name);
        if (paused) most = std::max(most, kForgotten);
        const auto oldest = sight.counts.oldestWaiting.find(name);
        const bool old = oldest != sight.counts.oldestWaiting.end() &&
                         sight.now - std::max(oldest->second, lastQuiet(name, sight)) > most;
        const auto gate = sight.gates.find(name);
        // What is told already lasts over a restart, though since then it is not away for long.
        const bool away =
            !paused && gate != sight.gates.end() && gate->second.broken &&
            (sight.now - gate->second.since > setup.breaker || open({"breaker", name}));
        // A partner that is away makes both true: one cause, told once. So does what waits for a
        // person and blocks its lane: that is told as such.
        const bool stuck =
            setup.attention.count() > 0 && blocks(destination) && forPeople(sight, name).all > 0;
        const bool tellAge = old && ((!away && !stuck) || open({"queue-age", name}));
        if (old && stuck && !tellAge) late_.insert(name);
        if (tellAge)
            add("queue-age", name,
                say("{0}: the oldest delivery has waited for {1}{2}",
                    "{0} : le plus ancien envoi attend depuis {1}{2}",
                    {name, spanText(sight.now - oldest->second),
                     paused ? Reason(", it is paused", ", la destination est en pause")
                            : Reason()}));
        else if (away)
            add("breaker", name,
                say("{0}: the partner has been out of reach for {1}; its deliveries wait",
                    "{0} : le partenaire est injoignable depuis {1} ; ses envois attendent",
                    {name, spanText(sight.now - gate->second.since)}));
    }
    for (const auto& [name, oldest] : sight.counts.oldestReceived)
        if (sight.now - oldest > setup.queueAge)
            add("queue-age", name,
                say("{0}: the oldest message has waited for its translation for {1}",
                    "{0} : le plus ancien message attend sa traduction depuis {1}",
                    {name, spanText(sight.now - oldest)}));
}

/// What nobody but a person can bring on: told when it has been so for a while.
void Causes::attention(const Sight& sight, const AlertSetup& setup, const Open& open) {
    if (!sight.setup || setup.attention.count() == 0) return;
    std::map<std::string, Time> since;
    const auto judge = [&](const std::string& end, const ForPeople& waiting, const Reason& text,
                           bool told = false) {
        if (waiting.all == 0) return;
        const auto before = forPeople_.find(end);
        since[end] = before == forPeople_.end() ? sight.now : std::min(before->second, sight.now);
        // Those that a partner refuses one after the other are told as that.
        told = told || open({"refusals", end});
        const bool early =
            told || (sight.now - since[end] < setup.attention && !late_.contains(end));
        if (early && !open({"attention", end})) return;
        // Told long ago, and now others grow old behind it.
        const int worse = late_.contains(end) ? 1 : 0;
        add("attention", end, text, levelOf(waiting.all) + worse);
    };
    for (const auto& [name, states] : sight.counts.messages) {
        ForPeople waiting;
        waiting.add(states, "held", "held", "retenu(s)");
        judge(name, waiting,
              say("{0}: messages wait for a person: {1} ({2})",
                  "{0} : des messages attendent une personne : {1} ({2})",
                  {name, waiting.text, waiting.commands("--source " + name)}));
    }
    for (const auto& [name, states] : sight.counts.deliveries) {
        const ForPeople waiting = forPeople(sight, name);
        const bool told = open({"queue-age", name}) && mayBlock(sight, name);
        judge(name, waiting,
              say("{0}: deliveries wait for a person: {1} ({2})",
                  "{0} : des envois attendent une personne : {1} ({2})",
                  {name, waiting.text,
                   waiting.commands("--partner " + name.substr(0, name.find('/')))}),
              told);
    }
    forPeople_ = std::move(since);
}

void Causes::silences(const Sight& sight, const AlertSetup& setup,
                      const std::map<std::string, Habit>& habits, const Open& open) {
    if (!sight.setup) return;
    for (const auto& [name, source] : sight.setup->sources) {
        if (sight.paused(name)) continue;
        const auto in = sight.in.find(name);
        const Time heard = in == sight.in.end() ? Time{} : in->second.heard;
        // Silence that is told already ends when something comes, not with a restart.
        const bool told = open({"silence", name});
        if (sight.troubles.contains(name) && !told) continue;  // told as that
        if (source.expectedEvery) {
            const Milliseconds silent = sight.now - (told ? heard : std::max(heard, sight.started));
            if (silent > *source.expectedEvery)
                add("silence", name,
                    say("{0}: nothing has come for {1}, at least every {2} is expected",
                        "{0} : rien n'est arrivé depuis {1}, attendu au moins toutes les {2}",
                        {name, spanText(sight.now - (heard == Time{} ? sight.started : heard)),
                         spanText(*source.expectedEvery)}));
            continue;
        }
        if (source.due) continue;  // what time causes has no hours
        const auto habit = habits.find(name);
        if (!setup.silence || habit == habits.end()) continue;
        const auto silence =
            habit->second.silence(localHour(sight.now), told ? 0 : localHour(sight.started));
        if (silence)
            add("silence", name,
                say("{0}: nothing has come in the last {1} whole hours; in these hours of a week "
                    "{2} "
                    "messages are usual (known of {3} weeks)",
                    "{0} : rien n'est arrivé pendant les {1} dernières heures entières ; à ces "
                    "heures de la semaine, {2} messages sont habituels (connu de {3} semaines)",
                    {name, std::to_string(silence->hours), number(silence->usual),
                     std::to_string(silence->weeks)}));
    }
}

void Causes::refusals(const Sight& sight, const AlertSetup& setup) {
    while (!past_.empty() && past_.back().at > sight.now)
        past_.pop_back();  // the clock was put back
    while (past_.size() > 1 && sight.now - past_[1].at >= setup.refusals.within) past_.pop_front();
    if (past_.empty() ||
        sight.now - past_.back().at >= std::min(kMinute, setup.refusals.within / 4))
        past_.push_back({sight.now, sight.in, sight.out});
    const Figures& then = past_.front();
    const auto judge = [&](const std::string& name, std::uint64_t refused, std::uint64_t taken,
                           const Reason& who) {
        const std::uint64_t all = refused + taken;
        if (refused < setup.refusals.least || refused * 100 < all * setup.refusals.percent) return;
        add("refusals", name,
            say("{0}: {1} of the last {2} {3}", "{0} : {1} sur les {2} derniers {3}",
                {name, number(refused), number(all), who}));
        found_.back().calm = std::min(5 * kMinute, setup.refusals.within);
    };
    for (const auto& [name, now] : sight.in) {
        const auto found = then.in.find(name);
        const Traffic::In was = found == then.in.end() ? Traffic::In() : found->second;
        judge(name, now.refused + now.conflicts - was.refused - was.conflicts,
              now.accepted + now.repeats - was.accepted - was.repeats,
              {"messages were refused at the door", "messages ont été refusés à l'entrée"});
    }
    for (const auto& [name, now] : sight.out) {
        const auto found = then.out.find(name);
        const Traffic::Out was = found == then.out.end() ? Traffic::Out() : found->second;
        judge(name, now.refused - was.refused, now.delivered - was.delivered,
              {"deliveries were refused by the partner and set aside",
               "envois ont été refusés par le partenaire et mis de côté"});
    }
}

void Causes::reuse(const Sight& sight) {
    for (const auto& [name, now] : sight.in) {
        const auto found = before_.find(name);
        const std::uint64_t was = found == before_.end() ? 0 : found->second.reused;
        if (now.reused <= was) continue;
        add("id-reuse", name,
            say("{0}: its sender gives control ids again to other content; such messages are taken "
                "as new",
                "{0} : son émetteur redonne des identifiants à d'autres contenus ; ces messages "
                "sont pris comme nouveaux",
                {name}));
        found_.back().calm = kHour;
    }
    before_ = sight.in;
}

void Causes::disk(const Sight& sight, const AlertSetup& setup) {
    if (sight.reserve == 0 || sight.store.freeBytes == 0) return;
    const auto mebibytes = [](std::uint64_t bytes) { return number(bytes >> 20); };
    if (sight.store.freeBytes < sight.reserve)
        add("disk", {},
            say("the store's disk is down to its reserve ({0} MiB free of a reserve of {1} MiB): "
                "senders are told to try later",
                "le disque de la base n'a plus que sa réserve ({0} Mio libres pour une réserve de "
                "{1} Mio) : les émetteurs sont invités à réessayer plus tard",
                {mebibytes(sight.store.freeBytes), mebibytes(sight.reserve)}),
            2);
    else if (sight.store.freeBytes < sight.reserve + setup.disk)
        add("disk", {},
            say("the store's disk fills up: {0} MiB free, nothing more is taken below {1} MiB",
                "le disque de la base se remplit : {0} Mio libres, plus rien n'est pris en dessous "
                "de {1} Mio",
                {mebibytes(sight.store.freeBytes), mebibytes(sight.reserve)}));
}

void Causes::certificates(const Sight& sight) {
    std::map<std::string, std::pair<const EndCertificate*, std::string>> files;
    for (const EndCertificate& one : sight.certificates) {
        auto& [first, ends] = files[one.certificate.file];
        // An end that has not taken the renewed file yet still has the old one.
        if (first == nullptr || one.certificate.until < first->certificate.until) first = &one;
        if (ends.find(one.end) == ends.npos) ends += (ends.empty() ? "" : ", ") + one.end;
    }
    for (const auto& [file, use] : files)
        use.first->certificate.kind == Certificate::Kind::revocations
            ? revocations(file, use.second, use.first->certificate, sight.now)
            : certificate(file, use.second, daysLeft(use.first->certificate, sight.now));
}

void Causes::certificate(const std::string& file, const std::string& ends, std::int64_t days) {
    const auto level = std::find_if(std::rbegin(kDays), std::rend(kDays),
                                    [&](std::int64_t most) { return days >= most; }) -
                       std::rbegin(kDays);
    if (level == 0) return;
    const Reason left = days == 0   ? Reason("within a day", "dans moins d'un jour")
                        : days == 1 ? Reason("in 1 day", "dans 1 jour")
                                    : say("in {0} days", "dans {0} jours", {std::to_string(days)});
    add("certificate", file,
        days < 0 ? say("the certificate {0} ({1}) has expired", "le certificat {0} ({1}) a expiré",
                       {file, ends})
                 : say("the certificate {0} ({1}) expires {2}",
                       "le certificat {0} ({1}) expire {2}", {file, ends, left}),
        static_cast<int>(level));
}

/// A list lives for days and is renewed by a program: what counts is whether a newer one is late.
void Causes::revocations(const std::string& file, const std::string& ends, const Certificate& list,
                         Time now) {
    if (now < list.due) return;
    if (now >= list.until)
        add("certificate", file,
            say("the list of revoked certificates {0} ({1}) has expired: whoever its authority has "
                "certified is refused",
                "la liste de certificats révoqués {0} ({1}) a expiré : ceux que son autorité a "
                "certifiés sont refusés",
                {file, ends}),
            2);
    else
        add("certificate", file,
            say("the list of revoked certificates {0} ({1}) expires in {2}: is it still fetched?",
                "la liste de certificats révoqués {0} ({1}) expire dans {2} : est-elle encore "
                "récupérée ?",
                {file, ends, spanText(list.until - now)}));
}

void Causes::glass(const Sight& sight) {
    for (const auto& [by, at] : sight.glass)
        add("break-glass", by,
            say("{0} has looked at content at {1}: the audit has the reason",
                "{0} a consulté un contenu le {1} : le journal d'audit en a le motif",
                {by, toText(at).substr(0, 16) + "Z"}));
}

void Causes::troubles(const Sight& sight, const AlertSetup& setup, const Open& open) {
    for (const auto& [name, trouble] : sight.troubles)
        if (sight.now - trouble.since > setup.breaker || open({"source", name}))
            add("source", name,
                say("{0}: nothing can be taken in for {1}: {2}",
                    "{0} : rien ne peut être pris depuis {1} : {2}",
                    {name, spanText(sight.now - trouble.since), trouble.what}));
}

void Causes::asides(const Sight& sight) {
    for (const std::string& partner : sight.aside.partners)
        add("configuration", partner,
            say("{0}: the configuration of this partner is broken, its messages wait; `passerelle "
                "check` says what is wrong",
                "{0} : la configuration de ce partenaire est erronée, ses messages attendent ; "
                "« passerelle check » dit ce qui ne va pas",
                {partner}),
            2);
    for (const std::string& network : sight.aside.networks)
        add("configuration", network,
            say("{0}: a map of this network is broken, its messages are held; `passerelle check` "
                "says what is wrong",
                "{0} : une transformation de ce réseau est erronée, ses messages sont "
                "retenus ; « passerelle check » dit ce qui ne va pas",
                {network}),
            2);
    if (!sight.setup) return;
    for (const auto& [name, oldest] : sight.counts.oldestWaiting)
        if (!sight.setup->destinations.contains(name))
            add("configuration", name,
                say("{0}: is not configured any more, and its oldest delivery has waited for {1}: "
                    "configure it again, or close what waits",
                    "{0} : n'est plus configurée, et son plus ancien envoi attend depuis {1} : la "
                    "configurer de nouveau, ou clore ce qui attend",
                    {name, spanText(sight.now - oldest)}));
}

void Causes::accounts(const Sight& sight, const Open& open) {
    // A full disk makes both true: one cause, told once.
    const bool full =
        sight.reserve > 0 && sight.store.freeBytes > 0 && sight.store.freeBytes < sight.reserve;
    if (!sight.writable && (!full || open({"store", ""})))
        add("store", {},
            {"the store cannot be written: nothing is accepted; see the log",
             "la base ne peut être écrite : rien n'est accepté ; voir le journal"},
            2);
    if (sight.damaged > 0) {
        add("damage", {},
            say("{0} values in the store were found damaged; `passerelle store check` names them",
                "{0} valeurs de la base ont été trouvées endommagées ; « passerelle store check » "
                "les nomme",
                {number(sight.damaged)}),
            2);
        found_.back().sticky = true;
    }
    if (sight.uncountedSince && sight.now - *sight.uncountedSince > kUncounted)
        add("reconciliation", {},
            say("the store could not be counted for {0}: whether all is accounted for is not "
                "known; "
                "see the log (reconciliation-failed)",
                "la base n'a pu être comptée depuis {0} : on ne sait pas si le compte est bon ; "
                "voir le journal (reconciliation-failed)",
                {spanText(sight.now - *sight.uncountedSince)}),
            2);
    if (!sight.reconciled) return;
    const auto each = [&](const std::map<std::string, Reconciled::Account>& accounts,
                          const Reason& what) {
        for (const auto& [name, account] : accounts)
            if (account.gap() != 0) {
                add("reconciliation", name,
                    say("{0}: of {1} {2} that came in, {3} are not accounted for in the store",
                        "{0} : sur {1} {2} entrés, {3} manquent au compte de la base",
                        {name.empty() ? Reason("(not in the directory)", "(hors annuaire)")
                                      : Reason(name),
                         number(account.in), what, std::to_string(account.gap())}),
                    2);
                // After a restart the first full count takes its time.
                found_.back().calm = kHour;
            }
    };
    each(sight.reconciled->sources, {"messages", "messages"});
    each(sight.reconciled->destinations, {"recipients", "destinataires"});
}

}  // namespace gateway
