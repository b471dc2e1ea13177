/// @file  A whole configuration: read, checked, compiled. docs/demo holds a commented example.
///
/// passerelle.yaml
///   zone            of times without offset (Europe/Paris)
///   store           {sqlite: PATH, keys: file:PATH | env:NAME, encryption: on | off,
///                   reserve: SIZE}, or
///                   {NAME: {options}} of a store that a plugin offers
///   admin           {socket: PATH, audit: PATH or {path, keep, part}, edit: on | off,
///                   metrics: HOST:PORT or {listen, tls, insecure},
///                   listen: HOST:PORT, tls: {cert, key, clients, crl}, limits,
///                   people: FILE or {NAME: {certificate, roles}}};
///                   default admin.sock and audit.jsonl beside the store, off, nowhere
///   alerts          see watch/alert_setup.h
///   plugins         {folder: PATH} or {files: [PATH, …]}; default: the folder beside the program
///   mappings        folder of maps and tables (mappings)
///   maps            names of maps that a policy may ask for
///   limits          {translators, backlog, message_size, large_messages}
///   issuers         NAME: whose tokens are believed, see oauth/issuer.h
///   listeners       NAME: {TRANSPORT: {options}}
///   sources         NAME: {listener: LISTENER | TRANSPORT: {options}, codec, network, zone,
///   answer,
///                   answer_within, application_answers: PARTNER/DESTINATION, order,
///                   envelope: {sender, control_id, type, order, subjects}, on_id_reuse, repeats,
///                   repeat_window, expected_every, keep: {body, metadata}}, with a listener
///                   `from` (who may send: endpoints, partners, networks, category:NAME, anyone)
///                   and the keys that its transport knows (path); or NAME: {policy: RULE, codec,
///                   network, zone, order, envelope, expected_every, keep}: time causes its
///                   messages, that rule's policy says which
///   keep            {body, metadata} of sources that say nothing else; default: for ever
///   policies        NAME: {POLICY: {options}}; maps under its option `filters` are compiled too
///   routes          list of {name, from, if, map, when, ignore, to, deliver, on_hold}
///
/// partners/NAME.yaml, or rows of partners/*.csv (host/partner_table.h)
///   label, category, contact, identifiers: {SCHEME: VALUE or list}, values: {NAME: TEXT},
///   zone (of its quiet hours), quiet_hours: [{days, from, to}], rate: {most, per}
///   endpoint        that acts for it (an endpoint may also say so itself)
///   destinations    NAME: {TRANSPORT: {options}, codec, when, map, concurrency, answer_within,
///                   retry: {first, most}, give_up_after, on_uncertain, on_refusal,
///                   quiet_hours, rate}; or the name of a file of destinations/
///
/// destinations/NAME.yaml   the section `destinations` of all partners that name it
/// endpoints/NAME.yaml      who connects: host/build_access.cpp
#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "directory/people.h"
#include "host/config_files.h"
#include "host/plugin_host.h"
#include "http/server.h"
#include "oauth/token_verifier.h"
#include "pipeline/pipeline.h"
#include "store/store_keys.h"
#include "watch/alert_setup.h"

namespace gateway {

/// A listener, or a source that needs none.
struct Inlet {
    std::string name;
    std::unique_ptr<Source> source;
    Listener* listener = nullptr;  ///< the same object when it is a listener
};

/// Which store, and what of it the command line needs to know.
struct StoreChoice {
    std::string kind;  ///< "sqlite", or what a plugin offers; empty: not configured
    std::string path;  ///< of the SQLite file
    std::uint64_t reserve = 256ull << 20;  ///< bytes of its disk that accept() leaves free
    KeyPlace keys;                         ///< what it is sealed with
    bool encrypt = true;
};

/// Where what people and partners do is recorded.
struct AuditChoice {
    std::string path;
    Milliseconds keep{};             ///< of closed parts; zero: for ever
    std::uint64_t part = 32u << 20;  ///< bytes of a part
};

struct Configuration {
    std::shared_ptr<const Setup> setup;
    std::vector<Inlet> inlets;  ///< in the order of the file, listeners first
    StoreChoice store;
    std::string adminSocket;
    AuditChoice audit;
    std::optional<http::ServerOptions> adminListen;  ///< over the network
    std::shared_ptr<const People> people;            ///< who may come there
    bool adminEdits = false;  ///< `edit: on`: people may edit copies of held messages
    std::optional<http::ServerOptions> metrics;    ///< where figures are asked for
    std::shared_ptr<oauth::TokenVerifier> tokens;  ///< null: no issuer is configured
    std::shared_ptr<const AlertSetup> alerts = std::make_shared<AlertSetup>();
    PipelineOptions pipeline;
    std::vector<std::string> aside;            ///< partners whose own configuration is broken
    std::vector<std::string> asideEndpoints;   ///< who connects with a configuration that is broken
    std::set<std::string> asideNetworks;       ///< networks whose own map or changes are broken
    std::map<std::string, std::string> fixed;  ///< what only a restart can change, by key
    Findings own;       ///< the gateway's own mistakes: with errors among them nothing starts
    Findings findings;  ///< all, in order of the files; own ones included
};

/// Loads the plugins that the configuration names, or those of `folder` when it is not empty.
void loadPlugins(const ConfigFiles& files, const std::string& folder, PluginHost& host,
                 Findings& findings);

/// Builds everything and starts nothing. Never throws for content.
/// @param loading  what loadPlugins() found
Configuration configure(const ConfigFiles& files, const PluginHost& host,
                        const Findings& loading = {});

/// What a client of a running gateway needs, without plugins or partners.
struct ClientPlaces {
    std::string adminSocket, auditFile;
    std::string store;  ///< the built-in one's file; empty: another's
};

/// @return empty with findings
ClientPlaces clientPlacesOf(const std::string& folder, Findings& findings);

/// The store that the configuration chose alone, without plugins or partners: what works on the
/// store of a gateway that does not run needs. @return without path, with findings, when it is not
/// the built-in one or the configuration is wrong
StoreChoice storeOf(const std::string& folder, Findings& findings);

}  // namespace gateway
