/// passerelle: see gateway/cli for its subcommands.
#include <iostream>

#include "cli/cli.h"
#include "gateway/error.h"

int main(int argc, char** argv) {
    try {
        return gateway::runCommandLine(argc, argv);
    } catch (const gateway::Error& error) {
        std::cerr << "passerelle: " << error.where << (error.where.empty() ? "" : ": ")
                  << error.what() << '\n';
    } catch (const std::exception& error) {
        std::cerr << "passerelle: internal failure: " << error.what() << '\n';
    }
    return 1;
}
