#include "cli/terminal.h"

#include <termios.h>
#include <unistd.h>

#include <iostream>

namespace gateway {
namespace {

/// Shows nothing of what is typed for as long as it lives.
class Unseen {
public:
    Unseen() {
        if (tcgetattr(STDIN_FILENO, &before_) != 0) return;
        termios silent = before_;
        silent.c_lflag &= ~static_cast<tcflag_t>(ECHO);
        set_ = tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent) == 0;
    }
    ~Unseen() {
        if (!set_) return;
        tcsetattr(STDIN_FILENO, TCSAFLUSH, &before_);
        std::cerr << '\n';
    }
    Unseen(const Unseen&) = delete;
    Unseen& operator=(const Unseen&) = delete;

private:
    termios before_{};
    bool set_ = false;
};

}  // namespace

std::optional<std::string> readLine(const std::string& prompt, bool hidden) {
    const bool terminal = isatty(STDIN_FILENO) == 1;
    if (terminal) std::cerr << prompt << ' ' << std::flush;
    std::optional<Unseen> unseen;
    if (terminal && hidden) unseen.emplace();
    std::string line;
    if (!std::getline(std::cin, line)) return {};
    if (line.ends_with('\r')) line.pop_back();
    return line;
}

}  // namespace gateway
