/// passerelle: see gateway/cli for its subcommands.
#include <exception>
#include <iostream>

#include "cli/cli.h"

int main(int argc, char** argv) {
    try {
        return gateway::runCommandLine(argc, argv);
    } catch (const std::exception& error) {
        std::cerr << "passerelle: internal failure: " << error.what() << '\n';
    }
    return 1;
}
