/// @file  Short texts of the gateway itself that outlive a restart and go with a backup: what it
/// has learned, whom it has told what.
#pragma once

#include <string>
#include <string_view>

namespace gateway {

/// Offered by the built-in store. Never a value of a message.
class Notebook {
public:
    virtual ~Notebook() = default;
    /// Empty when there is none. @throws Error(unavailable)
    virtual std::string note(std::string_view key) = 0;
    /// Durable on return. @throws Error(unavailable)
    virtual void setNote(std::string_view key, std::string_view text) = 0;
};

}  // namespace gateway
