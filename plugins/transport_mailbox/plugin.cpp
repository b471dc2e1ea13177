/// Transport "mailbox": nothing is sent; each delivery is laid out until its partner picks it up,
/// or a person hands it over.
///
/// Options of a destination: unread_after (how long it waits, default 30d; 0s: for ever), then
/// ("partner/destination" where it goes after that, made anew; without it is set aside).
#include "gateway/plugin.h"

namespace {
using namespace gateway;

constexpr Milliseconds kMonth = std::chrono::hours(24 * 30);

class Mailbox final : public Destination {
public:
    explicit Mailbox(Config& config)
        : offer_{config.duration("unread_after", kMonth), config.text("then", "")} {}

    std::optional<Offering> offers() const override { return offer_; }

    /// Kept from being called by offers().
    Answer deliver(const Delivery&, Time) override {
        throw Error(Fault::internal, "mailbox",
                    {"a mailbox sends nothing", "une boîte n'envoie rien"});
    }

private:
    const Offering offer_;
};

}  // namespace

GATEWAY_PLUGIN("transport_mailbox", "1.0.0", [](gateway::Registry& registry) {
    registry.destination("mailbox",
                         [](gateway::Config& config) { return std::make_unique<Mailbox>(config); });
})
