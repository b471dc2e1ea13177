/// @file  Profiles of R4 resources and extensions: the StructureDefinitions of files
/// `profiles/*.json` below a folder of maps, with the CodeSystems and ValueSets beside them.
///
/// Read are differentials (snapshots where there is none): min, max, fixed and pattern, types and
/// their profiles, required bindings, slices by value, pattern or type (extensions by their url),
/// constraints. A Bundle in a file stands for the resources in it.
#pragma once

#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "gateway/error.h"
#include "gateway/tree.h"
#include "rules.h"

namespace fhir {

/// The codes of a value set: "system code".
using Codes = std::set<std::string, std::less<>>;

/// What a profile says of one element, or of one slice of it.
struct ProfiledElement {
    struct Discriminator {
        bool byType = false;  ///< else by value or pattern
        std::vector<std::string> path;
    };

    std::string name;  ///< of the element; of a slice its own
    std::uint32_t least = 0;
    std::optional<std::uint32_t> most;
    gateway::Node value;  ///< fixed or pattern; empty: any
    std::vector<std::string> types;
    std::vector<std::string> profiles;  ///< of those types
    const Codes* required = nullptr;
    std::vector<Constraint> constraints;
    std::vector<Discriminator> discriminators;
    bool closed = false;
    std::deque<ProfiledElement> slices;
    std::deque<ProfiledElement> children;

    const ProfiledElement* child(std::string_view childName) const;
};

struct Profile {
    std::string url, type;
    std::vector<std::string> contexts;  ///< of an extension: "CarePlan", "Consent.provision"
    ProfiledElement root;
};

class Profiles {
public:
    Profiles(const std::vector<std::string>& files, gateway::Findings& findings);

    const Profile* byUrl(std::string_view url) const;
    /// By its id: "pps-bundle".
    const Profile* byId(std::string_view id) const;
    /// Whether an extension of that url would have to be among these: others have the same base.
    bool ours(std::string_view extensionUrl) const;

private:
    struct Pending {  ///< a binding, until all value sets are known
        ProfiledElement* element;
        std::string valueSet;
        gateway::Place where;
    };

    void read(const std::string& file, gateway::Findings& findings);
    void add(gateway::Node resource, const std::string& file, gateway::Findings& findings);
    void addCodes(gateway::Node codeSystem);
    void addValueSet(gateway::Node valueSet);
    void addProfile(gateway::Node definition, const std::string& file, gateway::Findings& findings);
    void fill(ProfiledElement& element, gateway::Node from, const gateway::Place& where,
              gateway::Findings& findings);
    void bind(gateway::Findings& findings);

    std::deque<gateway::Document> documents_;  ///< fixed values and patterns lie in them
    std::map<std::string, Codes, std::less<>> valueSets_, systems_;
    std::map<std::string, std::vector<std::string>> included_;  ///< systems, by value set
    std::vector<Pending> pending_;
    std::deque<Profile> profiles_;
    std::map<std::string, const Profile*, std::less<>> byUrl_, byId_;
    std::set<std::string, std::less<>> extensionBases_;
};

/// The JSON files of the folder in which that file stands, in order of their names.
std::vector<std::string> filesBeside(const std::string& file);

}  // namespace fhir
