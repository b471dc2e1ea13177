#include "source.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <utility>

#include "gateway/notebook.h"
#include "words/system_fault.h"

namespace gateway::folder {
namespace {

constexpr std::size_t kMostListed = 4096;      ///< taken into one pass; the oldest
constexpr std::size_t kMostFiles = 64;         ///< in one call of accept()
constexpr std::size_t kMostBytes = 16u << 20;  ///< in one call of accept()
constexpr std::size_t kAlone = 1u << 20;       ///< a larger file has a call of its own
constexpr Milliseconds kLongestDelay{60'000};
constexpr const char* kRefused = "refused";
constexpr std::string_view kDone = ".done";

bool isHidden(const std::string& name) {
    return name.starts_with('.') || name.ends_with(".tmp") || name.ends_with(".part");
}

bool older(const Entry& a, const Entry& b) {
    return a.version.modified != b.version.modified ? a.version.modified < b.version.modified
                                                    : a.name < b.name;
}

/// Why a file cannot count as taken; empty when each of its messages has its place in the store.
std::string shortcoming(const Accepted& accepted) {
    for (const Accepted::One& one : accepted.messages) {
        if (one.receipt && one.receipt->kind == Receipt::Kind::conflict)
            return "a control id that was used for other content";
        if (!one.receipt) return one.error ? one.error->what() : "no answer of the inbox";
    }
    return accepted.messages.empty() ? "no answer of the inbox" : "";
}

bool isLater(const Accepted& accepted) {
    return std::any_of(accepted.messages.begin(), accepted.messages.end(), [](const auto& one) {
        return one.error && !one.receipt && one.error->fault == Fault::unavailable;
    });
}

}  // namespace

SourceSettings SourceSettings::read(Config& config) {
    SourceSettings settings;
    settings.name = config.text("name");
    if (!config.text("path").empty()) settings.path = config.path("path");
    std::error_code error;
    if (!settings.path.empty() && !std::filesystem::is_directory(settings.path, error))
        config.warn("path", {"there is no such folder now; files are taken once it is there",
                             "ce dossier n'existe pas pour l'instant ; les fichiers seront pris "
                             "dès qu'il sera là"});
    const std::string complete = config.choice("complete", {"rename", "done-file", "stable"});
    if (complete == "done-file") settings.complete = Complete::doneFile;
    if (complete == "stable") settings.complete = Complete::stable;
    settings.stableFor = config.duration("stable_for", settings.stableFor);
    if (config.has("stable_for") && settings.complete != Complete::stable)
        config.fail("stable_for",
                    {"stands only beside `complete: stable`", "ne va qu'avec `complete: stable`"});
    settings.every = std::max(config.duration("every", settings.every), Milliseconds(10));
    settings.endings = config.texts("pattern");
    for (std::string& ending : settings.endings)
        if (ending.starts_with('*')) ending.erase(0, 1);
    settings.maxSize = std::min<std::uint64_t>(config.size("max_size", 64u << 20), UINT32_MAX - 1);
    settings.archive = config.path("archive");
    if (settings.archive.empty()) return settings;
    config.warn("archive", {"patient data will lie there, outside the store",
                            "des données de patients y resteront, hors du dépôt"});
    if (!std::filesystem::is_directory(settings.archive, error))
        config.warn("archive", {"there is no such folder now; no file is taken without it",
                                "ce dossier n'existe pas pour l'instant ; sans lui, aucun fichier "
                                "n'est pris"});
    return settings;
}

FolderSource::~FolderSource() {
    stop(Milliseconds(0));
    if (thread_.joinable()) thread_.join();
}

void FolderSource::start(Gateway& gateway) {
    gateway_ = &gateway;
    if (!settings_.archive.empty())
        gateway.log().warning("folder-archive",
                              {{"source", settings_.name},
                               {"what", "patient data lies outside the store, in the archive"}});
    wake_ = Descriptor(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
    if (!wake_)
        throw Error(Fault::unavailable, settings_.path,
                    say("eventfd: {0}", "eventfd : {0}", {systemFault(errno)}));
    opened_.clear();
    told_.clear();
    stopping_ = false;
    ended_ = false;
    thread_ = std::thread([this] { run(); });
}

void FolderSource::stop(Milliseconds grace) noexcept {
    if (!thread_.joinable()) return;
    stopping_ = true;
    const std::uint64_t one = 1;
    // A full counter wakes as well.
    [[maybe_unused]] const ssize_t put = write(wake_.get(), &one, sizeof one);
    std::unique_lock lock(mutex_);
    if (!finished_.wait_for(lock, grace, [this] { return ended_; })) return;
    lock.unlock();
    thread_.join();
}

void FolderSource::run() {
    Milliseconds later = settings_.every;
    while (!stopping_) {
        bool good = false;
        try {
            open();
            tellGood();
            good = pass();
        } catch (const Error& trouble) {  // of the folder, not of a message
            tell(trouble);
        } catch (const std::exception& failure) {
            tell(Error(Fault::internal, settings_.path, failure.what()));
        }
        if (good) later = settings_.every;
        wait(good ? settings_.every : later, good);
        if (!good) later = std::min(later * 2, kLongestDelay);
    }
    const std::lock_guard lock(mutex_);
    ended_ = true;
    finished_.notify_all();
}

void FolderSource::open() {
    Descriptor folder = openFolder(settings_.path);
    if (access(settings_.path.c_str(), R_OK | W_OK | X_OK) != 0)
        throw Error(
            Fault::unavailable, settings_.path,
            say("files cannot be taken out of the folder: {0}",
                "les fichiers ne peuvent être retirés du dossier : {0}", {systemFault(errno)}));
    if (!settings_.archive.empty()) archive_ = openFolder(settings_.archive);
    std::string now = identityOf(folder.get());
    folder_ = std::move(folder);
    if (now == opened_) return;
    opened_ = std::move(now);
    changes_ = Descriptor(inotify_init1(IN_CLOEXEC | IN_NONBLOCK));
    if (changes_ &&
        inotify_add_watch(changes_.get(), settings_.path.c_str(), IN_CLOSE_WRITE | IN_MOVED_TO) < 0)
        changes_ = Descriptor();  // polling alone will do
}

/// Once for each cause in the log; in the note for whoever asks for the status.
void FolderSource::tell(const Error& trouble) {
    if (std::exchange(told_, trouble.what()) == trouble.what()) return;
    gateway_->log().warning(
        "folder-unavailable",
        {{"source", settings_.name}, {"where", trouble.where}, {"what", trouble.what()}});
    if (troubledSince_ == Time{}) troubledSince_ = currentTime();
    const Reason what = say("{0}: {1}", "{0} : {1}", {trouble.where, trouble.reason()});
    note(toText(troubledSince_) + "\n" + what.en + "\n" + what.fr);
}

void FolderSource::tellGood() {
    if (std::exchange(told_, {}).empty()) return;
    troubledSince_ = {};
    gateway_->log().info("folder-available", {{"source", settings_.name}});
    note({});
}

void FolderSource::note(const std::string& text) {
    try {
        gateway_->notebook().setNote("trouble/" + settings_.name, text);
    } catch (const Error& error) {  // the log has it
        gateway_->log().debug("folder-not-noted",
                              {{"source", settings_.name}, {"what", error.what()}});
    }
}

/// Until the time is over, the source is stopped, or a file has come.
void FolderSource::wait(Milliseconds most, bool forChanges) {
    pollfd watched[] = {{wake_.get(), POLLIN, 0}, {changes_.get(), POLLIN, 0}};
    const auto time = std::min<Milliseconds::rep>(most.count(), 3'600'000);
    if (poll(watched, forChanges && changes_ ? 2 : 1, static_cast<int>(time)) <= 0) return;
    char events[4096];
    while (changes_ && read(changes_.get(), events, sizeof events) > 0) continue;
}

/// Takes in what is complete. @return false when the rest must be tried again later
bool FolderSource::pass() {
    for (bool more = true; more && !stopping_;) {
        std::deque<Entry> waiting = candidates(more);
        std::size_t taken = 0;
        while (!waiting.empty() && !stopping_) {
            const std::vector<Taken> batch = takeBatch(waiting);
            if (!batch.empty() && !hand(batch)) return false;
            taken += batch.size();
        }
        more = more && taken > 0;
    }
    return true;
}

/// The complete files, oldest first. @param more  set to whether there are others
std::deque<Entry> FolderSource::candidates(bool& more) {
    std::vector<Entry> entries = listFolder(settings_.path);
    forget(entries);
    std::set<std::string> done;
    if (settings_.complete == Complete::doneFile)
        for (const Entry& entry : entries)
            if (entry.name.ends_with(kDone)) done.insert(entry.name);
    std::erase_if(entries, [&](const Entry& entry) {
        return !isWanted(entry, done) || isSettled(entry) ||
               (settings_.complete == Complete::stable && !isStable(entry));
    });
    more = entries.size() > kMostListed;
    if (more) {
        std::nth_element(entries.begin(), entries.begin() + kMostListed, entries.end(), older);
        entries.resize(kMostListed);
    }
    std::sort(entries.begin(), entries.end(), older);
    return {std::make_move_iterator(entries.begin()), std::make_move_iterator(entries.end())};
}

bool FolderSource::isWanted(const Entry& entry, const std::set<std::string>& done) const {
    const std::string& name = entry.name;
    if (isHidden(name)) return false;
    if (settings_.complete == Complete::doneFile && !done.contains(name + std::string(kDone)))
        return false;
    return settings_.endings.empty() ||
           std::any_of(settings_.endings.begin(), settings_.endings.end(),
                       [&](const std::string& ending) { return name.ends_with(ending); });
}

bool FolderSource::isStable(const Entry& entry) {
    const Clock::time_point now = Clock::now();
    const auto [seen, fresh] = seen_.try_emplace(entry.name, Seen{entry.version, now});
    if (seen->second.version != entry.version) seen->second = {entry.version, now};
    return now - seen->second.since >= settings_.stableFor;
}

/// Whether the store has this file already; tries again to take it out of the folder.
bool FolderSource::isSettled(const Entry& entry) {
    const auto found = settled_.find(entry.name);
    if (found == settled_.end()) return false;
    if (found->second.version != entry.version) {
        settled_.erase(found);
        return false;
    }
    if (takeOut(entry, found->second.refused) == 0) settled_.erase(found);
    return true;
}

/// Drops what is remembered of files that are gone; and once, after a crash perhaps, the done-files
/// that are left of them.
void FolderSource::forget(const std::vector<Entry>& present) {
    std::set<std::string_view> names;
    for (const Entry& entry : present) names.insert(entry.name);
    std::erase_if(seen_, [&](const auto& one) { return !names.contains(one.first); });
    std::erase_if(settled_, [&](const auto& one) { return !names.contains(one.first); });
    if (firstPass_ && settings_.complete == Complete::doneFile)
        for (const Entry& entry : present)
            if (entry.name.ends_with(kDone) &&
                !names.contains(
                    std::string_view(entry.name).substr(0, entry.name.size() - kDone.size())))
                unlinkat(folder_.get(), entry.name.c_str(), 0);
    firstPass_ = false;
}

/// Reads the next files, as many as share one commit; a large one has its own, so that its being
/// put off does not let younger ones go first.
std::vector<FolderSource::Taken> FolderSource::takeBatch(std::deque<Entry>& waiting) {
    std::vector<Taken> batch;
    std::size_t bytes = 0;
    while (!waiting.empty() && batch.size() < kMostFiles && bytes < kMostBytes) {
        const bool large = waiting.front().version.size > kAlone;
        if (large && !batch.empty()) break;
        Entry entry = std::move(waiting.front());
        waiting.pop_front();
        std::string text;
        switch (readFile(folder_.get(), entry, settings_.maxSize, text)) {
            case Read::done: break;
            case Read::gone:
            case Read::changing: continue;
            case Read::tooLarge:
                refuse(entry, ++count_, {"larger than max_size", "plus grand que max_size"});
                continue;
            case Read::failed:
                refuse(entry, ++count_, {"the file cannot be read", "fichier illisible"});
                continue;
        }
        bytes += text.size();
        batch.push_back({std::move(entry), ++count_, Bytes(std::move(text))});
        if (large) break;
    }
    return batch;
}

bool FolderSource::hand(const std::vector<Taken>& batch) {
    std::vector<Arrival> arrivals;
    for (const Taken& file : batch) {
        Arrival& arrival = arrivals.emplace_back(Arrival{settings_.name, file.body, {}, false});
        arrival.facts.set("file.number", std::to_string(file.number));
        arrival.facts.set("file.size", std::to_string(file.body.size()));
    }
    const std::vector<Accepted> accepted = gateway_->inbox().accept(arrivals);
    bool good = accepted.size() == batch.size();
    for (std::size_t i = 0; i < std::min(accepted.size(), batch.size()); ++i) {
        if (isLater(accepted[i])) {
            good = false;
            continue;
        }
        const std::string why = shortcoming(accepted[i]);
        if (why.empty())
            settle(batch[i].entry, false);
        else
            refuse(batch[i].entry, batch[i].number, why);
    }
    fsync(folder_.get());
    if (!good)
        gateway_->log().warning("folder-waits",
                                {{"source", settings_.name}, {"what", "not taken, tried again"}});
    return good;
}

void FolderSource::refuse(const Entry& entry, std::uint64_t number, const Reason& why) {
    gateway_->log().warning("folder-refused", {{"source", settings_.name},
                                               {"file", number},
                                               {"size", entry.version.size},
                                               {"what", why.en},
                                               {"moved-to", kRefused}});
    settle(entry, true);
}

void FolderSource::settle(const Entry& entry, bool refused) {
    const int error = takeOut(entry, refused);
    if (error == 0) return;
    settled_[entry.name] = {entry.version, refused};
    gateway_->log().error(
        "folder-stuck",
        {{"source", settings_.name},
         {"what", "a file that is done with stays in the folder: " + systemFault(error).en}});
}

/// Deletes, archives or sets aside a file, unless it is another by now.
/// @return 0 or the system's error
int FolderSource::takeOut(const Entry& entry, bool refused) {
    const std::optional<Version> now = versionIn(folder_.get(), entry.name);
    if (!now || *now != entry.version) return 0;
    int error = 0;
    if (refused) {
        mkdirat(folder_.get(), kRefused, 0750);
        const Descriptor aside(
            openat(folder_.get(), kRefused, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
        error = aside ? moveDurably(folder_.get(), entry.name, aside.get()) : errno;
    } else if (archive_) {
        error = moveDurably(folder_.get(), entry.name, archive_.get());
    } else if (unlinkat(folder_.get(), entry.name.c_str(), 0) != 0) {
        error = errno;
    }
    if (error == 0 && settings_.complete == Complete::doneFile)
        unlinkat(folder_.get(), (entry.name + std::string(kDone)).c_str(), 0);
    return error;
}

}  // namespace gateway::folder
