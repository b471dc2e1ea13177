#include "access/people.h"

#include <algorithm>
#include <filesystem>
#include <map>

#include "access/certificate_name.h"
#include "core/config_reader.h"

namespace gateway {
namespace {

constexpr std::pair<std::string_view, unsigned> kRoles[] = {
    {"viewer", kViewer}, {"mapper", kMapper}, {"operator", kOperator}, {"admin", kAdmin}};

const Reason kExpected{"expected its SHA-256, its subject, or its CN, such as CN=Anne Exemple",
                       "attendu son SHA-256, son sujet ou son CN, tel que CN=Anne Exemple"};

/// The same for what names the same certificate; empty for what names none.
std::string plain(const std::string& written) {
    const auto name = CertificateName::parsed(written);
    if (!name) return {};
    return !name->fingerprint.empty() ? name->fingerprint
           : !name->subject.empty()   ? name->subject
                                      : "CN=" + name->commonName;
}

/// How closely that certificate is named: 3 itself, 2 by its subject, 1 by its CN; 0: another is.
int closeness(const std::string& written, std::string_view print, std::string_view subject) {
    const auto name = CertificateName::parsed(written);
    if (!name) return 0;
    if (!name->fingerprint.empty()) return name->fingerprint == print ? 3 : 0;
    if (!name->subject.empty()) return name->subject == subject ? 2 : 0;
    return name->commonName == commonNameOf(subject) ? 1 : 0;
}

unsigned readRoles(Config& section) {
    unsigned roles = 0;
    const std::vector<std::string> names = section.texts("roles");
    for (const std::string& name : names) {
        const auto known = std::find_if(std::begin(kRoles), std::end(kRoles),
                                        [&](const auto& one) { return one.first == name; });
        if (known == std::end(kRoles))
            section.fail("roles",
                         say("found '{0}', expected viewer, mapper, operator or admin",
                             "trouvé « {0} », attendu viewer, mapper, operator ou admin", {name}));
        else
            roles |= known->second;
    }
    if (names.empty())
        section.fail("roles", {"expected at least one of viewer, mapper, operator, admin",
                               "au moins un rôle attendu : viewer, mapper, operator, admin"});
    return roles;
}

std::vector<Person> readAll(Config section) {
    std::vector<Person> all;
    std::map<std::string, std::string> whose;
    for (auto& [name, one] : section.sections()) {
        Person person{name, one.texts("certificate"), readRoles(one)};
        if (person.certificates.empty()) one.fail("certificate", kExpected);
        for (const std::string& certificate : person.certificates) {
            const std::string known = plain(certificate);
            if (known.empty())
                one.fail("certificate", kExpected);
            else if (const auto [at, fresh] = whose.emplace(known, name); !fresh)
                one.fail("certificate", say("is the certificate of {0} already",
                                            "est déjà le certificat de {0}", {at->second}));
        }
        one.finish();
        all.push_back(std::move(person));
    }
    return all;
}

}  // namespace

const Person* People::of(const Facts& facts) const {
    const std::string_view print = facts.get("tls.fingerprint");
    const std::string_view subject = facts.get("tls.subject");
    if (print.empty()) return nullptr;
    const Person* found = nullptr;
    int closest = 0;
    for (const Person& one : all_)
        for (const std::string& certificate : one.certificates)
            if (const int close = closeness(certificate, print, subject); close > closest) {
                found = &one;
                closest = close;
            }
    return found;
}

std::shared_ptr<const People> readPeople(Config& admin) {
    const auto& items = admin.node().items;
    const auto named = std::find_if(items.begin(), items.end(),
                                    [](const auto& item) { return item.first == "people"; });
    if (named == items.end()) return std::make_shared<const People>(std::vector<Person>());
    if (named->second.kind != ConfigNode::Kind::scalar)
        return std::make_shared<const People>(readAll(admin.section("people")));
    const std::string file = admin.file("people");
    const std::size_t before = admin.findings().errors();
    std::error_code error;
    const bool there = !file.empty() && (std::filesystem::exists(file, error) || error);
    const std::string text = there ? readFile(file, admin.findings()) : std::string();
    if (!there || admin.findings().errors() != before)
        return std::make_shared<const People>(std::vector<Person>());
    const ConfigNode root = parseConfig(text, file, admin.findings());
    return std::make_shared<const People>(readAll(Config(root, admin.folder(), admin.findings())));
}

std::string textOf(unsigned roles) {
    std::string text;
    for (const auto& [name, role] : kRoles)
        if ((roles & role) != 0) text += (text.empty() ? "" : ", ") + std::string(name);
    return text;
}

}  // namespace gateway
