/// HL7 v2 over MLLP, plain or TLS.
///
/// Listener "mllp", options: listen (host:port), tls {cert, key, clients, crl, ask}, insecure
/// (flag: plain
///   TCP beyond this machine), max_frame (64 MiB), connections (2000), connections_per_peer (500),
///   mid_frame (10 s, and 1 s more for each 64 KiB of it), idle (10 min), workers (4), memory
///   (512 MiB: all frames over 1 MiB together; beyond, such a frame is told to come later), commit
///   (false: MLLP release 2, 0x06 once the message is stored or 0x15, before the acknowledgement).
///   The files of `tls` are read again when they change, for connections to come.
/// Its sources, options: application (MSH-3), facility (MSH-4). Who may send is the gateway's own
///   option `from`; who may send to none is not let in where certificates are asked for. Who acts
///   for several says for which in MSH-4 and MSH-3; who names another than its own is told AR.
///   In original mode the
///   one answer is given when the source's `answer` says so; in enhanced mode CA, CE or CR is given
///   as MSH-15 asks once the message is stored or refused, and AA or AE as MSH-16 asks at the
///   source's `answer`, on the same connection, which goes on meanwhile. With the source's option
///   `application_answers` AA or AE go, as MSH-16 asks and with an id of their own, to that
///   destination instead, as a delivery that is made when the message is translated, ignored or
///   held (AE) and that survives restarts; the connection gives CA, CE, CR, and AE or AR to what
///   was refused with MSH-15 asking for nothing.
/// Destination "mllp", options: address (host:port) or host and port (2575), tls {ca, cert, key,
///   name}, insecure, connections (4), connect_within (5 s), keep (true: connections are kept for
///   the next message), commit (false: MLLP release 2, the peer says 0x06 or 0x15 before it
///   answers), answers {AE, AR, CE, CR: each set-aside, the default, or retry}. Several messages
///   one behind the other are sent one by one, each in its frame (several.h).
/// Senders "mllp" and "mllps", options: address, ca, cert, key, name.
#include "gateway/plugin.h"

#include "destination.h"
#include "listener.h"

namespace {
using namespace gateway;
using namespace transport_mllp;
}  // namespace

GATEWAY_PLUGIN("transport_mllp", "1.0.0", [](Registry& registry) {
    registry.listener("mllp",
                      [](Config& config) { return std::make_unique<MllpListener>(config); });
    registry.destination("mllp",
                         [](Config& config) { return std::make_unique<MllpDestination>(config); });
    registry.sender("mllp",
                    [](Config& config) { return std::make_unique<MllpSender>(config, false); });
    registry.sender("mllps",
                    [](Config& config) { return std::make_unique<MllpSender>(config, true); });
});
