#include "r4_model.h"

#include <stdexcept>
#include <string>

#include "common/text/text.h"

namespace fhir {
using gateway::ModelElement;
using gateway::ModelType;
using gateway::Name;

namespace {

ModelType::Kind kindOf(std::string_view word) {
    if (word == "primitive") return ModelType::Kind::primitive;
    if (word == "complex") return ModelType::Kind::complex;
    if (word == "resource") return ModelType::Kind::resource;
    throw std::logic_error("r4.model: unknown kind of type");
}

Form formOf(std::string_view type) {
    if (type == "boolean") return Form::boolean;
    if (type == "xhtml") return Form::xhtml;
    for (const char* number : {"decimal", "integer", "positiveInt", "unsignedInt"})
        if (type == number) return Form::number;
    return Form::text;
}

}  // namespace

std::string_view take(std::string_view& text, char separator) {
    const std::size_t end = text.find(separator);
    const std::string_view word = text.substr(0, end);
    text.remove_prefix(end == text.npos ? text.size() : end + 1);
    return word;
}

std::string choiceKey(std::string_view element, std::string_view type) {
    std::string key(element);
    key += static_cast<char>(type[0] >= 'a' && type[0] <= 'z' ? type[0] - 'a' + 'A' : type[0]);
    key += type.substr(1);
    return key;
}

const Member* Type::member(std::string_view key) const {
    const std::uint32_t mark = text::signature(key);
    for (std::size_t at = slotOf(mark);; at = (at + 1) & (slots_.size() - 1)) {
        const Slot& slot = slots_[at];
        if (slot.member == 0) return nullptr;
        if (slot.mark == mark && std::string_view(slot.key, slot.size) == key)
            return &members_[slot.member - 1u];
    }
}

const Member* Type::member(Name key) const {
    const std::uint32_t hash = key.data()->hash;
    const std::size_t mask = byHash_.size() - 1;
    for (std::size_t at = hash & mask; byHash_[at] != 0; at = (at + 1) & mask) {
        const Member& member = members_[byHash_[at] - 1u];
        if (member.key == key) return &member;
    }
    return nullptr;
}

std::size_t Type::slotOf(std::uint32_t mark) const {
    return (mark * 0x9E3779B1u >> 16u) & (slots_.size() - 1);
}

const Member* Type::chosen(const Member& choice, Name type) const {
    const auto& types = choice.element->types;
    for (std::size_t i = 0; i < types.size(); ++i)
        if (types.size() == 1 || types[i]->name == type) return &choice + 1 + i;
    return nullptr;
}

void Type::index() {
    for (const ModelElement& element : elements) {
        if (!element.choice) {
            const auto* const only =
                element.types.empty() ? nullptr : static_cast<const Type*>(element.types.front());
            members_.push_back({element.name, &element, only, only == nullptr, {}});
            continue;
        }
        members_.push_back({element.name, &element, nullptr, false, {}});
        for (const ModelType* type : element.types)
            members_.push_back({Name::permanent(choiceKey(element.name.text(), type->name.text())),
                                &element,
                                static_cast<const Type*>(type),
                                false,
                                {}});
    }
    for (Member& member : members_)
        member.before = Name::permanent(",\"" + std::string(member.key.text()) + "\":").text();
    std::size_t size = 8;
    while (size < members_.size() * 2) size *= 2;
    slots_.assign(size, {});
    byHash_.assign(size, 0);
    for (std::size_t i = 0; i < members_.size(); ++i) {
        const std::uint32_t mark = text::signature(members_[i].key.text());
        std::size_t at = slotOf(mark);
        while (slots_[at].member != 0) at = (at + 1) & (size - 1);
        const std::string_view key = members_[i].key.text();
        slots_[at] = {mark, static_cast<std::uint16_t>(i + 1),
                      static_cast<std::uint16_t>(key.size()), key.data()};
        at = members_[i].key.data()->hash & (size - 1);
        while (byHash_[at] != 0) at = (at + 1) & (size - 1);
        byHash_[at] = static_cast<std::uint16_t>(i + 1);
    }
}

const R4& R4::get() {
    static const R4& model = *new R4;
    return model;
}

R4::R4() {
    std::vector<Draft> drafts = outline();
    for (Draft& draft : drafts) {
        if (draft.base != "-") draft.type->base = &known(draft.base);
        for (std::string_view body = draft.body; !body.empty();)
            draft.type->elements.push_back(element(take(body, '\n').substr(1)));
    }
    std::unordered_map<const ModelType*, Draft*> byType;
    for (Draft& draft : drafts) byType.emplace(draft.type, &draft);
    for (Draft& draft : drafts) inherit(draft, byType);
    for (Type& type : types_) type.index();
    element_ = &known("Element");
}

/// The types by name, each with the lines of its own elements.
std::vector<R4::Draft> R4::outline() {
    std::vector<Draft> drafts;
    for (std::string_view text = kR4Text; !text.empty();) {
        std::string_view line = take(text, '\n');
        if (line.starts_with(' ')) {
            std::string_view& body = drafts.back().body;
            if (body.empty()) body = line.substr(0, 0);
            body = {body.data(), static_cast<std::size_t>(text.data() - body.data())};
            continue;
        }
        if (line.empty() || line.starts_with('#')) continue;
        const std::string_view kind = take(line, ' ');
        if (kind == "open") {
            open_ = line;
            continue;
        }
        Type& type = types_.emplace_back();
        type.kind = kindOf(kind);
        type.name = Name::permanent(take(line, ' '));
        type.form = formOf(type.name.text());
        type.format = formatOf(type.name.text());
        byName_.emplace(type.name.text(), &type);
        drafts.push_back({&type, take(line, ' '), {}});
        type.abstract = line == "abstract";
    }
    return drafts;
}

/// "value[x] decimal,Period 0..1"
ModelElement R4::element(std::string_view line) const {
    ModelElement element;
    std::string_view name = take(line, ' ');
    element.choice = name.ends_with("[x]");
    if (element.choice) name.remove_suffix(3);
    element.name = Name::permanent(name);
    std::string_view types = take(line, ' ');
    if (types == "*") types = open_;
    while (!types.empty() && types != "Resource") element.types.push_back(&known(take(types, ',')));
    element.least = line[0] == '0' ? 0 : 1;
    element.many = line.ends_with('*');
    return element;
}

void R4::inherit(Draft& draft, std::unordered_map<const ModelType*, Draft*>& byType) {
    if (draft.whole) return;
    draft.whole = true;
    if (draft.type->base == nullptr) return;
    inherit(*byType.at(draft.type->base), byType);
    const auto& inherited = draft.type->base->elements;
    draft.type->elements.insert(draft.type->elements.begin(), inherited.begin(), inherited.end());
}

const Type& R4::known(std::string_view name) const {
    const Type* const found = type(name);
    if (found == nullptr) throw std::logic_error("r4.model: unknown type " + std::string(name));
    return *found;
}

const Type* R4::type(std::string_view name) const {
    const auto found = byName_.find(name);
    return found == byName_.end() ? nullptr : found->second;
}

const Type* R4::byUrl(std::string_view url) const {
    constexpr std::string_view kFolder = "http://hl7.org/fhir/StructureDefinition/";
    return url.starts_with(kFolder) ? type(url.substr(kFolder.size())) : nullptr;
}

std::vector<std::string_view> R4::typeNames() const {
    std::vector<std::string_view> names;
    for (const Type& type : types_) names.push_back(type.name.text());
    return names;
}

}  // namespace fhir
