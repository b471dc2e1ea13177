/// Partners and their destinations: where messages go.
#include <algorithm>
#include <unordered_map>

#include "host/build.h"
#include "host/config_files.h"
#include "host/made.h"
#include "host/set_aside.h"

namespace gateway {
namespace {

void readOptions(Config& config, DestinationSetup& destination) {
    destination.concurrency =
        static_cast<unsigned>(config.integer("concurrency", destination.concurrency, 1, 256));
    destination.answerWithin = config.duration("answer_within", destination.answerWithin);
    Config retry = config.section("retry");
    destination.patience.first = retry.duration("first", destination.patience.first);
    destination.patience.most = retry.duration("most", destination.patience.most);
    if (destination.patience.first > destination.patience.most)
        retry.fail("first", {"is longer than 'most'", "est plus long que « most »"});
    retry.finish();
    if (config.has("give_up_after"))
        destination.giveUpAfter = config.duration("give_up_after", Milliseconds(0));
    if (config.has("alert_after"))
        destination.alertAfter = config.duration("alert_after", Milliseconds(0));
    destination.holdUncertain = config.choice("on_uncertain", {"resend", "hold"}) == "hold";
    destination.blockOnRefusal = config.choice("on_refusal", {"continue", "block"}) == "block";
}

/// What a destination says of itself, and what its partner says of all of them.
void setTimes(Config& config, const SendingTimes& own, const PartnerDraft& partner,
              const std::string& zone, DestinationSetup& destination) {
    destination.quiet = quietHours(own, partner.times, partner.zone.empty() ? zone : partner.zone);
    if (const auto& quiet = own.quiet ? own.quiet : partner.times.quiet;
        quiet && !quiet->empty() && destination.quiet.empty() && !config.findings().failed())
        config.fail("quiet_hours", {"needs the time zones of the system (package tzdata)",
                                    "demande les fuseaux horaires du système (paquet tzdata)"});
    destination.rate = own.rate;
    destination.partnerRate = partner.times.rate;
}

void belongTo(const std::string& partner, const std::string& name, DestinationSetup& destination) {
    destination.name = partner + "/" + name;
    destination.partner = partner;
    if (!destination.then.empty()) destination.then = partner + "/" + destination.then;
}

/// Of the option `then` of a transport.
Place placeOfThen(const Config& config) {
    for (const auto& [key, options] : config.node().items)
        if (const ConfigNode& then = child(options, "then"); then.kind != ConfigNode::Kind::none)
            return then.where;
    return config.where();
}

/// Where what nobody fetches goes: another destination of the same partner, since what one may
/// have, another may not. Until belongTo() it is its name there alone.
/// @param partner  whose they are; empty: several share them
void setThens(std::vector<Draft>& drafts, const std::string& partner,
              std::vector<DestinationSetup>& made) {
    std::vector<std::string> names;
    for (const Draft& draft : drafts) names.push_back(draft.name);
    for (std::size_t i = 0; i < made.size(); ++i) {
        const auto offer =
            made[i].destination ? made[i].destination->offers() : std::optional<Offering>();
        if (!offer || offer->then.empty()) continue;
        std::string then = offer->then;
        if (!partner.empty() && then.starts_with(partner + "/")) then.erase(0, partner.size() + 1);
        Config& config = drafts[i].config;
        if (std::find(names.begin(), names.end(), then) == names.end())
            config.findings().error(
                placeOfThen(config),
                say("found '{0}', expected another destination of the same partner{1}",
                    "trouvé « {0} », attendu une autre destination du même partenaire{1}",
                    {then, didYouMean(then, names)}));
        else if (offer->wait.count() == 0)
            config.findings().error(
                placeOfThen(config),
                {"nothing goes there: what lies here waits for ever (unread_after: 0)",
                 "rien n'y va : ce qui est ici attend pour toujours (unread_after: 0)"});
        else
            made[i].then = then;
    }
}

/// A mailbox from which what is unread would come back to it.
void reportRounds(std::vector<Draft>& drafts, std::vector<DestinationSetup>& made) {
    const auto thenOf = [&](const std::string& name) {
        for (std::size_t i = 0; i < made.size(); ++i)
            if (drafts[i].name == name) return made[i].then;
        return std::string();
    };
    for (std::size_t i = 0; i < made.size(); ++i) {
        std::string at = made[i].then;
        for (std::size_t steps = 0; !at.empty() && steps < made.size(); ++steps) {
            if (at != drafts[i].name) {
                at = thenOf(at);
                continue;
            }
            drafts[i].config.findings().error(
                placeOfThen(drafts[i].config),
                {"what nobody fetches would come back there by 'then:'",
                 "ce que personne ne retire y reviendrait par « then: »"});
            break;
        }
    }
}

DestinationSetup readDestination(Draft& draft, Build& build) {
    Config& config = draft.config;
    DestinationSetup destination;
    destination.codec = draft.codec;
    readOptions(config, destination);
    destination.when = build.maps.expression(config, "when");
    destination.map = build.maps.take(config, "map");
    const std::string transport =
        keyAmong(config, namesOf(build.host.destinations()), {"transport", "transport"});
    if (!transport.empty()) {
        Choice choice = choose(config, transport, transport);
        destination.destination = make(build.host.destinations(), choice);
    }
    config.finish();
    return destination;
}

std::vector<DestinationSetup> ownDestinations(PartnerDraft& draft, Build& build) {
    std::vector<DestinationSetup> made;
    std::vector<SendingTimes> own;
    for (Draft& one : draft.destinations) {
        own.push_back(readSendingTimes(one.config));
        made.push_back(readDestination(one, build));
    }
    setThens(draft.destinations, draft.head.partner.name, made);
    reportRounds(draft.destinations, made);
    for (std::size_t i = 0; i < made.size(); ++i) {
        belongTo(draft.head.partner.name, draft.destinations[i].name, made[i]);
        setTimes(draft.destinations[i].config, own[i], draft, build.setup.zone, made[i]);
    }
    return made;
}

/// The same for each partner that names them, but for whose they are: one connection pool, one
/// codec and one map for all.
std::vector<DestinationSetup> sharedDestinations(PartnerDraft& draft, SharedDestinations& shared,
                                                 Build& build) {
    std::vector<DestinationSetup> made = shared.made;
    for (std::size_t i = 0; i < made.size(); ++i) {
        belongTo(draft.head.partner.name, shared.drafts[i].name, made[i]);
        setTimes(shared.drafts[i].config, shared.times[i], draft, build.setup.zone, made[i]);
    }
    return made;
}

SharedDestinations* sharedOf(const std::string& name, Build& build) {
    const auto found =
        std::find_if(build.shared.begin(), build.shared.end(),
                     [&](const SharedDestinations& one) { return one.name == name; });
    return found == build.shared.end() ? nullptr : &*found;
}

void makeShared(Build& build) {
    for (SharedDestinations& shared : build.shared) {
        for (Draft& one : shared.drafts) {
            shared.times.push_back(readSendingTimes(one.config));
            shared.made.push_back(readDestination(one, build));
        }
        setThens(shared.drafts, {}, shared.made);
        reportRounds(shared.drafts, shared.made);
    }
}

void reportClashes(const std::vector<PartnerDraft>& drafts, const PartnerDirectory& directory,
                   Findings& findings) {
    std::unordered_map<std::string_view, const Place*> places;
    for (const PartnerDraft& draft : drafts) places.emplace(draft.head.partner.name, &draft.where);
    for (const PartnerDirectory::Clash& clash : directory.clashes())
        findings.warning(*places.at(clash.second),
                         say("the partners '{0}' and '{1}' have the same {2}; '{0}' is "
                             "found by it",
                             "les partenaires « {0} » et « {1} » ont le même {2} ; c'est "
                             "« {0} » qu'il désigne",
                             {clash.first, clash.second, clash.scheme}));
}

/// @return of which the codec is known
std::vector<Draft> draftDestinations(Config& section, CodecShelf& codecs) {
    std::vector<Draft> drafts;
    for (auto& [name, destination] : section.sections()) {
        if (name.find('/') != name.npos)
            destination.fail("", {"the name of a destination holds no '/'",
                                  "le nom d'une destination ne contient pas « / »"});
        CodecSetup codec = codecs.take(destination);
        drafts.push_back({name, std::move(destination), std::move(codec)});
    }
    return drafts;
}

}  // namespace

void draftShared(const ConfigFiles& files, Build& build) {
    for (const ConfigFile& file : files.shared) {
        build.own.append(file.findings);
        if (file.findings.failed()) continue;
        SharedDestinations& shared = build.shared.emplace_back();
        shared.name = file.name;
        shared.findings = std::make_unique<Findings>();
        Config config(file.root, files.folder, *shared.findings);
        shared.drafts = draftDestinations(config, build.codecs);
    }
}

PartnerDraft draftPartner(const ConfigFile& file, const std::string& folder, Build& build) {
    auto findings = std::make_unique<Findings>();
    Config config(file.root, folder, *findings);
    SendingTimes times = readSendingTimes(config);
    const std::string zone = config.text("zone", "");
    if (config.has("zone")) checkZone(config, "zone", zone);
    PartnerHead head = readPartner(file.name, config);
    std::vector<Draft> destinations = draftDestinations(head.destinations, build.codecs);
    for (const Draft& one : destinations) head.partner.destinations.push_back(one.name);
    if (SharedDestinations* const shared = sharedOf(head.shared, build)) {
        shared->used = true;
        for (const Draft& one : shared->drafts) head.partner.destinations.push_back(one.name);
    } else if (!head.shared.empty()) {
        std::vector<std::string> names;
        for (const SharedDestinations& one : build.shared) names.push_back(one.name);
        config.fail("destinations", say("there is no file destinations/{0}.yaml{1}",
                                        "il n'y a pas de fichier destinations/{0}.yaml{1}",
                                        {head.shared, didYouMean(head.shared, names)}));
    }
    return {file.where(), std::move(findings),    std::move(head), std::move(times),
            zone,         std::move(destinations)};
}

void buildPartners(std::vector<PartnerDraft>& drafts, Build& build) {
    makeShared(build);
    std::vector<Partner> partners;
    partners.reserve(drafts.size());
    for (PartnerDraft& draft : drafts) {
        const std::string& name = draft.head.partner.name;
        SharedDestinations* const shared = sharedOf(draft.head.shared, build);
        std::vector<DestinationSetup> destinations = shared != nullptr
                                                         ? sharedDestinations(draft, *shared, build)
                                                         : ownDestinations(draft, build);
        const bool broken =
            draft.findings->failed() || (shared != nullptr && shared->findings->failed());
        if (broken) build.made.aside.push_back(name);
        (draft.head.recognisable ? build.theirs : build.own).append(*draft.findings);
        for (DestinationSetup& destination : destinations) {
            if (broken)
                setAside(destination, !destination.map.name.empty() && !destination.map.map);
            build.setup.destinations.emplace(destination.name, std::move(destination));
        }
        partners.push_back(draft.head.partner);
    }
    for (const SharedDestinations& shared : build.shared) {
        build.theirs.append(*shared.findings);
        if (!shared.used)
            build.theirs.warning(
                shared.drafts.empty() ? Place{} : shared.drafts.front().config.where(),
                say("no partner names the destinations '{0}'",
                    "aucun partenaire ne nomme les destinations « {0} »", {shared.name}));
    }
    auto directory = std::make_shared<PartnerDirectory>(std::move(partners));
    reportClashes(drafts, *directory, build.theirs);
    build.setup.directory = std::move(directory);
}

}  // namespace gateway
