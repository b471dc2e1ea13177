/// @file  The shipped gateway as a process of its own: started on a configuration, watched, killed.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>
#include <vector>

namespace support {

/// A new folder that goes when this goes.
class TemporaryFolder {
public:
    TemporaryFolder();
    ~TemporaryFolder();
    TemporaryFolder(const TemporaryFolder&) = delete;
    TemporaryFolder& operator=(const TemporaryFolder&) = delete;
    const std::string& path() const { return path_; }
    /// Writes a file below the folder, making folders on the way; its path.
    std::string write(const std::string& name, const std::string& text) const;

private:
    std::string path_;
};

/// What a finished program printed and how it ended.
struct Ran {
    int code = -1;
    std::string out, err;
};

/// Runs a program to its end. Throws std::runtime_error when it cannot be started.
Ran run(const std::vector<std::string>& words);
/// Runs `passerelle` of this build.
Ran passerelle(std::vector<std::string> words);

/// A program in the background, its output in a file.
class Process {
public:
    Process(const std::vector<std::string>& words, std::string outputFile);
    ~Process();  ///< kills what still runs
    Process(const Process&) = delete;
    Process& operator=(const Process&) = delete;

    pid_t id() const { return id_; }
    /// Waits until the output holds `mark` followed by a port number ("…:40123"), and returns that
    /// port. Throws std::runtime_error with the output when the program ends first.
    std::uint16_t portAfter(const std::string& mark);
    std::string output() const;
    bool runs();
    /// Sends the signal and waits for the end; the exit code, or minus the signal that ended it,
    /// also when it had ended before.
    int end(int signal);

private:
    pid_t id_ = -1;
    int code_ = -1;
    std::string outputFile_;
};

/// `passerelle serve -c folder`, listening.
class GatewayProcess : public Process {
public:
    explicit GatewayProcess(const std::string& folder);
    /// The port of its only listener, or of the listener of that name.
    std::uint16_t port(const std::string& listener = {});
};

}  // namespace support
