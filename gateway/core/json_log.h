/// @file  The log on stderr: one JSON object for each line.
#pragma once

#include <mutex>
#include <string>

#include "gateway/log.h"

namespace gateway {

/// Writes {"time","level","event",fields…} to a file descriptor. Many threads; each line is written
/// whole. What cannot be written is dropped: a full disk must not stop messages.
class JsonLog final : public Log {
public:
    explicit JsonLog(int descriptor = 2, Level least = Level::info);
    void write(Level level, std::string_view event, std::initializer_list<Field> fields) override;

private:
    const int descriptor_;
    const Level least_;
    std::mutex writing_;  ///< guards the order of bytes on the descriptor
};

/// `text` as a JSON string with its quotes; what is not UTF-8 becomes U+FFFD.
std::string jsonText(std::string_view text);

}  // namespace gateway
