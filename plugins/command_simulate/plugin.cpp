/// Commands "simulate hospital" and its like: partners that answer properly, for demos and tests.
#include "gateway/plugin.h"

#include "commands.h"

GATEWAY_PLUGIN("command_simulate", "1.0.0", [](gateway::Registry& registry) {
    registry.command(simulate::hospital());
    registry.command(simulate::gp());
    registry.command(simulate::had());
});
