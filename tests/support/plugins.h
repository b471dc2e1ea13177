/// @file  For tests: the plugins of this build, loaded as the host loads them, and options for them
/// as YAML-less pairs.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "gateway/plugin.h"

namespace support {

/// A ConfigNode tree written in code: map({{"listen", scalar("127.0.0.1:0")}}).
gateway::ConfigNode scalar(std::string text);
gateway::ConfigNode list(std::vector<gateway::ConfigNode> items);
gateway::ConfigNode map(std::vector<std::pair<std::string, gateway::ConfigNode>> items);

/// Everything that the loaded plugins offer.
class Plugins final : public gateway::Registry {
public:
    /// Loads build/plugins/NAME.so for each name; throws std::runtime_error saying why it cannot.
    explicit Plugins(const std::vector<std::string>& names);

    /// Makes one thing with these options; throws std::runtime_error with the findings when they
    /// are refused.
    std::unique_ptr<gateway::Codec> codec(const std::string& name,
                                          const gateway::ConfigNode& options = map({}));
    std::unique_ptr<gateway::Source> source(const std::string& name,
                                            const gateway::ConfigNode& options);
    std::unique_ptr<gateway::Listener> listener(const std::string& name,
                                                const gateway::ConfigNode& options);
    std::unique_ptr<gateway::Destination> destination(const std::string& name,
                                                      const gateway::ConfigNode& options);
    std::unique_ptr<gateway::MapLanguage> language(const std::string& name,
                                                   const gateway::ConfigNode& options = map({}));
    std::unique_ptr<gateway::Policy> policy(const std::string& name,
                                            const gateway::ConfigNode& options = map({}));
    std::unique_ptr<gateway::Sender> sender(const std::string& scheme,
                                            const gateway::ConfigNode& options);
    int run(const std::string& command, const std::vector<std::string>& words);
    int run(const std::string& command, const std::vector<std::string>& words,
            gateway::CommandHost& host);

    void codec(const std::string& name, Make<gateway::Codec> make) override {
        codecs_[name] = std::move(make);
    }
    void source(const std::string& name, Make<gateway::Source> make) override {
        sources_[name] = std::move(make);
    }
    void listener(const std::string& name, Make<gateway::Listener> make) override {
        listeners_[name] = std::move(make);
    }
    void destination(const std::string& name, Make<gateway::Destination> make) override {
        destinations_[name] = std::move(make);
    }
    void language(const std::string& name, Make<gateway::MapLanguage> make) override {
        languages_[name] = std::move(make);
    }
    void policy(const std::string& name, Make<gateway::Policy> make) override {
        policies_[name] = std::move(make);
    }
    void store(const std::string&, Make<gateway::Store>) override {}
    void sender(const std::string& scheme, Make<gateway::Sender> make) override {
        senders_[scheme] = std::move(make);
    }
    void command(gateway::Command command) override {
        commands_[command.name] = std::move(command);
    }

private:
    std::map<std::string, Make<gateway::Codec>> codecs_;
    std::map<std::string, Make<gateway::Source>> sources_;
    std::map<std::string, Make<gateway::Listener>> listeners_;
    std::map<std::string, Make<gateway::Destination>> destinations_;
    std::map<std::string, Make<gateway::MapLanguage>> languages_;
    std::map<std::string, Make<gateway::Policy>> policies_;
    std::map<std::string, Make<gateway::Sender>> senders_;
    std::map<std::string, gateway::Command> commands_;
};

/// The whole of a file; throws std::runtime_error.
std::string fileText(const std::string& path);
/// The corpus beside the checkout (../shared/corpus), or empty: then the test skips, saying so.
std::string corpus();

}  // namespace support
