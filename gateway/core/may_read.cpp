#include "core/may_read.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <system_error>

namespace gateway {

Reason mayNotRead() {
    return {
        "this user may not read it: run this as root or as the user of the service (runuser -u "
        "passerelle -- passerelle …)",
        "cet utilisateur n'a pas le droit de le lire : lancer cette commande sous root ou sous "
        "l'utilisateur du service (runuser -u passerelle -- passerelle …)"};
}

bool isThere(const std::string& path) {
    std::error_code error;
    const bool there = std::filesystem::exists(path, error);
    if (error == std::errc::permission_denied) throw Error(Fault::unavailable, path, mayNotRead());
    return there;
}

bool isForbidden(const std::string& path) {
    return ::faccessat(AT_FDCWD, path.c_str(), R_OK, AT_EACCESS) != 0 && errno == EACCES;
}

}  // namespace gateway
