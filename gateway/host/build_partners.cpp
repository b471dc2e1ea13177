/// Partners and their destinations: where messages go.
#include "host/build.h"
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

void readTimes(Config& config, const PartnerDraft& partner, const std::string& zone,
               DestinationSetup& destination) {
    const SendingTimes own = readSendingTimes(config);
    destination.quiet = quietHours(own, partner.times, partner.zone.empty() ? zone : partner.zone);
    if (const auto& quiet = own.quiet ? own.quiet : partner.times.quiet;
        quiet && !quiet->empty() && destination.quiet.empty() && !partner.findings->failed())
        config.fail("quiet_hours", {"needs the time zones of the system (package tzdata)",
                                    "demande les fuseaux horaires du système (paquet tzdata)"});
    destination.rate = own.rate;
    destination.partnerRate = partner.times.rate;
}

DestinationSetup readDestination(Draft& draft, const PartnerDraft& owner, Build& build) {
    Config& config = draft.config;
    const std::string& partner = owner.head.partner.name;
    DestinationSetup destination;
    destination.name = partner + "/" + draft.name;
    destination.partner = partner;
    destination.codec = draft.codec;
    readOptions(config, destination);
    readTimes(config, owner, build.setup.zone, destination);
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

void reportClashes(const std::vector<PartnerDraft>& drafts, const PartnerDirectory& directory,
                   Findings& findings) {
    for (const PartnerDirectory::Clash& clash : directory.clashes())
        for (const PartnerDraft& draft : drafts)
            if (draft.head.partner.name == clash.second)
                findings.warning({draft.file, 0, 0},
                                 say("the partners '{0}' and '{1}' have the same {2}; '{0}' is "
                                     "found by it",
                                     "les partenaires « {0} » et « {1} » ont le même {2} ; c'est "
                                     "« {0} » qu'il désigne",
                                     {clash.first, clash.second, clash.scheme}));
}

}  // namespace

PartnerDraft draftPartner(const ConfigFile& file, const std::string& folder, CodecShelf& codecs) {
    auto findings = std::make_unique<Findings>();
    Config config(file.root, folder, *findings);
    SendingTimes times = readSendingTimes(config);
    const std::string zone = config.text("zone", "");
    if (config.has("zone")) checkZone(config, "zone", zone);
    PartnerHead head = readPartner(file.name, config);
    std::vector<Draft> destinations;
    for (auto& [name, section] : head.destinations.sections()) {
        head.partner.destinations.push_back(name);
        if (name.find('/') != name.npos)
            section.fail("", {"the name of a destination holds no '/'",
                              "le nom d'une destination ne contient pas « / »"});
        CodecSetup codec = codecs.take(section);
        destinations.push_back({name, std::move(section), std::move(codec)});
    }
    return {file.path, std::move(findings),    std::move(head), std::move(times),
            zone,      std::move(destinations)};
}

void buildPartners(std::vector<PartnerDraft>& drafts, Build& build) {
    std::vector<Partner> partners;
    for (PartnerDraft& draft : drafts) {
        const std::string& name = draft.head.partner.name;
        std::vector<DestinationSetup> destinations;
        for (Draft& destination : draft.destinations)
            destinations.push_back(readDestination(destination, draft, build));
        const bool broken = draft.findings->failed();
        if (broken) build.made.aside.push_back(name);
        (draft.head.recognisable ? build.theirs : build.own).append(*draft.findings);
        for (DestinationSetup& destination : destinations) {
            if (broken)
                setAside(destination, !destination.map.name.empty() && !destination.map.map);
            build.setup.destinations.emplace(destination.name, std::move(destination));
        }
        partners.push_back(draft.head.partner);
    }
    auto directory = std::make_shared<PartnerDirectory>(std::move(partners));
    reportClashes(drafts, *directory, build.theirs);
    build.setup.directory = std::move(directory);
}

}  // namespace gateway
