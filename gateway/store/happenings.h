/// @file  What the store did, for the audit: who sent, who got, what was refused. Each change and
/// what is to be told of it are one commit, so that no kill loses one; it waits in the store until
/// the audit has it, and retention takes none of it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/bytes.h"
#include "gateway/time.h"

namespace gateway {

struct Happening {
    /// The numbers are in the file.
    enum class Kind {
        received,   ///< a message was accepted
        delivered,  ///< its partner has taken it
        pickedUp,   ///< the same, out of a mailbox
        offered,    ///< laid out in a mailbox
        setAside,   ///< its partner refused it, or it waits for a person
        uncertain,  ///< perhaps sent
        closed,     ///< ended without being delivered
        leftOut,    ///< a policy left a recipient out
        refused,    ///< refused at the door
    };
    Kind kind = Kind::received;
    std::string message, delivery;
    std::string end;      ///< destination, or source
    std::string partner;  ///< whose destination it is; whom its sender acts for
    std::string plan, edition;
    std::string by;     ///< who sent it: an endpoint, a peer; a person signed in there
    std::string place;  ///< of a refusal: what is wrong where
};

std::string_view toText(Happening::Kind kind);

/// What one commit did.
struct HappeningPortion {
    std::uint64_t id = 0;    ///< rises with each commit
    std::uint64_t life = 0;  ///< ids of different ones have nothing to do with each other
    Time at{};
    std::vector<Happening> all;
};

/// Offered by the built-in store that was opened so.
class Happenings {
public:
    virtual ~Happenings() = default;
    /// In order, behind `after`; about `bytes` of them at most. @throws Error(unavailable)
    virtual std::vector<HappeningPortion> happened(std::uint64_t after, std::size_t bytes) = 0;
    /// The audit has all up to there and knows itself by that note: one commit.
    /// @throws Error(unavailable)
    virtual void told(std::uint64_t upTo, std::string_view noteKey, std::string_view note) = 0;
    /// Called after each commit that there is something to tell of; must not block. Empty: nobody
    /// is called any more once this returns.
    virtual void whenHappened(std::function<void()> call) = 0;
};

/// As a commit notes it: numbers of this store.
struct HappeningRow {
    Happening::Kind kind = Happening::Kind::received;
    std::uint64_t message = 0, delivery = 0;
    std::int64_t end = 0, partner = 0;
    std::string_view plan = {}, edition = {}, by = {}, place = {};
};
void pack(std::string& out, const HappeningRow& row);
/// Calls `each` with every row, whose texts lie in `packed`. @throws Error(unavailable) for damage
void unpack(std::string_view packed, const std::function<void(const HappeningRow&)>& each);

}  // namespace gateway
