/// @file  Source "folder": takes files out of a folder, in the order of their times.
///
/// A file is removed only when the inbox has said of each message in it that the store holds it.
/// After a crash between the two it is read again: then it is a repeat.
#pragma once

#include <atomic>
#include <condition_variable>
#include <deque>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "files.h"
#include "gateway/transport.h"

namespace gateway::folder {

/// How it is known that a file is complete.
enum class Complete { rename, doneFile, stable };

struct SourceSettings {
    std::string name;  ///< of the configured source
    std::string path;
    std::string archive;  ///< empty: files are deleted
    Complete complete = Complete::rename;
    Milliseconds stableFor{5000};
    Milliseconds every{1000};
    std::vector<std::string> endings;  ///< of names; empty: all
    std::uint64_t maxSize = 0;

    static SourceSettings read(Config& config);
};

class FolderSource final : public Source {
public:
    explicit FolderSource(SourceSettings settings) : settings_(std::move(settings)) {}
    ~FolderSource() override;
    void start(Gateway& gateway) override;
    void stop(Milliseconds grace) noexcept override;

private:
    using Clock = std::chrono::steady_clock;
    struct Taken {
        Entry entry;
        std::uint64_t number = 0;  ///< stands for the name in facts and log
        Bytes body;
    };
    struct Seen {
        Version version;
        Clock::time_point since;
    };
    /// What is done with, but could not be taken out of the folder yet.
    struct Settled {
        Version version;
        bool refused = false;
    };

    void run();
    /// The folders as they are now: a network folder may come and go. @throws Error(unavailable)
    void open();
    void tell(const Error& trouble);
    void tellGood();
    void note(const std::string& text);
    void wait(Milliseconds most, bool forChanges);
    bool pass();
    std::deque<Entry> candidates(bool& more);
    bool isWanted(const Entry& entry, const std::set<std::string>& done) const;
    bool isStable(const Entry& entry);
    bool isSettled(const Entry& entry);
    void forget(const std::vector<Entry>& present);
    std::vector<Taken> takeBatch(std::deque<Entry>& waiting);
    bool hand(const std::vector<Taken>& batch);
    void settle(const Entry& entry, bool refused);
    int takeOut(const Entry& entry, bool refused);
    void refuse(const Entry& entry, std::uint64_t number, const gateway::Reason& why);

    const SourceSettings settings_;
    Gateway* gateway_ = nullptr;
    Descriptor folder_, archive_, wake_, changes_;
    std::thread thread_;
    std::mutex mutex_;  ///< guards ended_
    std::condition_variable finished_;
    bool ended_ = true;
    std::atomic<bool> stopping_ = false;

    // Of the thread alone.
    std::string opened_;  ///< device and number of the folder that is open
    std::string told_;    ///< what keeps it from taking anything in, as it is in the log
    Time troubledSince_{};
    std::uint64_t count_ = 0;
    bool firstPass_ = true;
    std::map<std::string, Seen> seen_;  ///< waiting to be stable
    std::map<std::string, Settled> settled_;
};

}  // namespace gateway::folder
