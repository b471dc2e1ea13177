/// @file  The catalogue of target fields: what a sheet may name, and what each makes. It is data,
/// TO-fields/{fields,kinds,codes}.csv below the folder of maps, beside the map whose groups it
/// calls.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "gateway/error.h"

namespace maps {

/// How a value must be written, or what must be done for it.
enum class ValueType {
    text,
    code,   ///< of a list in codes.csv
    label,  ///< any code, with a label for people
    date,
    instant,
    integer,
    decimal,
    boolean,
    phone,
    mail,
    ins,
    rpps,
    reference  ///< the id of a thing of another kind
};

struct Field {
    std::string name, english;  ///< "patient.nom", "patient.family"
    std::string kind;           ///< "patient"
    bool needed = false;
    bool names = false;  ///< things without an id of their own are told apart by it
    bool many = false;   ///< may stand in several rows
    ValueType type = ValueType::text;
    std::string codes;     ///< of type code: the list
    std::string refersTo;  ///< of type reference: the kind
    std::string call;      ///< FML: the group that makes it; empty: it only names the thing
    std::vector<std::string> words;
    gateway::Reason explanation;
    int line = 0;

    /// The name in that language.
    const std::string& in(gateway::Spoken language) const {
        return language == gateway::Spoken::french ? name : english;
    }
};

/// A resource, or part of one, of a kind.
struct KindPart {
    std::string variable;
    bool always = false;
    std::string made;  ///< FML: targets
    std::string then;  ///< FML: calls
};

/// A kind of thing in the target: the patient, a goal, …
struct Kind {
    std::string name, english;
    bool many = false;
    bool shared = false;             ///< the same one may stand in several places of the source
    std::vector<std::string> under;  ///< kinds that it may lie in
    std::vector<KindPart> parts;
    std::vector<std::string> words;
    gateway::Reason explanation;
};

struct TargetCode {
    std::string list, code;
    gateway::Reason label;
    std::vector<std::string> words;
};

class Catalogue {
public:
    /// @throws gateway::Error when there is none for that target, or it cannot be read
    Catalogue(const std::string& mappings, const std::string& to);

    const std::vector<Field>& fields() const { return fields_; }
    const std::vector<Kind>& kinds() const { return kinds_; }
    /// By either name, however people spell it; null if there is none.
    const Field* field(std::string_view name) const;
    /// The name nearest to that, in that language; may be empty.
    std::string nearestField(std::string_view name, gateway::Spoken language) const;
    const Kind* kind(std::string_view name) const;
    /// The field by whose value things of that kind are told apart; null if it has none.
    const Field* idOf(const Kind& kind) const;
    /// How things of that kind are called: its first needed field.
    const Field* labelOf(const Kind& kind) const;
    std::vector<const TargetCode*> codes(std::string_view list) const;
    /// The url of the map that holds the groups, and its file.
    const std::string& library() const { return library_; }
    const std::string& libraryFile() const { return libraryFile_; }

private:
    void readFields(const std::string& file);
    void readKinds(const std::string& file);
    void readCodes(const std::string& file);

    std::vector<Field> fields_;
    std::vector<Kind> kinds_;
    std::vector<TargetCode> codes_;
    std::string library_, libraryFile_;
};

}  // namespace maps
