/// Places of a message, in both languages.
#include "core/spoken_place.h"

#include <gtest/gtest.h>

namespace gateway {
namespace {

TEST(SpokenPlace, OfALineIsSaidInFrenchToo) {
    EXPECT_EQ("line 68, column 32", spokenPlace("line 68, column 32").en);
    EXPECT_EQ("ligne 68, colonne 32", spokenPlace("line 68, column 32").fr);
    EXPECT_EQ("dossier.csv, ligne 2, colonne 1", spokenPlace("dossier.csv, line 2, column 1").fr);
}

TEST(SpokenPlace, OfAnotherKindStaysAsItIs) {
    for (const char* const place : {"PID-3.1", "/objectifs[0]/statut", "byte 212", "line",
                                    "pipeline 3", "underline 4, column x"})
        EXPECT_EQ(place, spokenPlace(place).fr);
}

TEST(SpokenPlace, StandsBeforeWhatIsSaidOfIt) {
    const Reason said = saidOf("line 3, column 1", {"no end tag", "pas de balise de fin"});
    EXPECT_EQ("line 3, column 1: no end tag", said.en);
    EXPECT_EQ("ligne 3, colonne 1 : pas de balise de fin", said.fr);
    EXPECT_EQ("pas de balise de fin", saidOf("", {"no end tag", "pas de balise de fin"}).fr);
}

}  // namespace
}  // namespace gateway
