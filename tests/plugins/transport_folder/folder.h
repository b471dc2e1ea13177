/// @file  A temporary folder, and a gateway that remembers what it was given.
#pragma once

#include <condition_variable>
#include <filesystem>
#include <fstream>
#include <map>
#include <mutex>
#include <set>

#include "gateway/notebook.h"
#include "support/plugins.h"

namespace support {

class TemporaryFolder {
public:
    TemporaryFolder() {
        std::string pattern = std::filesystem::temp_directory_path() / "passerelle-XXXXXX";
        path_ = mkdtemp(pattern.data());
    }
    ~TemporaryFolder() { std::filesystem::remove_all(path_); }
    TemporaryFolder(const TemporaryFolder&) = delete;
    TemporaryFolder& operator=(const TemporaryFolder&) = delete;

    const std::filesystem::path& path() const { return path_; }
    /// As a good sender: under another name first, on the same file system.
    void put(const std::string& name, const std::string& text) const {
        write("." + name, text);
        std::filesystem::rename(path_ / ("." + name), path_ / name);
    }
    void write(const std::string& name, const std::string& text) const {
        std::ofstream(path_ / name, std::ios::binary) << text;
    }
    /// The names in it, hidden ones too.
    std::set<std::string> names(const std::string& below = ".") const {
        std::set<std::string> names;
        for (const auto& entry : std::filesystem::directory_iterator(path_ / below))
            names.insert(entry.path().filename());
        return names;
    }

private:
    std::filesystem::path path_;
};

/// Answers each arrival with what `answer` makes of it; the default is one fresh receipt.
class FakeGateway final : public gateway::Gateway,
                          public gateway::Inbox,
                          public gateway::Log,
                          public gateway::Notebook {
public:
    using Answer = std::function<gateway::Accepted(const gateway::Arrival&)>;

    gateway::Inbox& inbox() override { return *this; }
    gateway::Log& log() override { return *this; }
    std::shared_ptr<const gateway::Directory> directory() override { return {}; }
    gateway::Notebook& notebook() override { return *this; }

    std::string note(std::string_view key) override {
        const std::lock_guard lock(notesMutex_);
        return notes_[std::string(key)];
    }
    void setNote(std::string_view key, std::string_view text) override {
        const std::lock_guard lock(notesMutex_);
        notes_[std::string(key)] = text;
    }

    std::vector<gateway::Accepted> accept(std::span<const gateway::Arrival> arrivals) override {
        const std::lock_guard lock(mutex_);
        ++calls_;
        std::vector<gateway::Accepted> accepted;
        for (const gateway::Arrival& arrival : arrivals) {
            bodies_.emplace_back(arrival.body.view());
            arrivals_.push_back(arrival);
            accepted.push_back(answer_(arrival));
        }
        changed_.notify_all();
        return accepted;
    }
    bool answered(const gateway::LateAnswer&) override { return false; }
    gateway::Progress wait(const std::string&, gateway::Stage, gateway::Time) override {
        return {};
    }
    void write(Level, std::string_view event,
               std::initializer_list<gateway::Field> fields) override {
        const std::lock_guard lock(mutex_);
        std::string line(event);
        for (const gateway::Field& field : fields)
            line += " " + std::string(field.name) + "=" + field.text;
        log_.push_back(line);
        changed_.notify_all();
    }

    void answer(Answer answer) {
        const std::lock_guard lock(mutex_);
        answer_ = std::move(answer);
    }
    /// Waits until the condition holds; false after ten seconds.
    bool until(const std::function<bool()>& holds) {
        std::unique_lock lock(mutex_);
        for (int i = 0; i < 1000; ++i) {
            if (holds()) return true;
            changed_.wait_for(lock, std::chrono::milliseconds(10));
        }
        return false;
    }
    bool untilTaken(std::size_t count) {
        return until([&] { return bodies_.size() >= count; });
    }
    std::vector<std::string> bodies() const {
        const std::lock_guard lock(mutex_);
        return bodies_;
    }
    std::vector<gateway::Arrival> arrivals() const {
        const std::lock_guard lock(mutex_);
        return arrivals_;
    }
    std::vector<std::string> lines() const {
        const std::lock_guard lock(mutex_);
        return log_;
    }
    std::size_t calls() const {
        const std::lock_guard lock(mutex_);
        return calls_;
    }

    static gateway::Accepted stored(gateway::Receipt::Kind kind = gateway::Receipt::Kind::fresh) {
        gateway::Accepted accepted;
        accepted.messages.emplace_back().receipt.emplace(gateway::Receipt{"m1", kind, {}});
        return accepted;
    }
    static gateway::Accepted failed(gateway::Fault fault) {
        gateway::Accepted accepted;
        accepted.messages.emplace_back().error.emplace(fault, "inbox", "not now");
        return accepted;
    }

private:
    std::mutex notesMutex_;  ///< guards notes_
    std::map<std::string, std::string> notes_;
    mutable std::mutex mutex_;
    std::condition_variable changed_;
    Answer answer_ = [](const gateway::Arrival&) { return stored(); };
    std::vector<std::string> bodies_, log_;
    std::vector<gateway::Arrival> arrivals_;
    std::size_t calls_ = 0;
};

}  // namespace support
