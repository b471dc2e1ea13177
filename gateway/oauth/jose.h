/// @file  libjose, whose headers are C alone.
#pragma once

#include <jansson.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>

#include <cstdarg>
#include <cstddef>
#include <cstdint>
#include <memory>

extern "C" {
#include <jose/b64.h>
#include <jose/jwk.h>
#include <jose/jws.h>
#include <jose/openssl.h>
}

namespace gateway::oauth {

struct DropJoseSettings {
    void operator()(jose_cfg_t* settings) const { jose_cfg_decref(settings); }
};

/// Settings for one call: libjose would tell its mistakes to stderr otherwise, where the log is.
std::unique_ptr<jose_cfg_t, DropJoseSettings> quietJose();

}  // namespace gateway::oauth
