/// @file  What the pipeline runs on: one configuration, compiled and immutable. The host makes it.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/codec.h"
#include "gateway/directory.h"
#include "gateway/policy.h"
#include "gateway/transformer.h"
#include "gateway/transport.h"
#include "pipeline/breaker.h"
#include "pipeline/pace.h"
#include "pipeline/quiet_hours.h"

namespace gateway {

/// A codec as configured: the name is what the store remembers, "json" or "hl7v2".
struct CodecSetup {
    std::string name;
    std::shared_ptr<const Codec> codec;
};

/// A map as configured; no transformer: unchanged.
struct MapSetup {
    std::string name;
    std::shared_ptr<const Transformer> map;
    /// For messages of a network that changes something in it, by network.
    std::map<std::string, std::shared_ptr<const Transformer>, std::less<>> changed = {};

    /// The one for messages of that network; null: none is configured.
    const Transformer* of(std::string_view network) const {
        const auto found = changed.find(network);
        return found == changed.end() ? map.get() : found->second.get();
    }
};

/// How long what is finished stays (`keep:`); 0: for ever.
struct KeepTimes {
    Milliseconds body{0};
    Milliseconds metadata{0};  ///< all but the proof line
};

struct SourceSetup {
    std::string name;
    std::string network;  ///< may be empty
    std::string zone;     ///< for times without offset
    CodecSetup codec;
    std::uint64_t maxBytes = 64ull << 20;
    bool orderBySource = false;  ///< `order: source`: one strict feed
    // Each replaces what the codec's envelope says; null: as the codec says. (`envelope:` of the
    // source)
    std::shared_ptr<const Expression> sender, controlId, type, orderKeys, subjects;
    bool refuseReuse = false;  ///< `on_id_reuse: refuse`
    /// What makes a message a repeat of one before (`repeats:`).
    enum class Repeats { id, content, none };
    Repeats repeats = Repeats::id;
    Milliseconds repeatWindow{7 * 86'400'000};  ///< what came before that is no repeat
    KeepTimes keep;
    std::optional<Milliseconds> expectedEvery;  ///< `expected_every:` silence for longer is told
    std::shared_ptr<const Policy> due;  ///< `policy:` time causes its messages, that one says which
    std::string answersTo;  ///< `application_answers:` a destination; empty: nobody is told so
    std::shared_ptr<const AnswerWriter> answers;  ///< of its listener's protocol; set with that
};

struct DestinationSetup {
    std::string name;     ///< "chu-toulouse/plans"
    std::string partner;  ///< of the directory
    std::shared_ptr<Destination> destination;
    CodecSetup codec;
    /// `when:` over what it would get, before its map; null: it takes everything.
    std::shared_ptr<const Expression> when;
    MapSetup map;
    unsigned concurrency = 1;           ///< lanes at once
    Milliseconds answerWithin{30'000};  ///< deadline of one deliver()
    Patience patience;                  ///< `retry`: grows by 2 with jitter
    std::optional<Milliseconds> giveUpAfter;
    std::optional<Milliseconds> alertAfter;  ///< `alert_after`: what waits longer is told
    bool holdUncertain = false;              ///< `on_uncertain: hold`
    bool blockOnRefusal = false;             ///< `on_refusal: block`
    std::string then;  ///< of a mailbox: where what nobody fetched goes (Offering); empty: nowhere
    QuietHours quiet;  ///< its own, or its partner's
    std::optional<Rate> rate, partnerRate;  ///< its own; of all of its partner's together
};

struct RouteSetup {
    std::string name;
    std::vector<std::string> from;                ///< sources
    std::shared_ptr<const Expression> condition;  ///< `if:` over the source tree; null: always
    MapSetup map;                                 ///< source tree to pivot
    std::shared_ptr<const Expression> when;       ///< over the pivot; null: always
    Reason ignore;                                ///< `ignore:` not empty: taken and ignored
    std::vector<std::string> to;  ///< fixed destinations "partner/name"; empty: the policy decides
    std::shared_ptr<const Policy> policy;  ///< `to: care-team`: who decides
    std::string
        destinationName;  ///< `deliver:` which destination of each recipient; empty: its only one
    bool blockOnHold = false;  ///< `on_hold: block`
};

/// Why a partner or network takes no part for now: its own configuration is broken.
using Aside = std::map<std::string, Reason>;

struct Setup {
    std::string version;  ///< hash of all configuration files
    std::string zone;
    Milliseconds refusalsKept{90 * 86'400'000LL};  ///< proof of refusals; 0: for ever
    std::map<std::string, SourceSetup> sources;
    std::map<std::string, DestinationSetup> destinations;
    std::vector<RouteSetup> routes;
    std::map<std::string, MapSetup> maps;  ///< all that are named, filter maps too
    std::shared_ptr<const Directory> directory;
    std::shared_ptr<const Access> access;   ///< null: nobody is known
    std::shared_ptr<const Policy> recheck;  ///< asked before each sending; null: none
    std::map<std::string, std::shared_ptr<const Policy>> policies;  ///< by rule; none is null
};

}  // namespace gateway
