/// @file  What a listener is told, read from its section of the configuration.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "gateway/access.h"
#include "gateway/config.h"
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

/// What a connection shows of who is there.
gateway::Shown shownBy(const gateway::Facts& facts, bool encrypted);
/// Who sends a message: the connection shows it, MSH-3 and MSH-4 say for whom.
/// @throws gateway::Error(unsupported) at MSH-3 or MSH-4 when that is not its
gateway::Who senderOf(const mllp::Head& head, const gateway::Access& access, gateway::Shown& shown);

/// A source on the listener, and what tells its messages from those of the others.
struct Served {
    gateway::SourceOptions options;
    std::vector<std::string>
        from;                 ///< as configured, unless it is anyone; Access knows who that is
    std::string application;  ///< MSH-3; empty: not asked
    std::string facility;     ///< MSH-4; empty: not asked
};

/// The sources of one listener. The one that asks for most is tried first.
class Sources {
public:
    void add(const gateway::SourceOptions& source, gateway::Config& options,
             const ListenOptions& listener);
    bool empty() const { return all_.empty(); }
    /// Whether some answer waits for more than the store.
    bool anyWaits() const;
    /// Whether somebody may send to one of them.
    bool takesSomethingOf(const gateway::Who& who, const gateway::Access& access) const;
    /// @return null when it is nobody's
    const Served* find(const mllp::Head& head, const gateway::Who& who,
                       const gateway::Access& access) const;
    /// Why it is nobody's: the place says by what no source knows the sender.
    gateway::Error nobodys(const mllp::Head& head, const gateway::Who& who,
                           const gateway::Access& access) const;

private:
    std::vector<Served> all_;
};

}  // namespace transport_mllp
