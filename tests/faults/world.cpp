#include "world.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <thread>

#include "raw_client.h"
#include "support/places.h"
#include "support/plugins.h"
#include "system/asking.h"

namespace faults {
namespace fs = std::filesystem;

namespace {

/// So that what goes wrong is told: its words are looked at, as all others.
constexpr const char* kAlerts =
    "{every: 1 s, calm: 1 s, breaker: 1 s, queue_age: 2 s, refusals: {share: 1, least: 1}}";

Settings overMllp(const std::vector<Partner*>& partners, Settings settings) {
    for (const Partner* const one : partners)
        settings.transports.push_back(
            "mllp: {host: 127.0.0.1, port: " + std::to_string(one->port()) + "}");
    return settings;
}

}  // namespace

World::World(std::vector<Partner*> partners, Settings settings)
    : World(overMllp(partners, std::move(settings))) {}

World::World(Settings settings) : settings_(std::move(settings)) {
    const std::vector<std::string>& transports = settings_.transports;
    std::string routes, limits;
    for (std::size_t i = 0; i < transports.size(); ++i) {
        const std::string name = "partner" + std::to_string(i);
        routes += "  - {name: to-" + name + ", from: adt, to: " + name + "/adt}\n";
        write("partners/" + name + ".yaml",
              "category: hospital\n" +
                  (i < settings_.partners.size() ? settings_.partners[i] : "") +
                  "destinations:\n  adt: {" + transports[i] +
                  ", codec: hl7v2, concurrency: " + std::to_string(settings_.concurrency) +
                  ", retry: " + settings_.retry + settings_.destination + "}\n");
    }
    if (!settings_.limits.empty()) limits = "limits: " + settings_.limits + "\n";
    write("passerelle.yaml",
          "store: {sqlite: var/store.db" + settings_.store + "}\n" + limits + settings_.more +
              "listeners:\n  adt: {mllp: {listen: '127.0.0.1:0'" + settings_.listener +
              "}}\nsources:\n  adt: {listener: adt, codec: hl7v2" + settings_.source +
              "}\nalerts: " + kAlerts + "\nroutes:\n" + settings_.routes + routes);
    if (!settings_.layer) return;
    const std::string path = folder_.write("control", std::string(sizeof(Control), '\0'));
    const int file = open(path.c_str(), O_RDWR | O_CLOEXEC);
    void* const at = mmap(nullptr, sizeof(Control), PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    close(file);
    if (at == MAP_FAILED) throw std::runtime_error("no memory to share with the gateway");
    control_ = static_cast<Control*>(at);
}

World::~World() {
    process_.reset();
    if (control_ != nullptr) munmap(control_, sizeof(Control));
}

std::uint16_t World::start() {
    // There, so that what a crash leaves is found; and it may leave what it likes.
    std::vector<std::string> words{"/usr/bin/env",     "-C",          folder(), "/usr/bin/prlimit",
                                   "--core=unlimited", "/usr/bin/env"};
    if (settings_.layer) {
        words.push_back(std::string("LD_PRELOAD=") + FAULTY_DISK);
        words.push_back(std::string(kControlVariable) + "=" + folder() + "/control");
        words.push_back(std::string(kStoreVariable) + "=" + store());
    }
    words.insert(words.end(), settings_.under.begin(), settings_.under.end());
    words.insert(words.end(),
                 {std::string(support::kBuildDir) + "/passerelle", "serve", "-c", folder()});
    process_ =
        std::make_unique<support::Process>(words, folder() + "/log" + std::to_string(++life_));
    return process_->portAfter("\"listener\":\"adt\",\"address\":\"");
}

int World::end(int signal) {
    const int code = process_->end(signal);
    look("log", process_->output());
    fs::remove(folder() + "/log" + std::to_string(life_));
    process_.reset();
    return code;
}

support::Ran World::ask(std::vector<std::string> words) {
    words.insert(words.end(), {"--json", "-c", folder()});
    const std::string what = words.front();
    support::Ran ran = support::passerelle(std::move(words));
    look(what, ran.out + ran.err);
    return ran;
}

std::string World::metrics() {
    const std::string answer =
        support::converse(folder() + "/var/admin.sock",
                          "GET /metrics HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    look("metrics", answer);
    return answer.starts_with("HTTP/1.1 200 ") ? answer : std::string();
}

std::uint64_t World::messagesIn(const char* state) {
    const support::Ran ran = ask({"status"});
    return ran.code == 0 ? support::jsonOf(ran.out)["messages"][state].GetUint64() : UINT64_MAX;
}

std::uint64_t World::deliveriesIn(const char* state) {
    const support::Ran ran = ask({"status"});
    return ran.code == 0 ? support::deliveriesIn(support::jsonOf(ran.out), state) : UINT64_MAX;
}

std::size_t World::memory(const char* what) const {
    std::ifstream status("/proc/" + std::to_string(process_->id()) + "/status");
    for (std::string word; status >> word;)
        if (std::size_t kilobytes = 0; word == what && status >> kilobytes) return kilobytes / 1024;
    return 0;
}

void World::look(const std::string& where, const std::string& text) {
    if (faults::leaks(text)) leaks_.push_back(where);
}

std::vector<std::string> World::leaks() {
    if (process_) {
        look("log", process_->output());
        ask({"alerts", "list"});
        metrics();
    }
    for (const auto& entry : fs::recursive_directory_iterator(folder())) {
        const std::string path = entry.path().string();
        look("the name of a file", path);
        if (entry.is_regular_file() && !path.starts_with(store()))
            look(path, support::fileText(path));
    }
    return leaks_;
}

bool within(std::chrono::milliseconds most, const std::function<bool()>& what) {
    const auto end = std::chrono::steady_clock::now() + most;
    while (!what()) {
        if (std::chrono::steady_clock::now() > end) return false;
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    return true;
}

}  // namespace faults
