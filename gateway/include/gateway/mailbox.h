/// @file  What is laid out for partners, as the transport by which they fetch it sees it.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "gateway/bytes.h"
#include "gateway/store.h"

namespace gateway {

/// Many threads. The policy is asked again before anything is told, shown or settled: what it
/// refuses by then is closed. Each call throws Error(unavailable) while the mailbox is paused.
class GATEWAY_API Mailboxes {
public:
    virtual ~Mailboxes();
    /// What waits there, oldest first, after that id.
    virtual std::vector<OfferedDelivery> offered(const std::string& destination,
                                                 const std::string& after, std::size_t most) = 0;
    /// The bytes of one of them. @throws Error(rejected) when it does not wait there (any more)
    virtual Bytes read(const std::string& destination, const std::string& id) = 0;
    /// Its partner has it, or refuses it. @throws as read()
    virtual void pickedUp(const std::string& destination, const PickUp& pickUp) = 0;

    /// Keeps a watch alive; after its end the function is not called any more.
    class Watching {
    public:
        virtual ~Watching() = default;
    };
    /// Called, soon and from any thread, with the name of each mailbox in which something was laid
    /// out. It must not block.
    using Told = std::function<void(const std::string& destination)>;
    virtual std::unique_ptr<Watching> watch(Told told) = 0;
};

}  // namespace gateway
