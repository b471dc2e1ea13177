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
    Checker(const Expression::Code& code, const Models& models, gateway::Findings& findings)
        : code_(code), models_(models), findings_(findings) {}

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
    Kinds narrowed(const TypeName& type, const Kinds& input);
    void needOrder(const Step& step, const Kinds& input);
    /// Functions of texts have no use for what has parts only.
    void needText(const Step& step, const Kinds& input);
    Kinds known(gateway::Name type) const;
    const gateway::ModelType* model(gateway::Name type) const;
    void fail(std::uint32_t at, std::string text);

    const Expression::Code& code_;
    const Models& models_;
    gateway::Findings& findings_;
};

}  // namespace fhirpath
