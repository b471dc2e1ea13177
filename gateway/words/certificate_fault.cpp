#include "words/certificate_fault.h"

#include <openssl/x509_vfy.h>

namespace gateway {

Reason certificateFault(long code) {
    switch (code) {
        case X509_V_ERR_CERT_HAS_EXPIRED:
            return {"their certificate has expired", "leur certificat a expiré"};
        case X509_V_ERR_CERT_NOT_YET_VALID:
            return {"their certificate is not valid yet: is this machine's clock right?",
                    "leur certificat n'est pas encore valable : l'heure de cette machine est-elle "
                    "juste ?"};
        case X509_V_ERR_HOSTNAME_MISMATCH:
        case X509_V_ERR_IP_ADDRESS_MISMATCH:
            return {"their certificate is for another name: 'tls: {name: …}' says which is meant",
                    "leur certificat est pour un autre nom : « tls: {name: …} » dit lequel est "
                    "attendu"};
        case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
        case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
        case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
        case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
        case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
            return {
                "their certificate comes from an authority that 'tls: {ca: …}' does not name "
                "('clients' of a listener)",
                "leur certificat vient d'une autorité que « tls: {ca: …} » ne désigne pas "
                "(« clients » d'une écoute)"};
        case X509_V_ERR_CERT_REVOKED:
            return {"their certificate has been revoked", "leur certificat a été révoqué"};
        case X509_V_ERR_CRL_HAS_EXPIRED:
            return {
                "the list of revoked certificates of their authority has expired: 'crl' needs "
                "a newer one",
                "la liste de révocation de leur autorité a expiré : « crl » a besoin d'une "
                "plus récente"};
        case X509_V_ERR_UNABLE_TO_GET_CRL:
            return {"'crl' has no list of revoked certificates of their authority",
                    "« crl » n'a pas la liste de révocation de leur autorité"};
        default: return Reason(X509_verify_cert_error_string(code));
    }
}

}  // namespace gateway
