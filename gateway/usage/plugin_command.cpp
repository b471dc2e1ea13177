#include "usage/plugin_command.h"

#include <iostream>

#include "usage/usage.h"

namespace gateway {

int runCommand(std::span<const std::string> words, CommandHost& host, const std::string& name,
               const Reason& summary, const std::function<void(CLI::App&, Spoken)>& add,
               const std::function<int()>& work) {
    const Spoken speaks = host.speaks();
    CLI::App app(summary.in(speaks), "passerelle " + name);
    speakUsage(app, speaks);
    add(app, speaks);
    std::vector<std::string> reversed(words.rbegin(), words.rend());
    try {
        app.parse(reversed);
    } catch (const CLI::ParseError& error) {
        return app.exit(error, std::cout, std::cerr) == 0 ? 0 : 2;
    }
    try {
        return work();
    } catch (const Error& error) {
        std::cerr << "passerelle: " << error.where << (error.where.empty() ? "" : ": ")
                  << error.reason().in(speaks) << '\n';
        return 1;
    }
}

}  // namespace gateway
