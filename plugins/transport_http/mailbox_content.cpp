#include "mailbox_content.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <map>

#include "common/fhir/json_reader.h"
#include "fhir_respond.h"
#include "json_text.h"

namespace transport_http {
using namespace gateway;

namespace {

using Key = std::array<unsigned char, 32>;

const Key& key() {
    static const Key random = [] {
        Key made{};
        if (RAND_bytes(made.data(), static_cast<int>(made.size())) != 1)
            throw Error(Fault::unavailable, "random numbers",
                        {"the system gives none", "le système n'en donne pas"});
        return made;
    }();
    return random;
}

/// Of one Bundle; whatever else it holds is found with it.
constexpr std::size_t kMostAlone = 1'000;

/// What is found alone although it came in a Bundle.
bool foundAlone(std::string_view type) {
    return type == "CarePlan" || type == "DocumentReference" || type == "Communication";
}

Document treeOf(const Bytes& json) {
    Builder tree(json, "Resource");
    Issues issues;
    fhir::readJson(json.view(), tree, issues);
    return tree.finish(true);
}

/// A token can be asked for with and without its system, and by its system alone.
void addIdentifier(std::vector<TokenHash>& to, Node identifier) {
    const std::string_view value = identifier.child("value").text();
    const std::string system(identifier.child("system").text());
    if (value.empty()) return;
    to.push_back(tokenHash(system + "|" + std::string(value)));
    to.push_back(tokenHash(value));
    if (!system.empty()) to.push_back(tokenHash(system + "|"));
}

void addIdentifiers(std::vector<TokenHash>& to, Node resource) {
    for (const Node child : resource.children())
        if (child.name() == "identifier" || child.name() == "masterIdentifier")
            addIdentifier(to, child);
}

/// A reference is asked for whole, as "Patient/1" or by its id.
void addReference(std::vector<TokenHash>& to, std::string_view reference) {
    if (reference.empty()) return;
    to.push_back(referenceHash(reference));
    const std::size_t id = reference.rfind('/');
    if (id == reference.npos) return;
    to.push_back(referenceHash(reference.substr(id + 1)));
    const std::size_t type = id == 0 ? id : reference.rfind('/', id - 1);
    if (type != reference.npos) to.push_back(referenceHash(reference.substr(type + 1)));
}

template <class T>
void addAll(std::vector<T>& to, const std::vector<T>& from) {
    to.insert(to.end(), from.begin(), from.end());
}

template <class T>
void leaveOnce(std::vector<T>& all) {
    std::sort(all.begin(), all.end());
    all.erase(std::unique(all.begin(), all.end()), all.end());
}

/// One delivery's resources, as it is read.
class Reading {
public:
    explicit Reading(Node root) : root_(root) {
        if (root.type() != "Bundle") return;
        for (const Node entry : root.children()) {
            if (entry.name() != "entry") continue;
            entries_.push_back(entry);
            notePatient(entry);
        }
    }

    std::vector<HeldResource> all() {
        std::vector<HeldResource> found{resource(root_, 0)};
        for (std::uint32_t n = 1; n <= entries_.size(); ++n) {
            const Node one = entries_[n - 1].child("resource");
            HeldResource held = resource(one, n);
            addAll(found.front().people, held.people);
            if (held.type == "CarePlan") addAll(found.front().statuses, held.statuses);
            if (foundAlone(held.type) && found.size() <= kMostAlone)
                found.push_back(std::move(held));
        }
        leaveOnce(found.front().people);
        leaveOnce(found.front().statuses);
        return found;
    }

private:
    void notePatient(Node entry) {
        const Node patient = entry.child("resource");
        if (patient.type() != "Patient") return;
        std::vector<TokenHash> person;
        addIdentifiers(person, patient);
        const std::string id(patient.child("id").text());
        if (!id.empty()) addReference(person, "Patient/" + id);
        addReference(person, entry.child("fullUrl").text());
        if (!id.empty()) patients_["Patient/" + id] = person;
        patients_[std::string(entry.child("fullUrl").text())] = std::move(person);
    }

    HeldResource resource(Node node, std::uint32_t place) const {
        HeldResource held;
        held.type = node.type().empty() ? node.name() : node.type();
        held.place = place;
        if (const Node status = node.child("status"); status.hasText())
            held.statuses.emplace_back(status.text());
        addIdentifiers(held.identifiers, node);
        if (held.type == "Patient") addIdentifiers(held.people, node);
        for (const char* const who : {"subject", "patient", "for", "beneficiary"})
            addPerson(held.people, node, node.child(who));
        return held;
    }

    void addPerson(std::vector<TokenHash>& to, Node resource, Node reference) const {
        if (!reference) return;
        if (const Node identifier = reference.child("identifier")) addIdentifier(to, identifier);
        const std::string named(reference.child("reference").text());
        addReference(to, named);
        if (const auto known = patients_.find(named); known != patients_.end())
            addAll(to, known->second);
        if (!named.starts_with('#')) return;
        for (const Node contained : resource.children())
            if (contained.name() == "contained" &&
                contained.child("id").text() == std::string_view(named).substr(1))
                addIdentifiers(to, contained);
    }

    const Node root_;
    std::vector<Node> entries_;
    std::map<std::string, std::vector<TokenHash>> patients_;  ///< by what references say
};

HeldContent binary() {
    HeldContent content;
    content.resources.push_back({"Binary", 0, {}, {}, {}});
    return content;
}

std::optional<FhirFormat> fhirFormat(std::string_view mediaType) {
    const std::string type = http::mediaTypeOf(mediaType);
    if (type == "application/fhir+json") return FhirFormat::json;
    if (type == "application/fhir+xml") return FhirFormat::xml;
    return std::nullopt;
}

}  // namespace

TokenHash tokenHash(char kind, std::string_view text) {
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest;
    const std::string all = kind + std::string(text);
    unsigned size = 0;
    if (HMAC(EVP_sha256(), key().data(), static_cast<int>(key().size()),
             reinterpret_cast<const unsigned char*>(all.data()), all.size(), digest.data(),
             &size) == nullptr)
        throw Error(Fault::internal, "HMAC", Reason{"cannot be made", "impossible à calculer"});
    TokenHash hash = 0;
    std::memcpy(&hash, digest.data(), sizeof hash);
    return hash;
}

TokenHash tokenHash(std::string_view token) { return tokenHash('t', token); }
TokenHash referenceHash(std::string_view reference) { return tokenHash('r', reference); }

bool servedInMailboxes(std::string_view type) {
    return std::find(std::begin(kMailboxTypes), std::end(kMailboxTypes), type) !=
           std::end(kMailboxTypes);
}

HeldContent contentOf(const Bytes& body, std::string_view mediaType) {
    const std::optional<FhirFormat> format = fhirFormat(mediaType);
    if (!format) return binary();
    try {
        const Document tree = treeOf(converted(body, *format, FhirFormat::json));
        HeldContent content;
        content.format = format;
        content.resources = Reading(tree.root()).all();
        return servedInMailboxes(content.type()) ? content : binary();
    } catch (const Error& error) {
        if (error.fault == Fault::unavailable) throw;
        return binary();  // whatever it is, its partner may have it
    }
}

HeldBody::HeldBody(const Bytes& body, FhirFormat format)
    : json_(converted(body, format, FhirFormat::json)) {}

Bytes HeldBody::json(std::uint32_t place) {
    if (place == 0) return json_;
    if (entries_.empty()) {
        const Document tree = treeOf(json_);
        for (const Node entry : tree.root().children())
            if (entry.name() == "entry") entries_.push_back(entry.child("resource").where());
    }
    if (place > entries_.size())
        throw Error(Fault::rejected, "entry",
                    {"there is no such entry", "cette entrée n'existe pas"});
    return json_.part(entries_[place - 1]);
}

Bytes withId(const Bytes& json, std::string_view id) {
    const Document tree = treeOf(json);
    const std::string_view text = json.view();
    Span where = tree.root().child("id").where();
    std::string written(id);
    if (where.empty()) {
        where.begin = where.end = static_cast<std::uint32_t>(text.find('{') + 1);
        written = "\"id\":\"" + written + "\",";
    } else if (text[where.begin] == '"') {
        written = "\"" + written + "\"";
    }
    return Bytes(std::string(text.substr(0, where.begin)) + written +
                 std::string(text.substr(where.end)));
}

Bytes binaryJson(const Bytes& body, std::string_view mediaType, std::string_view id) {
    std::string data(4 * ((body.size() + 2) / 3) + 1, '\0');
    const int size = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(data.data()),
                                     reinterpret_cast<const unsigned char*>(body.view().data()),
                                     static_cast<int>(body.size()));
    data.resize(static_cast<std::size_t>(size));
    JsonText json;
    json.object().text("resourceType", "Binary").text("id", id);
    json.text("contentType", mediaType.empty() ? "application/octet-stream" : mediaType);
    return json.text("data", data).take();
}

}  // namespace transport_http
