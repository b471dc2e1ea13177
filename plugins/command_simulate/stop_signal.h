/// @file  SIGTERM and SIGINT as something to wait for.
#pragma once

#include <csignal>

namespace simulate {

/// While it lives, both signals end no process of their own: the calling thread and those that it
/// starts have them blocked, and descriptor() is readable once one has come.
class StopSignal {
public:
    StopSignal();
    ~StopSignal();
    StopSignal(const StopSignal&) = delete;
    StopSignal& operator=(const StopSignal&) = delete;
    int descriptor() const { return descriptor_; }

private:
    sigset_t before_{};
    int descriptor_ = -1;
};

}  // namespace simulate
