#include <signal.h>

#include <chrono>
#include <cstdlib>
#include <iostream>

#include "admin/admin.h"
#include "audit/audit.h"
#include "cli/admin_client.h"
#include "cli/privileges.h"
#include "cli/service_manager.h"
#include "cli/shared.h"
#include "core/json_log.h"
#include "core/little_memory.h"
#include "host/check_examples.h"
#include "host/config_change.h"
#include "host/running_gateway.h"

namespace gateway {
namespace {

struct Options {
    bool strict = false;
    unsigned grace = 10;  ///< seconds
    std::string user;     ///< to become; empty: as it is
};

sigset_t handledSignals() {
    sigset_t signals;
    sigemptyset(&signals);
    for (const int signal : {SIGTERM, SIGINT, SIGHUP}) sigaddset(&signals, signal);
    return signals;
}

/// Reads and builds the configuration; the plugins are loaded at the first time alone.
Configuration readConfiguration(const Shared& shared, ConfigFiles& files, PluginHost& host) {
    files = readConfigFiles(shared.config);
    Findings loading;
    if (host.plugins().empty()) loadPlugins(files, shared.plugins, host, loading);
    return configure(files, host, loading);
}

/// What has happened already is at least told in the log.
void record(Audit& audit, Log& log, const AuditRecord& record) {
    try {
        audit.write(record);
    } catch (const Error& error) {
        log.error("audit-not-written", {{"record", record.what}, {"what", error.what()}});
    }
}

/// Until SIGTERM or SIGINT; SIGHUP takes a changed configuration.
/// @return who asked for it
std::string waitForEnd(const Shared& shared, PluginHost& host, RunningGateway& gateway,
                       ServiceManager& manager, Audit& audit, Admin& admin, Log& log,
                       const ConfigFiles& began) {
    const sigset_t signals = handledSignals();
    std::map<std::string, std::string> inForce = configHashes(began);
    for (siginfo_t signal{};;) {
        if (sigwaitinfo(&signals, &signal) < 0) continue;
        const std::string by = userName(signal.si_uid);
        if (signal.si_signo != SIGHUP) return by;
        manager.reloading();
        log.info("reload-began");
        ConfigFiles files;
        Configuration next = readConfiguration(shared, files, host);
        checkExamples(files, host, next);
        const std::string version = next.setup->version;
        const std::shared_ptr<const People> people = next.people;
        const bool taken = !gateway.reload(std::move(next)).failed();
        if (taken) admin.use(people);
        std::map<std::string, std::string> hashes = configHashes(files);
        AuditRecord told{
            by, "reload", {}, {}, taken ? "done" : "refused", {{"configuration", version}}};
        tellChange(told, inForce, hashes);
        record(audit, log, told);
        if (taken) inForce = std::move(hashes);
        manager.ready(taken ? "running" : "running; the last reload was refused, see the log");
    }
}

/// Whatever ends serve(): nothing runs any more when what was made after the gateway goes.
class StoppedBefore {
public:
    explicit StoppedBefore(RunningGateway& gateway) : gateway_(gateway) {}
    ~StoppedBefore() { gateway_.end(); }
    StoppedBefore(const StoppedBefore&) = delete;
    StoppedBefore& operator=(const StoppedBefore&) = delete;

private:
    RunningGateway& gateway_;
};

int serve(const Shared& shared, const Options& options) {
    const auto began = std::chrono::steady_clock::now();
    // Before any thread begins, so that all inherit it: signals come to waitForEnd() alone.
    const sigset_t signals = handledSignals();
    pthread_sigmask(SIG_BLOCK, &signals, nullptr);
    signal(SIGPIPE, SIG_IGN);
    if (!options.user.empty()) becomeUser(options.user);
    keepMemoryPrivate();
    liveWithinLimit();

    JsonLog log;
    if (hasAllRights())
        log.warning("runs-as-root", {{"instead", "--user NAME, or User= of the service"}});
    PluginHost host;
    ConfigFiles files;
    Configuration configuration = readConfiguration(shared, files, host);
    if (configuration.own.failed() || (options.strict && configuration.findings.failed())) {
        print(std::cerr, configuration.findings, shared.speaks);
        return 1;
    }
    const AuditChoice chosen = configuration.audit;
    const std::string version = configuration.setup->version;
    AdminOptions administering;
    administering.socket = configuration.adminSocket;
    administering.edits = configuration.adminEdits;
    administering.listen = configuration.adminListen;
    administering.people = configuration.people;
    std::unique_ptr<Store> store = openStore(files, configuration, host, log);
    ServiceManager manager;
    RunningGateway gateway(std::move(configuration), std::move(store), log, PASSERELLE_VERSION);
    AuditOptions auditing;
    auditing.part = chosen.part;
    auditing.keep = chosen.keep;
    auditing.happenings = dynamic_cast<Happenings*>(&gateway.store());
    Audit audit(chosen.path, dynamic_cast<Notebook*>(&gateway.store()), log, currentTime, auditing);
    gateway.record(audit);
    const StoppedBefore stopped(gateway);
    audit.write({userName(),
                 "start",
                 {},
                 {},
                 "done",
                 {{"program", PASSERELLE_VERSION}, {"configuration", version}}});
    administering.audit = &audit;
    Admin admin(gateway.store(), gateway.pipeline(), gateway.watch(), log,
                std::move(administering));
    gateway.start();
    admin.start();
    const auto took =
        std::chrono::duration_cast<Milliseconds>(std::chrono::steady_clock::now() - began);
    log.info("started", {{"version", PASSERELLE_VERSION}, {"milliseconds", took.count()}});
    manager.ready("running");
    // While its store answers, be the disk full; a worker that hangs for good is what it is for.
    manager.watch([&gateway] { return gateway.watch().alive(); });

    const std::string by = waitForEnd(shared, host, gateway, manager, audit, admin, log, files);
    manager.stopping();
    log.info("stopping", {{"grace_seconds", options.grace}});
    pthread_sigmask(SIG_UNBLOCK, &signals, nullptr);  // a second signal ends at once
    admin.stop();
    const bool ended = gateway.stop(std::chrono::seconds(options.grace));
    if (!ended)
        log.warning("still-in-hand", {{"what",
                                       "the grace is over: what is being sent counts as "
                                       "uncertain at the next start"}});
    record(audit, log, {by, "stop", {}, {}});
    log.info("stopped");
    // Whoever still waits for a partner's answer is not waited for.
    if (!ended) std::_Exit(0);
    return 0;
}

}  // namespace

void addServe(CLI::App& app, Shared& shared) {
    CLI::App& command =
        *app.add_subcommand("serve", shared.say("Runs the gateway in the foreground.",
                                                "Fait tourner la passerelle au premier plan."));
    auto options = std::make_shared<Options>();
    addConfigOption(command, shared);
    addPluginsOption(command, shared);
    command.add_flag("--strict", options->strict,
                     shared.say("Do not start when a partner's configuration is broken",
                                "Ne pas démarrer si la configuration d'un partenaire est erronée"));
    command
        .add_option("--grace", options->grace,
                    shared.say("Seconds for work in hand when it is told to stop",
                               "Secondes laissées au travail en cours quand l'arrêt est demandé"))
        ->capture_default_str();
    command.add_option(
        "--user", options->user,
        shared.say("Go on as this user when root starts it, before anything is read",
                   "Continuer comme cet utilisateur au démarrage par root, avant toute lecture"));
    command.footer(
        shared.say("SIGTERM and SIGINT finish what is in hand and stop, SIGHUP takes a changed "
                   "configuration.\n"
                   "Example: passerelle serve -c docs/demo",
                   "SIGTERM et SIGINT finissent le travail en cours et arrêtent, SIGHUP prend une "
                   "configuration modifiée.\n"
                   "Exemple : passerelle serve -c docs/demo"));
    command.callback([&shared, options] { shared.exitCode = serve(shared, *options); });
}

}  // namespace gateway
