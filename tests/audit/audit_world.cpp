#include "audit_world.h"

#include "audit/audit_entries.h"

namespace audit_test {

std::uint64_t Did::commit(std::size_t deliveries, std::uint64_t life) {
    std::function<void()> call;
    std::uint64_t id = 0;
    {
        const std::lock_guard lock(mutex_);
        id = ++last_;
        HappeningPortion portion{id, life, timeFromText("2031-03-18T08:42:09.000Z"), {}};
        for (std::size_t i = 0; i < deliveries; ++i) {
            const std::string number = std::to_string(++deliveries_);
            portion.all.push_back({Happening::Kind::delivered, "M" + number, "D" + number,
                                   "chu/plans", "chu", "RELAI/" + number, "2", "", ""});
        }
        commits_[id] = std::move(portion);
        call = call_;
    }
    if (call) call();
    return id;
}

std::size_t Did::pending() const {
    const std::lock_guard lock(mutex_);
    return commits_.size();
}

std::vector<HappeningPortion> Did::happened(std::uint64_t after, std::size_t) {
    const std::lock_guard lock(mutex_);
    std::vector<HappeningPortion> all;
    for (auto at = commits_.upper_bound(after); at != commits_.end() && all.size() < 3; ++at)
        all.push_back(at->second);
    return all;
}

void Did::told(std::uint64_t upTo, std::string_view, std::string_view note) {
    if (deaf) throw Error(Fault::unavailable, "store", Reason{"gone", "parti"});
    const std::lock_guard lock(mutex_);
    commits_.erase(commits_.begin(), commits_.upper_bound(upTo));
    notes_.text = note;
}

void Did::whenHappened(std::function<void()> call) {
    const std::lock_guard lock(mutex_);
    call_ = std::move(call);
}

AuditWorld::AuditWorld() {
    std::string name = (std::filesystem::temp_directory_path() / "audit-XXXXXX").string();
    folder_ = mkdtemp(name.data());
    file_ = folder_ + "/audit.jsonl";
    options_.gather = Milliseconds(1);
}

AuditWorld::~AuditWorld() {
    audit_.reset();
    std::filesystem::remove_all(folder_);
}

void AuditWorld::open() {
    audit_.reset();
    audit_ = std::make_unique<Audit>(
        file_, &notes_, log_, [this] { return now_; }, options_);
}

std::vector<std::string> AuditWorld::lines() const {
    std::vector<std::string> all;
    std::ifstream in(file_);
    for (std::string line; std::getline(in, line);) all.push_back(line);
    return all;
}

void AuditWorld::put(const std::vector<std::string>& lines, const std::string& rest) const {
    std::ofstream out(file_, std::ios::binary | std::ios::trunc);
    for (const std::string& line : lines) out << line << '\n';
    out << rest;
}

std::vector<std::string> AuditWorld::faults() const {
    std::vector<std::string> all;
    for (const AuditChain::Fault& fault : readAudit(file_, AuditHead::parsed(notes_.text)).faults) {
        EXPECT_FALSE(fault.what.fr.empty());
        std::string place = fault.file == file_ || fault.file.empty()
                                ? std::string()
                                : std::filesystem::path(fault.file).filename().string() + ":";
        all.push_back(place + std::to_string(fault.line) + ": " + fault.what.en);
    }
    return all;
}

std::vector<std::string> AuditWorld::told(const AuditFilter& filter) const {
    std::vector<std::string> all;
    eachAuditEntry(file_, filter, [&](const AuditEntry& entry) { all.push_back(entry.what); });
    return all;
}

}  // namespace audit_test
