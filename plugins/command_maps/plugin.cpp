/// Commands "maps new", "maps fields", "maps build", "maps reverse" and "maps diff": maps for
/// people who are no programmers, from a sheet that any spreadsheet opens.
#include "gateway/plugin.h"

#include "commands.h"

GATEWAY_PLUGIN("command_maps", "1.0.0", [](gateway::Registry& registry) {
    registry.command(maps::newSheet());
    registry.command(maps::fieldList());
    registry.command(maps::build());
    registry.command(maps::reverse());
    registry.command(maps::diff());
})
