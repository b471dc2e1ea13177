#include "host/admin_listener.h"

#include "http/options.h"

namespace gateway {
namespace {

constexpr const char* kKeys[] = {"listen", "tls", "insecure", "limits", "people"};

void demandTls(Config& admin, const http::ServerOptions& options) {
    if (admin.has("insecure"))
        admin.fail("insecure",
                   {"is not for this listener: who administers proves who they are",
                    "n'est pas pour cette écoute : qui administre prouve son identité"});
    if (!options.tls)
        return admin.fail("listen", {"needs `tls: {cert, key, clients}`: people are known by their "
                                     "certificates",
                                     "demande `tls: {cert, key, clients}` : les personnes sont "
                                     "connues par leurs certificats"});
    if (!options.tls->demandsClients())
        admin.fail("tls", {"needs `clients`, and `ask: required`: people are known by their "
                           "certificates",
                           "demande `clients`, et `ask: required` : les personnes sont connues par "
                           "leurs certificats"});
}

}  // namespace

void readAdminListener(Config& admin, Configuration& made) {
    made.people = readPeople(admin);
    if (!admin.has("listen")) {
        for (const char* const key : kKeys)
            if (admin.has(key)) admin.fail(key, {"goes with `listen`", "va avec `listen`"});
        return;
    }
    http::ServerOptions options = http::serverOptions(admin);
    demandTls(admin, options);
    if (made.people->empty())
        admin.fail(admin.has("people") ? "people" : "listen",
                   {"nobody may come: `people` names who may, by their certificates and roles",
                    "personne ne peut venir : `people` dit qui le peut, par certificats et rôles"});
    made.adminListen = std::move(options);
}

void passOverAdminListener(Config& admin) {
    for (const char* const key : kKeys) admin.has(key);
}

}  // namespace gateway
