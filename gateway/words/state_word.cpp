#include "words/state_word.h"

#include <string>

namespace gateway {
namespace {

struct Word {
    std::string_view name, en, fr;
};

constexpr Word kWords[] = {
    {"received", "received", "reçu"},
    {"translated", "translated", "traduit"},
    {"ignored", "ignored", "ignoré"},
    {"held", "held", "retenu"},
    {"closed", "closed", "clos"},
    {"refused", "refused", "refusé"},
    {"queued", "queued", "en file"},
    {"inflight", "being sent", "en cours d'envoi"},
    {"delivered", "delivered", "remis"},
    {"uncertain", "uncertain", "incertain"},
    {"set-aside", "set aside", "mis de côté"},
    {"offered", "offered", "à disposition"},
    {"left-out", "left out", "non destinataire"},
    {"note", "note", "note"},
    {"replay", "replay", "rejoué"},
    {"repeat", "repeat", "répété"},
    {"answer", "answer", "réponse"},
};

}  // namespace

Reason stateWord(std::string_view name) {
    for (const Word& one : kWords)
        if (one.name == name) return {std::string(one.en), std::string(one.fr)};
    return std::string(name);
}

}  // namespace gateway
