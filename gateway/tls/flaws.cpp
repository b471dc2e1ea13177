#include "tls/flaws.h"

#include <openssl/err.h>

#include <algorithm>
#include <map>

#include "tls/pem.h"

namespace gateway::tls {
namespace {

constexpr std::chrono::days kSoon{30};

Time endOf(const X509* one) { return timeOf(X509_get0_notAfter(one)); }

/// Why it is not good now; nothing when it is.
Reason faultOf(const X509* one, Time now) {
    if (endOf(one) < now) return {"the certificate has expired", "le certificat a expiré"};
    if (timeOf(X509_get0_notBefore(one)) > now)
        return {"the certificate is not valid yet", "le certificat n'est pas encore valable"};
    return {};
}

Reason soonText(Time end, Time now) {
    const auto days = std::chrono::floor<std::chrono::days>(end - now).count();
    return say("the certificate expires in {0} days", "le certificat expire dans {0} jours",
               {std::to_string(days)});
}

/// A list of revoked certificates.
struct Listed {
    std::string file;
    RevocationsPtr list;
};

Time lastOf(const Listed& one) { return timeOf(X509_CRL_get0_lastUpdate(one.list.get())); }
Time nextOf(const Listed& one) { return timeOf(X509_CRL_get0_nextUpdate(one.list.get())); }
Reason issuerText(const Listed& one) { return textOf(X509_CRL_get_issuer(one.list.get())); }

/// Of each authority the newest, as OpenSSL takes it.
std::vector<Listed> newest(std::vector<Listed> all) {
    const auto later = [](const Listed& one, const Listed& than) {
        return X509_CRL_cmp(one.list.get(), than.list.get()) == 0 && lastOf(one) > lastOf(than);
    };
    std::vector<Listed> kept;
    for (Listed& one : all) {
        if (std::any_of(kept.begin(), kept.end(),
                        [&](const Listed& other) { return later(other, one); }))
            continue;
        std::erase_if(kept, [&](const Listed& other) { return later(one, other); });
        kept.push_back(std::move(one));
    }
    return kept;
}

class Examined {
public:
    Examined(Role role, const Options& options) : role_(role), options_(options) {
        own();
        authorities();
        lists();
        uncovered();
    }
    std::vector<Flaw> take() { return std::move(flaws_); }

private:
    void add(const char* key, const std::string& file, Severity severity, const Reason& text) {
        flaws_.push_back({key, file, severity, text});
    }

    /// Those of a file; what cannot be read is a flaw.
    template <class Read>
    auto read(const char* key, const std::string& file, Read from) -> decltype(from(file)) {
        try {
            return from(file);
        } catch (const Error& error) {
            add(key, file, Severity::error, error.reason());
            return {};
        }
    }

    void own() {
        if (options_.cert.empty()) return;
        const auto chain = read("cert", options_.cert, certificatesIn);
        for (std::size_t i = 0; i < chain.size(); ++i) {
            const Reason fault = faultOf(chain[i].get(), now_);
            if (!fault.empty())
                add("cert", options_.cert, i == 0 ? Severity::error : Severity::warning,
                    i == 0 ? fault
                           : say("of the authority {0}: {1}", "de l'autorité {0} : {1}",
                                 {textOf(X509_get_subject_name(chain[i].get())), fault}));
            else if (const Time end = endOf(chain[i].get()); i == 0 && end < now_ + kSoon)
                add("cert", options_.cert, Severity::warning, soonText(end, now_));
        }
    }

    void authorities() {
        const std::string& file = options_.authorities(role_);
        if (file.empty()) return;
        const char* const key = role_ == Role::server ? "clients" : "ca";
        authorities_ = read(key, file, certificatesIn);
        const bool any =
            std::any_of(authorities_.begin(), authorities_.end(),
                        [&](const auto& one) { return faultOf(one.get(), now_).empty(); });
        for (const CertificatePtr& one : authorities_) {
            const Reason fault = faultOf(one.get(), now_);
            const Reason name =
                authorities_.size() == 1
                    ? Reason()
                    : say("{0}: ", "{0} : ", {textOf(X509_get_subject_name(one.get()))});
            if (!fault.empty())
                add(key, file, any ? Severity::warning : Severity::error,
                    say("{0}{1}", "{0}{1}", {name, fault}));
            else if (endOf(one.get()) < now_ + kSoon)
                add(key, file, Severity::warning,
                    say("{0}{1}", "{0}{1}", {name, soonText(endOf(one.get()), now_)}));
        }
    }

    void lists() {
        std::vector<Listed> all;
        for (const std::string& file : options_.crl)
            for (RevocationsPtr& list : read("crl", file, revocationsIn))
                all.push_back({file, std::move(list)});
        for (const Listed& one : newest(std::move(all))) {
            X509* const issuer = issuerOf(one.list.get());
            signature(one, issuer);
            dates(one);
            covered_.push_back(issuer);
        }
        ERR_clear_error();
    }

    void signature(const Listed& one, const X509* issuer) {
        const Reason of = issuerText(one);
        if (issuer == nullptr)
            add("crl", one.file, Severity::warning,
                say("the list of {0} is of no authority that is believed here",
                    "la liste de {0} n'est d'aucune autorité admise ici", {of}));
        else if (X509_CRL_verify(one.list.get(), X509_get0_pubkey(issuer)) != 1)
            add("crl", one.file, Severity::error,
                say("the list of {0} is not signed by it",
                    "la liste de {0} n'est pas signée par elle", {of}));
    }

    void dates(const Listed& one) {
        const Reason of = issuerText(one);
        if (const Time next = nextOf(one); next < now_)
            add("crl", one.file, Severity::warning,
                say("the list of {0} has expired on {1}: whoever it has certified is refused until "
                    "a newer one is there",
                    "la liste de {0} a expiré le {1} : ceux qu'elle a certifiés sont refusés "
                    "jusqu'à ce qu'une plus récente soit là",
                    {of, toText(next).substr(0, 10)}));
        else if (lastOf(one) > now_)
            add("crl", one.file, Severity::warning,
                say("the list of {0} is not valid yet: is this machine's clock right?",
                    "la liste de {0} n'est pas encore valable : l'heure de cette machine est-elle "
                    "juste ?",
                    {of}));
    }

    X509* issuerOf(const X509_CRL* list) const {
        for (const CertificatePtr& one : authorities_)
            if (X509_NAME_cmp(X509_get_subject_name(one.get()), X509_CRL_get_issuer(list)) == 0)
                return one.get();
        return nullptr;
    }

    void uncovered() {
        if (options_.crl.empty()) return;
        for (const CertificatePtr& one : authorities_)
            if (std::find(covered_.begin(), covered_.end(), one.get()) == covered_.end())
                add("crl", options_.crl.front(), Severity::warning,
                    say("there is no list of {0}: whoever it has certified is refused",
                        "il n'y a pas de liste de {0} : ceux qu'elle a certifiés sont refusés",
                        {textOf(X509_get_subject_name(one.get()))}));
    }

    const Role role_;
    const Options& options_;
    const Time now_ = currentTime();
    std::vector<CertificatePtr> authorities_;
    std::vector<X509*> covered_;  ///< by a list
    std::vector<Flaw> flaws_;
};

/// What can be read of it.
template <class Read>
auto readable(const std::string& file, Read from) -> decltype(from(file)) {
    try {
        return from(file);
    } catch (const Error&) {  // flawsOf() tells
        return {};
    }
}

/// A list is renewed before its last fifth.
Certificate certificateOf(const Listed& one) {
    const Time next = nextOf(one);
    return {one.file, next, Certificate::Kind::revocations, next - (next - lastOf(one)) / 5};
}

bool endsBefore(const Certificate& a, const Certificate& b) { return a.until < b.until; }

/// Of those that end the first that has not yet, else the last.
void addFirst(std::vector<Certificate> some, std::vector<Certificate>& all) {
    if (some.empty()) return;
    std::sort(some.begin(), some.end(), endsBefore);
    const auto good =
        std::find_if(some.begin(), some.end(),
                     [now = currentTime()](const auto& one) { return one.until > now; });
    all.push_back(good == some.end() ? some.back() : *good);
}

/// The first: when it has expired, whoever its authority has certified is locked out.
void addLists(const std::vector<std::string>& files, std::vector<Certificate>& all) {
    std::vector<Listed> lists;
    for (const std::string& file : files)
        for (RevocationsPtr& list : readable(file, revocationsIn))
            lists.push_back({file, std::move(list)});
    std::map<std::string, Certificate> first;
    for (const Listed& one : newest(std::move(lists))) {
        if (nextOf(one) == Time::max()) continue;
        const Certificate certificate = certificateOf(one);
        const auto [at, fresh] = first.emplace(one.file, certificate);
        if (!fresh && endsBefore(certificate, at->second)) at->second = certificate;
    }
    for (const auto& [file, certificate] : first) all.push_back(certificate);
}

}  // namespace

std::vector<Flaw> flawsOf(Role role, const Options& options) {
    return Examined(role, options).take();
}

std::vector<Certificate> certificatesOf(Role role, const Options& options) {
    std::vector<Certificate> all;
    if (!options.cert.empty()) {
        const auto chain = readable(options.cert, certificatesIn);
        if (!chain.empty()) all.push_back({options.cert, endOf(chain.front().get())});
    }
    const std::string& file = options.authorities(role);
    std::vector<Certificate> authorities;
    if (!file.empty())
        for (const CertificatePtr& one : readable(file, certificatesIn))
            authorities.push_back({file, endOf(one.get())});
    addFirst(std::move(authorities), all);
    addLists(options.crl, all);
    return all;
}

}  // namespace gateway::tls
