/// @file  `alerts:` of passerelle.yaml: from when on something is told, and to whom.
///
///   queue_age  how long something may wait (30 min); `alert_after` of a destination says otherwise
///   breaker    how long a destination may be away (5 min)
///   attention  how long something may wait for a person, held or set aside (15 min); 0 s: not told
///   refusals   {share: PERCENT (20), least: NUMBER (10), within: DURATION (15 min)}
///   disk       room above the store's reserve (1 GiB)
///   silence    on | off: sources against their habit; `expected_every` of a source says otherwise
///   calm       how long it must be over before that is told (1 min)
///   every      how often it is looked (5 s); a receiver that is down is tried again after that at
///              first, then more and more seldom
///   remind     how often what lasts is told again; default: never
///   receivers  NAME: {language: en | fr, webhook: {…} or mail: {…}}
///     webhook  url, tls, insecure, header (Authorization), secret: file:PATH | env:NAME
///     mail     server: HOST:PORT, security: starttls | tls | none, tls: {ca, name}, insecure,
///     from,
///              to, user, password: file:PATH | env:NAME
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "gateway/config.h"
#include "gateway/error.h"
#include "watch/messenger.h"

namespace gateway {

struct Receiver {
    std::string name;
    std::string kind;  ///< "webhook", "mail"
    Spoken language = Spoken::english;
    std::shared_ptr<Messenger> messenger;
};

struct AlertSetup {
    Milliseconds queueAge{30 * 60'000};
    Milliseconds breaker{5 * 60'000};
    Milliseconds attention{15 * 60'000};  ///< zero: never told
    struct Refusals {
        unsigned percent = 20;
        std::uint64_t least = 10;
        Milliseconds within{15 * 60'000};
    } refusals;
    std::uint64_t disk = 1ull << 30;
    bool silence = true;
    Milliseconds remind{0};
    Milliseconds every{5'000};
    Milliseconds calm{60'000};  ///< so long it must be over before that is told
    std::vector<Receiver> receivers;
};

AlertSetup readAlerts(Config section);

}  // namespace gateway
