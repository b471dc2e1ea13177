#include "pipeline/translating.h"

#include <algorithm>
#include <new>

#include "pipeline/edit.h"
#include "pipeline/encoding.h"
#include "pipeline/inbox.h"
#include "pipeline/map_words.h"

namespace gateway {
namespace {

bool hasLine(std::string_view lines, std::string_view line) {
    while (!lines.empty()) {
        const std::size_t end = std::min(lines.find('\n'), lines.size());
        if (lines.substr(0, end) == line) return true;
        lines.remove_prefix(std::min(end + 1, lines.size()));
    }
    return false;
}

/// An edited copy goes only where what it replaces was to go.
bool meant(const MessageClaim& claim, const std::string& destination, const MadeBy& made) {
    const std::string_view only = claim.facts.get(kOnlyFact);
    return only.empty() || hasLine(only, destination) ||
           hasLine(only, destination + '\t' + made.mark());
}

/// Why a partner cannot get what is meant for it, and what to add so that it can.
Reason noDestination(const Partner& partner, const std::string& wanted, const RouteSetup& route) {
    if (!wanted.empty())
        return say(
            "left out: the partner {0} has no destination '{1}': add it under "
            "'destinations:' of partners/{0}.yaml",
            "écarté : le partenaire {0} n'a pas de destination « {1} » : l'ajouter sous "
            "« destinations: » dans partners/{0}.yaml",
            {partner.name, wanted});
    if (partner.destinations.empty())
        return say(
            "left out: the partner {0} has no destination: add one under 'destinations:' "
            "of partners/{0}.yaml",
            "écarté : le partenaire {0} n'a aucune destination : en ajouter une sous "
            "« destinations: » dans partners/{0}.yaml",
            {partner.name});
    return say(
        "left out: the partner {0} has several destinations: say which by 'deliver:' of "
        "the route {1}",
        "écarté : le partenaire {0} a plusieurs destinations : dire laquelle par "
        "« deliver: » de la route {1}",
        {partner.name, route.name});
}

/// The destination of a partner that is meant; empty: it has none.
std::string destinationOf(const Partner& partner, const std::string& wanted) {
    if (wanted.empty()) return partner.destinations.size() == 1 ? partner.destinations[0] : "";
    const auto& all = partner.destinations;
    return std::find(all.begin(), all.end(), wanted) == all.end() ? "" : wanted;
}

}  // namespace

Translating::Translating(const Translations& shared, const Setup& setup, const MessageClaim& claim,
                         const Register& plans)
    : shared_(shared),
      setup_(setup),
      claim_(claim),
      plans_(plans),
      again_(shared.store, shared.ids, setup, claim) {
    result_.id = claim.id;
    result_.epoch = claim.epoch;
    result_.configVersion = setup.version;
}

Translation Translating::run() {
    Translation result = attempt();
    if (!again_.some() || result.state == MessageState::translated) return result;
    return stillHeld(result.reason);
}

/// Held deliveries are made again for a message that was translated long ago: it stays so, they
/// stay held.
Translation Translating::stillHeld(const Reason& why) {
    Translation result = held({});
    result.state = MessageState::translated;
    result.deliveries = MadeAgain(shared_.store, shared_.ids, setup_, claim_).rest(why);
    return result;
}

Translation Translating::attempt() {
    const auto source = setup_.sources.find(claim_.source);
    if (source == setup_.sources.end())
        return held(say("source {0} is not configured any more",
                        "la source {0} n'est plus configurée", {claim_.source}));
    try {
        read(source->second);
        return outcome();
    } catch (const Error& error) {
        if (error.fault == Fault::unavailable) throw;  // the store's trouble, not the message's
        if (error.fault == Fault::malformed) return held(unreadable(error));
        return held(placed(error));
    } catch (const std::bad_alloc&) {
        throw;  // there will be memory when others are done
    } catch (const std::exception& failure) {
        shared_.log.error("translation-failed", {{"message", claim_.id}, {"what", failure.what()}});
        return held({"internal failure, see the log", "erreur interne, voir le journal"});
    }
}

Translation Translating::held(Reason reason) const {
    Translation held;
    held.id = claim_.id;
    held.epoch = claim_.epoch;
    held.configVersion = setup_.version;
    held.state = MessageState::held;
    held.reason = std::move(reason);
    held.changes = endedThoughHeld_.changes;
    held.ends = endedThoughHeld_.ends;
    return held;
}

void Translating::read(const SourceSetup& source) {
    Issues issues;
    const Document tree = source.codec.codec->decode(claim_.body, issues);
    context_ = contextOf(setup_, source, claim_.received, claim_.facts);
    context_.seed = claim_.id;
    context_.set("message", claim_.id);
    network_ = source.network;
    if (!claim_.facts.get(kBeforeFact).empty()) {
        ignored_ = {"time has caused this message before: nothing is made of it again",
                    "l'échéance a déjà produit ce message : rien n'en est refait"};
        return;
    }
    lanes_ = scopedKeys(source, envelopeOf(source, tree, context_).orderKeys);
    takeRoutes(tree);
}

void Translating::takeRoutes(const Document& tree) {
    for (const RouteSetup& route : setup_.routes) {
        if (std::find(route.from.begin(), route.from.end(), claim_.source) == route.from.end())
            continue;
        if (!route.condition || route.condition->holds(tree, context_)) takeRoute(route, tree);
        if (stopped_) return;
    }
}

Translation Translating::outcome() {
    const auto hold = [&](Reason reason) {
        result_.state = MessageState::held;
        result_.reason = std::move(reason);
        return std::move(result_);
    };
    if (stopped_) return std::move(result_);
    for (NewDelivery& gone : again_.rest({"no route sends this message there any more",
                                          "plus aucune route n'y envoie ce message"}))
        result_.deliveries.push_back(std::move(gone));
    if (taken_ && result_.deliveries.empty() && !claim_.facts.get(kOnlyFact).empty())
        return hold({"no route sends this copy to where it is to go any more",
                     "plus aucune route n'envoie cette copie là où elle doit aller"});
    if (taken_) return std::move(result_);
    if (!ignored_.empty()) {
        result_.state = MessageState::ignored;
        result_.reason = ignored_;
        return std::move(result_);
    }
    if (why_.empty()) {
        result_.notes.push_back(
            {{},
             say("add a route that fits, or `ignore:` what is not wanted, then reload and run: "
                 "passerelle messages replay {0}",
                 "ajouter une route qui convient, ou écarter par « ignore: » ce qui n'est pas "
                 "voulu, recharger, puis : passerelle messages replay {0}",
                 {claim_.id})});
        return hold({"no route takes this message", "aucune route ne prend ce message"});
    }
    return hold(why_.front());
}

void Translating::takeRoute(const RouteSetup& route, const Document& tree) {
    if (!route.ignore.empty()) {
        if (ignored_.empty()) ignored_ = route.ignore;
        return;
    }
    const Transformer* const map = route.map.of(network_);
    if (!map) return sendPivot(route, tree);
    Report report;
    const Document pivot = map->transform(tree, context_, report);
    shared_.unmapped.note(route.map.name, report.unmapped, currentTime());
    if (const Issue* const error = holding(report.issues, *map)) {
        stopped_ = true;
        result_.state = MessageState::held;
        result_.reason =
            toldBy({"map " + route.map.name, "transformation " + route.map.name}, *error);
        for (Reason& remedy : remediesOf(report, claim_.id))
            result_.notes.push_back({{}, std::move(remedy)});
        result_.blocks = route.blockOnHold;
        result_.deliveries.clear();
        endThoughHeld(route, pivot);
        result_.changes = endedThoughHeld_.changes;
        result_.ends = endedThoughHeld_.ends;
        return;
    }
    for (const Issue& issue : report.issues.all())
        result_.notes.push_back({{}, toldBy({route.map.name, route.map.name}, issue)});
    sendPivot(route, pivot);
}

void Translating::sendPivot(const RouteSetup& route, const Document& pivot) {
    if (route.when && !route.when->holds(pivot, context_)) {
        why_.push_back(say("route {0}: its condition 'when' is not met",
                           "route {0} : sa condition « when » n'est pas remplie", {route.name}));
        return;
    }
    if (route.policy) return decide(route, pivot);
    taken_ = true;
    for (const std::string& destination : route.to) deliver({route, pivot, destination});
}

/// What a message that is held ends all the same, a refusal say, the policy tells when it is asked
/// with the word `held`. One that does not know the word names recipients, and is not heeded.
void Translating::endThoughHeld(const RouteSetup& route, const Document& pivot) {
    if (!route.policy) return;
    Context about = context_;
    about.set("held", "yes");
    try {
        if (route.when && !route.when->holds(pivot, about)) return;
        Decisions ended = route.policy->decide(pivot, about, *setup_.directory, plans_);
        if (ended.recipients.empty() && ended.ignore.empty()) endedThoughHeld_ = std::move(ended);
    } catch (const Error& error) {
        if (error.fault == Fault::unavailable) throw;
        // What made the message be held keeps this from being known too.
        shared_.log.debug("held-unread", {{"message", claim_.id}, {"why", error.what()}});
    }
}

void Translating::decide(const RouteSetup& route, const Document& pivot) {
    Decisions decisions;
    try {
        decisions = route.policy->decide(pivot, context_, *setup_.directory, plans_);
    } catch (const Error& error) {
        if (error.fault != Fault::unavailable) endThoughHeld(route, pivot);
        throw;
    }
    const auto add = [](auto& to, const auto& from) {
        to.insert(to.end(), from.begin(), from.end());
    };
    add(result_.changes, decisions.changes);
    add(result_.ends, decisions.ends);
    for (const Reason& one : decisions.notes) note({}, one);
    if (!decisions.ignore.empty()) {
        if (ignored_.empty()) ignored_ = decisions.ignore;
        return;
    }
    Reason sent;
    for (const Decision& decision : decisions.recipients) {
        const std::string to = follow(route, pivot, decisions, decision);
        if (to.empty()) continue;
        taken_ = true;
        const Reason one = say("{0} ({1})", "{0} ({1})", {to, decision.reason});
        sent = sent.empty() ? one : say("{0}, {1}", "{0}, {1}", {sent, one});
    }
    if (!sent.empty())
        result_.notes.push_back({{}, say("sent to {0}", "envoyé à {0}", {sent})});
    else
        why_.push_back(say("route {0}: nobody of the plan may or can get it, see the timeline",
                           "route {0} : aucun destinataire possible, voir la chronologie",
                           {route.name}));
}

/// @return where it is sent; empty: nowhere
std::string Translating::follow(const RouteSetup& route, const Document& pivot,
                                const Decisions& decisions, const Decision& decision) {
    const Partner* const partner =
        decision.partner.empty() ? nullptr : setup_.directory->find(decision.partner);
    if (partner == nullptr) {
        // In parentheses: nobody of the directory, so that no list of partners has it.
        const std::string& who = decision.partner.empty() ? decision.who : decision.partner;
        note("(" + who + ")", decision.reason);
        return {};
    }
    if (!decision.send) {
        note(partner->name, decision.reason);
        return {};
    }
    const std::string& wanted =
        decision.destination.empty() ? route.destinationName : decision.destination;
    const std::string name = destinationOf(*partner, wanted);
    if (name.empty()) {
        note(partner->name, noDestination(*partner, wanted, route));
        return {};
    }
    const Document& tree = decision.instead ? *decision.instead : pivot;
    const std::string what(decision.instead ? tree.root().name() : "");
    const std::string destination = partner->name + "/" + name;
    if (!again_.some() && isSent(destination, decision)) return {};
    const bool made = deliver({route, tree, destination, &decisions, decision.filterMap, what});
    return made ? destination : std::string();
}

/// Two routes of one message may ask the same policy: what both say stands once.
void Translating::note(std::string who, const Reason& what) {
    auto& all = result_.notes;
    if (std::none_of(all.begin(), all.end(),
                     [&](const Note& one) { return one.partner == who && one.text == what; }))
        all.push_back({std::move(who), what});
}

bool Translating::isSent(const std::string& destination, const Decision& decision) {
    if (decision.destination.empty() || !decision.instead) return false;
    for (const auto& [to, what] : named_)
        if (to == destination && equalTrees(what->root(), decision.instead->root())) return true;
    named_.emplace_back(destination, decision.instead);
    return false;
}

bool Translating::deliver(const Sending& sending) {
    MadeBy made{sending.route.name, sending.what, 0, {}};
    made.which = ++made_[sending.destination + '\t' + made.mark()];
    if (!meant(claim_, sending.destination, made)) return true;
    std::optional<NewDelivery> delivery;
    if (again_.some()) {  // these alone are made again
        delivery = again_.take(sending.destination, made);
        if (!delivery) return true;
    } else {
        delivery.emplace().id = shared_.ids.next();
        delivery->controlId = delivery->id;
        delivery->destination = sending.destination;
    }
    delivery->lane = lanes_.front();
    delivery->otherLanes.assign(lanes_.begin() + 1, lanes_.end());
    if (sending.about) {
        delivery->plan = sending.about->plan;
        delivery->edition = sending.about->edition;
    }
    const std::string& to = delivery->destination;
    const auto found = setup_.destinations.find(to);
    if (found == setup_.destinations.end()) {
        delivery->partner = to.substr(0, to.find('/'));
        delivery->mapVersion = made.text();
        delivery->state = DeliveryState::held;
        delivery->reason = say("route {0}: there is no such destination now",
                               "route {0} : cette destination n'existe pas", {sending.route.name});
    } else {
        delivery->partner = found->second.partner;
        const bool wanted =
            Encoding(shared_, setup_, claim_, network_, context_, result_.notes)
                .encode(found->second, sending.tree, sending.filterMap, std::move(made), *delivery);
        if (!wanted && !again_.some()) {
            note(delivery->partner, delivery->reason);
            return false;
        }
    }
    result_.deliveries.push_back(std::move(*delivery));
    return true;
}

}  // namespace gateway
