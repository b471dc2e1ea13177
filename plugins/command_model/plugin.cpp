/// Command "model infer": a first logical model of a native format from samples of it.
#include "gateway/plugin.h"

#include "infer.h"

GATEWAY_PLUGIN("command_model", "1.0.0",
               [](gateway::Registry& registry) { registry.command(model::infer()); })
