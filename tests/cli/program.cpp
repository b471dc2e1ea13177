#include "cli/program.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <fstream>
#include <sstream>
#include <stdexcept>

#include "support/places.h"

namespace support {
namespace {

constexpr int kPatience = 20'000;  // milliseconds

/// Starts it with these descriptors as stdout and stderr.
pid_t spawn(const std::vector<std::string>& words, int out, int err) {
    const pid_t pid = fork();
    if (pid < 0) throw std::runtime_error("fork failed");
    if (pid > 0) return pid;
    std::vector<std::string> all{std::string(support::kBuildDir) + "/passerelle"};
    all.insert(all.end(), words.begin(), words.end());
    std::vector<char*> arguments;
    for (std::string& word : all) arguments.push_back(word.data());
    arguments.push_back(nullptr);
    dup2(out, 1);
    dup2(err, 2);
    execv(arguments[0], arguments.data());
    _exit(127);
}

int ended(pid_t pid) {
    int status = 0;
    if (waitpid(pid, &status, 0) != pid || !WIFEXITED(status)) return -1;
    return WEXITSTATUS(status);
}

/// What was written to an unnamed file.
std::string content(int file) {
    std::string all;
    std::array<char, 4096> buffer{};
    lseek(file, 0, SEEK_SET);
    for (ssize_t n; (n = read(file, buffer.data(), buffer.size())) > 0;)
        all.append(buffer.data(), static_cast<std::size_t>(n));
    close(file);
    return all;
}

int unnamedFile() {
    const int file = open("/tmp", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    if (file < 0) throw std::runtime_error("no temporary file");
    return file;
}

}  // namespace

Ran run(const std::vector<std::string>& words) {
    const int out = unnamedFile(), err = unnamedFile();
    Ran ran;
    ran.code = ended(spawn(words, out, err));
    ran.out = content(out);
    ran.err = content(err);
    return ran;
}

Program::Program(const std::vector<std::string>& words) {
    std::array<int, 2> ends{};
    if (pipe2(ends.data(), O_CLOEXEC) != 0) throw std::runtime_error("no pipe");
    pid_ = spawn(words, ends[1], ends[1]);
    close(ends[1]);
    err_ = ends[0];
}

Program::~Program() {
    if (pid_ > 0) {
        kill(pid_, SIGKILL);
        waitpid(pid_, nullptr, 0);
    }
    close(err_);
}

std::string Program::line(const std::string& text) {
    for (;;) {
        for (std::size_t end; (end = seen_.find('\n')) != seen_.npos;) {
            const std::string line = seen_.substr(0, end);
            seen_.erase(0, end + 1);
            if (line.find(text) != line.npos) return line;
        }
        pollfd waiting{err_, POLLIN, 0};
        std::array<char, 4096> buffer{};
        if (poll(&waiting, 1, kPatience) <= 0) return {};
        const ssize_t n = read(err_, buffer.data(), buffer.size());
        if (n <= 0) return {};
        seen_.append(buffer.data(), static_cast<std::size_t>(n));
    }
}

void Program::signal(int signal) const { kill(pid_, signal); }

int Program::end() {
    while (!line("\n").empty()) continue;  // until it closes its stderr
    const int code = ended(pid_);
    pid_ = -1;
    return code;
}

}  // namespace support
