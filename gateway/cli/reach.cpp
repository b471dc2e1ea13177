#include "cli/reach.h"

#include <netdb.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <ctime>
#include <filesystem>

#include "http/client.h"
#include "words/certificate_fault.h"

namespace gateway {
namespace {

/// So long a partner has to close, or to refuse our certificate (in TLS 1.3 it says so late).
constexpr Milliseconds kSecondThought{300};
constexpr int kDaysLeft = 30;  ///< fewer are told

using Certificate = std::unique_ptr<X509, decltype(&X509_free)>;

/// "2027-03-18", or nothing.
std::string dateOf(const ASN1_TIME* time) {
    std::tm parts{};
    if (ASN1_TIME_to_tm(time, &parts) != 1) return {};
    char text[16];
    return {text, std::strftime(text, sizeof text, "%Y-%m-%d", &parts)};
}

/// Until when it is good; a warning when that is soon.
Reason validity(const X509* certificate) {
    int days = 0, seconds = 0;
    ASN1_TIME_diff(&days, &seconds, nullptr, X509_get0_notAfter(certificate));
    const std::string date = dateOf(X509_get0_notAfter(certificate));
    if (days < 0 || seconds < 0) return say("expired on {0}", "a expiré le {0}", {date});
    if (days < kDaysLeft)
        return say("good until {0}: only {1} days more", "valable jusqu'au {0} : {1} jours encore",
                   {date, std::to_string(days)});
    return say("good until {0}, {1} days", "valable jusqu'au {0}, {1} jours",
               {date, std::to_string(days)});
}

Reason whyNoName(int code) {
    if (code == EAI_AGAIN)
        return {"the name server does not answer: is this machine on the network?",
                "le serveur de noms ne répond pas : cette machine est-elle sur le réseau ?"};
    return {"no machine has this name: a typing error, or the name server does not know it",
            "aucune machine ne porte ce nom : faute de frappe, ou le serveur de noms l'ignore"};
}

Reason whyNoConnection(int code) {
    switch (code) {
        case ECONNREFUSED:
            return {
                "the machine answers, but nothing listens at this port: another port, or their "
                "program is down",
                "la machine répond, mais rien n'écoute sur ce port : autre port, ou leur "
                "programme est arrêté"};
        case ETIMEDOUT:
            return {"no answer: a firewall drops it, or the machine is down",
                    "pas de réponse : un pare-feu l'arrête, ou la machine est éteinte"};
        case EHOSTUNREACH:
        case ENETUNREACH:
            return {"there is no way to this machine: network, VPN or routing",
                    "aucun chemin vers cette machine : réseau, VPN ou routage"};
        default: return Reason(std::strerror(code));
    }
}

/// Why no handshake, or no connection after it.
Reason whyNoTls() {
    const unsigned long error = ERR_peek_last_error();
    const int reason = ERR_GET_REASON(error);
    if (reason == SSL_R_WRONG_VERSION_NUMBER)
        return {"they do not speak TLS at this port", "ils ne parlent pas TLS sur ce port"};
    if (reason >= SSL_AD_REASON_OFFSET)
        return say("they refuse our TLS or our certificate ({0})",
                   "ils refusent notre TLS ou notre certificat ({0})",
                   {std::string(ERR_reason_error_string(error))});
    return {"they close the connection, or say nothing, in the middle of the handshake",
            "ils ferment la connexion, ou se taisent, au milieu de la négociation"};
}

class Trial {
public:
    explicit Trial(const Reach& reach) : reach_(reach) {}
    ~Trial() {
        ssl_.reset();
        if (socket_ >= 0) ::close(socket_);
    }
    Trial(const Trial&) = delete;
    Trial& operator=(const Trial&) = delete;

    std::vector<ReachStep> run() {
        if (!reach_.path.empty()) {
            folder();
        } else if (reach_.host.empty()) {
            note("name", true,
                 {"nothing to reach: what goes there waits here for pick-up",
                  "rien à joindre : ses envois attendent ici d'être retirés"});
        } else if (connect() && (!reach_.tls || secure())) {
            reach_.url.empty() ? stays() : speaksHttp();
        }
        return std::move(steps_);
    }

private:
    bool note(std::string name, bool good, Reason text) {
        steps_.push_back({std::move(name), good, std::move(text)});
        return good;
    }

    void folder() {
        std::error_code error;
        if (!std::filesystem::is_directory(reach_.path, error))
            note("folder", false, {"there is no such folder", "ce dossier n'existe pas"});
        else if (::access(reach_.path.c_str(), W_OK | X_OK) != 0)
            note("folder", false,
                 {"this user may not write there", "cet utilisateur ne peut y écrire"});
        else
            note("folder", true, {"can be written", "peut être écrit"});
    }

    bool connect() {
        addrinfo hints{};
        hints.ai_socktype = SOCK_STREAM;
        addrinfo* raw = nullptr;
        const int code =
            ::getaddrinfo(reach_.host.c_str(), std::to_string(reach_.port).c_str(), &hints, &raw);
        if (code != 0) return note("name", false, whyNoName(code));
        const std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> found(raw, &freeaddrinfo);
        std::string all;
        for (const addrinfo* one = raw; one != nullptr; one = one->ai_next) {
            char text[NI_MAXHOST] = "";
            ::getnameinfo(one->ai_addr, one->ai_addrlen, text, sizeof text, nullptr, 0,
                          NI_NUMERICHOST);
            all += (all.empty() ? "" : ", ") + std::string(text);
        }
        note("name", true, Reason(all));
        int why = ECONNREFUSED;
        for (const addrinfo* one = raw; one != nullptr && socket_ < 0; one = one->ai_next)
            why = connect(*one);
        if (socket_ < 0) return note("tcp", false, whyNoConnection(why));
        return note(
            "tcp", true,
            say("port {0} is open", "le port {0} est ouvert", {std::to_string(reach_.port)}));
    }

    /// @return why not
    int connect(const addrinfo& address) {
        const int socket =
            ::socket(address.ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
        if (socket < 0) return errno;
        int why = ::connect(socket, address.ai_addr, address.ai_addrlen) == 0 ? 0 : errno;
        if (why == EINPROGRESS) {
            pollfd ready{socket, POLLOUT, 0};
            socklen_t size = sizeof why;
            if (::poll(&ready, 1, static_cast<int>(reach_.within.count())) <= 0)
                why = ETIMEDOUT;
            else
                ::getsockopt(socket, SOL_SOCKET, SO_ERROR, &why, &size);
        }
        if (why == 0)
            socket_ = socket;
        else
            ::close(socket);
        return why;
    }

    bool secure() {
        try {
            files_ = std::make_shared<tls::Credentials>(tls::Role::client, reach_.files);
            context_ = files_->inForce();
        } catch (const Error& error) {
            return note("ours", false, say("{0}: {1}", "{0} : {1}", {error.where, error.reason()}));
        }
        if (!reach_.files.cert.empty())
            note("ours", true,
                 say("our certificate is {0}", "notre certificat est {0}",
                     {validity(SSL_CTX_get0_certificate(context_->get()))}));
        ssl_.reset(SSL_new(context_->get()));
        // All of it is looked at, so that the dates of what is not trusted are told too.
        SSL_set_verify(ssl_.get(), SSL_VERIFY_PEER, [](int, X509_STORE_CTX*) { return 1; });
        nameExpected();
        SSL_set_fd(ssl_.get(), socket_);
        ERR_clear_error();
        if (!during([&] { return SSL_connect(ssl_.get()); })) return note("tls", false, whyNoTls());
        note("tls", true,
             Reason(std::string(SSL_get_version(ssl_.get())) + ", " +
                    SSL_get_cipher_name(ssl_.get())));
        const Certificate theirs(SSL_get1_peer_certificate(ssl_.get()), &X509_free);
        const long trust = SSL_get_verify_result(ssl_.get());
        const Reason dates = theirs ? validity(theirs.get()) : Reason{"none", "aucun"};
        if (trust != X509_V_OK)
            return note("certificate", false,
                        say("{0} ({1})", "{0} ({1})", {certificateFault(trust), dates}));
        return note("certificate", true, dates);
    }

    void nameExpected() {
        const std::string& name = reach_.files.name.empty() ? reach_.host : reach_.files.name;
        X509_VERIFY_PARAM* const parameters = SSL_get0_param(ssl_.get());
        if (X509_VERIFY_PARAM_set1_ip_asc(parameters, name.c_str()) == 1) return;
        SSL_set_tlsext_host_name(ssl_.get(), name.c_str());
        X509_VERIFY_PARAM_set1_host(parameters, name.c_str(), name.size());
    }

    /// A step of OpenSSL on a socket that does not block.
    template <class Step>
    bool during(Step step) {
        const auto until = std::chrono::steady_clock::now() + reach_.within;
        for (;;) {
            const int done = step();
            if (done == 1) return true;
            const int wants = SSL_get_error(ssl_.get(), done);
            if (wants != SSL_ERROR_WANT_READ && wants != SSL_ERROR_WANT_WRITE) return false;
            const auto left =
                std::chrono::ceil<Milliseconds>(until - std::chrono::steady_clock::now());
            pollfd ready{socket_,
                         static_cast<short>(wants == SSL_ERROR_WANT_READ ? POLLIN : POLLOUT), 0};
            if (left.count() <= 0 || ::poll(&ready, 1, static_cast<int>(left.count())) <= 0)
                return false;
        }
    }

    /// A protocol in which nobody says hello: the connection stays.
    bool stays() {
        pollfd ready{socket_, POLLIN, 0};
        char byte = 0;
        if (::poll(&ready, 1, static_cast<int>(kSecondThought.count())) > 0) {
            ERR_clear_error();
            const int got = reach_.tls ? SSL_peek(ssl_.get(), &byte, 1)
                                       : static_cast<int>(::recv(socket_, &byte, 1, MSG_PEEK));
            const bool ticket =
                reach_.tls && got <= 0 && SSL_get_error(ssl_.get(), got) == SSL_ERROR_WANT_READ;
            if (got <= 0 && !ticket)
                return note("hello", false,
                            ERR_GET_REASON(ERR_peek_last_error()) >= SSL_AD_REASON_OFFSET
                                ? whyNoTls()
                                : Reason{"they close the connection at once: they may only accept "
                                         "known addresses",
                                         "ils ferment la connexion aussitôt : ils n'acceptent "
                                         "peut-être que des adresses connues"});
        }
        return note("hello", true,
                    {"the connection stays open; nothing was sent",
                     "la connexion reste ouverte ; rien n'a été envoyé"});
    }

    bool speaksHttp() {
        try {
            http::ClientOptions options;
            options.server = http::parsedUrl(reach_.url);
            options.tls = files_;
            options.connectWithin = reach_.within;
            http::Client client(options);
            std::string base = options.server.target;
            while (base.ends_with('/')) base.pop_back();
            const int metadata = ask(client, "GET", base + "/metadata");
            if (metadata == 200)
                return note("hello", true,
                            {"answers in its protocol: GET /metadata gives 200",
                             "répond dans son protocole : GET /metadata donne 200"});
            return judge(metadata == 401 || metadata == 403 || metadata >= 500
                             ? metadata
                             : ask(client, "OPTIONS", options.server.target));
        } catch (const Error& error) {
            return note("hello", false, error.reason());
        }
    }

    int ask(http::Client& client, const std::string& method, const std::string& target) {
        http::Request request;
        request.method = method;
        return client.exchange(request, target, std::chrono::steady_clock::now() + reach_.within)
            .status;
    }

    bool judge(int status) {
        const std::string code = std::to_string(status);
        if (status == 401 || status == 403)
            return note(
                "hello", false,
                say("they know us not, or we may not: HTTP {0}",
                    "ils ne nous connaissent pas, ou nous n'y avons pas droit : HTTP {0}", {code}));
        if (status == 404 || status == 410)
            return note("hello", false,
                        say("nothing is at this path: HTTP {0}",
                            "il n'y a rien à ce chemin : HTTP {0}", {code}));
        if (status >= 500)
            return note("hello", false,
                        say("their server has a trouble of its own: HTTP {0}",
                            "leur serveur a un problème : HTTP {0}", {code}));
        return note("hello", true, say("speaks HTTP: {0}", "parle HTTP : {0}", {code}));
    }

    const Reach& reach_;
    std::vector<ReachStep> steps_;
    int socket_ = -1;
    std::shared_ptr<tls::Credentials> files_;
    std::shared_ptr<const tls::Context> context_;
    std::unique_ptr<SSL, decltype(&SSL_free)> ssl_{nullptr, &SSL_free};
};

}  // namespace

std::vector<ReachStep> tryToReach(const Reach& reach) { return Trial(reach).run(); }

}  // namespace gateway
