/// @file  Runs the built passerelle as a user does.
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

namespace support {

struct Ran {
    int code = -1;  ///< -1: it did not end by itself
    std::string out, err;
};

/// Runs it to its end.
Ran run(const std::vector<std::string>& words);

/// A passerelle in the background, killed with the object.
class Program {
public:
    explicit Program(const std::vector<std::string>& words);
    ~Program();
    Program(const Program&) = delete;
    Program& operator=(const Program&) = delete;

    /// The next line of stderr that holds `text`; empty when it ends or nothing comes for 20 s.
    std::string line(const std::string& text);
    void signal(int signal) const;
    /// Its exit code; -1 when a signal ended it.
    int end();

private:
    pid_t pid_ = -1;
    int err_ = -1;
    std::string seen_;
};

}  // namespace support
