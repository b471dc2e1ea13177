#include "fml_mandatory.h"

#include <algorithm>

namespace fml {

void Mandatory::set(const ModelType* of, Name element) { set_.emplace(of, element.text()); }

void Mandatory::made(const ModelType& type, const gateway::Place& where) {
    const bool known = std::any_of(made_.begin(), made_.end(),
                                   [&](const auto& other) { return other.first == &type; });
    if (!known && !type.abstract && type.kind != ModelType::Kind::primitive)
        made_.emplace_back(&type, where);
}

void Mandatory::copied(const ModelType* into) { copied_.push_back(into); }

bool Mandatory::mayBeSet(const ModelType& type, Name element) const {
    const auto concerns = [&](const ModelType* other) {
        return other == nullptr || related(*other, type);
    };
    return std::any_of(copied_.begin(), copied_.end(), concerns) ||
           std::any_of(set_.begin(), set_.end(), [&](const auto& each) {
               return each.second == element.text() && concerns(each.first);
           });
}

void Mandatory::report(gateway::Findings& findings) const {
    for (const auto& [type, where] : made_) {
        std::string missing;
        for (const ModelElement& element : type->elements)
            if (element.least > 0 && !mayBeSet(*type, element.name))
                missing += (missing.empty() ? "'" : ", '") + std::string(element.name.text()) + "'";
        if (!missing.empty())
            findings.warning(
                where, gateway::say("{0} is made here, and no rule sets {1}, which must stand "
                                    "in it",
                                    "{0} est créé ici, et aucune règle ne renseigne {1}, qui "
                                    "y est obligatoire",
                                    {type->name.text(), missing}));
    }
}

}  // namespace fml
