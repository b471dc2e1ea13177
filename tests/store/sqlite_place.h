/// @file  Where a SQLite store lies during a test.
#pragma once

#include <filesystem>

#include "store/sqlite_store.h"
#include "store/store_suite.h"

namespace store_suite {

struct TemporaryFolder {
    TemporaryFolder();
    ~TemporaryFolder();
    TemporaryFolder(const TemporaryFolder&) = delete;
    TemporaryFolder& operator=(const TemporaryFolder&) = delete;
    std::string path;
};

class SqlitePlace final : public Place {
public:
    /// @param hashesAtOnce  0: as usual
    explicit SqlitePlace(Clock& clock, std::size_t hashesAtOnce = 0)
        : clock_(clock), hashesAtOnce_(hashesAtOnce) {}
    std::unique_ptr<gateway::Store> open() override;
    std::unique_ptr<Place> crashed() override;
    std::string path() const { return folder_.path + "/store.db"; }

private:
    Clock& clock_;
    const std::size_t hashesAtOnce_;
    TemporaryFolder folder_;
};

}  // namespace store_suite
