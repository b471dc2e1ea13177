/// @file  A simulated partner as tests of it use it.
#pragma once

#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include "support/plugins.h"

/// `passerelle simulate WHO WORDS…` in a process of its own.
class Simulated {
public:
    Simulated(const std::string& who, std::vector<std::string> words) {
        words.insert(words.begin(), {"--listen", "127.0.0.1:0"});
        int ends[2];
        if (::pipe(ends) != 0) throw std::runtime_error("no pipe");
        std::fflush(stdout);  // or the child would say again what waits there
        process_ = ::fork();
        if (process_ == 0) {
            ::dup2(ends[1], STDOUT_FILENO);
            ::close(ends[0]);
            ::close(ends[1]);
            ::_exit(support::Plugins({"command_simulate"}).run("simulate " + who, words));
        }
        ::close(ends[1]);
        output_.reset(::fdopen(ends[0], "r"));
        const std::string first = line();
        if (first.starts_with("listening ")) address = first.substr(10);
    }
    ~Simulated() {
        if (process_ > 0) stop();
    }
    /// @return what it prints until it ends
    std::vector<std::string> stop() {
        ::kill(process_, SIGTERM);
        return rest();
    }
    std::vector<std::string> rest() {
        std::vector<std::string> lines;
        for (std::string one = line(); !one.empty(); one = line()) lines.push_back(one);
        int status = 0;
        ::waitpid(process_, &status, 0);
        process_ = 0;
        code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
        return lines;
    }
    std::string line() {
        char text[1000];
        if (std::fgets(text, sizeof text, output_.get()) == nullptr) return {};
        std::string one(text);
        one.pop_back();
        return one;
    }

    std::string address;
    int code = -1;

private:
    struct Close {
        void operator()(std::FILE* file) const { std::fclose(file); }
    };
    pid_t process_ = 0;
    std::unique_ptr<std::FILE, Close> output_;
};
