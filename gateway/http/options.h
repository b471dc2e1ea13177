/// @file  What a configuration says about an HTTP listener or a peer over HTTP.
#pragma once

#include "gateway/config.h"
#include "http/client.h"
#include "http/server.h"

namespace gateway::http {

/// Keys: listen, tls {cert, key, clients, crl, ask}, insecure, limits {header, header_fields,
/// target, body, large_bodies, header_within, body_within, idle, least_rate, connections,
/// connections_per_peer, requests_at_once_per_peer, requests_per_peer {most, per}}. What is wrong,
/// and what is legal but unsafe, is reported there.
ServerOptions serverOptions(Config& config);

/// Keys: url (or `address` in its place), tls {ca, crl, cert, key, name}, insecure,
/// connections, connect_within.
ClientOptions clientOptions(Config& config);

/// Keys: `key`, which has the url, and tls: of a server whose word decides who is let in. Plain
/// HTTP is for this machine alone there, whatever else is said.
ClientOptions guardedClientOptions(Config& config, const char* key);

}  // namespace gateway::http
