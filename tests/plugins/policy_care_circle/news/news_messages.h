/// @file  Messages of an invented hospital, as its software writes them (PAM France).
#pragma once

#include <string>

#include "gateway/policy.h"

namespace care_circle_test {

inline const std::string kIns = "urn:oid:1.2.250.1.213.1.4.8|248053199300177";
inline const std::string kOtherIns = "urn:oid:1.2.250.1.213.1.4.8|255069912345685";

struct Adt {
    std::string event = "A01";
    std::string number = "312";     ///< ZBE-1; empty: no ZBE
    std::string action = "INSERT";  ///< ZBE-4
    std::string historic = "N";     ///< ZBE-5
    std::string original;           ///< ZBE-6
    std::string at = "20260306110000";
    std::string recorded = "20260306111154";
    std::string local = "000777";         ///< PID-3, the hospital's own
    std::string ins = "248053199300177";  ///< empty: none
    std::string status = "VALI";          ///< PID-32
    std::string died = "N";               ///< PID-30
    std::string vip;                      ///< PV1-16
    std::string visit = "V1";
    std::string leaving;                          ///< ZFM-2^ZFM-4, "8|||6"; empty: no ZFM
    std::string mergedBy = "1.2.250.1.999.41.1";  ///< authority of MRG-1
    std::string merged;                           ///< MRG-1
    std::string processing = "P";
    std::string facility = "HOPITAL-EXEMPLE";
    std::string authority = "1.2.250.1.999.41.1";  ///< of PID-3; empty: the number says nothing
    std::string insAuthority = "1.2.250.1.213.1.4.8";
    bool shifted = false;  ///< ZBE-3 is filled

    std::string text() const {
        const std::string own = "^^^" + facility + "&1.2.250.1.999.41.1&ISO";
        std::string all =
            "MSH|^~\\&|GAM|" + facility + "|DPI|RESEAU|" + recorded + "||ADT^" + event + "|1|" +
            processing + "|2.5^FRA^2.11|||||FRA|UNICODE UTF-8\r" + "EVN||" + recorded + "||||" +
            at + "\r" + "PID|1||" + local +
            (authority.empty() ? "^^^" : "^^^" + facility + "&" + authority + "&ISO") + "^PI";
        if (!ins.empty()) all += "~" + ins + "^^^ASIP-SANTE-INS-NIR&" + insAuthority + "&ISO^INS";
        all += "||INVENTEE^ROSALIE^ROSALIE JEANNE^^^^L||19480517|F" + std::string(22, '|') + died +
               "||" + status + "\r";
        if (!merged.empty()) all += "MRG|" + merged + "^^^X&" + mergedBy + "&ISO^PI\r";
        if (event != "A28" && event != "A31" && event != "A40")
            all += "PV1|1|I" + std::string(14, '|') + vip + "|||" + visit + own + "^VN\r";
        const std::string ward = "Cardiologie^^^^^UF^UF^^^6268";
        if (!number.empty() && event != "A28" && event != "A31" && event != "A40" && event != "A08")
            all += "ZBE|" + number + "|" + at + "|" + (shifted ? "20260309110000|" : "") + "|" +
                   action + "|" + historic + "|" + original + "|" + ward + "|" + ward + "|HMS\r";
        if (!leaving.empty()) all += "ZFM||" + leaving + "\r";
        return all;
    }
};

/// "relai/notices gp/notices", those who are told.
inline std::string told(const gateway::Decisions& decisions) {
    std::string all;
    for (const gateway::Decision& one : decisions.recipients)
        if (one.send) all += (all.empty() ? "" : " ") + one.partner + "/" + one.destination;
    return all;
}

}  // namespace care_circle_test
