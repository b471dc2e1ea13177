#include "common/logical/native.h"

namespace logical {
using gateway::Reason;
using gateway::say;

NativeModel::NativeModel(gateway::Config& config, const std::string& otherwise,
                         std::string_view own)
    : asked_(ask(config, otherwise)) {
    if (asked_.type != nullptr) checker_.emplace(*asked_.type);
    const check::Asked checks = check::ask(config);
    if (checks.name.empty() || checks.name == "none") return;
    if (!own.empty() && checks.name == own) {
        onOwn_ = checks.onError;
        return;
    }
    onError_ = checks.onError;
    if (checks.name != "model")
        config.findings().error(
            checks.where,
            own.empty() ? Reason("expected none or model", "attendu none ou model")
                        : say("expected none, model or {0}", "attendu none, model ou {0}", {own}));
    else if (!checker_ && !config.findings().failed())
        config.findings().error(
            checks.where, {"found a check by the model, but no file of a model: expected model: "
                           "FILE.json, or models/NAME.json below mappings",
                           "trouvé un contrôle par le modèle, mais pas de fichier de modèle : "
                           "attendu model: FICHIER.json, ou models/NOM.json sous mappings"});
}

void NativeModel::judge(const gateway::Document& document, gateway::Issues& issues) const {
    if (onError_ == check::OnError::ignore || !checker_) return;
    gateway::Issues found;
    checker_->check(document, found);
    check::judge(found, onError_, issues,
                 [](const gateway::Issue&) { return gateway::Fault::rejected; });
}

}  // namespace logical
