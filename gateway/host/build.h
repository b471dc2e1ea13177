/// @file  The steps of configure(), each in its own file.
#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "directory/partner_directory.h"
#include "host/codec_shelf.h"
#include "host/configuration.h"
#include "host/map_shelf.h"
#include "host/sending_times.h"

namespace gateway {

/// A section of which only the codec is made yet: maps can be compiled once all codecs are known.
struct Draft {
    std::string name;
    Config config;
    CodecSetup codec;
};

/// What several partners have alike: destinations/NAME.yaml.
struct SharedDestinations {
    std::string name;
    std::unique_ptr<Findings> findings;
    std::vector<Draft> drafts;
    std::vector<SendingTimes> times;     ///< of each
    std::vector<DestinationSetup> made;  ///< those of nobody in particular
    bool used = false;
};

struct PartnerDraft {
    Place where;
    std::unique_ptr<Findings> findings;  ///< of this partner alone
    PartnerHead head;
    SendingTimes times;  ///< of all its destinations
    std::string zone;    ///< of its quiet hours; empty: the gateway's
    std::vector<Draft> destinations;
};

/// What a source says of who may send to it.
struct FromDraft {
    std::vector<std::string> names;  ///< empty: says nothing
    std::vector<Place> places;
    std::string network;
};

struct KnownListener {
    Listener* listener = nullptr;  ///< null: configured, but broken
    Place where;
    bool used = false;
};

/// What the steps share.
struct Build {
    const PluginHost& host;
    Findings& own;
    Findings& theirs;  ///< what is wrong with partners and networks that can be set aside
    CodecShelf& codecs;
    MapShelf maps;
    Setup& setup;
    Configuration& made;
    std::uint64_t messageSize;
    KeepTimes keep;  ///< of sources that say nothing else
    std::map<std::string, KnownListener> listeners;
    std::map<std::string, std::shared_ptr<const Policy>> policies;  ///< by rule; null: broken
    std::vector<std::string> issuers;                               ///< of tokens, configured names
    std::vector<std::string> sources;                               ///< configured names
    std::vector<std::string> destinations;                          ///< "partner/name"
    std::vector<SharedDestinations> shared = {};
    std::map<std::string, FromDraft> from = {};  ///< of sources that a listener serves
};

std::vector<Draft> draftSources(Config& main, CodecShelf& codecs);
/// Before the partners.
void draftShared(const ConfigFiles& files, Build& build);
PartnerDraft draftPartner(const ConfigFile& file, const std::string& folder, Build& build);

/// Before what names their rules.
void buildPolicies(Config& main, Build& build);
/// What policies ask for, for partners of these categories, though no option names it.
void takeDefaultFilters(const std::vector<PartnerDraft>& partners, Build& build);
/// The policy of a rule that stands at `key`; null with a finding when there is none.
std::shared_ptr<const Policy> policyOf(const std::string& rule, Config& config,
                                       std::string_view key, const Reason& expected, Build& build);
/// Before what names them.
void buildIssuers(Config& main, Build& build);
void buildListeners(Config& main, Build& build);
void buildSources(std::vector<Draft>& sources, Build& build);
/// Before the partners: a broken map that a route uses too is the mistake of its one network, or
/// the gateway's own.
void buildRoutes(Config& main, Build& build);
void buildPartners(std::vector<PartnerDraft>& partners, Build& build);
/// Who connects and what it may do; last.
void buildAccess(const ConfigFiles& files, const std::vector<PartnerDraft>& partners, Build& build);

/// The section `keep`.
KeepTimes readKeep(Config& parent, const KeepTimes& otherwise, Milliseconds* refusals = nullptr);
/// Reports a name that is no time zone of this system.
void checkZone(Config& section, std::string_view key, const std::string& zone);
/// Places of the texts that Config::texts() gives for that key.
std::vector<Place> placesOf(const Config& section, std::string_view key);

}  // namespace gateway
