/// Alerts as mail.
#include <atomic>
#include <filesystem>

#include "http/server.h"
#include "watch/messenger.h"
#include "watch/smtp.h"

namespace gateway {
namespace {

/// What may stand between the angle brackets of MAIL and RCPT without ending them.
bool isAddress(const std::string& text) {
    const std::size_t at = text.find('@');
    if (at == 0 || at == text.npos || at + 1 == text.size() || text.size() > 254) return false;
    for (const char c : text)
        if (c <= ' ' || c == 0x7f || c == '<' || c == '>' || c == ',' || c == ';') return false;
    return true;
}

void needAddress(Config& config, const char* key, const std::string& text) {
    if (!text.empty() && !isAddress(text))
        config.fail(key, {"expected an address such as name@example.org",
                          "attendu une adresse comme nom@example.org"});
}

/// What kind of alert it is, for the subject.
Reason kindWord(const std::string& kind) {
    struct Word {
        std::string_view kind, en, fr;
    };
    constexpr Word kWords[] = {
        {"queue-age", "old queue", "file d'attente ancienne"},
        {"breaker", "partner out of reach", "partenaire injoignable"},
        {"source", "source cut off", "source coupée"},
        {"silence", "silence", "silence"},
        {"refusals", "many refusals", "nombreux refus"},
        {"attention", "something waits for a person", "une personne est attendue"},
        {"id-reuse", "control ids given again", "identifiants redonnés"},
        {"disk", "disk", "disque"},
        {"certificate", "certificate", "certificat"},
        {"configuration", "configuration", "configuration"},
        {"reconciliation", "the account is not even", "le compte n'est pas bon"},
        {"damage", "damaged values", "valeurs endommagées"},
        {"store", "store", "base"},
        {"break-glass", "content was looked at", "contenu consulté"},
    };
    for (const Word& one : kWords)
        if (one.kind == kind) return {std::string(one.en), std::string(one.fr)};
    return kind;
}

/// "2026-11-28 13:32:53 UTC"
std::string shown(Time time) {
    std::string text = toText(time).substr(0, 19);
    text[10] = ' ';
    return text + " UTC";
}

class Mailer final : public Messenger {
public:
    explicit Mailer(Config& config) {
        std::tie(server_.host, server_.port) = config.address("server");
        const std::string security = config.choice("security", {"starttls", "tls", "none"});
        server_.security = security == "tls"    ? SmtpServer::Security::tls
                           : security == "none" ? SmtpServer::Security::none
                                                : SmtpServer::Security::starttls;
        readTls(config);
        server_.user = config.text("user", "");
        server_.password = config.secret("password");
        from_ = config.text("from");
        needAddress(config, "from", from_);
        to_ = config.texts("to");
        if (to_.empty())
            config.fail("to", {"expected one address at least", "attendu au moins une adresse"});
        for (const std::string& one : to_) needAddress(config, "to", one);
    }

    std::string tell(const Notice& notice,
                     std::chrono::steady_clock::time_point deadline) override {
        static std::atomic<unsigned> number{0};
        Mail mail;
        mail.from = from_;
        mail.to = to_;
        mail.subject = subject(notice);
        mail.text = text(notice);
        mail.date = notice.at;
        mail.id = std::to_string(notice.at.time_since_epoch().count()) + "." +
                  std::to_string(++number) + "." + std::to_string(::getpid());
        return "SMTP " + sendMail(server_, mail, deadline);
    }

    std::vector<Certificate> certificates() const override {
        return server_.tls ? server_.tls->certificates() : std::vector<Certificate>();
    }

private:
    void readTls(Config& config) {
        if (config.has("tls"))
            server_.tls =
                std::make_shared<tls::Credentials>(tls::Role::client, config.section("tls"));
        const bool insecure = config.flag("insecure", false);
        const bool plainBeyond = server_.security == SmtpServer::Security::none &&
                                 !server_.host.empty() && !http::isLoopback(server_.host);
        if (plainBeyond && !insecure)
            config.fail("security",
                        {"plain SMTP beyond this machine: use starttls or tls, or "
                         "`insecure: true`",
                         "SMTP en clair au-delà de cette machine : employer starttls ou "
                         "tls, ou `insecure: true`"});
        if (plainBeyond && insecure)
            config.warn("insecure",
                        {"plain SMTP beyond this machine: everything can be read on the way",
                         "SMTP en clair au-delà de cette machine : tout peut être lu en chemin"});
    }

    static std::string subject(const Notice& notice) {
        const Reason what = notice.state == Notice::State::over       ? Reason("OVER", "FINI")
                            : notice.state == Notice::State::test     ? Reason("TEST", "ESSAI")
                            : notice.state == Notice::State::reminder ? Reason("STILL", "TOUJOURS")
                                                                      : Reason("ALERT", "ALERTE");
        if (notice.state == Notice::State::test)
            return say("[Passerelle {0}] {1}", "[Passerelle {0}] {1}", {notice.gateway, what})
                .in(notice.language);
        const std::string end = notice.end.empty() ? "" : ", " + notice.end;
        return say("[Passerelle {0}] {1}: {2}{3}", "[Passerelle {0}] {1} : {2}{3}",
                   {notice.gateway, what, kindWord(notice.kind), end})
            .in(notice.language);
    }

    static std::string text(const Notice& notice) {
        const Reason since = say("\n\nSince: {0}\nTold: {1}\n", "\n\nDepuis : {0}\nSignalé : {1}\n",
                                 {shown(notice.since), shown(notice.at)});
        return notice.text + since.in(notice.language);
    }

    SmtpServer server_;
    std::string from_;
    std::vector<std::string> to_;
};

}  // namespace

std::shared_ptr<Messenger> mailMessenger(Config config) {
    auto messenger = std::make_shared<Mailer>(config);
    config.finish();
    return messenger;
}

}  // namespace gateway
