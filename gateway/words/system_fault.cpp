#include "words/system_fault.h"

#include <cerrno>
#include <cstring>

namespace gateway {

Reason systemFault(int code) {
    switch (code) {
        case ENOSPC: return {"no space left on the disk", "plus de place sur le disque"};
        case EDQUOT: return {"the disk quota is used up", "le quota du disque est épuisé"};
        case EACCES:
        case EPERM: return {"permission denied", "permission refusée"};
        case EROFS: return {"the disk is read-only", "le disque est en lecture seule"};
        case ENOENT: return {"no such file or folder", "fichier ou dossier inexistant"};
        case ENOTDIR: return {"not a folder", "ce n'est pas un dossier"};
        case EIO: return {"the disk fails (I/O error)", "le disque est en panne (erreur d'E/S)"};
        case EMFILE:
        case ENFILE: return {"too many open files", "trop de fichiers ouverts"};
        case ENOMEM: return {"no memory left", "plus de mémoire"};
        case ESTALE:
        case ENODEV: return {"the disk is not there any more", "le disque n'est plus là"};
        case EXDEV: return {"it is on another disk", "il est sur un autre disque"};
        case EEXIST: return {"it is there already", "il existe déjà"};
        default: return Reason(std::strerror(code));
    }
}

Reason connectionFault(int code) {
    switch (code) {
        case ECONNREFUSED:
            return {"connection refused: nothing listens there",
                    "connexion refusée : rien n'écoute là"};
        case ECONNRESET:
        case ECONNABORTED:
        case EPIPE:
            return {"the peer closed the connection", "le correspondant a fermé la connexion"};
        case ETIMEDOUT: return {"no answer from that address", "pas de réponse de cette adresse"};
        case ENETUNREACH:
        case EHOSTUNREACH: return {"no way to that address", "aucun chemin vers cette adresse"};
        case EADDRINUSE: return {"the port is in use", "le port est déjà pris"};
        case EADDRNOTAVAIL:
            return {"this machine does not have that address",
                    "cette machine n'a pas cette adresse"};
        default: return systemFault(code);
    }
}

}  // namespace gateway
