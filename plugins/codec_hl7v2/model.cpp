#include "model.h"

#include <algorithm>
#include <memory>

namespace gateway::hl7v2 {
namespace {

/// "ZBE", "ZAM_Z01", "HL7V2": three to twenty capitals, digits and underscores, as decode() names
/// segments and messages.
bool looksLikeOne(std::string_view name) {
    const auto fits = [](char c) {
        return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
    };
    return name.size() >= 3 && name.size() <= 20 && name[0] >= 'A' && name[0] <= 'Z' &&
           std::all_of(name.begin(), name.end(), fits);
}

}  // namespace

const DictionaryModel& DictionaryModel::of(std::string_view version) {
    static std::mutex making;
    static std::unordered_map<std::string_view, std::unique_ptr<const DictionaryModel>> models;
    const std::string_view known = Dictionary::nearest(version);
    const std::lock_guard lock(making);
    auto& model = models[known];
    if (!model) model.reset(new DictionaryModel(known));
    return *model;
}

DictionaryModel::DictionaryModel(std::string_view version)
    : name_("hl7v2-" + std::string(version)), version_(version) {}

const ModelType* DictionaryModel::type(Name name) const {
    if (const ModelType* const known = types().find(name.text())) return known;
    return looksLikeOne(name.text()) ? &own_ : nullptr;
}

std::vector<std::string_view> DictionaryModel::typeNames() const {
    std::vector<std::string_view> names;
    for (const ModelType& type : types().all) names.push_back(type.name.text());
    return names;
}

const DictionaryModel::Types& DictionaryModel::types() const {
    std::call_once(made_, [this] {
        using Kind = ModelType::Kind;
        const Dictionary& dictionary = Dictionary::of(version_);
        types_.dictionary = &dictionary;
        for (const TypeRule& type : dictionary.types())
            types_.add(type.name, type.primitive() ? Kind::primitive : Kind::complex, type.label);
        for (const SegmentRule& segment : dictionary.segments())
            types_.add(segment.id, Kind::complex, segment.label);
        for (const TypeRule& type : dictionary.types())
            types_.fill(*types_.byName.at(type.name), type.components);
        for (const SegmentRule& segment : dictionary.segments())
            types_.fill(*types_.byName.at(segment.id), segment.fields);
        for (const StructureRule& structure : dictionary.structures())
            types_.fill(types_.add(structure.name, Kind::resource, structure.label),
                        structure.elements, false);
    });
    return types_;
}

ModelType& DictionaryModel::Types::add(std::string_view name, ModelType::Kind kind,
                                       std::string_view label) {
    ModelType& type = all.emplace_back();
    type.name = Name::permanent(name);
    type.kind = kind;
    type.label = label;
    byName.emplace(type.name.text(), &type);
    return type;
}

const ModelType* DictionaryModel::Types::find(std::string_view name) const {
    if (const auto found = byName.find(name); found != byName.end()) return found->second;
    const StructureRule* const structure = dictionary->structure(name);  // of an event: ADT_A04
    return structure ? byName.at(structure->name) : nullptr;
}

void DictionaryModel::Types::fill(ModelType& type, const std::vector<FieldRule>& rules) {
    for (std::size_t i = 0; i < rules.size(); ++i) {
        const FieldRule& rule = rules[i];
        if (rule.type.empty()) continue;
        ModelElement& element = type.elements.emplace_back();
        element.name = Name::permanent(std::to_string(i + 1));
        if (const auto known = byName.find(rule.type);
            known != byName.end() && rule.type != "VARIES")
            element.types.push_back(known->second);
        element.least = rule.required() ? 1 : 0;
        element.many = rule.repeats();
        element.alias = rule.alias;
        element.label = rule.label;
    }
}

void DictionaryModel::Types::fill(ModelType& type, const std::vector<ElementRule>& elements,
                                  bool optional) {
    for (const ElementRule& rule : elements) {
        if (rule.choice) {
            fill(type, rule.children, true);
            continue;
        }
        const auto same = [&](const ModelElement& one) { return one.name == rule.name; };
        if (const auto known = std::find_if(type.elements.begin(), type.elements.end(), same);
            known != type.elements.end()) {
            known->many = true;  // one element for all places of a segment
            continue;
        }
        ModelElement& element = type.elements.emplace_back();
        element.name = rule.name;
        element.least = rule.required && !optional ? 1 : 0;
        element.many = rule.repeats;
        const std::string within(type.name.text());
        const auto segment = byName.find(rule.name.text());
        if (rule.group) {
            ModelType& group =
                add(within + "." + std::string(rule.name.text()), ModelType::Kind::complex, {});
            element.types.push_back(&group);
            fill(group, rule.children, false);
        } else if (segment != byName.end()) {
            element.types.push_back(segment->second);
            element.label = segment->second->label;
        }
    }
}

}  // namespace gateway::hl7v2
