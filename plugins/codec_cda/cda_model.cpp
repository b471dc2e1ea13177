#include "cda_model.h"

#include <algorithm>
#include <array>
#include <utility>

namespace cda {
using gateway::ModelElement;
using gateway::ModelType;
using gateway::Name;

namespace {

constexpr std::string_view kSdtcPrefix = "sdtc";
constexpr std::array<std::string_view, 3> kOwnText = {"xmlText", "dataString", "data"};

std::string_view trim(std::string_view text) {
    const std::size_t first = text.find_first_not_of(' ');
    if (first == text.npos) return {};
    return text.substr(first, text.find_last_not_of(' ') - first + 1);
}

/// Takes off what stands before `mark`, and the mark.
std::string_view cut(std::string_view& rest, char mark) {
    const std::size_t at = std::min(rest.find(mark), rest.size());
    const std::string_view before = trim(rest.substr(0, at));
    rest.remove_prefix(std::min(at + 1, rest.size()));
    return before;
}

bool isSdtc(std::string_view name) {
    return name.size() > kSdtcPrefix.size() && name.starts_with(kSdtcPrefix) &&
           name[kSdtcPrefix.size()] >= 'A' && name[kSdtcPrefix.size()] <= 'Z';
}

/// "sdtcRaceCode" as XML has it, "raceCode": kept for ever.
std::string_view localOf(Name name) {
    if (!isSdtc(name.text())) return name.text();
    std::string local(name.text().substr(kSdtcPrefix.size()));
    local[0] = static_cast<char>(local[0] - 'A' + 'a');
    return Name::permanent(local).text();
}

}  // namespace

bool isOwnText(std::string_view name) {
    return std::find(kOwnText.begin(), kOwnText.end(), name) != kOwnText.end();
}

const Member* Type::member(Name wanted) const {
    for (const Member& one : members_)
        if (one.name == wanted) return &one;
    return nullptr;
}

const Member* Type::inXml(std::string_view local, bool sdtc, bool attribute) const {
    for (const Member& one : members_)
        if (one.attribute == attribute && one.sdtc == sdtc && one.local == local) return &one;
    return nullptr;
}

Family::Family(bool demanding) : demanding_(demanding) {
    std::string_view rest = kModelText;
    while (!rest.empty()) {
        const std::string_view line = cut(rest, '\n');
        if (!line.empty() && line[0] != '#') outline(line);
    }
    for (Type& type : types_) complete(type);
}

const Type* Family::type(std::string_view name) const {
    const auto found = byName_.find(name);
    return found == byName_.end() ? nullptr : found->second;
}

void Family::outline(std::string_view line) {
    const std::size_t equals = line.find('=');
    std::string_view head = line.substr(0, equals);
    Type& type = types_.emplace_back();
    type.line_ = line.substr(equals + 1);
    const std::size_t colon = head.find(" : ");
    std::string_view words = colon == head.npos ? head : head.substr(colon + 3);
    std::string_view first = cut(words, ' ');
    if (colon != head.npos) {
        type.base = byName_.at(first);
        first = cut(head, ' ');
    }
    type.name = Name::permanent(first);
    while (!words.empty()) {
        const std::string_view flag = cut(words, ' ');
        type.text |= flag == "text";
        type.unordered |= flag == "unordered";
        type.narrative |= flag == "narrative";
        type.abstract |= flag == "abstract";
    }
    byName_[type.name.text()] = &type;
}

void Family::complete(Type& type) {
    if (std::exchange(type.whole_, true)) return;
    if (type.base != nullptr) {
        Type& base = *byName_.at(type.base->name.text());
        complete(base);
        type.members_ = base.members_;
    }
    members(type, type.line_);
    if (type.name.text() == "ClinicalDocument") type.kind = ModelType::Kind::resource;
    if (type.text || type.narrative) type.kind = ModelType::Kind::primitive;
    publish(type);
}

void Family::members(Type& type, std::string_view list) {
    while (!list.empty()) {
        const std::string_view one = cut(list, ',');
        if (one.empty()) continue;
        if (one[0] == '&') {  // the members of a group of the schema, without those of its base
            const Type& group = *byName_.at(one.substr(1));
            members(type, group.line_);
            continue;
        }
        Member made = member(one);
        const auto same = std::find_if(type.members_.begin(), type.members_.end(),
                                       [&](const Member& m) { return m.name == made.name; });
        if (same != type.members_.end())
            *same = std::move(made);
        else
            type.members_.push_back(std::move(made));
    }
}

Member Family::member(std::string_view text) const {
    Member made;
    if (text[0] == '@') {
        made.attribute = true;
        text.remove_prefix(1);
    }
    made.name = Name::permanent(cut(text, ' '));
    made.local = localOf(made.name);
    made.sdtc = isSdtc(made.name.text());
    text = trim(text);
    if (text.ends_with(" 1")) {
        made.least = 1;
        text = trim(text.substr(0, text.size() - 1));
    } else if (text.ends_with('*') || text.ends_with('+')) {
        made.many = true;
        made.least = text.back() == '+' ? 1 : 0;
        text.remove_suffix(1);
    }
    if (made.attribute) {
        made.primitive = Name::permanent(text);
        return made;
    }
    while (!text.empty()) made.types.push_back(byName_.at(cut(text, '|')));
    return made;
}

/// What maps are checked against.
void Family::publish(Type& type) {
    for (const Member& member : type.members_) {
        ModelElement& element = type.elements.emplace_back();
        element.name = member.name;
        element.least = demanding_ ? member.least : 0;
        element.many = member.many;
        if (member.attribute)
            element.types = {add(member.primitive)};
        else
            element.types.assign(member.types.begin(), member.types.end());
    }
    if (!type.text && !type.narrative) return;
    for (const std::string_view name : kOwnText) {
        ModelElement& element = type.elements.emplace_back();
        element.name = Name::permanent(name);
        element.types = {add(Name::permanent("string"))};
    }
}

const ModelType* Family::add(Name name) {
    ModelType& type = primitives_[std::string(name.text())];
    type.name = name;
    type.kind = ModelType::Kind::primitive;
    return &type;
}

Cda::Cda() : core_(true), draft_(false), test_(*draft_.type("ClinicalDocument")) {
    test_.name = testDocument();
}

const Cda& Cda::get() {
    static const Cda model;
    return model;
}

Name Cda::testDocument() { return Name::permanent("v3-test:ClinicalDocument"); }

const Type* Cda::typeOf(std::string_view name) const {
    return name == test_.name.text() ? &test_ : core_.type(name);
}

const Type* Cda::byUrl(std::string_view url) const {
    constexpr std::string_view kCore = "http://hl7.org/cda/stds/core/StructureDefinition/",
                               kOld = "http://hl7.org/fhir/cda/StructureDefinition/",
                               kTests = "http://hl7.org/fhir/cdatest/StructureDefinition/";
    const auto in = [&](const Family& family, std::string_view folder) {
        std::string name(url.substr(folder.size()));
        std::replace(name.begin(), name.end(), '-', '_');
        return family.type(name);
    };
    if (url.starts_with(kCore)) return in(core_, kCore);
    if (url.starts_with(kOld)) return in(draft_, kOld);
    if (!url.starts_with(kTests)) return nullptr;
    const Type* const found = in(draft_, kTests);
    return found == draft_.type("ClinicalDocument") ? &test_ : found;
}

std::vector<std::string_view> Cda::typeNames() const {
    std::vector<std::string_view> names;
    for (const Type& type : core_.all()) names.push_back(type.name.text());
    return names;
}

}  // namespace cda
