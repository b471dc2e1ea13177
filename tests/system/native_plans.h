/// @file  Plans of invented people in the formats of two networks: arpege packs, plan-sante files.
#pragma once

#include <string>

#include "support/gateway_process.h"

namespace support {

/// One dossier of an invented support coordination.
class ArpegePack {
public:
    /// @param review  planned for that day
    ArpegePack(std::string number, std::string sector, std::string coordinator, int born,
               std::string review = "02/04/2026");

    /// As one tar; its path, in the folder of this pack.
    std::string tar() const;

private:
    TemporaryFolder folder_;
    std::string number_, sector_, coordinator_, born_, review_;
};

/// A plan of an invented PTA with therapeutic education.
/// @param state  "enCours", "cloture"
/// @param exit   the element, empty: none
std::string planSante(const std::string& date, const std::string& state, const std::string& exit);

}  // namespace support
