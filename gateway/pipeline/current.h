/// @file  The configuration in force, handed from one thread to many.
#pragma once

#include <memory>
#include <mutex>

#include "pipeline/setup.h"

namespace gateway {

class Current {
public:
    void set(std::shared_ptr<const Setup> setup) {
        const std::lock_guard lock(mutex_);
        setup_ = std::move(setup);
    }
    /// Whoever took one goes on with it, also when another takes its place.
    std::shared_ptr<const Setup> get() const {
        const std::lock_guard lock(mutex_);
        return setup_;
    }

private:
    mutable std::mutex mutex_;  // guards setup_
    std::shared_ptr<const Setup> setup_ = std::make_shared<Setup>();
};

}  // namespace gateway
