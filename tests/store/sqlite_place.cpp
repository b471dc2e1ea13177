#include "store/sqlite_place.h"

#include <stdlib.h>

namespace store_suite {

namespace fs = std::filesystem;

TemporaryFolder::TemporaryFolder() {
    std::string pattern = (fs::temp_directory_path() / "store-XXXXXX").string();
    if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("no temporary folder");
    path = pattern;
}

TemporaryFolder::~TemporaryFolder() {
    std::error_code ignored;
    fs::remove_all(path, ignored);
}

std::unique_ptr<gateway::Store> SqlitePlace::open() {
    gateway::SqliteOptions options;
    options.path = path();
    options.clock = options.leaseClock = [&clock = clock_] { return clock.now(); };
    if (hashesAtOnce_ != 0) options.hashesAtOnce = hashesAtOnce_;
    return gateway::openSqliteStore(options, nullptr);
}

std::unique_ptr<Place> SqlitePlace::crashed() {
    auto other = std::make_unique<SqlitePlace>(clock_, hashesAtOnce_);
    for (const char* suffix : {"", "-wal", ".key"})
        fs::copy_file(path() + suffix, other->path() + suffix);
    return other;
}

}  // namespace store_suite
