/// @file  What is seen of the whole gateway at one moment: status, metrics and alerts are made of
/// it.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "gateway/store.h"
#include "gateway/transport.h"
#include "pipeline/gate.h"
#include "pipeline/setup.h"
#include "pipeline/traffic.h"
#include "watch/process.h"

namespace gateway {

/// A certificate and the listener or destination that uses it.
struct EndCertificate {
    std::string end;
    Certificate certificate;
};

/// Whole days until it ends, negative when it has.
std::int64_t daysLeft(const Certificate& certificate, Time now);

/// Of an account: "partner/name"; else it is of those left out of a partner.
inline bool isDestination(std::string_view name) { return name.find('/') != name.npos; }

/// What takes no part for now: its own configuration is broken.
struct SetAside {
    std::vector<std::string> partners, networks;
};

/// What keeps a source from taking anything in, as it says itself.
struct Trouble {
    Time since{};
    Reason what;
};

/// Of the register: which of its entries time will cause messages of.
struct DueSoon {
    std::size_t due = 0;       ///< whose time has come
    bool more = false;         ///< perhaps more than that
    std::optional<Time> next;  ///< the first whose time has not
};

struct Sight {
    Time now{};
    Time started{};
    std::string version;
    std::shared_ptr<const Setup> setup;
    std::vector<std::pair<std::string, std::string>> listeners;  ///< name, address
    Counts counts;
    std::vector<Pause> pauses;
    Vitals store;
    std::uint64_t reserve = 0;
    std::uint64_t damaged = 0;  ///< values found so, and not mended as far as is known
    bool writable = true;       ///< the store takes what is written
    std::optional<Reconciled> reconciled;
    std::optional<Time> uncountedSince;     ///< the store could not be counted since then
    Traffic::Ins in;                        ///< times from before the start too
    Traffic::Outs out;                      ///< likewise
    std::map<std::string, GateView> gates;  ///< of destinations
    std::vector<EndCertificate> certificates;
    SetAside aside;
    std::map<std::string, Time> glass;        ///< who has looked at content lately, and when
    std::map<std::string, Trouble> troubles;  ///< of sources
    std::optional<DueSoon> due;  ///< of the sources that time feeds, when there are any
    Process process;
    bool ready = false;

    bool paused(const std::string& end) const;
};

}  // namespace gateway
