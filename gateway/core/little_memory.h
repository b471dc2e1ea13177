/// @file  Living within little memory: who asks for much gets none while that would leave too
/// little for all the small things that must not fail.
#pragma once

namespace gateway {

/// Where the memory of this process is limited (core/memory_limit.h): a limit of its control group,
/// at which the kernel would end it, becomes one that allocations feel; stacks and the allocator
/// keep less. From then on a large allocation fails (std::bad_alloc) when it would leave too
/// little. Before any thread begins.
void liveWithinLimit();

/// While it lives, what its thread does is for something that was accepted: when there was no
/// memory for that, large allocations of others, for what comes in, fail until there was.
class AcceptedWork {
public:
    AcceptedWork();
    ~AcceptedWork();
    AcceptedWork(const AcceptedWork&) = delete;
    AcceptedWork& operator=(const AcceptedWork&) = delete;
};

}  // namespace gateway
