/// @file  What the gateway knows of a message without knowing its format.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "gateway/bytes.h"
#include "gateway/time.h"

namespace gateway {

/// What a transport saw: "peer" (address:port), "tls.subject", "tls.fingerprint", "http.path",
/// "file.name", … Small, ordered, names repeated at most once. Never patient data.
class GATEWAY_API Facts {
public:
    void set(std::string name, std::string value);
    /// Empty when unknown.
    std::string_view get(std::string_view name) const;
    const std::vector<std::pair<std::string, std::string>>& all() const { return facts_; }

private:
    std::vector<std::pair<std::string, std::string>> facts_;
};

/// What a codec tells of a message; empty fields: the format or the message has none. A
/// configuration may replace any of them by an expression.
struct Envelope {
    std::string sender;     ///< who sent it, as the format names it
    std::string controlId;  ///< the sender's id of this message
    std::string type;       ///< as the format names its kinds of message
    std::vector<std::string>
        orderKeys;  ///< what keeps order; several for a merge. Empty: the source's own order
    std::vector<std::string>
        subjects;  ///< whom it is about: identifiers, for search; stored as keyed hashes only
    std::vector<Span> unstable;  ///< bytes that differ when a sender sends the same again (its
                                 ///< timestamp), ascending
};

/// One message on its way: the bytes as received, and what the transport knew about them.
struct Message {
    std::string id;      ///< given by the gateway, unique over all nodes; the only id fit for a log
    std::string source;  ///< name of the configured source
    std::string codec;   ///< name of the configured codec that reads `body`
    Bytes body;          ///< raw bytes without transport framing
    Facts facts;
    Time received;
};

/// What a peer said to a delivery, and what it means. Kept in the store as proof; never logged.
struct Answer {
    Bytes body;           ///< the peer's bytes without framing
    std::string summary;  ///< protocol's code alone: "AA", "200", "stored as <our id>"
};

}  // namespace gateway
