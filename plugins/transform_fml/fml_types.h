/// @file  What the models know about the types that a map names.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "gateway/error.h"
#include "gateway/model.h"

namespace fml {

using gateway::Model;
using gateway::ModelElement;
using gateway::ModelType;
using gateway::Name;

/// An element as a map names it. `valueQuantity` is the choice `value` with its type given.
struct ElementRef {
    Name name;                              ///< of the node in the tree
    const ModelElement* element = nullptr;  ///< null: no model knows the parent
    const ModelType* type = nullptr;        ///< when name, model or map leaves no choice

    bool single() const { return element != nullptr && !element->many; }
};

/// The element of that name, or one with neither `element` nor type when there is none.
ElementRef findElement(const ModelType& parent, Name name);

/// Whether `valueQuantity` is the choice `value` with type `Quantity`.
bool spellsChoice(Name name, Name stem, Name type);

/// Whether the name may be that of any choice and its type: the numbers of HL7 v2 are none.
bool maySpellChoice(Name name);

/// Whether an element of that name may be the text of its parent: R3 and R4 name the text of a
/// primitive 'value', HL7's logical models of XML that of an element 'xmlText', in drafts
/// 'dataString' or 'data'.
bool namesText(Name name);

/// Whether a value of that type may stand there.
bool allows(const ModelElement& element, const ModelType& type);

/// The kind of node that carries a primitive of that type.
gateway::Kind kindOf(const ModelType& type);

/// Element names for "did you mean".
std::vector<std::string> elementNames(const ModelType& type);
/// "Quantity, string or Period"
gateway::Reason typeList(const ModelElement& element);

/// Whether two types are one, or one is derived from the other.
bool related(const ModelType& a, const ModelType& b);
/// Whether a value of that type has parts and never a text of its own: FHIR's complex types.
bool partsOnly(const ModelType& type);
/// Whether the text is a boolean, number or date where the type is one; other types hold any text.
bool hasShape(std::string_view text, std::string_view type);
/// What is said of a value without that shape, and what to write instead.
gateway::Reason noShape(std::string_view type);

}  // namespace fml
