#include "oauth/client_credentials.h"

#include "http/options.h"

namespace gateway::oauth {
namespace {

std::shared_ptr<const SigningKey> readKey(Config& config) {
    const std::string text = config.secret("key");
    const std::string algorithm = config.text("alg", ""), kid = config.text("kid", "");
    if (text.empty()) return nullptr;
    try {
        return std::make_shared<const SigningKey>(text, algorithm, kid);
    } catch (const Error& wrong) {
        config.fail("key", wrong.reason());
        return nullptr;
    }
}

}  // namespace

ClientCredentials readClientCredentials(Config& config) {
    ClientCredentials credentials;
    credentials.server = http::guardedClientOptions(config, "token");
    credentials.server.connections = 1;
    credentials.server.answerBytes = 1 << 20;
    credentials.url = config.text("token", "");
    credentials.client = config.text("client");
    credentials.key = readKey(config);
    if (!config.has("key") &&
        (!credentials.server.tls || credentials.server.tls->options().cert.empty()))
        config.fail("", {"expected `key`, which signs for this client, or `cert` and `key` in "
                         "`tls`",
                         "attendu `key`, qui signe pour ce client, ou `cert` et `key` dans `tls`"});
    for (const std::string& scope : config.texts("scope"))
        credentials.scope += (credentials.scope.empty() ? "" : " ") + scope;
    credentials.resource = config.text("resource", "");
    credentials.audience = config.text("audience", "");
    config.finish();
    return credentials;
}

}  // namespace gateway::oauth
