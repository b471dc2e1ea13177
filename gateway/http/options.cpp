#include "http/options.h"

#include <tuple>

namespace gateway::http {
namespace {

RequestRate requestRate(Config config) {
    RequestRate rate;
    rate.most = static_cast<unsigned>(config.integer("most", rate.most, 1, 1'000'000));
    if (!config.has("most"))
        config.fail("", {"needs 'most': how many requests in 'per'",
                         "demande « most » : combien de requêtes dans « per »"});
    rate.per = config.duration("per", rate.per);
    if (rate.per < Milliseconds(1000) || rate.per > std::chrono::hours(24))
        config.fail("per", {"expected one second to one day", "attendu d'une seconde à un jour"});
    config.finish();
    return rate;
}

Limits limits(Config config) {
    Limits limits;
    limits.headerBytes = config.size("header", limits.headerBytes);
    if (limits.headerBytes < 1024 || limits.headerBytes > (1u << 20))
        config.fail("header", {"expected 1 KiB to 1 MiB", "attendu de 1 KiB à 1 MiB"});
    limits.headerCount = static_cast<std::size_t>(
        config.integer("header_fields", static_cast<std::int64_t>(limits.headerCount), 8, 1000));
    limits.targetBytes = config.size("target", limits.targetBytes);
    limits.bodyBytes = config.size("body", limits.bodyBytes);
    limits.bigBodies = config.size("large_bodies", limits.bigBodies);
    limits.header = config.duration("header_within", limits.header);
    limits.body = config.duration("body_within", limits.body);
    limits.idle = config.duration("idle", limits.idle);
    limits.connections =
        static_cast<unsigned>(config.integer("connections", limits.connections, 1, 10'000));
    limits.perPeer =
        static_cast<unsigned>(config.integer("connections_per_peer", limits.perPeer, 1, 10'000));
    limits.atOncePerPeer = static_cast<unsigned>(
        config.integer("requests_at_once_per_peer", limits.atOncePerPeer, 1, 10'000));
    limits.leastRate = config.size("least_rate", limits.leastRate);
    if (config.has("requests_per_peer"))
        limits.requestsPerPeer = requestRate(config.section("requests_per_peer"));
    return limits;
}

void readServer(Config& config, const char* key, ClientOptions& options) {
    const std::string url = config.text(key);
    try {
        if (!url.empty()) options.server = parsedUrl(url);
    } catch (const Error& wrong) {
        config.fail(key, wrong.reason());
    }
}

void readTls(Config& config, ClientOptions& options) {
    if (!config.has("tls")) return;
    options.tls = std::make_shared<tls::Credentials>(tls::Role::client, config.section("tls"));
    if (!options.server.tls && !options.server.host.empty())
        config.fail("tls", {"needs an address that begins with https://",
                            "demande une adresse qui commence par https://"});
}

bool isPlainBeyond(const Url& server) {
    return !server.tls && !server.host.empty() && !isLoopback(server.host);
}

}  // namespace

ServerOptions serverOptions(Config& config) {
    ServerOptions options;
    std::tie(options.host, options.port) = config.address("listen");
    options.insecure = config.flag("insecure", false);
    const bool beyond = !options.host.empty() && !isLoopback(options.host);
    if (config.has("tls")) {
        options.tls =
            std::make_shared<tls::Credentials>(tls::Role::server, config.section("tls"), true);
        if (beyond && options.tls->options().clients.empty())
            config.warn("tls", {"no `clients`: whoever reaches this address may send",
                                "pas de `clients` : quiconque atteint cette adresse peut envoyer"});
    } else if (beyond && !options.insecure) {
        config.fail("listen",
                    {"plain HTTP beyond this machine: give `tls` or `insecure: true`",
                     "HTTP en clair au-delà de cette machine : donner `tls` ou `insecure: true`"});
    } else if (beyond) {
        config.warn("insecure",
                    {"plain HTTP beyond this machine: everything can be read on the way",
                     "HTTP en clair au-delà de cette machine : tout peut être lu en chemin"});
    }
    options.limits = limits(config.section("limits"));
    return options;
}

ClientOptions clientOptions(Config& config) {
    ClientOptions options;
    const char* const key = !config.has("url") && config.has("address") ? "address" : "url";
    readServer(config, key, options);
    const bool insecure = config.flag("insecure", false);
    const bool plainBeyond = isPlainBeyond(options.server);
    if (plainBeyond && !insecure)
        config.fail(
            key,
            {"plain HTTP beyond this machine: use https:// or `insecure: true`",
             "HTTP en clair au-delà de cette machine : employer https:// ou `insecure: true`"});
    if (plainBeyond && insecure)
        config.warn("insecure",
                    {"plain HTTP beyond this machine: everything can be read on the way",
                     "HTTP en clair au-delà de cette machine : tout peut être lu en chemin"});
    readTls(config, options);
    options.connections = static_cast<std::size_t>(config.integer("connections", 4, 1, 1000));
    options.connectWithin = config.duration("connect_within", options.connectWithin);
    return options;
}

ClientOptions guardedClientOptions(Config& config, const char* key) {
    ClientOptions options;
    readServer(config, key, options);
    if (isPlainBeyond(options.server))
        config.fail(key, {"plain HTTP beyond this machine: whoever is on the way decides what it "
                          "says; use https://",
                          "HTTP en clair au-delà de cette machine : quiconque est en chemin décide "
                          "de ce qu'il dit ; employer https://"});
    readTls(config, options);
    return options;
}

}  // namespace gateway::http
