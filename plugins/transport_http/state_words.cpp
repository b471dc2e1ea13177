#include "state_words.h"

namespace transport_http {
using namespace gateway;

Reason wordsOf(MessageState state) {
    switch (state) {
        case MessageState::received:
            return {"stored, not translated yet", "enregistré, pas encore traduit"};
        case MessageState::translated: return {"translated", "traduit"};
        case MessageState::ignored: return {"concerns nobody here", "ne concerne personne ici"};
        case MessageState::held: return {"waits for a person", "attend une personne"};
        case MessageState::closed: return {"ended by a person", "terminé par une personne"};
        case MessageState::refused: return {"refused", "refusé"};
    }
    return {};
}

Reason wordsOf(DeliveryState state) {
    switch (state) {
        case DeliveryState::queued: return {"waits to be sent", "attend d'être envoyé"};
        case DeliveryState::inflight: return {"is being sent", "en cours d'envoi"};
        case DeliveryState::delivered: return {"delivered", "remis"};
        case DeliveryState::uncertain:
            return {"sent, no answer yet", "envoyé, sans réponse encore"};
        case DeliveryState::held: return {"waits for a person", "attend une personne"};
        case DeliveryState::setAside: return {"set aside", "mis de côté"};
        case DeliveryState::offered: return {"waits to be fetched", "attend d'être retiré"};
        case DeliveryState::closed: return {"ended", "terminé"};
    }
    return {};
}

}  // namespace transport_http
