/// @file  Codec: bytes of one format to a tree and back.
#pragma once

#include <vector>

#include "gateway/bytes.h"
#include "gateway/context.h"
#include "gateway/error.h"
#include "gateway/message.h"
#include "gateway/model.h"
#include "gateway/tree.h"

namespace gateway {

/// A tree against rules beyond what decode() needs: a profile, or what the format's own standard
/// requires.
class GATEWAY_API Checker {
public:
    virtual ~Checker();
    /// Each finding with its place, its code of the format's own table, and its severity.
    virtual void check(const Document& tree, Issues& issues) const = 0;
};

/// One object serves many threads: keep it stateless.
class GATEWAY_API Codec {
public:
    virtual ~Codec();
    /// A batch (FHS/BHS, many MSH, NDJSON) cut into messages that accept() takes in one put.
    /// Default: one.
    virtual std::vector<Span> split(const Bytes& body, Issues& issues) const;
    /// @param body  one whole message; the transport has already limited its size
    /// @throws Error(malformed) naming the place, Error(unsupported) for a version we lack
    virtual Document decode(Bytes body, Issues& issues) const = 0;
    /// What the gateway must know without knowing the format.
    virtual Envelope envelope(const Document& document) const = 0;
    /// Writes bytes that decode() reads back to an equal tree; of an untouched tree, the very bytes
    /// it came from; of an edited one, those bytes but for what was changed.
    /// @param issues  what the format could not carry as it is, each with its path
    /// @throws Error(rejected) for a tree that this format cannot carry, naming the path
    virtual void encode(const Document& document, Sink& out, Issues& issues) const = 0;
    /// What the peer must find in an Answer of its own, the id by which bytes of ours are known:
    /// empty if none.
    virtual std::string controlIdOf(const Document& document) const;
    /// Types of the format, or null.
    virtual const Model* model() const;
    /// The configured check, else that of the format's standard, or null.
    virtual const Checker* checker() const;
    /// IANA media type of what encode() writes.
    virtual std::string mediaType() const;
    /// File name extension of what encode() writes: "hl7", "json".
    virtual std::string extension() const;
    /// Whether a text of a tree that it decoded is the format's own, like a delimiter, so that no
    /// map need carry it. Default: none is.
    virtual bool structural(Node node) const;
};

}  // namespace gateway
