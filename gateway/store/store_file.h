/// @file  A store as a file: copied while it is in use, checked, put back, brought to a newer
/// schema. Nothing here needs the store to be open; what changes the file wants its lock.
#pragma once

#include <string>

#include "gateway/log.h"
#include "store/examine.h"
#include "store/sqlite_store.h"

namespace gateway {

/// A copy that opens by itself, of one moment, readable by its owner alone; durable on return.
/// Others go on reading and writing meanwhile.
/// @throws Error(rejected) when `to` exists or is no place for a file, Error(unavailable) when the
///         disk has no room for it
void copyStore(const std::string& from, const std::string& vfs, const std::string& to);

/// Before a store is opened that nobody has open: its log is what the disk has of it, and bits that
/// have flipped in it are put right. @return what is lost of it all the same; empty: nothing
/// @param log  may be null
Reason prepareLog(const std::string& path, Log* log);

/// A store that no gateway has open. @throws Error(unavailable) when one has, or its keys are
/// missing
Damage checkStoreFile(const SqliteOptions& options);
/// A copy, which nobody writes: makes nothing beside it, so that its folder may be read-only.
/// @throws as checkStoreFile()
Damage checkCopy(const SqliteOptions& options);
/// As copyStore(), of a store that no gateway has open.
void backupStoreFile(const SqliteOptions& options, const std::string& to);

struct Restored {
    Damage damage;         ///< of the copy; not empty: nothing was done
    std::string replaced;  ///< where the store that was there lies now; empty: there was none
};
/// Puts a copy in the store's place. Ids that the store gave after the copy was made are not given
/// again.
/// @param force  also over a store that holds messages, which is kept beside it, and with damage
/// @throws Error(unavailable) when a gateway has it open, Error(rejected) when the store is not
///         empty, or the copy is no store of these keys
Restored restoreStore(const SqliteOptions& options, const std::string& from, bool force);

/// Brings a file of an earlier schema up to this program's. Works on a copy: the file itself stays
/// as it was, as PATH.before-N. Does nothing with a new file or one of this schema.
void upgradeStore(const SqliteOptions& options, Log* log);

}  // namespace gateway
