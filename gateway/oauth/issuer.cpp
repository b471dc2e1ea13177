#include "oauth/issuer.h"

#include <filesystem>
#include <fstream>
#include <sstream>

#include "http/options.h"

namespace gateway::oauth {
namespace {

constexpr std::uint64_t kSetBytes = 1 << 20;
constexpr std::chrono::seconds kReadWithin{5};
constexpr Milliseconds kMostLeeway{300'000};

std::string textOfFile(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    std::ostringstream content;
    if (!in || !(content << in.rdbuf()))
        throw Error(Fault::unavailable, path, {"cannot be read", "illisible"});
    std::string text = content.str();
    if (text.size() > kSetBytes)
        throw Error(Fault::rejected, path, {"larger than 1 MiB", "plus grand que 1 Mio"});
    return text;
}

std::string fetched(http::Client& client, const http::Url& from) {
    http::Request get;
    get.method = "GET";
    get.headers.add("Accept", "application/jwk-set+json, application/json");
    const http::Response answer =
        client.exchange(get, from.target, std::chrono::steady_clock::now() + kReadWithin);
    if (answer.status != 200)
        throw Error(Fault::unavailable, from.authority(),
                    say("it answered HTTP {0}, expected 200", "il a répondu HTTP {0}, attendu 200",
                        {std::to_string(answer.status)}));
    return std::string(answer.body.view());
}

KeySource::Read readerOf(const IssuerOptions& options) {
    if (!options.file.empty()) return [path = options.file] { return textOfFile(path); };
    auto client = std::make_shared<http::Client>(options.server);
    return [client, from = options.server.server] { return fetched(*client, from); };
}

void checkKeys(const std::string& file, Config& config) {
    try {
        if (KeySet(textOfFile(file)).holdsPrivate())
            config.fail("jwks", {"holds a private key: publish the public halves alone, and "
                                 "replace that key",
                                 "contient une clé privée : ne publier que les clés publiques, et "
                                 "remplacer cette clé"});
    } catch (const Error& wrong) {
        config.fail("jwks", say("{0}: {1}", "{0} : {1}", {file, wrong.reason()}));
    }
}

void readKeys(Config& config, IssuerOptions& options) {
    const std::string where = config.text("jwks");
    if (where.starts_with("file:")) {
        const std::filesystem::path path(where.substr(5));
        options.file =
            (path.is_absolute() ? path : std::filesystem::path(config.folder()) / path).string();
        checkKeys(options.file, config);
        return;
    }
    options.server = http::guardedClientOptions(config, "jwks");
    options.server.connections = 1;
    options.server.answerBytes = kSetBytes;
}

}  // namespace

IssuerOptions readIssuer(const std::string& name, Config& config) {
    IssuerOptions options;
    options.name = name;
    options.issuer = config.text("issuer");
    options.audience = config.texts("audience");
    if (options.audience.empty())
        config.fail("audience",
                    {"expected the name by which this issuer knows this gateway: without it, "
                     "tokens for others would be good here",
                     "attendu le nom sous lequel cet émetteur connaît cette passerelle : sans lui, "
                     "des jetons destinés à d'autres seraient valables ici"});
    readKeys(config, options);
    options.leeway = config.duration("leeway", options.leeway);
    if (options.leeway > kMostLeeway) config.fail("leeway", {"at most 5 min", "au plus 5 min"});
    options.clientClaim = config.text("client_claim", "");
    options.oneTime = config.flag("one_time", false);
    options.bound = config.flag("bound", false);
    config.finish();
    return options;
}

Issuer::Issuer(IssuerOptions given, WallClock now, KeySource::Times times)
    : options(std::move(given)),
      keys(std::make_unique<KeySource>(options.name, readerOf(options), times, now)),
      spent(std::make_shared<SpentIds>(now())) {}

}  // namespace gateway::oauth
