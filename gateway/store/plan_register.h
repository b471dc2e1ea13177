/// @file  The committed register, read from the store.
#pragma once

#include <functional>
#include <mutex>
#include <set>

#include "gateway/register.h"
#include "store/ids.h"
#include "store/keyed_hash.h"
#include "store/reader.h"

namespace gateway {

/// An entry that is damaged is never given: who asks for it, or for whom a subject may mean, gets
/// an Error(internal), so that his message is held; longer lists leave it out.
class PlanRegister final : public Register {
public:
    /// @param damaged  told of each damaged entry once: the message that made it, and what
    using Damaged = std::function<void(std::string_view id, const std::string& what)>;
    PlanRegister(Readers& readers, const Ids& ids, const Names& names, const KeyedHash& hash,
                 Damaged damaged)
        : readers_(readers), ids_(ids), names_(names), hash_(hash), damaged_(std::move(damaged)) {}

    std::optional<RegisterEntry> find(std::string_view key) const override;
    std::vector<RegisterReceipt> receipts(std::string_view key) const override;
    std::vector<RegisterEntry> dueBefore(Time instant, std::size_t most) const override;
    std::vector<RegisterEntry> known(std::string_view subjectOrLabel, std::size_t most,
                                     std::string_view after) const override;
    std::vector<RegisterEntry> ofNetwork(std::string_view network, std::size_t most,
                                         std::string_view after) const override;
    std::vector<Waiting> waiting(std::string_view key) const override;

private:
    RegisterEntry entryOf(Reader& reader, const sqlite::Query& row) const;
    std::vector<RegisterEntry> wholeOnes(Reader& reader, sqlite::Query& rows,
                                         std::size_t most) const;
    void tell(std::uint64_t row, std::string_view message, const std::string& what) const;

    Readers& readers_;
    const Ids& ids_;
    const Names& names_;
    const KeyedHash& hash_;
    const Damaged damaged_;
    mutable std::mutex mutex_;              ///< guards told_
    mutable std::set<std::uint64_t> told_;  ///< damaged rows
};

}  // namespace gateway
