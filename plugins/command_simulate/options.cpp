#include "options.h"

namespace simulate {

CLI::Option* addOptions(CLI::App& app, Options& options, gateway::Spoken speaks) {
    const auto in = [speaks](const char* en, const char* fr) {
        return gateway::Reason(en, fr).in(speaks);
    };
    CLI::Option* const listen = app.add_option("--listen", options.listen,
                                               in("host:port to listen on; port 0: any free one",
                                                  "hôte:port d'écoute ; port 0 : un port libre"));
    listen->required()->type_name("HOST:PORT");
    app.add_option("--tls-cert", options.cert,
                   in("Its own certificate (PEM): then it speaks TLS",
                      "Son propre certificat (PEM) : il parle alors TLS"))
        ->type_name("FILE");
    app.add_option("--tls-key", options.key, in("Its private key (PEM)", "Sa clé privée (PEM)"))
        ->type_name("FILE");
    app.add_option("--tls-clients", options.clients,
                   in("Authority (PEM) that must have issued the clients' certificates",
                      "Autorité (PEM) qui doit avoir émis les certificats des clients"))
        ->type_name("FILE");
    app.add_option("--record", options.record,
                   in("Keeps what it got: a file for all, or a folder (ending in /) with one each",
                      "Garde ce qu'il reçoit : un fichier pour tout, ou un dossier (terminé par /) "
                      "avec un fichier chacun"))
        ->type_name("FILE");
    app.add_option("--count", options.count,
                   in("Ends after so many messages; 0: never",
                      "S'arrête après ce nombre de messages ; 0 : jamais"))
        ->type_name("N");
    return listen;
}

}  // namespace simulate
