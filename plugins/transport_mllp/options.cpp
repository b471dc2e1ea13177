#include "options.h"

#include <algorithm>
#include <optional>

#include "common/records/records.h"

namespace transport_mllp {
using namespace gateway;

ListenOptions::ListenOptions(Config& config)
    : maxFrame(config.size("max_frame", std::uint64_t{64} << 20)),
      memory(config.size("memory", std::uint64_t{512} << 20)),
      connections(static_cast<std::size_t>(config.integer("connections", 2000, 1, 100'000))),
      connectionsPerPeer(
          static_cast<std::size_t>(config.integer("connections_per_peer", 500, 1, 100'000))),
      midFrame(config.duration("mid_frame", Milliseconds{10'000})),
      idle(config.duration("idle", Milliseconds{600'000})),
      workers(static_cast<std::size_t>(config.integer("workers", 4, 1, 64))),
      commit(config.flag("commit", false)) {
    if (maxFrame < 1024 || maxFrame > std::size_t{1} << 30)
        config.fail("max_frame",
                    {"expected between 1 KiB and 1 GiB", "attendu entre 1 KiB et 1 GiB"});
    auto [host, port] = config.address("listen");
    listen = {std::move(host), port};
    const bool insecure = config.flag("insecure", false);
    if (config.has("tls")) {
        tls = std::make_shared<tls::Credentials>(tls::Role::server, config.section("tls"));
    } else if (!listen.host.empty() && !listen.loopback()) {
        exposed = insecure;
        if (!insecure)
            config.fail("listen",
                        {"without 'tls' only this machine may be served; 'insecure: true' allows "
                         "plain connections from anywhere",
                         "sans « tls », seule cette machine peut être servie ; « insecure: true » "
                         "permet des connexions en clair de partout"});
    }
}

Shown shownBy(const Facts& facts, bool encrypted) {
    Shown shown{facts, {}, {}};
    if (!encrypted) shown.facts.set("plain", "yes");
    return shown;
}

Who senderOf(const mllp::Head& head, const Access& access, Shown& shown) {
    shown.actsFor.clear();
    for (const std::size_t field : {4U, 3U})
        for (const std::size_t component : {1U, 2U})
            shown.actsFor.append(head.component(field, component)).append("\n");
    try {
        return access.who(shown);
    } catch (const Error& error) {
        if (error.fault != Fault::rejected) throw;
        throw Error(Fault::unsupported, error.where == "application" ? "MSH-3" : "MSH-4",
                    error.reason());
    }
}

void Sources::add(const SourceOptions& source, Config& options, const ListenOptions& listener) {
    Served served{source, options.texts("from"), options.text("application", ""),
                  options.text("facility", "")};
    const bool beyond = !listener.listen.host.empty() && !listener.listen.loopback();
    const bool certificates = listener.tls && !listener.tls->options().clients.empty();
    if (records::checkFrom(options, {beyond, !listener.tls, certificates}))
        served.from.clear();  // so that those who are named come first
    const auto asks = [](const Served& one) {
        return !one.from.empty() + !one.application.empty() + !one.facility.empty();
    };
    for (const Served& other : all_)
        if (other.from == served.from && other.application == served.application &&
            other.facility == served.facility)
            options.fail("",
                         gateway::say("nothing tells this source from '{0}' on the same listener: "
                                      "give 'from', 'application' or 'facility'",
                                      "rien ne distingue cette source de « {0} » sur la même "
                                      "écoute : donner « from », « application » ou « facility »",
                                      {other.options.name}));
    all_.push_back(std::move(served));
    std::stable_sort(all_.begin(), all_.end(),
                     [&](const Served& a, const Served& b) { return asks(a) > asks(b); });
}

bool Sources::anyWaits() const {
    return std::any_of(all_.begin(), all_.end(),
                       [](const Served& one) { return one.options.answer != Stage::stored; });
}

namespace {

bool fits(const mllp::Head& head, std::size_t field, const std::string& wanted) {
    return wanted.empty() || head.field(field) == wanted || head.component(field, 1) == wanted;
}

std::optional<Reason> refusal(const Served& one, const Who& who, const Access& access) {
    return access.refuses(who, {Wanted::Act::send, one.options.name, {}, {}});
}

}  // namespace

bool Sources::takesSomethingOf(const Who& who, const Access& access) const {
    return std::any_of(all_.begin(), all_.end(),
                       [&](const Served& one) { return !refusal(one, who, access); });
}

const Served* Sources::find(const mllp::Head& head, const Who& who, const Access& access) const {
    for (const Served& one : all_)
        if (fits(head, 3, one.application) && fits(head, 4, one.facility) &&
            !refusal(one, who, access))
            return &one;
    return nullptr;
}

Error Sources::nobodys(const mllp::Head& head, const Who& who, const Access& access) const {
    bool application = false;
    std::optional<Reason> why;
    for (const Served& one : all_) {
        const std::optional<Reason> refused = refusal(one, who, access);
        if (refused && !why) why = refused;
        if (refused) continue;
        application = application || fits(head, 3, one.application);
        why = Reason{};
    }
    // A known one that acts for several and does not say for whom stands in MSH-4 as well.
    if (why && !why->empty())
        return {Fault::unsupported, who.known() && who.partner.empty() ? "MSH-4" : "", *why};
    return application ? Error(Fault::unsupported, "MSH-4",
                               {"no source here takes messages of this sending facility",
                                "aucune source ici ne prend les messages de cet établissement"})
                       : Error(Fault::unsupported, "MSH-3",
                               {"no source here takes messages of this sending application",
                                "aucune source ici ne prend les messages de cette application"});
}

}  // namespace transport_mllp
