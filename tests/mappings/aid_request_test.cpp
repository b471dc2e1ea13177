// Who is not in the care team gets the aids that are asked of them, and nothing else of the plan.
#include <filesystem>
#include <map>
#include <set>

#include "support/places.h"
#include "support/plugins.h"

namespace {
using namespace gateway;
namespace fs = std::filesystem;
using Texts = std::set<std::string>;

const std::string kMappings = std::string(support::kSourceDir) + "/mappings/federation";

/// What of each resource may leave the plan.
const std::map<std::string, Texts> kMayGo = {
    {"Patient", {"name", "gender", "birthDate", "address"}},
    {"Organization", {"identifier", "name", "telecom"}},
    {"ServiceRequest",
     {"identifier", "status", "intent", "category", "code", "quantity", "subject", "authoredOn",
      "performer"}}};
const Texts kExtensions = {"state", "funding", "decided-on"};
/// What the request says by itself.
const Texts kOwnWords = {"collection",
                         "requested",
                         "cancelled",
                         "entered-in-error",
                         "order",
                         "aid-request",
                         "Demande d'aide",
                         "https://passerelle.example/fhir/CodeSystem/pps-task",
                         "consentement",
                         "Consent",
                         "Le réseau ne suit plus cette demande",
                         "La demande a été envoyée par erreur"};

std::string textAt(Node node, std::initializer_list<std::string_view> path) {
    for (const std::string_view name : path) node = node ? node.child(name) : node;
    return node && node.hasText() ? std::string(node.text()) : std::string();
}

void leaves(Node node, Texts& texts) {
    if (node.hasText()) texts.emplace(node.text());
    for (const Node child : node.children()) leaves(child, texts);
}

bool mayGo(Node element, const Texts& names) {
    if (element.name() == "identifier") return names.contains("identifier");
    if (element.name() != "extension") return names.contains(std::string(element.name()));
    const std::string url = textAt(element, {"url"});
    return kExtensions.contains(url.substr(url.rfind('/') + 1));
}

class AidRequest : public testing::Test {
protected:
    Document read(const fs::path& file) {
        Issues issues;
        return fhir_->decode(Bytes(support::fileText(file)), issues);
    }
    /// Texts of the plan that this extract may hold: `kept` are the entries that it has.
    static Texts allowed(const Document& plan, const Texts& kept) {
        Texts texts = kOwnWords;
        for (const Node entry : plan.root().children()) {
            const Node resource = entry.child("resource");
            const std::string type = resource ? std::string(resource.type()) : "";
            if (type == "CarePlan") leaves(resource.child("identifier"), texts);
            if (type == "Consent") leaves(resource.child("identifier"), texts);
            if (type == "Patient")
                for (const Node child : resource.children())
                    if (child.name() == "identifier" && textAt(child, {"use"}) == "usual")
                        leaves(child, texts);
            if (!kept.contains(textAt(entry, {"fullUrl"}))) continue;
            texts.insert(textAt(entry, {"fullUrl"}));
            for (const Node child : resource.children())
                if (mayGo(child, kMayGo.at(type))) leaves(child, texts);
        }
        return texts;
    }

    support::Plugins plugins_{{"codec_fhir"}};
    std::unique_ptr<Codec> fhir_ = plugins_.codec("fhir+json");
    std::unique_ptr<Codec> checked_ = plugins_.codec(
        "fhir+json",
        support::map(
            {{"check", support::scalar(kMappings + "/profiles/pps-aid-request-bundle.json")}}));
};

TEST_F(AidRequest, HoldsNothingElseOfThePlan) {
    std::size_t extracts = 0;
    for (const auto& example :
         fs::directory_iterator(kMappings + "/plan-to-aid-request/examples")) {
        if (!fs::exists(example.path() / "out.json")) continue;
        ++extracts;
        const Document plan = read(example.path() / "in.json");
        const Document extract = read(example.path() / "out.json");
        Texts kept, ids;
        std::string number;
        for (const Node entry : extract.root().children()) {
            if (!entry.child("resource")) continue;
            kept.insert(textAt(entry, {"fullUrl"}));
            if (entry.child("resource").type() == "Task") {
                ids.insert(textAt(entry, {"fullUrl"}));
                ids.insert(textAt(entry, {"resource", "identifier", "value"}));
            }
        }
        const Texts allowedTexts = allowed(plan, kept);
        Texts found;
        leaves(extract.root(), found);
        for (const std::string& text : found)
            EXPECT_TRUE(allowedTexts.contains(text) || ids.contains(text))
                << example.path() << ": " << text;
        for (const std::string& id : ids)
            EXPECT_TRUE(id.starts_with("urn:uuid:") ||
                        id.find("/aid-request") != std::string::npos);
    }
    EXPECT_GT(extracts, 8u);
}

TEST_F(AidRequest, KeepsToItsProfileAndTheProfileFindsMore) {
    const fs::path out = kMappings + "/plan-to-aid-request/examples/mdph/out.json";
    Issues issues;
    EXPECT_NO_THROW(checked_->decode(Bytes(support::fileText(out)), issues));
    for (const char* const more :
         {R"("reasonCode": [{"text": "x"}], "resourceType": "ServiceRequest")",
          R"("note": [{"text": "x"}], "resourceType": "ServiceRequest")"}) {
        std::string text = support::fileText(out);
        const std::string_view where = R"("resourceType": "ServiceRequest")";
        const std::size_t at = text.find(where);
        ASSERT_NE(std::string::npos, at);
        text.replace(at, where.size(), more);
        EXPECT_THROW(checked_->decode(Bytes(std::move(text)), issues), Error) << more;
    }
}

TEST_F(AidRequest, NamesTheConsentOfThisRecipientOnly) {
    const fs::path folder = kMappings + "/plan-to-aid-request/examples";
    for (const auto& [example, consent] :
         {std::pair("mdph", "/consent/mdph"), std::pair("town", "/consent/town"),
          std::pair("named-bodies", "/consent/mdph-nord")}) {
        const Document extract = read(folder / example / "out.json");
        Texts found;
        leaves(extract.root(), found);
        std::size_t named = 0;
        for (const std::string& text : found) {
            if (text.find("/consent/") == std::string::npos) continue;
            ++named;
            EXPECT_TRUE(text.ends_with(consent)) << text;
        }
        EXPECT_EQ(1u, named) << example;
    }
}

}  // namespace
