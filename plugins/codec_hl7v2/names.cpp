#include "names.h"

#include <array>
#include <string>

namespace gateway::hl7v2 {
namespace {

constexpr std::string_view kSegments =
    "ABS ACC ADD ADJ AFF AIG AIL AIP AIS AL1 APR ARQ ARV AUT BHS BLC BLG BPO BPX BTS BTX BUI CDM "
    "CDO CER CM0 CM1 CM2 CNS CON CSP CSR CSS CTD CTI CTR DB1 DEV DG1 DMI DON DPS DRG DSC DSP DST "
    "ECD ECR EDU EQP EQU ERR EVN FAC FHS FT1 FTS GOL GP1 GP2 GT1 IAM IAR IIM ILT IN1 IN2 IN3 INV "
    "IPC IPR ISD ITM IVC IVT LAN LCC LCH LDP LOC LRL MCP MFA MFE MFI MRG MSA MSH NCK NDS NK1 NPU "
    "NSC NST NTE OBR OBX ODS ODT OH1 OH2 OH3 OH4 OM1 OM2 OM3 OM4 OM5 OM6 OM7 OMC ORC ORG OVR PAC "
    "PCE PCR PD1 PDA PDC PEO PES PID PKG PM1 PMT PR1 PRA PRB PRC PRD PRT PSG PSH PSL PSS PTH PV1 "
    "PV2 PYE QAK QID QPD QRD QRF QRI RCP RDF RDT REL RF1 RFI RGS RMI RXA RXC RXD RXE RXG RXO RXR "
    "RXV SAC SCD SCH SCP SDD SFT SGH SGT SHP SID SLT SPM STF STZ TCC TCD TQ1 TQ2 TXA UAC UB1 UB2 "
    "VAR VND ZBE ZFA ZFD ZFM ZFP ZFS ZFU ZFV";

/// Segment names by hash, in a table that is never more than a quarter full.
class SegmentNames {
public:
    SegmentNames() {
        for (std::size_t at = 0; at < kSegments.size(); at += 4) {
            const std::string_view id = kSegments.substr(at, 3);
            std::size_t slot = slotOf(id);
            while (!names_[slot].empty()) slot = (slot + 1) % names_.size();
            names_[slot] = Name::permanent(id);
        }
    }

    Name find(std::string_view id) const {
        for (std::size_t slot = slotOf(id); !names_[slot].empty();
             slot = (slot + 1) % names_.size())
            if (names_[slot].text() == id) return names_[slot];
        return {};
    }

private:
    static std::size_t slotOf(std::string_view id) {
        const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(id[i]); };
        return (byte(0) * 37u * 37u + byte(1) * 37u + byte(2)) % 1024;
    }

    std::array<Name, 1024> names_;
};

std::array<Name, 100> makeNumberNames() {
    std::array<Name, 100> names;
    for (std::size_t i = 0; i < names.size(); ++i) names[i] = Name::permanent(std::to_string(i));
    return names;
}

const SegmentNames segmentNames;

}  // namespace

const std::array<Name, 100> numberNames = makeNumberNames();

Name formatName() {
    static const Name name = Name::permanent("hl7v2");
    return name;
}

Name segmentName(std::string_view id, Builder& tree) {
    const Name known = segmentNames.find(id);
    return known.empty() ? tree.intern(id) : known;
}

bool isSegmentId(std::string_view name) {
    if (name.size() != 3) return false;
    for (const char c : name)
        if (!((c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'))) return false;
    return true;
}

}  // namespace gateway::hl7v2
