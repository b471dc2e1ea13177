/// Any bytes: read or refused; what was read is written, untouched and from its nodes alone, and
/// reads back equal.
#include <cstdio>
#include <cstdlib>
#include <string>

#include "charset.h"
#include "decode.h"
#include "encode.h"
#include "envelope.h"
#include "split.h"

namespace {
using namespace gateway;

void require(bool holds, const char* what) {
    if (holds) return;
    std::fprintf(stderr, "broken: %s\n", what);
    std::abort();
}

Document rebuilt(const Document& document) {
    Builder tree(document.root().name());
    for (const Node child : document.root().children())
        tree.copy(tree.root(), child.nameOf(), child);
    return tree.finish();
}

std::string encoded(const Document& document, const hl7v2::Charset* charset) {
    Sink out;
    hl7v2::encode(document, charset, out);
    return out.text();
}

void readAndWrite(const Bytes& body, const hl7v2::DecodeOptions& options) {
    Issues issues;
    Document first;
    try {
        first = hl7v2::decode(body, options, issues);
    } catch (const Error& error) {
        require(!error.where.empty(), "an error has a place");
        return;
    }
    for (const Span span : hl7v2::envelopeOf(first).unstable)
        require(span.end <= body.size(), "an unstable span lies in the body");
    require(encoded(first, options.charset).size() <= body.size(), "untouched");
    std::string written;
    try {
        written = encoded(rebuilt(first), options.charset);
    } catch (const Error& error) {
        // A repaired character may be none of the declared set.
        require(options.repair && error.fault == Fault::rejected, "what was read can be written");
        return;
    }
    const Document second = hl7v2::decode(Bytes(written), options, issues);
    require(equalTrees(first.root(), second.root()), "what was written reads back equal");
    require(encoded(rebuilt(second), options.charset) == written, "writing is stable");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
    if (size == 0) return 0;
    static const hl7v2::Charset* const sets[] = {nullptr, hl7v2::Charset::find("8859/1"),
                                                 hl7v2::Charset::find("8859/15"),
                                                 hl7v2::Charset::find("ASCII")};
    const hl7v2::DecodeOptions options{sets[data[0] & 3], (data[0] & 4) != 0};
    const Bytes body = Bytes::copy({reinterpret_cast<const char*>(data) + 1, size - 1});
    Issues issues;
    std::uint32_t last = 0;
    for (const Span span : hl7v2::split(body.view(), issues)) {
        require(span.begin >= last && span.begin <= span.end && span.end <= body.size(),
                "parts ascend and do not overlap");
        last = span.end;
        readAndWrite(body.part(span), options);
    }
    readAndWrite(body, options);
    return 0;
}
