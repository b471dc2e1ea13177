#include "support/gateway_process.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>

#include "support/places.h"

namespace support {
namespace {

std::string textOf(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    std::ostringstream text;
    text << in.rdbuf();
    return text.str();
}

pid_t start(const std::vector<std::string>& words, const std::string& out, const std::string& err) {
    std::vector<char*> arguments;
    for (const std::string& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
    arguments.push_back(nullptr);
    const pid_t id = fork();
    if (id < 0) throw std::runtime_error("cannot fork");
    if (id == 0) {
        const auto redirect = [](const std::string& file, int descriptor) {
            const int to = open(file.c_str(), O_CREAT | O_WRONLY | O_APPEND, 0600);
            if (to < 0 || dup2(to, descriptor) < 0) _exit(126);
        };
        redirect(out, 1);
        redirect(err, 2);
        execv(arguments.front(), arguments.data());
        _exit(127);
    }
    return id;
}

int ended(int status) { return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status); }

}  // namespace

TemporaryFolder::TemporaryFolder() {
    std::string name = std::filesystem::temp_directory_path() / "passerelle_test_XXXXXX";
    if (mkdtemp(name.data()) == nullptr) throw std::runtime_error("cannot make a temporary folder");
    path_ = name;
}

TemporaryFolder::~TemporaryFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
}

std::string TemporaryFolder::write(const std::string& name, const std::string& text) const {
    const std::filesystem::path path = std::filesystem::path(path_) / name;
    std::filesystem::create_directories(path.parent_path());
    std::ofstream(path, std::ios::binary) << text;
    return path;
}

Ran run(const std::vector<std::string>& words) {
    const TemporaryFolder folder;
    const std::string out = folder.path() + "/out", err = folder.path() + "/err";
    int status = 0;
    waitpid(start(words, out, err), &status, 0);
    return {ended(status), textOf(out), textOf(err)};
}

Ran passerelle(std::vector<std::string> words) {
    words.insert(words.begin(), std::string(support::kBuildDir) + "/passerelle");
    return run(words);
}

Process::Process(const std::vector<std::string>& words, std::string outputFile)
    : outputFile_(std::move(outputFile)) {
    std::ofstream(outputFile_, std::ios::trunc);  // what an earlier process said is not this one's
    id_ = start(words, outputFile_, outputFile_);
}

Process::~Process() {
    if (id_ > 0) end(SIGKILL);
}

std::uint16_t Process::portAfter(const std::string& mark) {
    for (;;) {
        const bool over = !runs();
        const std::string text = textOf(outputFile_);
        if (const std::size_t at = text.find(mark); at != text.npos) {
            const std::size_t end = text.find_first_of("\" \n,", at + mark.size());
            const std::size_t colon = text.rfind(':', end);
            if (end != text.npos && colon != text.npos && colon >= at)
                return static_cast<std::uint16_t>(std::stoi(text.substr(colon + 1)));
        }
        if (over) throw std::runtime_error("ended before it listened:\n" + text);
        usleep(1000);
    }
}

std::string Process::output() const { return textOf(outputFile_); }

bool Process::runs() {
    int status = 0;
    if (id_ > 0 && waitpid(id_, &status, WNOHANG) == id_) {
        id_ = -1;
        code_ = ended(status);
    }
    return id_ > 0;
}

int Process::end(int signal) {
    if (!runs()) return code_;
    kill(id_, signal);
    int status = 0;
    waitpid(id_, &status, 0);
    id_ = -1;
    return code_ = ended(status);
}

GatewayProcess::GatewayProcess(const std::string& folder)
    : Process({std::string(support::kBuildDir) + "/passerelle", "serve", "-c", folder},
              folder + "/log") {}

std::uint16_t GatewayProcess::port(const std::string& listener) {
    return portAfter(listener.empty() ? "\"address\":\""
                                      : "\"listener\":\"" + listener + "\",\"address\":\"");
}

}  // namespace support
