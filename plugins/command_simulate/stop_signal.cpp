#include "stop_signal.h"

#include <sys/signalfd.h>
#include <unistd.h>

namespace simulate {

StopSignal::StopSignal() {
    sigset_t stop;
    sigemptyset(&stop);
    sigaddset(&stop, SIGTERM);
    sigaddset(&stop, SIGINT);
    ::pthread_sigmask(SIG_BLOCK, &stop, &before_);
    descriptor_ = ::signalfd(-1, &stop, SFD_CLOEXEC | SFD_NONBLOCK);
}

StopSignal::~StopSignal() {
    signalfd_siginfo taken;  // what has come is dealt with
    while (::read(descriptor_, &taken, sizeof taken) > 0) {
    }
    ::close(descriptor_);
    ::pthread_sigmask(SIG_SETMASK, &before_, nullptr);
}

}  // namespace simulate
