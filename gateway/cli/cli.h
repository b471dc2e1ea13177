/// @file  The command line: `passerelle` and its subcommands.
#pragma once

namespace gateway {

/// Runs one command. @return 0 done, 1 the work failed or something was refused, 2 wrong usage
int runCommandLine(int argc, char** argv);

}  // namespace gateway
