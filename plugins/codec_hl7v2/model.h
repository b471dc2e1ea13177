/// @file  The dictionary as a model: what trees of this codec are labelled with, and maps can be
/// checked against.
#pragma once

#include <deque>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "dictionary.h"
#include "gateway/model.h"

namespace gateway::hl7v2 {

/// Types are data types ("XPN"), segments ("PID"), structures ("ORU_R01") and their groups
/// ("ORU_R01.PATIENT_RESULT"); elements of the first two are named by their numbers, with alias and
/// label. A choice of segments is an optional element for each. Names that only look like a
/// segment's or a structure's have a type without elements, as anyone may make their own. No
/// structure has a canonical URL: maps write segments in any order and are not held to it.
class DictionaryModel final : public Model {
public:
    /// Made once for each version; its types when they are first asked for.
    static const DictionaryModel& of(std::string_view version);

    std::string_view name() const override { return name_; }
    const ModelType* type(Name name) const override;
    const ModelType* byUrl(std::string_view) const override { return nullptr; }
    std::vector<std::string_view> typeNames() const override;

private:
    explicit DictionaryModel(std::string_view version);

    struct Types {
        std::deque<ModelType> all;
        std::unordered_map<std::string_view, ModelType*> byName;
        const Dictionary* dictionary = nullptr;

        ModelType& add(std::string_view name, ModelType::Kind kind, std::string_view label);
        const ModelType* find(std::string_view name) const;
        void fill(ModelType& type, const std::vector<FieldRule>& rules);
        void fill(ModelType& type, const std::vector<ElementRule>& elements, bool optional);
    };
    const Types& types() const;

    std::string name_;  ///< "hl7v2-2.5"
    std::string_view version_;
    ModelType own_;  ///< of what the dictionary does not know
    mutable std::once_flag made_;
    mutable Types types_;
};

}  // namespace gateway::hl7v2
