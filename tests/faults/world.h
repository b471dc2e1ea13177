/// @file  The gateway under faults: its configuration, its life and deaths, the layer below it, and
/// what it said.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "disk/control.h"
#include "partner.h"
#include "support/gateway_process.h"

namespace faults {

struct Settings {
    std::string store;        ///< more of the store: ", reserve: 1 MiB"
    std::string limits;       ///< "{backlog: 10}"
    std::string more;         ///< whole lines of passerelle.yaml
    std::string listener;     ///< more of it: ", connections: 10"
    std::string source;       ///< more of it: ", keep: {body: 1 d}"
    std::string routes;       ///< whole lines, before those to the partners
    std::string destination;  ///< more of each: ", answer_within: 1 s"
    /// Of each partner, "http: {url: 'http://127.0.0.1:8080/'}"; empty: MLLP to those given.
    std::vector<std::string> transports;
    std::vector<std::string> partners;  ///< whole lines of the first ones' files: "zone: UTC\n"
    std::string retry = "{first: 10 ms, most: 200 ms}";
    int concurrency = 4;
    bool layer = false;              ///< stands on faulty_disk
    std::vector<std::string> under;  ///< what starts it: "/usr/bin/prlimit", "--nofile=64"
};

/// One MLLP listener `adt`, one route to each partner, bytes unchanged.
class World {
public:
    World(std::vector<Partner*> partners, Settings settings);
    /// To `transports`.
    explicit World(Settings settings);
    ~World();
    World(const World&) = delete;
    World& operator=(const World&) = delete;

    /// @return the port where it listens
    std::uint16_t start();
    /// Signals it and waits for its end; the exit code, or minus the signal.
    int end(int signal);
    bool runs() { return process_ && process_->runs(); }
    pid_t id() const { return process_->id(); }
    std::string output() const { return process_->output(); }

    /// Only with `layer`.
    Control& control() { return *control_; }
    const std::string& folder() const { return folder_.path(); }
    std::string store() const { return folder_.path() + "/var/store.db"; }
    /// Writes a file of the configuration; passerelle.yaml and partners are there already.
    void write(const std::string& name, const std::string& text) { folder_.write(name, text); }

    /// `passerelle WORDS -c FOLDER --json`.
    support::Ran ask(std::vector<std::string> words);
    /// A number of `status`: "messages/accepted"; of destinations the sum.
    std::uint64_t messagesIn(const char* state);
    std::uint64_t deliveriesIn(const char* state);
    /// What /metrics says; empty when it does not answer.
    std::string metrics();
    /// MiB in memory now, and the most so far.
    std::size_t resident() const { return memory("VmRSS:"); }
    std::size_t peak() const { return memory("VmHWM:"); }

    /// Where planted data was read outside of the store; also looks at all files that there are.
    std::vector<std::string> leaks();

private:
    void look(const std::string& where, const std::string& text);
    std::size_t memory(const char* what) const;

    const Settings settings_;
    support::TemporaryFolder folder_;
    Control* control_ = nullptr;
    std::unique_ptr<support::Process> process_;
    int life_ = 0;
    std::vector<std::string> leaks_;
};

/// Asks until it says yes or the time is over.
bool within(std::chrono::milliseconds most, const std::function<bool()>& what);

}  // namespace faults
