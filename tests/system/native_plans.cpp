#include "native_plans.h"

#include <stdexcept>

namespace support {
namespace {

constexpr const char* kDossier =
    "NUM_DOSSIER;SECTEUR;COORDINATRICE;DATE_OUVERTURE;STATUT;DATE_CLOTURE;MOTIF_CLOTURE;"
    "NOM_NAISSANCE;NOM_UTILISE;PRENOM;SEXE;DATE_NAISSANCE;INSEE_NAISSANCE;INS;CLE_INS;"
    "STATUT_IDENTITE;ADRESSE;CP;VILLE;TEL_FIXE;TEL_MOBILE;MEDECIN_TRAITANT;RPPS_MT;MSS_MT;"
    "ORIGINE_DEMANDE;GIR;ALD;CONSENTEMENT;DATE_CONSENTEMENT;REFUS_DESTINATAIRES;"
    "REEVAL_PREVUE\n";
constexpr const char* kCarers =
    "NUM_DOSSIER;RANG;CIVILITE;NOM;PRENOM;LIEN;AIDANT_PRINCIPAL;PERS_CONFIANCE;"
    "PREVENIR_URGENCE;TEL;COHABITE;FRAGILITE;REPERE_LE;ORIENTATION\n";
constexpr const char* kActions =
    "NUM_DOSSIER;NUM_ACTION;DOMAINE;CODE_BESOIN;BESOIN;OBJECTIF;ACTION;INTERVENANT;ROLE;RPPS;"
    "DATE_DEBUT;DATE_FIN;ETAT;SEANCES_PREVUES;SEANCES_FAITES;PRESCRIPTEUR;"
    "CRITERE_PRESCRIPTION;EVALUATION;FINANCEUR;COUT_UNITAIRE;COMMENTAIRE\n";
constexpr const char* kAids =
    "NUM_DOSSIER;TYPE_AIDE;LIBELLE;ORGANISME;DATE_DEMANDE;DATE_DECISION;ETAT;MONTANT;"
    "PERIODICITE\n";

}  // namespace

ArpegePack::ArpegePack(std::string number, std::string sector, std::string coordinator, int born,
                       std::string review)
    : number_(std::move(number)),
      sector_(std::move(sector)),
      coordinator_(std::move(coordinator)),
      born_(std::to_string(born)),
      review_(std::move(review)) {}

std::string ArpegePack::tar() const {
    const std::string row = number_ + ";";
    folder_.write("dossier.csv", kDossier + row + sector_ + ";" + coordinator_ +
                                     ";02/01/2026;ACTIF;;;INVENTEE;;Rose;F;03/02/" + born_ +
                                     ";;;;PROV;;;;;;EXEMPLE Jean;99790000014;;;3;O;OUI;"
                                     "05/01/2026;;" +
                                     review_ + "\n");
    folder_.write("aidants.csv", kCarers + row +
                                     "1;M.;INVENTEE;Luc;Fils;O;N;O;;O;Zarit 42;04/01/2026;"
                                     "Soutien psychologique\n");
    folder_.write("actions.csv",
                  kActions + row +
                      "1;PSY;AIDANT;Fatigue du fils;Retrouver le sommeil;Entretiens;FICTIVE "
                      "Jeanne;Psychologue;;07/01/2026;;EN COURS;5;2;;;;;60,00;\n");
    folder_.write("aides.csv", kAids + row + "TECH;Lit;Prestataire;06/01/2026;;INSTALLE;;\n" + row +
                                   "FIN;Fonds;Caisse;06/01/2026;;EN ATTENTE;;\n" + row +
                                   "HUM;Garde de nuit;Association;;;ACCORDE;18,40;HEURE\n");
    const std::string file = folder_.path() + "/pack.tar";
    const Ran made = run({"/bin/tar", "-cf", file, "-C", folder_.path(), "dossier.csv",
                          "aidants.csv", "actions.csv", "aides.csv"});
    if (made.code != 0) throw std::runtime_error(made.err);
    return file;
}

std::string planSante(const std::string& date, const std::string& state, const std::string& exit) {
    return R"(<?xml version="1.0" encoding="UTF-8"?>
<planSante xmlns="urn:exemple:pluri:plan-sante:1" version="1.4" idPlan="EX-2026-0301" etat=")" +
           state + R"(" dateEdition=")" + date + R"(">
  <emetteur type="PTA">
    <raisonSociale>PTA Exemple</raisonSociale>
    <finess>999000011</finess>
    <bal>pta@exemple.invalid</bal>
  </emetteur>
  <personne idLocal="EX-301">
    <traits nomNaissance="INVENTE" prenom="Paul" sexe="M" dateNaissance="1951-06-07"
            statut="valide"/>
  </personne>
  <cercle>
    <membre id="m1" role="medecinTraitant" nature="PS" rpps="99790000014" debut="2026-01-05">
      <nom>MODELE</nom>
      <prenom>Jean</prenom>
    </membre>
    <membre id="m2" role="msp" nature="STRUCTURE" finess="999000045" debut="2026-01-05">
      <nom>MSP Exemple</nom>
    </membre>
  </cercle>
  <situation><probleme id="p1" libelle="Essoufflement"/></situation>
  <plan>
    <ligne id="l1" probleme="p1" etat="enCours">
      <objectif>Marcher chaque jour</objectif>
      <action categorie="etp" intervenant="m2" frequence="1/mois"
              etat="enCours">Atelier du souffle</action>
    </ligne>
  </plan>
  <consentement date="2026-01-05" mode="oral" partage="oui" dmp="opposition"/>
  <suivi/>
)" + exit + "</planSante>\n";
}

}  // namespace support
