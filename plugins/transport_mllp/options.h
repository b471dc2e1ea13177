/// @file  What a listener is told, read from its section of the configuration.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "gateway/config.h"
#include "gateway/directory.h"
#include "gateway/transport.h"
#include "mllp/head.h"
#include "mllp/stream.h"
#include "tls/credentials.h"
#include "tls/session.h"

namespace transport_mllp {

namespace tls = gateway::tls;

struct ListenOptions {
    explicit ListenOptions(gateway::Config& config);

    mllp::Address listen;
    std::shared_ptr<tls::Credentials> tls;  ///< null: plain TCP
    bool exposed = false;                   ///< plain TCP beyond this machine, on purpose
    std::size_t maxFrame;
    std::size_t memory;  ///< of all connections together, beyond 16 KiB of each
    std::size_t connections;
    std::size_t connectionsPerPeer;
    gateway::Milliseconds midFrame;
    gateway::Milliseconds idle;
    std::size_t workers;
    bool commit;  ///< MLLP release 2: 0x06 or 0x15 before the acknowledgement
};

/// The partner whose certificate a peer has shown: by its fingerprint or subject among the
/// identifiers of the scheme "certificate", else by its common name; empty: nobody's.
std::string partnerOf(const tls::Identity& identity, const gateway::Directory& directory);

/// A source on the listener, and what tells its messages from those of the others.
struct Served {
    gateway::SourceOptions options;
    std::vector<std::string> from;  ///< partners; empty: not asked
    std::string application;        ///< MSH-3; empty: not asked
    std::string facility;           ///< MSH-4; empty: not asked
};

/// The sources of one listener. The one that asks for most is tried first.
class Sources {
public:
    /// @param identified  whether senders show certificates, so that `from` can be checked
    void add(const gateway::SourceOptions& source, gateway::Config& options, bool identified);
    bool empty() const { return all_.empty(); }
    bool askPartner() const { return askPartner_; }
    /// Whether some answer waits for more than the store.
    bool anyWaits() const;
    /// Whether all take messages of certain partners only, so that nobody else need be let in.
    bool onlyPartners() const;
    /// @param partner  whose certificate it is, empty when unknown
    /// @return null when it is nobody's
    const Served* find(const mllp::Head& head, std::string_view partner) const;
    /// Why it is nobody's: the place says by what no source knows the sender.
    gateway::Error nobodys(const mllp::Head& head, std::string_view partner) const;

private:
    static bool takes(const Served& one, std::string_view partner);

    std::vector<Served> all_;
    bool askPartner_ = false;
};

}  // namespace transport_mllp
