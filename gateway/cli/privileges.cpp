#include "cli/privileges.h"

#include <cxxabi.h>
#include <grp.h>
#include <pwd.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <exception>
#include <memory>
#include <typeinfo>

#include "core/json_text.h"
#include "gateway/error.h"
#include "gateway/time.h"
#include "words/system_fault.h"

namespace gateway {
namespace {

[[noreturn]] void refuse(const std::string& user, const Reason& why) {
    throw Error(Fault::rejected, "--user " + user, why);
}

std::string typeInHand() {
    const std::type_info* const type = abi::__cxa_current_exception_type();
    if (type == nullptr) return "no exception";
    int failed = 0;
    const std::unique_ptr<char, void (*)(void*)> name(
        abi::__cxa_demangle(type->name(), nullptr, nullptr, &failed), &std::free);
    return failed == 0 ? name.get() : type->name();
}

/// In the place of the library's own, which prints the text of the exception: that of a parser may
/// repeat what it read.
[[noreturn]] void endWithoutWords() {
    JsonWriter json;
    json.beginObject().field("time", toText(currentTime())).field("level", "error");
    json.field("event", "ended-by-a-fault").field("what", typeInHand()).endObject();
    const std::string line = json.take() + "\n";
    [[maybe_unused]] const ssize_t written = ::write(STDERR_FILENO, line.data(), line.size());
    std::abort();
}

}  // namespace

void keepMemoryPrivate() {
    std::set_terminate(endWithoutWords);
    const rlimit none{0, 0};
    ::setrlimit(RLIMIT_CORE, &none);
    // A program that the kernel hands cores to is not bound by that limit, but by this.
    ::prctl(PR_SET_DUMPABLE, 0);
}

void becomeUser(const std::string& name) {
    const passwd* const user = ::getpwnam(name.c_str());
    if (user == nullptr)
        refuse(name, {"there is no such user", "il n'y a pas d'utilisateur de ce nom"});
    if (user->pw_uid == 0)
        refuse(name, {"has all rights: name another", "a tous les droits : en nommer un autre"});
    if (::geteuid() == user->pw_uid) return;
    if (::geteuid() != 0)
        refuse(name, {"only root can become another user",
                      "seul root peut devenir un autre utilisateur"});
    const uid_t uid = user->pw_uid;
    const gid_t gid = user->pw_gid;
    if (::initgroups(name.c_str(), gid) != 0 || ::setresgid(gid, gid, gid) != 0 ||
        ::setresuid(uid, uid, uid) != 0)
        refuse(name, say("cannot become it: {0}", "impossible de le devenir : {0}",
                         {systemFault(errno)}));
    if (::setuid(0) == 0)
        refuse(name, {"the rights of root could be taken back",
                      "les droits de root pourraient être repris"});
    ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
}

bool hasAllRights() { return ::geteuid() == 0; }

}  // namespace gateway
