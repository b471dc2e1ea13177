/// @file  An audit in a folder of its own, with the time in the test's hands.
#pragma once

#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "audit/audit.h"
#include "audit/audit_entries.h"
#include "audit/audit_parts.h"
#include "core/json_log.h"

namespace audit_test {
using namespace gateway;

class Notes final : public Notebook {
public:
    std::string note(std::string_view) override { return text; }
    void setNote(std::string_view, std::string_view to) override { text = to; }
    std::string text;
};

/// What a store did, as the test says.
class Did final : public Happenings {
public:
    explicit Did(Notes& notes) : notes_(notes) {}

    /// One commit with that many deliveries of a plan. @return its id
    std::uint64_t commit(std::size_t deliveries = 1, std::uint64_t life = 1);
    std::size_t pending() const;
    /// From now on nothing that is told comes through: as if the process died before.
    bool deaf = false;

    std::vector<HappeningPortion> happened(std::uint64_t after, std::size_t bytes) override;
    void told(std::uint64_t upTo, std::string_view key, std::string_view note) override;
    void whenHappened(std::function<void()> call) override;

private:
    Notes& notes_;
    mutable std::mutex mutex_;  ///< guards the rest
    std::map<std::uint64_t, HappeningPortion> commits_;
    std::uint64_t last_ = 0, deliveries_ = 0;
    std::function<void()> call_;
};

class AuditWorld : public testing::Test {
protected:
    AuditWorld();
    ~AuditWorld() override;

    void open();
    void close() { audit_.reset(); }
    void write(const std::string& what) { audit_->write({"anne", what, {"M1"}, "a reason"}); }
    std::vector<std::string> lines() const;
    void put(const std::vector<std::string>& lines, const std::string& rest = {}) const;
    /// "LINE: WHAT" of each fault, with the name of a closed part before it.
    std::vector<std::string> faults() const;
    /// What the entries tell: their `what`.
    std::vector<std::string> told(const AuditFilter& filter) const;
    std::size_t parts() const { return closedAuditParts(file_).size(); }

    std::string folder_, file_;
    Notes notes_;
    Did did_{notes_};
    AuditOptions options_;
    Time now_ = timeFromText("2031-03-18T08:42:10.000Z");
    JsonLog log_{-1};
    std::unique_ptr<Audit> audit_;
};

}  // namespace audit_test
