#include "front_world.h"

#include <signal.h>

#include <algorithm>

#include "support/places.h"

namespace fhir_front {
using namespace gateway;

double millisecondsSince(Clock::time_point begun) {
    return std::chrono::duration<double, std::milli>(Clock::now() - begun).count();
}

World::World(const Settings& settings) {
    folder.write("passerelle.yaml",
                 "store: {sqlite: var/bench.db}\nlimits: {backlog: 1000000000, translators: " +
                     std::to_string(settings.translators) +
                     "}\nlisteners:\n  portal:\n    http:\n      listen: 127.0.0.1:0\n"
                     "      tls: {cert: " +
                     server.cert + ", key: " + server.key + ", clients: " + authority.file() +
                     "}\n"
                     "sources:\n  gp: {listener: portal, fhir: /fhir, from: [sender], codec: "
                     "fhir+json, resources: [Bundle]}\n"
                     "routes:\n  - {name: all, from: gp, to: sender/plans}\n");
    folder.write("partners/sender.yaml",
                 "category: gp\ndestinations:\n  plans: {mailbox: {}, codec: fhir+json}\n");
    restart();
}

void World::restart() {
    if (process) process->end(SIGTERM);
    process = std::make_unique<support::Process>(
        std::vector<std::string>{std::string(support::kBuildDir) + "/passerelle", "serve", "-c",
                                 folder.path()},
        folder.path() + "/log");
    port = process->portAfter("\"listener\":\"portal\",\"address\":\"");
}

World::~World() { process->end(SIGTERM); }

http::Client World::client() const {
    http::ClientOptions options;
    options.server = http::parsedUrl("https://localhost:" + std::to_string(port));
    options.tls = credentials;
    return http::Client(options);
}

double at(std::vector<double>& all, double part) {
    if (all.empty()) return 0;
    std::sort(all.begin(), all.end());
    return all[static_cast<std::size_t>(part * static_cast<double>(all.size() - 1))];
}

}  // namespace fhir_front
