#include "host/zone.h"

#include <filesystem>

namespace gateway {

Reason zoneMistake(const std::string& zone) {
    const std::string all = "/usr/share/zoneinfo";
    std::error_code error;
    const bool tame = !zone.empty() && zone.front() != '/' && zone.find("..") == zone.npos;
    if (tame && std::filesystem::is_regular_file(all + "/" + zone, error)) return {};
    if (tame && !std::filesystem::is_directory(all, error)) return {};
    return say("this system knows no time zone '{0}', expected one such as Europe/Paris",
               "ce système ne connaît pas le fuseau horaire « {0} », attendu un nom comme "
               "Europe/Paris",
               {zone});
}

}  // namespace gateway
