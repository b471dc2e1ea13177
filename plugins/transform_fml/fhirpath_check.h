/// @file  Checks compiled code against models: names of elements, and order where there is none.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "fhirpath_code.h"
#include "gateway/model.h"

namespace fhirpath {

class Checker {
public:
    Checker(const Expression::Code& code, const Models& models, gateway::Findings& findings,
            const Expression::VariableTypes& variables = {})
        : code_(code), models_(models), findings_(findings), variables_(variables) {}

    void check(const gateway::ModelType* focus);

private:
    /// What a collection may hold. Nothing is said about collections that are not known.
    struct Kinds {
        bool known = false;
        bool ordered = true;
        std::vector<const gateway::ModelType*> types;
    };

    Kinds infer(const Operation& operation, const Kinds& focus);
    Kinds inferPath(const Operation& operation, const Kinds& focus);
    Kinds inferFunction(const Step& step, const Kinds& input, const Kinds& focus);
    Kinds member(const Step& step, const Kinds& input);
    /// A name of FHIR's JSON, where a host's nodes answer to them: valueString, birthDate.value.
    const gateway::ModelType* spelled(const Step& step, const gateway::ModelType& type) const;
    Kinds narrowed(const TypeName& type, const Kinds& input);
    void needOrder(const Step& step, const Kinds& input);
    /// Functions of texts have no use for what has parts only.
    void needText(const Step& step, const Kinds& input);
    Kinds known(gateway::Name type) const;
    const gateway::ModelType* model(gateway::Name type) const;
    void fail(std::uint32_t at, const gateway::Reason& text);

    const Expression::Code& code_;
    const Models& models_;
    gateway::Findings& findings_;
    const Expression::VariableTypes& variables_;
};

}  // namespace fhirpath
