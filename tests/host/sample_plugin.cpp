/// A plugin in as many shapes as the tests of the host need: SAMPLE_NAME, SAMPLE_OFFER and, for one
/// that must be refused, another SAMPLE_ABI or SAMPLE_TOOLCHAIN.
#include "gateway/plugin.h"

#ifndef SAMPLE_ABI
#define SAMPLE_ABI gateway::kAbi
#endif
#ifndef SAMPLE_TOOLCHAIN
#define SAMPLE_TOOLCHAIN GATEWAY_TOOLCHAIN
#endif

namespace {

void load(gateway::Registry& registry) {
    registry.command(
        {"sample " SAMPLE_NAME, "does nothing", [](auto, gateway::CommandHost&) { return 0; }});
    registry.command({SAMPLE_OFFER, "prints its words",
                      [](std::span<const std::string> words, gateway::CommandHost&) {
                          for (const std::string& word : words) std::puts(word.c_str());
                          return words.empty() ? 2 : 0;
                      }});
#ifdef SAMPLE_THROWS
    throw std::runtime_error("the sample cannot start");
#endif
}

}  // namespace

extern "C" __attribute__((visibility("default"))) const gateway::GatewayPlugin gatewayPlugin;
const gateway::GatewayPlugin gatewayPlugin = {SAMPLE_ABI, SAMPLE_TOOLCHAIN, SAMPLE_NAME, "1.0.0",
                                              &load};
