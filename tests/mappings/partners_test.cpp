// A plan on its way to partners and back: what the examples beside the maps cannot say by
// themselves.
#include <algorithm>
#include <filesystem>
#include <map>
#include <set>

#include "host/codec_shelf.h"
#include "host/map_shelf.h"
#include "support/places.h"
#include "support/plugins.h"

namespace {
using namespace gateway;
namespace fs = std::filesystem;
using testing::HasSubstr;
using testing::Not;

const std::string kMappings = std::string(support::kSourceDir) + "/mappings";
const std::string kFederation = kMappings + "/federation/";
const std::string kExample = "/examples/active-with-everything/in.json";

/// The tree as text, whatever the order of its members and lists.
std::string shape(Node node) {
    std::vector<std::string> parts;
    for (const Node child : node.children()) parts.push_back(shape(child));
    std::sort(parts.begin(), parts.end());
    std::string text(node.name());
    if (node.hasText()) {
        std::string value(node.text());
        if (value.find('.') != value.npos && value.ends_with("0") &&
            value.find_first_not_of("0123456789.") == value.npos)
            value.resize(value.find_last_not_of('0') + 1);  // 50.0 is 50
        if (value.ends_with(".")) value.pop_back();
        text += "=" + value;
    }
    for (const std::string& part : parts) text += "(" + part + ")";
    return text;
}

/// Every value with its place, without numbers of list items and without labels of codes: what must
/// not be lost whatever a network calls it.
void valuesOf(Node node, const std::string& path, std::set<std::string>& values) {
    if (node.hasText() && node.name() != "display") {
        std::string text(node.text());
        std::erase(text, '\r');
        values.insert(path + "=" + text);
    }
    for (const Node child : node.children())
        valuesOf(child, path + "." + std::string(child.name()), values);
}

std::string first(Node node, std::initializer_list<std::string_view> path) {
    for (const std::string_view name : path) node = node ? node.child(name) : node;
    return node && node.hasText() ? std::string(node.text()) : std::string();
}

std::vector<Node> entriesOf(const Document& bundle) {
    std::vector<Node> entries;
    for (const Node child : bundle.root().children())
        if (child.name() == "entry") entries.push_back(child);
    return entries;
}

std::string typeOf(Node entry) { return std::string(entry.child("resource").type()); }
std::string idOf(Node entry) { return first(entry, {"resource", "identifier", "value"}); }

class Partners : public testing::Test {
protected:
    Partners() {
        for (const char* const name :
             {"transform_fml", "codec_fhir", "codec_json", "codec_hl7v2", "codec_xml", "codec_csv"})
            if (const auto why =
                    host_.load(std::string(support::kBuildDir) + "/plugins/" + name + ".so"))
                ADD_FAILURE() << why->en;
        codecs_.emplace(host_);
        language_ = mapLanguage(host_, findings_);
    }

    const Transformer& map(const std::string& folder, const std::string& name) {
        std::unique_ptr<Transformer>& kept = maps_[name];
        if (!kept)
            kept = language_->compile(kMappings + "/" + folder + "/" + name + "/" + name + ".map",
                                      MapSurroundings{kMappings, codecs_->models()}, findings_);
        if (!kept) throw std::runtime_error(name + " does not compile");
        return *kept;
    }
    Document through(const std::string& name, const Document& in,
                     const std::string& folder = "federation") {
        Context context;
        context.now = timeFromText("2026-03-02T09:15:00.000Z");
        for (const auto& [key, value] : {std::pair("time", "2026-03-02T09:15:00.000Z"),
                                         {"control-id", "EXAMPLE1"},
                                         {"sending_application", "PASSERELLE"},
                                         {"sending_facility", "RESEAU"},
                                         {"receiving_application", "DPI"},
                                         {"receiving_facility", "CH"}})
            context.set(key, value);
        Report report;
        Document out = map(folder, name).transform(in, context, report);
        EXPECT_LT(report.issues.worst(), Severity::error) << name;
        return out;
    }
    static std::string written(const Codec& codec, const Document& document) {
        Issues issues;
        Sink out;
        codec.encode(document, out, issues);
        return std::string(out.text());
    }
    static Document read(const Codec& codec, std::string text) {
        Issues issues;
        return codec.decode(Bytes(std::move(text)), issues);
    }
    /// What the partner gets, read again.
    Document sent(const Codec& codec, const Document& document) {
        return read(codec, written(codec, document));
    }
    Document planOf(const std::string& relai) {
        return sent(*fhir_, through("relai-to-plan", read(*json_, support::fileText(relai)),
                                    "networks/relai"));
    }
    static std::vector<std::string> relaiPlans() {
        std::vector<std::string> files;
        const auto take = [&](const fs::path& folder) {
            if (!fs::is_directory(folder)) return;
            for (const auto& entry : fs::directory_iterator(folder)) files.push_back(entry.path());
        };
        take(std::string(support::kSourceDir) + "/docs/demo/plans");
        if (!support::corpus().empty()) take(support::corpus() + "/pps/relai-json");
        std::sort(files.begin(), files.end());
        return files;
    }

    PluginHost host_;
    Findings findings_;
    std::shared_ptr<const MapLanguage> language_;
    std::optional<CodecShelf> codecs_;
    std::map<std::string, std::unique_ptr<Transformer>> maps_;
    support::Plugins plugins_{{"codec_fhir", "codec_json", "codec_hl7v2"}};
    std::unique_ptr<Codec> fhir_ = plugins_.codec("fhir+json");
    std::unique_ptr<Codec> json_ = plugins_.codec("json");
    std::unique_ptr<Codec> hl7_ =
        plugins_.codec("hl7v2", support::map({{"check", support::scalar("dictionary")}}));
};

/// Whatever a message of HL7 v2 does not carry: docs/plan-model.md, "Losses and what is ignored".
bool staysWithTheNetwork(Node entry) {
    const std::string type = typeOf(entry);
    return type == "Consent" || type == "Communication" ||
           (type == "Task" && idOf(entry).ends_with("/proposal"));
}

/// Of these not a value may differ; of the others only what the losses name.
bool isWhole(Node entry) {
    const std::string type = typeOf(entry);
    return type != "CareTeam" && type != "Organization" && type != "PractitionerRole" &&
           type != "CarePlan";
}

void expectBack(const Document& plan, const Document& back, const std::string& about) {
    std::map<std::string, Node> found;
    for (const Node entry : entriesOf(back)) found[first(entry, {"fullUrl"})] = entry;
    for (const Node entry : entriesOf(plan)) {
        if (staysWithTheNetwork(entry)) continue;
        const auto it = found.find(first(entry, {"fullUrl"}));
        ASSERT_TRUE(it != found.end()) << about << " loses " << typeOf(entry) << " " << idOf(entry);
        if (isWhole(entry)) {
            EXPECT_EQ(shape(entry.child("resource")), shape(it->second.child("resource")))
                << about << ": " << idOf(entry);
        }
    }
    for (const char* const list :
         {"addresses", "goal", "activity", "period", "status", "extension"})
        for (const Node entry : entriesOf(plan))
            if (typeOf(entry) == "CarePlan") {
                std::vector<std::string> one, other;
                for (const Node child : entry.child("resource").children())
                    if (child.name() == list) one.push_back(shape(child));
                for (const Node child :
                     found[first(entry, {"fullUrl"})].child("resource").children())
                    if (child.name() == list) other.push_back(shape(child));
                EXPECT_THAT(other, testing::UnorderedElementsAreArray(one)) << about << " " << list;
            }
}

TEST_F(Partners, EveryProblemGoalActionDateStateAndLinkComesBack) {
    for (const std::string& file : relaiPlans()) {
        const Document plan = planOf(file);
        for (const char* const map : {"plan-to-ppp", "plan-to-ppg", "plan-to-ppr", "plan-to-pgl"}) {
            const Document back =
                sent(*fhir_, through("ppp-to-plan", sent(*hl7_, through(map, plan))));
            expectBack(plan, back, std::string(map) + " of " + file);
        }
    }
}

TEST_F(Partners, EveryExampleComesBackToo) {
    for (const auto& entry : fs::directory_iterator(kFederation + "plan-to-ppp/examples")) {
        const fs::path in = entry.path() / "in.json";
        // Their full urls are not made of their identifiers, as a map makes them.
        const std::string name = entry.path().filename();
        if (!fs::exists(in) || name.starts_with("held-") || name == "a-mistake" ||
            name == "an-oid" || name == "first-seen")
            continue;
        const Document plan = read(*fhir_, support::fileText(in));
        expectBack(plan,
                   sent(*fhir_, through("ppp-to-plan", sent(*hl7_, through("plan-to-ppp", plan)))),
                   entry.path());
    }
}

TEST_F(Partners, ProblemsGoalsAndActionsOfEveryNetworkComeBack) {
    std::size_t plans = 0;
    for (const auto& file : fs::recursive_directory_iterator(kMappings + "/networks")) {
        const std::string map = file.path().parent_path().parent_path().parent_path().filename();
        if (file.path().filename() != "out.json" || !map.ends_with("-to-plan")) continue;
        const Document plan = read(*fhir_, support::fileText(file.path()));
        const Document back =
            sent(*fhir_, through("ppp-to-plan", sent(*hl7_, through("plan-to-ppp", plan))));
        std::map<std::string, Node> found;
        for (const Node entry : entriesOf(back)) found[first(entry, {"fullUrl"})] = entry;
        for (const Node entry : entriesOf(plan)) {
            const std::string type = typeOf(entry);
            if (type != "Condition" && type != "Goal" && type != "ServiceRequest") continue;
            const auto it = found.find(first(entry, {"fullUrl"}));
            ASSERT_TRUE(it != found.end()) << file.path() << " loses " << idOf(entry);
            std::set<std::string> one, other;
            valuesOf(entry.child("resource"), type, one);
            valuesOf(it->second.child("resource"), type, other);
            std::vector<std::string> differ;
            std::set_symmetric_difference(one.begin(), one.end(), other.begin(), other.end(),
                                          std::back_inserter(differ));
            EXPECT_THAT(differ, testing::IsEmpty()) << file.path() << ": " << idOf(entry);
        }
        ++plans;
    }
    EXPECT_GT(plans, 20u);
}

TEST_F(Partners, WhatIsWrittenInHl7KeepsToTheStandard) {
    std::size_t messages = 0;
    for (const std::string& file : relaiPlans()) {
        const Document plan = planOf(file);
        for (const char* const map :
             {"plan-to-ppp", "plan-to-ppg", "plan-to-ppr", "plan-to-pgl", "plan-to-ref"}) {
            Issues issues;
            EXPECT_NO_THROW(hl7_->decode(Bytes(written(*hl7_, through(map, plan))), issues))
                << map << " of " << file;
            for (const Issue& issue : issues.all())
                EXPECT_TRUE(issue.where == "message" || issue.severity < Severity::warning)
                    << map << " of " << file << ": " << issue.where << " " << issue.text.en;
            ++messages;
        }
    }
    EXPECT_GE(messages, 20u);
}

/// "Zarit" stands in the plan that is given.
void expectNothingOfCarers(const std::string& text, const std::string& about) {
    EXPECT_THAT(text, Not(HasSubstr("Zarit"))) << about;
    EXPECT_THAT(text, Not(HasSubstr("BENEFICIAIRE"))) << about;
    EXPECT_THAT(text, Not(HasSubstr("beneficiary"))) << about;
    EXPECT_THAT(text, Not(HasSubstr("\"focus\":["))) << about;
}

TEST_F(Partners, ACarersScoreReachesNeitherHospitalNorHad) {
    std::vector<std::string> files{
        kMappings + "/networks/relai/relai-to-plan/examples/every-repeated-code/in.json"};
    if (support::corpus().empty())
        std::cout << "no corpus beside the checkout: its plan is not tried\n";
    else
        files.push_back(support::corpus() + "/pps/relai-json/relai_01_palliatif_actif.json");
    for (const std::string& file : files) {
        const Document plan = planOf(file);
        ASSERT_THAT(written(*fhir_, plan), HasSubstr("Zarit"));
        const Document filtered = sent(*fhir_, through("plan-without-carers", plan));
        for (const char* const map : {"plan-to-ppp", "plan-to-ppg", "plan-to-ppr", "plan-to-pgl"})
            expectNothingOfCarers(written(*hl7_, through(map, filtered)), map);
        expectNothingOfCarers(written(*hl7_, through("plan-to-ref", filtered)), "plan-to-ref");
        const std::string had = written(*fhir_, through("plan-to-had", filtered));
        expectNothingOfCarers(had, "plan-to-had");
        EXPECT_THAT(had, HasSubstr("\"Task\""));
        // What is left names nothing that is gone.
        const std::string text = written(*fhir_, filtered);
        for (const Node entry : entriesOf(plan)) {
            const std::string url = first(entry, {"fullUrl"});
            if (text.find("\"fullUrl\":\"" + url) == text.npos) {
                EXPECT_THAT(text, Not(HasSubstr(url))) << idOf(entry);
            }
        }
        const std::string gp = written(*fhir_, through("plan-without-refusing-carers", plan));
        EXPECT_THAT(gp, HasSubstr("Zarit")) << "the GP gets it";
    }
}

/// A FHIR server as far as a transaction needs one: conditional creates and updates by identifier.
class Server {
public:
    void transaction(const Document& bundle) {
        std::map<std::string, std::string> placed;  // full url to Type/id
        const std::vector<Node> entries = entriesOf(bundle);
        for (const Node entry : entries)
            placed[first(entry, {"fullUrl"})] = typeOf(entry) + "/" + place(entry);
        for (const Node entry : entries) {
            std::string text = shape(entry.child("resource"));
            for (const auto& [url, id] : placed)
                for (std::size_t at; (at = text.find(url)) != text.npos;)
                    text.replace(at, url.size(), id);
            EXPECT_THAT(text, Not(HasSubstr("urn:uuid:"))) << "a reference to nothing";
            std::string& kept = resources_[placed[first(entry, {"fullUrl"})]];
            if (kept.empty() || first(entry, {"request", "method"}) == "PUT") kept = text;
        }
    }
    std::size_t count(const std::string& type) const {
        return static_cast<std::size_t>(
            std::count_if(resources_.begin(), resources_.end(),
                          [&](const auto& one) { return one.first.starts_with(type + "/"); }));
    }
    const std::map<std::string, std::string>& resources() const { return resources_; }

private:
    /// The id of the one that the entry's search finds, or a new one.
    std::string place(Node entry) {
        const std::string method = first(entry, {"request", "method"});
        const std::string url = first(entry, {"request", "url"});
        const std::string search = method == "PUT" ? url.substr(url.find('?') + 1)
                                                   : first(entry, {"request", "ifNoneExist"});
        EXPECT_TRUE(search.starts_with("identifier=")) << search;
        const auto [it, fresh] =
            ids_.try_emplace(typeOf(entry) + "?" + search, std::to_string(ids_.size() + 1));
        return it->second;
    }
    std::map<std::string, std::string> ids_, resources_;
};

TEST_F(Partners, TwoPlansWithEqualLocalIdsSentTwiceStayTwoWholePlans) {
    const std::string text =
        support::fileText(kMappings + "/networks/relai/relai-to-plan" + kExample);
    std::string other = text;
    for (const auto& [what, by] : {std::pair("EXC-2026-0011", "EXC-2026-9911"),
                                   {"U-0001", "U-9001"},
                                   {"248053199300177", "248053199300274"}})
        for (std::size_t at; (at = other.find(what)) != other.npos;)
            other.replace(at, std::string(what).size(), by);
    ASSERT_NE(text, other);
    const auto gp = [&](const std::string& native) {
        const Document plan =
            sent(*fhir_, through("relai-to-plan", read(*json_, native), "networks/relai"));
        return sent(*fhir_, through("plan-to-gp", plan));
    };
    const Document one = gp(text), two = gp(other);
    Server server;
    for (const Document* bundle : {&one, &two}) server.transaction(*bundle);
    const auto after = server.resources();
    for (const Document* bundle : {&one, &two}) server.transaction(*bundle);
    EXPECT_EQ(after, server.resources()) << "the second time changes nothing";

    std::map<std::string, std::size_t> kinds;
    for (const Node entry : entriesOf(one)) ++kinds[typeOf(entry)];
    for (const char* const type : {"CarePlan", "Patient", "CareTeam", "Condition", "Goal",
                                   "ServiceRequest", "RelatedPerson", "PractitionerRole"})
        EXPECT_EQ(2 * kinds[type], server.count(type)) << type;
    // Each plan names its own parts: of the two plans none names one of the other.
    for (const auto& [id, resource] : server.resources()) {
        const bool first = resource.find("EXC-2026-0011/") != resource.npos;
        const bool second = resource.find("EXC-2026-9911/") != resource.npos;
        EXPECT_FALSE(first && second) << id;
    }
}

TEST_F(Partners, SeveralSessionsToComeAreSeveralMessages) {
    const Document plan =
        read(*fhir_, support::fileText(kFederation + "plan-to-ppp/examples/every-field/in.json"));
    const std::string text = written(*plugins_.codec("hl7v2"), through("plan-to-siu", plan));
    Issues issues;
    const std::vector<Span> spans = hl7_->split(Bytes(text), issues);
    ASSERT_EQ(2u, spans.size());
    for (const Span& span : spans)
        EXPECT_NO_THROW(
            hl7_->decode(Bytes(text.substr(span.begin, span.end - span.begin)), issues));
    EXPECT_THAT(text, HasSubstr("|EXAMPLE1|"));
    EXPECT_THAT(text, HasSubstr("|EXAMPLE1-1|"));
}

}  // namespace
