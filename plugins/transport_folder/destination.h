/// @file  Destination "folder": one file for each delivery, named by our id.
#pragma once

#include <string>

#include "gateway/transport.h"

namespace gateway::folder {

class FolderDestination final : public Destination {
public:
    explicit FolderDestination(Config& config);
    /// The file appears complete or not at all; the same delivery again writes the same file.
    Answer deliver(const Delivery& delivery, Time deadline) override;

private:
    std::string path_;
};

}  // namespace gateway::folder
