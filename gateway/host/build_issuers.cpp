/// Issuers: whose tokens are believed.
#include "host/build.h"

namespace gateway {

void buildIssuers(Config& main, Build& build) {
    std::vector<oauth::IssuerOptions> issuers;
    for (auto& [name, config] : main.section("issuers").sections()) {
        oauth::IssuerOptions issuer = oauth::readIssuer(name, config);
        for (const oauth::IssuerOptions& other : issuers)
            if (!issuer.issuer.empty() && other.issuer == issuer.issuer)
                config.fail("issuer",
                            say("'{0}' is the same issuer already; several audiences stand in one "
                                "list there",
                                "« {0} » est déjà le même émetteur ; plusieurs audiences y vont "
                                "dans une liste",
                                {other.name}));
        build.issuers.push_back(name);
        issuers.push_back(std::move(issuer));
    }
    // What has mistakes is never started; a client of it might not even be made.
    if (!issuers.empty() && !build.own.failed())
        build.made.tokens = std::make_shared<oauth::TokenVerifier>(std::move(issuers));
}

}  // namespace gateway
