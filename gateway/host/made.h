/// @file  Makes what plugins offer from sections of the configuration.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "host/plugin_host.h"

namespace gateway {

/// One offered thing that a configuration chose.
struct Choice {
    std::string name;
    std::shared_ptr<ConfigNode> node;  ///< what `options` reads
    Config options;
};

/// The value of `key` as options of the thing `name`: its own section, or none when the value is
/// a mere name. `extra` keys are added.
Choice choose(Config& section, std::string_view key, const std::string& name,
              const std::vector<std::pair<std::string, std::string>>& extra = {});

template <class T>
std::vector<std::string> namesOf(const Offered<T>& offered) {
    std::vector<std::string> names;
    for (const auto& [name, make] : offered) names.push_back(name);
    return names;
}

/// The one of `names` that is a key of `section`: {mllp: {…}} has "mllp". Empty when there is none
/// or more than one, with a finding.
std::string keyAmong(Config& section, const std::vector<std::string>& names, const Reason& kind);

/// What `key` chooses among `names`, either as a text or as {NAME: {options}}. Nothing when it is
/// missing or unknown, with a finding.
std::optional<Choice> choiceOf(Config& section, std::string_view key,
                               const std::vector<std::string>& names, const Reason& kind);

/// Calls the factory and reports the options that nobody asked for. Null when it failed.
template <class T>
std::unique_ptr<T> make(const Offered<T>& offered, Choice& choice) {
    std::unique_ptr<T> made;
    try {
        made = offered.find(choice.name)->second(choice.options);
    } catch (const Error& error) {
        choice.options.fail("", say("{0}: {1}", "{0} : {1}", {choice.name, error.reason()}));
    }
    choice.options.finish();
    return made;
}

}  // namespace gateway
