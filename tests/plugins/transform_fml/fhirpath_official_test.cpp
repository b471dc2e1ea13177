/// Runs HL7's official FHIRPath tests for R4 (tests-fhir-r4.xml of the corpus).
#include "fhir_xml.h"
#include "fhirpath.h"
#include "fhirpath_cases.h"
#include "support/plugins.h"

namespace {
using namespace gateway;
using fhirpath::Collection;
using fhirpath::Environment;
using fhirpath::Value;

/// The type as the tests name it.
std::string typeOf(const Value& value) {
    std::string name(value.typeName());
    if (value.type() != Value::Type::node && name != "Quantity")
        name[0] = static_cast<char>(name[0] - 'A' + 'a');
    return name;
}

std::string textOf(const Value& value) {
    const std::string text(value.text());
    using Type = Value::Type;
    if (value.type() == Type::quantity) return text + " '" + std::string(value.unit()) + "'";
    return text;
}

bool matches(const Value& value, const std::pair<std::string, std::string>& expected) {
    std::string text = expected.second;
    if (text.rfind("@T", 0) == 0) text.erase(0, 2);
    if (text.rfind("@", 0) == 0) text.erase(0, 1);
    return textOf(value) == text && (expected.first.empty() || typeOf(value) == expected.first);
}

class Official : public testing::Test {
protected:
    void SetUp() override {
        folder_ = support::corpus() + "/fhir/fhirpath/";
        if (support::corpus().empty()) GTEST_SKIP() << "the corpus is not beside the checkout";
        context_.now = timeFromText("2025-03-18T08:42:10.000Z");
        context_.zone = "";  // the tests know no zone of the host
    }

    Node input(const std::string& name) {
        if (name.empty()) return {};
        auto [found, fresh] = inputs_.try_emplace(name);
        if (fresh) {
            const std::string text = support::fileText(folder_ + "input/" + name);
            Issues issues;
            found->second = name.ends_with(".xml") ? fhirFromXml(text, *codec_->model())
                                                   : codec_->decode(Bytes::copy(text), issues);
        }
        return found->second.root();
    }

    /// What is wrong with the answer; empty if nothing.
    std::string wrong(const OfficialCase& test) {
        const Node root = input(test.input);
        Findings findings;
        const auto expression = fhirpath::Expression::compile(test.expression, {}, findings,
                                                              nullptr, {}, {codec_->model()});
        if (expression && root)
            expression->check(codec_->model()->type(root.typeOf()), {codec_->model()}, findings);
        if (findings.failed()) {
            if (!test.invalid.empty()) return {};
            return findings.all().front().where.text() + " " + findings.all().front().text;
        }
        Environment environment;
        environment.context = &context_;
        environment.resource = environment.rootResource = root;
        try {
            return difference(test, expression->evaluate(root, environment));
        } catch (const Error& error) {
            return test.invalid.empty() ? error.where + " " + error.what() : "";
        }
    }

    static std::string difference(const OfficialCase& test, Collection values) {
        std::string got;
        for (const Value& value : values) got += " " + typeOf(value) + ":" + textOf(value);
        if (!test.invalid.empty()) return "was to be refused as " + test.invalid + ", gave" + got;
        if (test.predicate) values = {Value::of(!values.empty())};
        bool same = values.size() == test.outputs.size();
        for (std::size_t i = 0; same && i < values.size(); ++i) {
            if (test.ordered)
                same = matches(values[i], test.outputs[i]);
            else
                same =
                    std::any_of(test.outputs.begin(), test.outputs.end(),
                                [&](const auto& expected) { return matches(values[i], expected); });
        }
        return same ? "" : "gave" + got;
    }

    support::Plugins plugins_{{"codec_fhir"}};
    std::unique_ptr<Codec> codec_ = plugins_.codec("fhir");
    std::string folder_;
    Context context_;
    std::map<std::string, Document> inputs_;
};

// By name, with the reason; docs/fhirpath.md lists them too.
const std::vector<std::string> kKnownMisses{};

TEST_F(Official, AnswersAsTheSuiteExpects) {
    const std::vector<OfficialCase> cases =
        readCases(support::fileText(folder_ + "tests-fhir-r4.xml"));
    std::vector<std::string> misses;
    for (const OfficialCase& test : cases) {
        const std::string reason = wrong(test);
        if (reason.empty()) continue;
        misses.push_back(test.name);
        std::cout << test.name << ": " << test.expression << "\n    " << reason << "\n";
    }
    std::cout << cases.size() - misses.size() << " of " << cases.size() << " official tests pass\n";
    EXPECT_GE(cases.size(), 600u);
    EXPECT_EQ(kKnownMisses, misses);
}

}  // namespace
