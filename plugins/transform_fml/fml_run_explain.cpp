#include "fml_run.h"

namespace fml {

void Run::explain(gateway::Explanation& out) {
    explain_ = std::make_unique<Explainer>(program_, in_, out);
    environment_.read = &explain_->read();
}

void Run::noteRan(const RuleCode& code, Frame& frame) {
    explain_->begin();
    explain_->ran(code);
    if (!code.ignored) return;
    for (const SourceCode& source : code.sources) {
        const Binding& found = at(source.slot, frame);
        if (found.kind == Binding::Kind::node) explain_->ignored(found.node, code);
    }
}

}  // namespace fml
