#include "messages.h"

namespace bench {
namespace {

std::string header(const std::string& type) {
    return "MSH|^~\\&|LOGICIEL_ESSAI|HOPITAL_ESSAI^1.2.250.1.999^ISO|PASSERELLE|RESEAU_ESSAI|"
           "20260301101500+0100||" +
           type +
           "|MSG0000000000000001|P|2.5^FRA^2.11|||AL|NE|FRA|UNICODE UTF-8|FR^French^ISO639\r";
}

std::string contact(int number) {
    const std::string n = std::to_string(number);
    return "NK1|" + n + "|ESSAI-DÉMO^Béatrice^Hélène^^Mme^^L|PAR^Parent^HL70063|" + n +
           " allée des Érables^Bâtiment " + n +
           "^EXEMPLEVILLE-SUR-SAÔNE^^69999^FRA^H~^^^^^^BDL|^PRN^PH^^^^^^^^^010203040" + n +
           "~^NET^Internet^contact" + n + "@exemple.test|^WPN^PH^^^^^^^^^050607080" + n +
           "|K^Personne de confiance^HL70131|20200101|||||||F|19500" + n + "12\r";
}

std::string insurer(int number) {
    const std::string n = std::to_string(number);
    return "IN1|" + n + "|REGIME_GENERAL^Régime général^99VH4|90000000" + n +
           "^^^ASSURANCE&1.2.250.1.998&ISO^NII|CAISSE D'ESSAI DE L'EXEMPLE|" + n +
           " rue de la Sécurité^^EXEMPLEVILLE^^69999^FRA^B||^WPN^PH^^^^^^^^^0999999999|||||"
           "20260101|20261231||AMO|ESSAI^Zoé^^^Mme^^D|SEL^Self^HL70063|19500228|12 rue des "
           "Églantiers^^EXEMPLEVILLE^^69999^FRA^H|||" +
           n + "||||||||||||||2500228999999^^^ASSURANCE^NIR\r";
}

}  // namespace

std::string admission() {
    std::string text = header("ADT^A01^ADT_A01") +
                       "EVN||20260301101400+0100|||OPER01^MARTIN-ESSAI^Élodie^^^Dr^^^HOPITAL_ESSAI&"
                       "1.2.250.1.999&ISO^D^^^RPPS|20260301101000+0100|HOPITAL_ESSAI\r"
                       "PID|1||IPP0012345^^^HOPITAL_ESSAI&1.2.250.1.999&ISO^PI~250022899999988^^^"
                       "ASIP-SANTE-INS-NIR&1.2.250.1.213.1.4.8&ISO^INS^^20200101~NDA778899^^^"
                       "HOPITAL_ESSAI&1.2.250.1.999&ISO^AN||ESSAI^Zoé^Zoé Françoise Aimée^^Mme^^L~"
                       "DÉMONSTRATION^Zoé^^^Mme^^D||19500228|F|||12 rue des Églantiers^Résidence "
                       "Les Chênes^EXEMPLEVILLE^^69999^FRA^H~^^LYON-ESSAI^^69998^FRA^BDL^^69998||^"
                       "PRN^PH^^^^^^^^^0102030405~^PRN^CP^^^^^^^^^0605040302~^NET^Internet^zoe@"
                       "exemple.test|||M^Mariée^HL70002||NDA778899^^^HOPITAL_ESSAI&1.2.250.1.999&"
                       "ISO^AN|||||||||FRA^Française^ISO3166||||N||VALI|20260301101000\r"
                       "PD1||||||||||||N\r"
                       "ROL||UC|ODRP|801234567890^GÉNÉRALISTE-ESSAI^Ève^^^Dr^^^ASIP-SANTE-PS&1.2."
                       "250.1.71.4.2.1&ISO^L^^^RPPS|||||||3 place de l'Hôtel-de-Ville^^"
                       "EXEMPLEVILLE^^69999^FRA^B|^WPN^PH^^^^^^^^^0478000000\r";
    for (int i = 1; i <= 3; ++i) text += contact(i);
    text +=
        "PV1|1|I|CARDIO^204^A^HOPITAL_ESSAI&1.2.250.1.999&ISO^^N^BÂT-C|R^Urgence^HL70007|||"
        "801234567890^MÉDECIN-ESSAI^Loïc^^^Dr^^^ASIP-SANTE-PS&1.2.250.1.71.4.2.1&ISO^L^^^RPPS|"
        "||CAR||||8|||||NDA778899^^^HOPITAL_ESSAI&1.2.250.1.999&ISO^VN|03||||||||||||||||||||"
        "|||20260301100000+0100||||||V\r"
        "PV2|||Décompensation d'insuffisance cardiaque à explorer^Œdème aigu||||||20260308|7||"
        "|||||||||N|N|||||||||||N\r"
        "ZBE|MVT000123^HOPITAL_ESSAI^1.2.250.1.999^ISO|20260301100000+0100||INSERT|N||"
        "^^^^^^UF^^^2041|^^^^^^UF^^^2042|HMS\r"
        "ZFA|CONSENTEMENT|20250115|||||N\rZFV|^20260301|||||||||||8\rZFM|8^Domicile\r"
        "OBX|1|NM|29463-7^Poids^LN||64.5|kg^kilogramme^UCUM|||||F|||20260301100500\r"
        "OBX|2|NM|8302-2^Taille^LN||163|cm^centimètre^UCUM|||||F|||20260301100500\r"
        "AL1|1|DA^Médicament^HL70127|PENI^Pénicilline^99ESSAI|MO|Éruption cutanée\r"
        "DG1|1||I50.0^Insuffisance cardiaque congestive^I10||20260301|A\r";
    for (int i = 1; i <= 2; ++i) text += insurer(i);
    text +=
        "NTE|1|L|Patiente autonome à domicile, aidée par sa fille ; régime sans sel\\.br\\suivi "
        "infirmier deux fois par semaine, kinésithérapie respiratoire prescrite le 26 février, "
        "bas de contention\r";
    return text;
}

std::string report(std::size_t results) {
    std::string text = header("ORU^R01^ORU_R01") +
                       "PID|1||IPP0012345^^^HOPITAL_ESSAI&1.2.250.1.999&ISO^PI||ESSAI^Zoé^^^Mme^^"
                       "L||19500228|F\rOBR|1|DEM1|LAB1|58410-2^Hémogramme^LN|||20260301080000\r";
    for (std::size_t i = 1; i <= results; ++i)
        text += "OBX|" + std::to_string(i) +
                "|NM|718-7^Hémoglobine^LN^HGB^Hémoglobine sang^L||13.5|g/dL^gramme par "
                "décilitre^UCUM|12.0-16.0|N|||F|||20260301081500|LABO^Laboratoire d'essai|"
                "TECH1^ESSAI^Paul\r";
    return text;
}

std::string document(std::size_t size) {
    return header("MDM^T02^MDM_T02") + "PID|1||IPP0012345||ESSAI^Zoé\rTXA|1|CR|AP\r" +
           "OBX|1|ED|11488-4^Compte rendu^LN||^application^pdf^Base64^" + std::string(size, 'Q') +
           "||||||F\r";
}

std::string segments(std::size_t count) {
    std::string text = header("ORU^R01^ORU_R01");
    for (std::size_t i = 1; i < count; ++i) text += "NTE|" + std::to_string(i) + "|L|normal\r";
    return text;
}

}  // namespace bench
