/// Any text is compiled, whole and with text behind it, and evaluated over a small typed tree:
/// there is an answer, a finding or an Error, in bounded work.
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "fhirpath.h"

namespace {
using namespace gateway;

Builder::Handle leaf(Builder& tree, Builder::Handle parent, const char* name, const char* type,
                     const char* text, Kind kind = Kind::text) {
    const Builder::Handle node = tree.add(parent, name);
    tree.text(node, text, kind);
    tree.type(node, Name::permanent(type));
    return node;
}

Document patient() {
    Builder tree("Patient");
    tree.type(tree.root(), Name::permanent("Patient"));
    leaf(tree, tree.root(), "id", "id", "p1");
    leaf(tree, tree.root(), "active", "boolean", "true", Kind::boolean);
    leaf(tree, tree.root(), "birthDate", "date", "1950-02-28");
    leaf(tree, tree.root(), "rank", "decimal", "1.50", Kind::number);
    leaf(tree, tree.root(), "plain", "", "12", Kind::number);
    tree.kind(tree.add(tree.root(), "null"), Kind::null);
    for (const char* use : {"official", "usual"}) {
        const auto name = tree.add(tree.root(), "name");
        tree.type(name, Name::permanent("HumanName"));
        leaf(tree, name, "use", "code", use);
        leaf(tree, name, "given", "string", "Ann\xC3\xA9");
    }
    const auto value = tree.add(tree.root(), "value");
    tree.type(value, Name::permanent("Quantity"));
    leaf(tree, value, "value", "decimal", "70.5", Kind::number);
    leaf(tree, value, "code", "code", "kg");
    leaf(tree, tree.root(), "div", "xhtml",
         "<div xmlns=\"http://www.w3.org/1999/xhtml\"><p class='a'>b</p></div>");
    const auto set = tree.add(tree.root(), "contained");
    tree.type(set, Name::permanent("ValueSet"));
    leaf(tree, set, "url", "uri", "v");
    const auto include = tree.add(tree.add(set, "compose"), "include");
    leaf(tree, include, "valueSet", "canonical", "v");
    leaf(tree, tree.add(include, "concept"), "code", "code", "usual");
    return tree.finish();
}

void run(const fhirpath::Expression& expression, Node focus, const Context& context) {
    Issues issues;
    fhirpath::Environment environment;
    environment.context = &context;
    environment.issues = &issues;
    environment.resource = environment.rootResource = focus;
    environment.steps = 20'000;
    try {
        for (const fhirpath::Value& value : expression.evaluate(focus, environment))
            if (value.text().size() > 64 * 1024 * 1024) std::abort();
    } catch (const Error& error) {
        if (error.fault != Fault::rejected || error.where.empty()) std::abort();
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const Document document = patient();
    static const Context context;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    for (const bool whole : {true, false}) {
        Findings findings;
        std::size_t stopped = 0;
        const auto expression = fhirpath::Expression::compile(
            text, {}, findings, whole ? nullptr : &stopped, {"name", "v"});
        if (expression.has_value() == findings.failed() || stopped > size) std::abort();
        if (expression) run(*expression, document.root(), context);
    }
    return 0;
}
