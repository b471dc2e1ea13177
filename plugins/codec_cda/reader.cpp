#include "reader.h"

#include "cda_model.h"

namespace cda {
using gateway::Error;
using gateway::Fault;
using gateway::Name;

namespace {

const Type* typeOf(const void* known) { return static_cast<const Type*>(known); }

/// What `xsi:type` says, without its prefix; empty when it says nothing.
std::string_view saidType(const xml::Tag& tag) {
    for (const xml::Attribute& one : tag.attributes)
        if (one.name == "type" && one.space == xml::kSchemaInstance)
            return one.value.substr(one.value.rfind(':') + 1);
    return {};
}

}  // namespace

void Reader::begin(const xml::Tag& tag) {
    if (!begun_) space_ = tag.space == kTest ? kTest : kCda;
    TreeReader::begin(tag);
    begun_ = true;
}

/// What goes without saying is CDA's own namespace alone.
std::string_view Reader::space() const { return kCda; }

bool Reader::declared(const xml::Declaration& one) const {
    return one.space == kSdtc || one.space == kCda || one.space == kTest;
}

Reader::Naming Reader::root(const xml::Tag& tag) {
    if (tag.space != space_)
        throw Error(Fault::unsupported, "line 1, column 1",
                    {"this document is not of the namespace of CDA, urn:hl7-org:v3",
                     "ce document n'est pas de l'espace de noms de CDA, urn:hl7-org:v3"});
    const Type* const type = Cda::get().typeOf(tag.name);
    if (type == nullptr || type->kind != gateway::ModelType::Kind::resource)
        throw Error(Fault::unsupported, "line 1, column 1",
                    {"this element begins no document of CDA, expected ClinicalDocument",
                     "cet élément n'ouvre pas un document CDA, attendu ClinicalDocument"});
    return {type->name, type, space_ == kTest ? Cda::testDocument() : type->name};
}

Reader::Naming Reader::element(Known parent, const xml::Tag& tag) {
    if (!begun_) return root(tag);
    const bool sdtc = tag.space == kSdtc;
    const Type* const owner = typeOf(parent);
    if (owner == nullptr || (!sdtc && tag.space != space_)) return {};
    const Member* const member = owner->inXml(tag.name, sdtc, false);
    if (member == nullptr) return {};
    const Type* type = member->only();
    if (const std::string_view said = saidType(tag); !said.empty())
        type = Cda::get().typeOf(said);
    else if (type == nullptr && !member->types.empty())
        type = member->types.front();
    return {member->name, type, type != nullptr && !type->abstract ? type->name : Name()};
}

Reader::Naming Reader::attribute(Known owner, const xml::Attribute& attribute) {
    if (owner == nullptr) return {};
    if (attribute.name == "type" && attribute.space == xml::kSchemaInstance)
        return {{}, nullptr, {}, true};
    const bool sdtc = attribute.space == kSdtc;
    if (!sdtc && !attribute.space.empty()) return {};
    const Member* const member = typeOf(owner)->inXml(attribute.name, sdtc, true);
    return member ? Naming{member->name} : Naming{};
}

bool Reader::isVerbatim(Known known) { return known != nullptr && typeOf(known)->narrative; }

}  // namespace cda
