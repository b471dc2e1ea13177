#include "host/configuration.h"

#include <sys/un.h>

#include <algorithm>
#include <filesystem>
#include <thread>
#include <tuple>

#include "core/digest.h"
#include "core/memory_limit.h"
#include "host/admin_listener.h"
#include "host/build.h"
#include "host/made.h"
#include "http/options.h"

namespace gateway {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kSqlite = "sqlite";
constexpr std::uint64_t kMessageSize = 64ull << 20;
constexpr std::uint64_t kLargestMessage = 1ull << 30;

/// Keys of a source that a reload may change; all others belong to its transport.
constexpr std::string_view kReloadable[] = {
    "codec",   "network",       "zone", "order",          "envelope", "on_id_reuse",
    "repeats", "repeat_window", "keep", "expected_every", "from"};

/// "file:PATH" or "env:NAME"; certs/store.key beside passerelle.yaml when nothing is said.
KeyPlace keyPlace(Config& store) {
    KeyPlace place;
    const std::string said = store.text("keys", "file:certs/store.key");
    if (said.starts_with("env:") && said.size() > 4) {
        place.env = said.substr(4);
    } else if (said.starts_with("file:") && said.size() > 5) {
        const fs::path path(said.substr(5));
        place.file = (path.is_absolute() ? path : fs::path(store.folder()) / path).string();
    } else {
        store.fail("keys",
                   {"the store's keys stand here by reference only: 'file:PATH' or 'env:NAME'",
                    "les clés de la base sont ici par référence seulement : "
                    "« file:CHEMIN » ou « env:NOM »"});
    }
    return place;
}

StoreChoice storeChoice(Config& main, const std::vector<std::string>& offered) {
    if (!main.has("store")) {
        main.fail("", {"'store' is missing here, such as: store: {sqlite: var/passerelle.db}",
                       "« store » manque ici, comme : store: {sqlite: var/passerelle.db}"});
        return {};
    }
    Config store = main.section("store");
    StoreChoice choice;
    if (store.has(kSqlite)) {
        choice.kind = kSqlite;
        choice.path = store.path(kSqlite);
        choice.reserve = store.size("reserve", choice.reserve);
        choice.keys = keyPlace(store);
        // Who may not look there is told so by whatever reads them.
        std::error_code error;
        if (!choice.keys.file.empty() && fs::exists(choice.path, error) &&
            !fs::exists(choice.keys.file, error) && !error)
            store.warn("keys",
                       {"the store is there, the file with its keys is not: what it holds "
                        "cannot be opened without them",
                        "la base est là, le fichier de ses clés n'y est pas : sans elles, ce "
                        "qu'elle contient ne peut être lu"});
        choice.encrypt = store.choice("encryption", {"on", "off"}) == "on";
        if (!choice.encrypt)
            store.warn(
                "encryption",
                {"bodies and timelines will lie in the store as they are: whoever gets the "
                 "file reads them",
                 "les messages et leurs chronologies seront en clair dans la base : qui a le "
                 "fichier les lit"});
    } else if (std::string name = keyAmong(store, offered, {"store", "magasin"}); !name.empty()) {
        choice.kind = std::move(name);
    }
    store.finish();
    return choice;
}

/// `metrics: HOST:PORT`, or a section with the keys of an HTTP listener.
std::optional<http::ServerOptions> metricsOptions(Config& admin) {
    if (!admin.has("metrics")) return {};
    if (child(admin.node(), "metrics").kind == ConfigNode::Kind::map) {
        Config section = admin.section("metrics");
        http::ServerOptions options = http::serverOptions(section);
        section.finish();
        return options;
    }
    http::ServerOptions options;
    std::tie(options.host, options.port) = admin.address("metrics");
    if (!options.host.empty() && !http::isLoopback(options.host))
        admin.fail(
            "metrics",
            {"plain HTTP beyond this machine: write {listen: …} with `tls` or `insecure: true`",
             "HTTP en clair au-delà de cette machine : écrire {listen: …} avec `tls` ou "
             "`insecure: true`"});
    return options;
}

/// What the section `admin` says.
struct AdminChoice {
    std::string socket;
    AuditChoice audit;
    bool edits = false;
};

/// `audit: PATH`, or a section.
AuditChoice auditChoice(Config& admin, const std::string& usual) {
    AuditChoice choice;
    choice.path = usual;
    if (!admin.has("audit")) return choice;
    if (child(admin.node(), "audit").kind != ConfigNode::Kind::map) {
        choice.path = admin.path("audit");
        return choice;
    }
    constexpr std::uint64_t kLeast = 64u << 10;
    Config section = admin.section("audit");
    if (section.has("path")) choice.path = section.path("path");
    choice.keep = section.duration("keep", Milliseconds(0));
    choice.part = section.size("part", choice.part);
    if (choice.part < kLeast)
        section.fail("part", {"expected 64 KiB or more", "64 Kio ou plus attendus"});
    section.finish();
    return choice;
}

/// @param made  null: a client needs no listener
AdminChoice adminChoice(Config& main, const StoreChoice& store, Configuration* made = nullptr) {
    Config admin = main.section("admin");
    const fs::path folder =
        store.path.empty() ? fs::path(main.folder()) : fs::path(store.path).parent_path();
    const auto path = [&](const char* key, const char* file) {
        return admin.has(key) ? admin.path(key) : (folder / file).string();
    };
    AdminChoice choice;
    choice.socket = path("socket", "admin.sock");
    choice.audit = auditChoice(admin, (folder / "audit.jsonl").string());
    if (choice.socket.size() >= sizeof(sockaddr_un::sun_path))
        (admin.has("socket") ? admin : main)
            .fail(admin.has("socket") ? "socket" : "store",
                  say("the path of the admin socket has {0} characters, the system allows {1}; "
                      "choose a shorter one with 'admin: {socket: …}'",
                      "le chemin du socket d'administration a {0} caractères, le système en permet "
                      "{1} ; en choisir un plus court par « admin: {socket: …} »",
                      {std::to_string(choice.socket.size()),
                       std::to_string(sizeof(sockaddr_un::sun_path) - 1)}));
    choice.edits = admin.choice("edit", {"off", "on"}) == "on";
    if (made != nullptr) {
        made->metrics = metricsOptions(admin);
        readAdminListener(admin, *made);
    } else {
        admin.has("metrics");
        passOverAdminListener(admin);
    }
    admin.finish();
    return choice;
}

/// Beside the program. With RLIMIT_DATA who translates or delivers a large message waits until
/// there is memory for it; a control group ends who is over its limit, so that one as received and
/// one as sent must fit.
std::uint64_t largeMessages(std::uint64_t usual) {
    constexpr std::uint64_t kProgram = 48ull << 20, kLeast = 4ull << 20;
    const std::optional<std::uint64_t> limit = memoryLimit(), data = dataLimit();
    if (!limit) return usual;
    const std::uint64_t room = *limit > kProgram ? *limit - kProgram : 0;
    return std::clamp(data == limit ? room : room / 2, kLeast, usual);
}

PipelineOptions pipelineOptions(Config& main, std::uint64_t& messageSize) {
    PipelineOptions options;
    const unsigned cores = std::max(1u, std::thread::hardware_concurrency());
    Config limits = main.section("limits");
    options.translators = static_cast<unsigned>(limits.integer("translators", cores, 0, 256));
    options.backlog = static_cast<std::uint64_t>(
        limits.integer("backlog", static_cast<std::int64_t>(options.backlog), 1, INT64_MAX));
    options.bigBodyBudget = limits.size("large_messages", largeMessages(options.bigBodyBudget));
    messageSize = limits.size("message_size", messageSize);
    if (messageSize > kLargestMessage)
        limits.fail("message_size", {"at most 1 GiB", "au plus 1 GiB"});
    if (messageSize > options.bigBodyBudget)
        limits.warn(
            "large_messages",
            say("messages over {0} bytes are refused, though 'message_size' allows {1}: there is "
                "not more memory for large ones",
                "les messages de plus de {0} octets sont refusés, bien que « message_size » en "
                "permette {1} : il n'y a pas plus de mémoire pour les gros",
                {std::to_string(options.bigBodyBudget), std::to_string(messageSize)}));
    limits.finish();
    return options;
}

/// What a running gateway cannot change: parts of it are in use.
std::map<std::string, std::string> fixedParts(const ConfigNode& main) {
    std::map<std::string, std::string> parts;
    for (const char* const key : {"store", "plugins", "limits", "listeners"})
        parts[key] = canonical(child(main, key));
    ConfigNode admin = child(main, "admin");
    std::erase_if(admin.items, [](const auto& item) { return item.first == "people"; });
    parts["admin"] = canonical(admin);
    std::string sources;
    for (const auto& [name, source] : child(main, "sources").items) {
        if (child(source, "policy").kind != ConfigNode::Kind::none) continue;  // no end of its own
        ConfigNode transport = source;
        std::erase_if(transport.items, [](const auto& item) {
            return std::find(std::begin(kReloadable), std::end(kReloadable), item.first) !=
                   std::end(kReloadable);
        });
        sources += name + canonical(transport);
    }
    parts["sources"] = sources;
    return parts;
}

std::string versionOf(const ConfigFiles& files, const Setup& setup) {
    std::string all = files.digest;
    for (const auto& [name, map] : setup.maps) {
        all += name + "=" + std::string(map.map->version()) + "\n";
        for (const auto& [network, changed] : map.changed)
            all += name + " " + network + "=" + std::string(changed->version()) + "\n";
    }
    return sha256(all).substr(0, 16);
}

std::vector<PartnerDraft> draftPartners(const ConfigFiles& files, Build& build) {
    build.own.append(files.findings);
    draftShared(files, build);
    std::vector<PartnerDraft> drafts;
    drafts.reserve(files.partners.size());
    for (const ConfigFile& file : files.partners) {
        build.own.append(file.findings);
        if (file.findings.failed()) continue;
        drafts.push_back(draftPartner(file, files.folder, build));
        for (const std::string& destination : drafts.back().head.partner.destinations)
            build.destinations.push_back(file.name + "/" + destination);
    }
    return drafts;
}

/// Needs all codecs: maps are checked against their models.
void openMaps(Config& main, const std::vector<Draft>& sources, Build& build) {
    MapShelf::Networks networks;
    for (const Draft& source : sources)
        networks.insert(child(source.config.node(), "network").text);
    MapSurroundings around;
    around.library = main.path("mappings", "mappings");
    around.models = build.codecs.models();
    std::error_code error;
    if (main.has("mappings") && !fs::is_directory(around.library, error))
        main.fail("mappings", {"there is no such folder", "ce dossier n'existe pas"});
    build.maps = MapShelf(mapLanguage(build.host, build.own), std::move(around),
                          std::move(networks), build.theirs);
    const std::vector<std::string> names = main.texts("maps");
    const std::vector<Place> places = placesOf(main, "maps");
    for (std::size_t i = 0; i < names.size() && i < places.size(); ++i)
        build.maps.take(names[i], places[i], build.own);
}

void buildAll(const ConfigFiles& files, Config& main, Build& build) {
    build.setup.zone = main.text("zone", "Europe/Paris");
    if (main.has("zone")) checkZone(main, "zone", build.setup.zone);
    build.made.store = storeChoice(main, namesOf(build.host.stores()));
    AdminChoice admin = adminChoice(main, build.made.store, &build.made);
    build.made.adminSocket = std::move(admin.socket);
    build.made.audit = std::move(admin.audit);
    build.made.adminEdits = admin.edits;
    build.made.alerts = std::make_shared<AlertSetup>(readAlerts(main.section("alerts")));
    build.made.pipeline = pipelineOptions(main, build.messageSize);
    build.keep = readKeep(main, {}, &build.setup.refusalsKept);
    main.has("plugins");  // loadPlugins() has read it
    std::vector<Draft> sources = draftSources(main, build.codecs);
    for (const Draft& source : sources) build.sources.push_back(source.name);
    std::vector<PartnerDraft> partners = draftPartners(files, build);
    openMaps(main, sources, build);
    buildPolicies(main, build);
    takeDefaultFilters(partners, build);
    buildIssuers(main, build);
    buildListeners(main, build);
    buildSources(sources, build);
    buildRoutes(main, build);
    buildPartners(partners, build);
    buildAccess(files, partners, build);
    for (const auto& [rule, policy] : build.policies)
        if (policy) build.setup.policies[rule] = policy;
    main.finish();
}

void sortByPlace(Findings& findings) {
    std::vector<Finding> all = findings.all();
    std::stable_sort(all.begin(), all.end(), [](const Finding& a, const Finding& b) {
        return std::tie(a.where.file, a.where.line, a.where.column) <
               std::tie(b.where.file, b.where.line, b.where.column);
    });
    findings = {};
    for (Finding& finding : all)
        finding.severity < Severity::error
            ? findings.warning(finding.where, {finding.text, finding.fr})
            : findings.error(finding.where, {finding.text, finding.fr});
}

}  // namespace

void loadPlugins(const ConfigFiles& files, const std::string& folder, PluginHost& host,
                 Findings& findings) {
    Config plugins(child(files.main.root, "plugins"), files.folder, findings);
    const std::string configured = plugins.path("folder");
    const std::vector<std::string> listed = plugins.texts("files");
    plugins.finish();
    std::vector<Reason> refused;
    if (!folder.empty()) {
        refused = host.loadFolder(folder);
    } else if (!configured.empty() || listed.empty()) {
        refused = host.loadFolder(configured.empty() ? PluginHost::defaultFolder() : configured);
    }
    for (const std::string& file : listed)
        if (auto why =
                folder.empty() ? host.load((fs::path(files.folder) / file).string()) : std::nullopt)
            refused.push_back(std::move(*why));
    const Place where =
        plugins.where().file.empty() ? Place{files.main.path, 0, 0} : plugins.where();
    for (const Reason& why : refused)
        findings.error(where, say("plugin refused: {0}", "greffon refusé : {0}", {why}));
}

Configuration configure(const ConfigFiles& files, const PluginHost& host, const Findings& loading) {
    Configuration made;
    made.own.append(files.main.findings);
    made.own.append(loading);
    auto setup = std::make_shared<Setup>();
    CodecShelf codecs(host);
    Findings theirs;
    Build build{host,   made.own, theirs,       codecs, MapShelf(nullptr, {}, {}, theirs),
                *setup, made,     kMessageSize, {},     {},
                {},     {},       {},           {}};
    Config main(files.main.root, files.folder, made.own);
    // Of a file that cannot be parsed only the beginning is known: what it seems to lack may stand
    // further down.
    if (!files.main.findings.failed()) buildAll(files, main, build);
    for (const auto& [name, map] : build.maps.all())
        if (map.map) setup->maps.emplace(name, map);
    made.asideNetworks.insert(build.maps.aside().begin(), build.maps.aside().end());
    setup->version = versionOf(files, *setup);
    made.fixed = fixedParts(files.main.root);
    made.setup = std::move(setup);
    made.findings = made.own;
    made.findings.append(theirs);
    sortByPlace(made.findings);
    return made;
}

ClientPlaces clientPlacesOf(const std::string& folder, Findings& findings) {
    const ConfigFile file = readMainFile(folder);
    findings.append(file.findings);
    if (findings.failed()) return {};
    Config main(file.root, folder, findings);
    Config store = main.section("store");
    StoreChoice choice;
    if (store.has(kSqlite)) choice.path = store.path(kSqlite);
    AdminChoice admin = adminChoice(main, choice);
    return {std::move(admin.socket), std::move(admin.audit.path), choice.path};
}

StoreChoice storeOf(const std::string& folder, Findings& findings) {
    const ConfigFile file = readMainFile(folder);
    findings.append(file.findings);
    if (findings.failed()) return {};
    Config main(file.root, folder, findings);
    return storeChoice(main, {});
}

}  // namespace gateway
