#include "options.h"

#include <algorithm>

namespace transport_mllp {
using namespace gateway;

ListenOptions::ListenOptions(Config& config)
    : maxFrame(config.size("max_frame", std::uint64_t{64} << 20)),
      memory(config.size("memory", std::uint64_t{512} << 20)),
      connections(static_cast<std::size_t>(config.integer("connections", 2000, 1, 100'000))),
      connectionsPerPeer(
          static_cast<std::size_t>(config.integer("connections_per_peer", 500, 1, 100'000))),
      midFrame(config.duration("mid_frame", Milliseconds{10'000})),
      idle(config.duration("idle", Milliseconds{600'000})),
      workers(static_cast<std::size_t>(config.integer("workers", 4, 1, 64))) {
    if (maxFrame < 1024 || maxFrame > std::size_t{1} << 30)
        config.fail("max_frame", "expected between 1 KiB and 1 GiB");
    auto [host, port] = config.address("listen");
    listen = {std::move(host), port};
    const bool insecure = config.flag("insecure", false);
    if (config.has("tls")) {
        tls = tls::read(tls::Role::server, config.section("tls"));
    } else if (!listen.host.empty() && !listen.loopback()) {
        exposed = insecure;
        if (!insecure)
            config.fail("listen",
                        "without 'tls' only this machine may be served; 'insecure: true' allows "
                        "plain connections from anywhere");
    }
}

void Sources::add(const SourceOptions& source, Config& options, bool identified) {
    Served served{source, options.texts("from"), options.text("application", ""),
                  options.text("facility", "")};
    if (!served.from.empty() && !identified) {
        options.warn("from", "not checked: the listener asks for no client certificates");
        served.from.clear();
    }
    askPartner_ = askPartner_ || !served.from.empty();
    const auto asks = [](const Served& one) {
        return !one.from.empty() + !one.application.empty() + !one.facility.empty();
    };
    for (const Served& other : all_)
        if (other.from == served.from && other.application == served.application &&
            other.facility == served.facility)
            options.fail("", "nothing tells this source from '" + other.options.name +
                                 "' on the same listener: give 'from', 'application' or "
                                 "'facility'");
    all_.push_back(std::move(served));
    std::stable_sort(all_.begin(), all_.end(),
                     [&](const Served& a, const Served& b) { return asks(a) > asks(b); });
}

bool Sources::anyWaits() const {
    return std::any_of(all_.begin(), all_.end(),
                       [](const Served& one) { return one.options.answer != Stage::stored; });
}

const Served* Sources::find(const mllp::Head& head, std::string_view partner) const {
    const auto fits = [&](std::size_t field, const std::string& wanted) {
        return wanted.empty() || head.field(field) == wanted || head.component(field, 1) == wanted;
    };
    for (const Served& one : all_) {
        const bool known = one.from.empty() ||
                           std::find(one.from.begin(), one.from.end(), partner) != one.from.end();
        if (known && fits(3, one.application) && fits(4, one.facility)) return &one;
    }
    return nullptr;
}

}  // namespace transport_mllp
