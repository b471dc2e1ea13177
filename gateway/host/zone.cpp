#include "host/zone.h"

#include <filesystem>

namespace gateway {

std::string zoneMistake(const std::string& zone) {
    const std::string all = "/usr/share/zoneinfo";
    std::error_code error;
    const bool tame = !zone.empty() && zone.front() != '/' && zone.find("..") == zone.npos;
    if (tame && std::filesystem::is_regular_file(all + "/" + zone, error)) return {};
    if (tame && !std::filesystem::is_directory(all, error)) return {};
    return "this system knows no time zone '" + zone + "', expected one such as Europe/Paris";
}

}  // namespace gateway
