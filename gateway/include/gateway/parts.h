/// @file  The messages of one body: cut out of it, or put together from what stands in it.
#pragma once

#include <vector>

#include "gateway/codec.h"

namespace gateway {

/// A codec whose messages need not stand one after the other: a pack of files in which the rows of
/// many persons stand among each other.
class GATEWAY_API Divider {
public:
    virtual ~Divider();
    /// A body for each message, in the order in which they begin; none: the body is not divided.
    virtual std::vector<Bytes> divided(const Bytes& body, Issues& issues) const = 0;
};

/// One message of a body.
struct Part {
    Bytes body;
    Span where;  ///< in the whole; all of it where the message was put together
};

/// As a Divider says, else as Codec::split() does; at least one.
GATEWAY_API std::vector<Part> partsOf(const Codec& codec, const Bytes& body, Issues& issues);

}  // namespace gateway
