#include "cli/shown_path.h"

#include <filesystem>

namespace gateway {

std::string shownPath(const std::string& file) {
    if (!std::filesystem::path(file).is_absolute()) return file;
    std::error_code error;
    const std::string below = std::filesystem::proximate(file, error).string();
    return error || below.empty() || below.starts_with("..") ? file : below;
}

std::string shownPlace(const Place& place) {
    return Place{shownPath(place.file), place.line, place.column}.text();
}

}  // namespace gateway
