/// @file  The gateway at work: store, pipeline, and the ends where messages come in.
#pragma once

#include <future>
#include <memory>
#include <mutex>
#include <string>

#include "gateway/log.h"
#include "gateway/mailbox.h"
#include "gateway/notebook.h"
#include "gateway/trail.h"
#include "gateway/transport.h"
#include "host/configuration.h"
#include "store/sqlite_store.h"
#include "watch/watch_listener.h"

namespace gateway {

/// The built-in store as it was chosen.
SqliteOptions sqliteOptions(const StoreChoice& choice);

/// Opens the store that the configuration chose.
/// @throws Error(unavailable) when it cannot, Error(rejected) with the findings about its options
std::unique_ptr<Store> openStore(const ConfigFiles& files, const Configuration& configuration,
                                 const PluginHost& host, Log& log);

/// start() and stop() once each, from one thread; reload() between them from that thread.
class RunningGateway final : public Gateway {
public:
    /// @param configuration  without mistakes of its own
    /// @param version  of the gateway
    RunningGateway(Configuration configuration, std::unique_ptr<Store> store, Log& log,
                   const std::string& version = "test");
    ~RunningGateway() override;

    /// Before start(): where its ends tell what they did for whom. Outlives the time from start()
    /// to stop().
    void record(Trail& trail) { trail_ = &trail; }
    /// Pipeline first, listeners last: nobody is heard before all can answer.
    /// @throws Error(unavailable) when a listener cannot listen; then all has stopped again
    void start();
    /// Takes `next` whole or, when it has any mistake or changes what only a restart can, not at
    /// all; certificates of listeners are read again with it. @return why not
    Findings reload(Configuration next);
    /// Takes nothing new, lets what is in hand end until the grace is over. @return whether it has;
    /// what is still being sent counts as uncertain at the next start, like after a crash
    bool stop(Milliseconds grace);
    /// The same, but waits for all that is in hand.
    void end();

    /// Name and address of each listener. Any thread, from start() on.
    std::vector<std::pair<std::string, std::string>> listeners() const;
    Store& store() { return *store_; }
    Pipeline& pipeline() { return pipeline_; }
    Watch& watch() { return watch_; }
    /// Where figures are asked for; empty: nowhere.
    std::string metricsAddress() const;
    Inbox& inbox() override;
    Log& log() override;
    std::shared_ptr<const Directory> directory() override;
    std::shared_ptr<const Access> access() override;
    Trail& trail() override;
    Mailboxes& mailboxes() override;
    Notebook& notebook() override;
    const Register& plans() override;
    std::optional<MessageView> message(const std::string& id) override;

private:
    WatchOptions watchOptions(const std::string& version);
    std::vector<EndCertificate> certificates() const;
    std::shared_ptr<oauth::TokenVerifier> tokens() const;
    /// Destinations that `setup` lacks although deliveries wait for them: name → how many.
    std::map<std::string, std::uint64_t> orphans(const Setup& setup);
    /// Destinations that are mailboxes no more although something waits there to be picked up.
    std::map<std::string, std::uint64_t> stranded(const Setup& setup);
    void use(const Configuration& configuration);
    void forgetTroubles();
    /// Lets the sources read again what their configuration refers to.
    void refresh();

    Log& log_;
    std::unique_ptr<Store> store_;
    Pipeline pipeline_;
    Configuration configuration_;
    mutable std::mutex tokensMutex_;  ///< guards configuration_.tokens, which others look at
    Watch watch_;
    std::unique_ptr<WatchListener> metrics_;
    Trail* trail_ = nullptr;
    std::size_t started_ = 0;  ///< of the inlets
    bool running_ = false;
    std::future<void> ending_;
};

}  // namespace gateway
