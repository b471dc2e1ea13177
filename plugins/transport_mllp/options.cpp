#include "options.h"

#include <algorithm>

namespace transport_mllp {
using namespace gateway;

namespace {

/// As `openssl x509 -fingerprint -sha256` prints it: "AB:CD:…".
std::string withColons(std::string_view hex) {
    std::string text;
    for (std::size_t i = 0; i < hex.size(); ++i) {
        if (i > 0 && i % 2 == 0) text += ':';
        text += static_cast<char>(hex[i] >= 'a' ? hex[i] - 'a' + 'A' : hex[i]);
    }
    return text;
}

}  // namespace

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

std::string partnerOf(const tls::Identity& identity, const Directory& directory) {
    if (identity.fingerprint.empty()) return {};
    for (const std::string& value :
         {identity.fingerprint, withColons(identity.fingerprint), identity.subject})
        if (const Partner* const partner = directory.byIdentifier("certificate", value))
            return partner->name;
    const Partner* const partner = directory.find(identity.commonName);
    return partner != nullptr ? partner->name : std::string();
}

void Sources::add(const SourceOptions& source, Config& options, bool identified) {
    Served served{source, options.texts("from"), options.text("application", ""),
                  options.text("facility", "")};
    if (!served.from.empty() && !identified) {
        options.warn("from", {"not checked: the listener asks for no client certificates",
                              "non vérifié : l'écoute ne demande pas de certificat aux clients"});
        served.from.clear();
    }
    askPartner_ = askPartner_ || !served.from.empty();
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

bool Sources::onlyPartners() const {
    return std::none_of(all_.begin(), all_.end(),
                        [](const Served& one) { return one.from.empty(); });
}

namespace {

bool fits(const mllp::Head& head, std::size_t field, const std::string& wanted) {
    return wanted.empty() || head.field(field) == wanted || head.component(field, 1) == wanted;
}

}  // namespace

bool Sources::takes(const Served& one, std::string_view partner) {
    return one.from.empty() ||
           std::find(one.from.begin(), one.from.end(), partner) != one.from.end();
}

const Served* Sources::find(const mllp::Head& head, std::string_view partner) const {
    for (const Served& one : all_)
        if (takes(one, partner) && fits(head, 3, one.application) && fits(head, 4, one.facility))
            return &one;
    return nullptr;
}

Error Sources::nobodys(const mllp::Head& head, std::string_view partner) const {
    bool taken = false, application = false;
    for (const Served& one : all_) {
        taken = taken || takes(one, partner);
        application = application || (takes(one, partner) && fits(head, 3, one.application));
    }
    if (!taken)
        return {Fault::unsupported,
                {},
                {"no source here takes messages of this certificate",
                 "aucune source ici ne prend les messages de ce certificat"}};
    return application ? Error(Fault::unsupported, "MSH-4",
                               {"no source here takes messages of this sending facility",
                                "aucune source ici ne prend les messages de cet établissement"})
                       : Error(Fault::unsupported, "MSH-3",
                               {"no source here takes messages of this sending application",
                                "aucune source ici ne prend les messages de cette application"});
}

}  // namespace transport_mllp
