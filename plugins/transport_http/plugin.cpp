/// HTTP/1.1 and FHIR's REST over it, plain or TLS.
///
/// Listener "http", options: listen (host:port), tls {cert, key, clients, crl, ask}, insecure
/// (flag: plain
///   beyond this machine), limits {header (16 KiB), header_fields (100), target (8 KiB), body
///   (64 MiB), large_bodies (256 MiB: those over 1 MiB together), header_within (10 s), body_within
///   (30 s and 1 s for each 64 KiB), idle (30 s), least_rate (1 KiB a second), connections (500),
///   connections_per_peer (100), requests_at_once_per_peer (64), requests_per_peer {most, per}
///   (none)}, tokens (names of `issuers:` whose bearer tokens are believed here),
///   hooks {tls {ca, crl, cert, key}, within (5 s), together (300 ms), retry {first (1 s), most
///   (10 min)}, tries (12)}: how those are reached who want to be told that something waits.
/// Its sources, options: path (exact, or "/plans/*" for all below), types (media types taken; all).
///   Beyond this machine the gateway's own option `from` must be there. Who acts for several says
///   for which in X-Acts-For, or as its endpoint is configured.
///   Answers: 202 {"id", "state", "repeat"} once stored; 200 at the stage that `answer` waits for;
///   an OperationOutcome for what is refused. Idempotency-Key stands for the sender's id.
/// Destination "http", options: url, method (POST, PUT), tls {ca, crl, cert, key, name}, insecure,
///   connections (4 that stay open), connect_within (5 s), oauth {token, client, key, kid, alg,
///   scope, resource, audience, tls}: see oauth/client_credentials.h. Redirects are not followed.
/// Senders "http" and "https", options: address, path, ca, cert, key, name.
#include "gateway/plugin.h"

#include "destination.h"
#include "listener.h"

namespace {
using namespace gateway;
using namespace transport_http;
}  // namespace

GATEWAY_PLUGIN("transport_http", "1.0.0", [](Registry& registry) {
    registry.listener("http",
                      [](Config& config) { return std::make_unique<HttpListener>(config); });
    registry.destination("http",
                         [](Config& config) { return std::make_unique<HttpDestination>(config); });
    registry.sender("http",
                    [](Config& config) { return std::make_unique<HttpSender>(config, false); });
    registry.sender("https",
                    [](Config& config) { return std::make_unique<HttpSender>(config, true); });
})
