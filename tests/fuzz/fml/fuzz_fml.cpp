// Any text is a map or gives findings with a place; what compiles runs within its bounds.
#include <cstdint>
#include <cstdlib>

#include "fml_compiler.h"
#include "fml_run.h"

namespace {
using namespace gateway;

Document small() {
    Builder tree("In");
    const auto item = [&](std::string_view name, std::string_view text) {
        const auto node = tree.add(tree.root(), "a");
        tree.text(tree.add(node, "b"), name);
        tree.text(tree.add(node, "c"), text, Kind::number);
        return node;
    };
    item("x", "1");
    tree.text(tree.add(item("y", "2.0"), "a"), "deep");
    tree.text(tree.add(tree.root(), "b"), "F");
    return tree.finish();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const Document in = small();
    Findings findings;
    const auto program =
        fml::compileMap("/nowhere/m.map", std::string(reinterpret_cast<const char*>(data), size),
                        {"/nowhere", {}}, findings);
    for (const Finding& finding : findings.all())
        if (finding.where.line < 1 || finding.where.column < 1 || finding.text.empty())
            std::abort();
    if (program == nullptr) {
        if (!findings.failed()) std::abort();
        return 0;
    }
    fml::Limits limits;
    limits.rules = 2'000;
    limits.nodes = 2'000;
    limits.depth = 50;
    limits.steps = 20'000;
    Context context;
    Report report;
    try {
        fml::Run(*program, in, context, report, limits).document();
    } catch (const Error& error) {
        if (error.fault != Fault::rejected) std::abort();
    }
    return 0;
}
