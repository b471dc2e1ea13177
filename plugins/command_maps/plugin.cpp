/// Commands "maps new", "maps fields", "maps build", "maps reverse" and "maps diff": maps for
/// people who are no programmers, from a sheet that any spreadsheet opens.
/// Commands "maps new", "maps fields", "maps build" and "maps reverse": maps for people who are no
/// programmers, from a sheet that any spreadsheet opens. "maps convert" and "maps table": maps and
/// tables in the forms that FHIR has for them.
#include "gateway/plugin.h"

#include "commands.h"

GATEWAY_PLUGIN("command_maps", "1.0.0", [](gateway::Registry& registry) {
    registry.command(maps::newSheet());
    registry.command(maps::fieldList());
    registry.command(maps::build());
    registry.command(maps::reverse());
    registry.command(maps::diff());
    registry.command(maps::convert());
    registry.command(maps::table());
})
