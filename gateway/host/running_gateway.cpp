#include "host/running_gateway.h"

#include <algorithm>
#include <unordered_set>

#include "core/memory_limit.h"
#include "host/made.h"
#include "pipeline/clock.h"
#include "pipeline/mailbox.h"

namespace gateway {
namespace {

/// What ends by itself at once is waited for, though sources took all of the grace.
constexpr Milliseconds kLeastGrace{500};

void logFinding(Log& log, const Finding& finding) {
    log.write(finding.severity < Severity::error ? Log::Level::warning : Log::Level::error,
              "configuration", {{"where", finding.where.text()}, {"what", finding.text}});
}

}  // namespace

SqliteOptions sqliteOptions(const StoreChoice& choice) {
    SqliteOptions options;
    options.path = choice.path;
    options.reserve = choice.reserve;
    options.keys = choice.keys;
    options.encrypt = choice.encrypt;
    if (const auto limit = memoryLimit()) {
        options.cacheBytes = std::clamp<std::size_t>(*limit / 32, 2u << 20, options.cacheBytes);
        options.handedOver = std::clamp<std::size_t>(*limit / 64, 1u << 20, options.handedOver);
    }
    return options;
}

std::unique_ptr<Store> openStore(const ConfigFiles& files, const Configuration& configuration,
                                 const PluginHost& host, Log& log) {
    const StoreChoice& choice = configuration.store;
    if (!choice.path.empty()) {
        SqliteOptions options = sqliteOptions(choice);
        options.happenings = true;
        return openSqliteStore(options, &log);
    }
    Findings findings;
    Config section(child(files.main.root, "store"), files.folder, findings);
    Choice options = choose(section, choice.kind, choice.kind);
    std::unique_ptr<Store> store = make(host.stores(), options);
    if (store == nullptr || findings.failed())
        throw Error(Fault::rejected,
                    findings.all().empty() ? "store" : findings.all()[0].where.text(),
                    findings.all().empty() ? Reason{"cannot be opened", "ne peut être ouvert"}
                                           : Reason{findings.all()[0].text, findings.all()[0].fr});
    return store;
}

RunningGateway::RunningGateway(Configuration configuration, std::unique_ptr<Store> store, Log& log,
                               const std::string& version)
    : log_(log),
      store_(std::move(store)),
      pipeline_(*store_, log, configuration.pipeline),
      configuration_(std::move(configuration)),
      watch_(*store_, pipeline_, log, watchOptions(version)) {
    if (configuration_.metrics)
        metrics_ = std::make_unique<WatchListener>(*configuration_.metrics, watch_, log);
}

WatchOptions RunningGateway::watchOptions(const std::string& version) {
    WatchOptions options;
    options.version = version;
    options.reserve = configuration_.store.path.empty() ? 0 : configuration_.store.reserve;
    options.listeners = [this] { return listeners(); };
    options.certificates = [this] { return certificates(); };
    return options;
}

std::vector<EndCertificate> RunningGateway::certificates() const {
    std::vector<EndCertificate> all;
    for (const Inlet& inlet : configuration_.inlets)
        for (const Certificate& one : inlet.source->certificates())
            all.push_back({inlet.name, one});
    for (const auto& [name, served] : {std::pair("metrics", &configuration_.metrics),
                                       std::pair("admin", &configuration_.adminListen)})
        if (*served && (*served)->tls)
            for (const Certificate& one : (*served)->tls->certificates())
                all.push_back({name, one});
    if (const auto tokens = this->tokens())
        for (auto& [issuer, one] : tokens->certificates())
            all.push_back({"issuers/" + issuer, std::move(one)});
    return all;
}

std::shared_ptr<oauth::TokenVerifier> RunningGateway::tokens() const {
    const std::lock_guard lock(tokensMutex_);
    return configuration_.tokens;
}

std::string RunningGateway::metricsAddress() const {
    return metrics_ ? metrics_->address() : std::string();
}

RunningGateway::~RunningGateway() { end(); }

Inbox& RunningGateway::inbox() { return pipeline_.inbox(); }
Log& RunningGateway::log() { return log_; }
std::shared_ptr<const Directory> RunningGateway::directory() {
    return pipeline_.setup()->directory;
}

std::shared_ptr<const Access> RunningGateway::access() {
    const std::shared_ptr<const Setup> setup = pipeline_.setup();
    return setup->access ? setup->access : Gateway::access();
}

Trail& RunningGateway::trail() { return trail_ ? *trail_ : Gateway::trail(); }
Mailboxes& RunningGateway::mailboxes() { return pipeline_.mailbox(); }

Notebook& RunningGateway::notebook() {
    auto* const notebook = dynamic_cast<Notebook*>(store_.get());
    return notebook ? *notebook : Gateway::notebook();
}

const Register& RunningGateway::plans() { return store_->plans(); }

std::optional<MessageView> RunningGateway::message(const std::string& id) {
    if (auto message = store_->show(id)) return message;
    Filter named;
    named.controlId = id;
    for (const MessageView& message : store_->list(named))
        for (const DeliveryView& one : message.deliveries)
            if (one.id == id) return store_->show(message.id);
    return {};
}

std::vector<std::pair<std::string, std::string>> RunningGateway::listeners() const {
    std::vector<std::pair<std::string, std::string>> all;
    for (const Inlet& inlet : configuration_.inlets)
        if (inlet.listener) all.emplace_back(inlet.name, inlet.listener->address());
    return all;
}

std::map<std::string, std::uint64_t> RunningGateway::orphans(const Setup& setup) {
    std::map<std::string, std::uint64_t> waiting;
    for (const auto& [destination, states] : store_->counts().deliveries)
        for (const auto& [state, count] : states)
            if (count > 0 && state != toText(DeliveryState::delivered) &&
                state != toText(DeliveryState::closed) && !setup.destinations.contains(destination))
                waiting[destination] += count;
    return waiting;
}

std::map<std::string, std::uint64_t> RunningGateway::stranded(const Setup& setup) {
    std::map<std::string, std::uint64_t> waiting;
    for (const auto& [destination, states] : store_->counts().deliveries) {
        const auto offered = states.find(std::string(toText(DeliveryState::offered)));
        const auto now = setup.destinations.find(destination);
        if (offered != states.end() && offered->second > 0 && now != setup.destinations.end() &&
            now->second.destination && !now->second.destination->offers())
            waiting[destination] = offered->second;
    }
    return waiting;
}

void RunningGateway::use(const Configuration& configuration) {
    for (const Finding& finding : configuration.findings.all()) logFinding(log_, finding);
    for (const std::string& partner : configuration.aside)
        log_.error(
            "partner-set-aside",
            {{"partner", partner}, {"what", "its configuration is broken, its messages wait"}});
    for (const std::string& endpoint : configuration.asideEndpoints)
        log_.error("endpoint-set-aside", {{"endpoint", endpoint},
                                          {"what", "its configuration is broken: let in nowhere"}});
    for (const std::string& network : configuration.asideNetworks)
        log_.error(
            "network-set-aside",
            {{"network", network},
             {"what", "its map, or what it changes in one, is broken, its messages are held"}});
    for (const auto& [name, source] : configuration.setup->sources)
        if (source.keep.body.count() == 0)
            log_.warning("kept-for-ever",
                         {{"source", name}, {"what", "no 'keep: {body: …}' says how long"}});
    std::unordered_set<const Destination*> started;  // partners may share one
    for (const auto& [name, destination] : configuration.setup->destinations)
        if (destination.destination && started.insert(destination.destination.get()).second)
            destination.destination->start(*this);
    if (configuration.tokens) configuration.tokens->start(log_);
    pipeline_.use(configuration.setup);
    watch_.use(configuration.alerts,
               {configuration.aside,
                {configuration.asideNetworks.begin(), configuration.asideNetworks.end()}});
    log_.info("configuration-in-force", {{"version", configuration.setup->version}});
}

void RunningGateway::start() {
    use(configuration_);
    for (const auto& [destination, count] : orphans(*configuration_.setup))
        log_.warning("destination-missing", {{"destination", destination}, {"waiting", count}});
    for (const auto& [destination, count] : stranded(*configuration_.setup))
        log_.warning("mailbox-missing", {{"destination", destination}, {"offered", count}});
    running_ = true;
    try {
        pipeline_.start();
        forgetTroubles();
        for (Inlet& inlet : configuration_.inlets) {
            inlet.source->start(*this);
            ++started_;
            if (inlet.listener)
                log_.info("listening",
                          {{"listener", inlet.name}, {"address", inlet.listener->address()}});
            else
                log_.info("watching", {{"source", inlet.name}});
        }
        watch_.start();
        if (metrics_) metrics_->start();
    } catch (...) {
        end();
        throw;
    }
}

/// A source says anew what it lacks; what stood under its name may have been another's.
void RunningGateway::forgetTroubles() {
    auto* const notes = dynamic_cast<Notebook*>(store_.get());
    if (notes == nullptr) return;
    for (const auto& [name, source] : configuration_.setup->sources)
        if (const std::string key = "trouble/" + name; !notes->note(key).empty())
            notes->setNote(key, {});
}

Findings RunningGateway::reload(Configuration next) {
    Findings refused;
    for (const Finding& finding : next.findings.all())
        if (finding.severity >= Severity::error)
            refused.error(finding.where, {finding.text, finding.fr});
    for (const auto& [key, text] : next.fixed)
        if (configuration_.fixed[key] != text)
            refused.error(
                {},
                say("changes to '{0}' need a restart{1}",
                    "changer « {0} » demande un redémarrage{1}",
                    {key,
                     key == "sources"
                         ? Reason{" (but for codec, network, zone, order, envelope, on_id_reuse, "
                                  "repeats, repeat_window, keep, expected_every, from)",
                                  " (sauf codec, network, zone, order, envelope, on_id_reuse, "
                                  "repeats, repeat_window, keep, expected_every, from)"}
                         : Reason()}));
    if (!refused.failed())
        for (const auto& [destination, count] : orphans(*next.setup))
            if (configuration_.setup->destinations.contains(destination))
                refused.error({},
                              say("the destination '{0}' is gone, but {1} of its deliveries wait",
                                  "la destination « {0} » n'est plus là, mais {1} de ses "
                                  "livraisons attendent",
                                  {destination, std::to_string(count)}));
    if (!refused.failed())
        for (const auto& [destination, count] : stranded(*next.setup))
            refused.error({}, say("the destination '{0}' is no mailbox any more, but {1} of its "
                                  "deliveries wait there to be picked up",
                                  "la destination « {0} » n'est plus une boîte, mais {1} de ses "
                                  "livraisons y attendent d'être retirées",
                                  {destination, std::to_string(count)}));
    if (refused.failed()) {
        for (const Finding& finding : refused.all()) logFinding(log_, finding);
        log_.error("reload-refused", {{"in-force", configuration_.setup->version}});
        return refused;
    }
    if (next.tokens && configuration_.tokens) next.tokens->adopt(*configuration_.tokens);
    use(next);
    configuration_.setup = next.setup;
    {
        const std::lock_guard lock(tokensMutex_);
        configuration_.tokens = next.tokens;
    }
    configuration_.alerts = next.alerts;
    refresh();
    return refused;
}

void RunningGateway::refresh() {
    Findings found;
    for (std::size_t i = 0; i < started_; ++i) configuration_.inlets[i].source->refresh(found);
    for (const auto* const served : {&configuration_.metrics, &configuration_.adminListen})
        if (*served && (*served)->tls) (*served)->tls->refresh(found);
    try {
        store_->refresh();
    } catch (const Error& error) {  // the former keys stay
        found.error({error.where, 0, 0}, error.reason());
    }
    for (const Finding& finding : found.all()) logFinding(log_, finding);
}

bool RunningGateway::stop(Milliseconds grace) {
    if (!running_) return true;
    running_ = false;
    const Clock::Steady until = Clock::real().steady() + grace;
    watch_.drain();
    // All at once, where there are threads for it.
    std::vector<std::future<void>> stopping;
    for (std::size_t i = 0; i < started_; ++i)
        stopping.push_back(std::async(
            [&source = *configuration_.inlets[i].source, grace] { source.stop(grace); }));
    for (std::future<void>& one : stopping) one.get();
    ending_ = std::async([this] {
        pipeline_.stop();
        for (const auto& [name, destination] : pipeline_.setup()->destinations)
            if (destination.destination) destination.destination->stop();
        watch_.stop();
        if (metrics_) metrics_->stop();
    });
    if (ending_.wait_for(Milliseconds(0)) == std::future_status::deferred) {
        ending_.get();  // there was no thread for it
        return true;
    }
    const Clock::Steady least = Clock::real().steady() + kLeastGrace;
    return ending_.wait_until(std::max(until, least)) == std::future_status::ready;
}

void RunningGateway::end() {
    stop(Milliseconds(0));
    if (ending_.valid()) ending_.get();
}

}  // namespace gateway
