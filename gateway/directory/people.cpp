#include "directory/people.h"

#include <algorithm>
#include <filesystem>
#include <map>

#include "core/config_reader.h"

namespace gateway {
namespace {

constexpr std::pair<std::string_view, unsigned> kRoles[] = {
    {"viewer", kViewer}, {"mapper", kMapper}, {"operator", kOperator}, {"admin", kAdmin}};

/// A fingerprint as it is printed, with colons and in any case, in small digits; else as it is.
std::string plain(const std::string& certificate) {
    std::string digits;
    for (const char c : certificate)
        if (c != ':') digits += c >= 'A' && c <= 'F' ? static_cast<char>(c - 'A' + 'a') : c;
    const bool print =
        digits.size() == 64 && digits.find_first_not_of("0123456789abcdef") == digits.npos;
    return print ? digits : certificate;
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
        if (person.certificates.empty())
            one.fail("certificate", {"expected its SHA-256 or its subject, such as CN=Anne Exemple",
                                     "attendu son SHA-256 ou son sujet, tel que CN=Anne Exemple"});
        for (std::string& certificate : person.certificates) {
            certificate = plain(certificate);
            const auto [at, fresh] = whose.emplace(certificate, name);
            if (!fresh)
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
    for (const Person& one : all_)
        for (const std::string& certificate : one.certificates)
            if (certificate == print || certificate == subject) return &one;
    return nullptr;
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
    const bool there = !file.empty() && std::filesystem::exists(file);
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
