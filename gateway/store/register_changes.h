/// @file  Changes of the register, in the transaction of the message that brings them.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "gateway/register.h"
#include "store/keyed_hash.h"
#include "store/transaction.h"

namespace gateway {

/// What can be made ready on the caller's thread: hashes side by side.
struct PreparedChange {
    std::string subjects, labels;
};
std::vector<PreparedChange> prepare(const KeyedHash& hash, std::span<const RegisterChange> changes);

/// Whether an entry is another than the one that was read. To be asked before anything is written.
bool overtaken(Transaction& transaction, std::span<const RegisterChange> changes);

/// @param seq  the message that brings them
void applyChanges(Transaction& transaction, std::span<const RegisterChange> changes,
                  std::span<const PreparedChange> prepared, std::uint64_t seq);

}  // namespace gateway
