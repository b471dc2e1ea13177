/// @file  The keys of a store that is opened.
#pragma once

#include "store/sqlite.h"
#include "store/sqlite_store.h"

namespace gateway {

/// Where they are: as chosen, else beside the store.
KeyPlace keyPlaceOf(const SqliteOptions& options);
/// The keys that this file was written with; nothing is made or changed.
/// @throws Error(unavailable) when they are missing or another store's
StoreKeys provenKeys(sqlite::Connection& connection, const KeyPlace& place);

}  // namespace gateway
