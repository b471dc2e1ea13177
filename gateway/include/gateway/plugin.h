/// @file  How a plugin makes itself known: one plain-C struct, read before any call into the
/// plugin.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "gateway/codec.h"
#include "gateway/command.h"
#include "gateway/config.h"
#include "gateway/mailbox.h"
#include "gateway/notebook.h"
#include "gateway/policy.h"
#include "gateway/store.h"
#include "gateway/trail.h"
#include "gateway/transformer.h"
#include "gateway/transport.h"

namespace gateway {

/// Raised by each change to the SDK's headers.
inline constexpr std::uint32_t kAbi = 9;

#define GATEWAY_TEXT2(x) #x
#define GATEWAY_TEXT(x) GATEWAY_TEXT2(x)
#if defined(__clang__)
#define GATEWAY_COMPILER "clang " GATEWAY_TEXT(__clang_major__)
#elif defined(__GNUC__)
#define GATEWAY_COMPILER "g++ " GATEWAY_TEXT(__GNUC__)
#else
#define GATEWAY_COMPILER "unknown compiler"
#endif
#if defined(__SANITIZE_ADDRESS__)
#define GATEWAY_SANITIZER ", address sanitizer"
#elif defined(__SANITIZE_THREAD__)
#define GATEWAY_SANITIZER ", thread sanitizer"
#else
#define GATEWAY_SANITIZER ""
#endif
/// Compiler, library and build mode that must be the same on both sides.
#define GATEWAY_TOOLCHAIN GATEWAY_COMPILER ", libstdc++ with the C++11 ABI" GATEWAY_SANITIZER

/// What a plugin's load function fills. A name registered twice is refused.
class GATEWAY_API Registry {
public:
    virtual ~Registry();
    template <class T>
    using Make = std::function<std::unique_ptr<T>(Config&)>;

    virtual void codec(const std::string& name, Make<Codec> make) = 0;
    virtual void source(const std::string& name, Make<Source> make) = 0;
    virtual void listener(const std::string& name, Make<Listener> make) = 0;
    virtual void destination(const std::string& name, Make<Destination> make) = 0;
    virtual void language(const std::string& name, Make<MapLanguage> make) = 0;
    virtual void policy(const std::string& name, Make<Policy> make) = 0;
    virtual void store(const std::string& name, Make<Store> make) = 0;
    /// @param scheme  of the URLs it takes: "mllp", "mllps"; options: address, ca, cert, key
    virtual void sender(const std::string& scheme, Make<Sender> make) = 0;
    virtual void command(Command command) = 0;
};

extern "C" {
struct GatewayPlugin {
    std::uint32_t abi;
    const char* toolchain;
    const char* name;
    const char* version;
    void (*load)(gateway::Registry&);
};
}

}  // namespace gateway

#define GATEWAY_PLUGIN(pluginName, pluginVersion, ...)                                            \
    extern "C" __attribute__((visibility("default"))) const gateway::GatewayPlugin gatewayPlugin; \
    const gateway::GatewayPlugin gatewayPlugin = {gateway::kAbi, GATEWAY_TOOLCHAIN, pluginName,   \
                                                  pluginVersion, __VA_ARGS__};
