/// Any bytes: read or refused; what was read is written, untouched, edited and from its nodes
/// alone, and reads back equal; the same text in UTF-16 gives the same tree; checks and groups
/// keep what there is.
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "charset.h"
#include "check.h"
#include "decode.h"
#include "encode.h"
#include "envelope.h"
#include "grouped.h"
#include "split.h"
#include "wide.h"

namespace {
using namespace gateway;

std::shared_ptr<const hl7v2::Profile> pamFrance() {
    Findings findings;
    return hl7v2::Profile::find("pam-fr-2.11", {}, {}, findings);
}

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

std::string encoded(const Document& document, bool transliterate = false) {
    Sink out;
    Issues issues;
    hl7v2::encode(document, {nullptr, transliterate}, out, issues);
    return out.text();
}

/// Every node that holds a text, without the marks that the codec keeps for itself.
void leaves(Node node, std::vector<Node>& all) {
    for (const Node child : node.children()) {
        if (child.name().starts_with('_')) continue;
        if (child.hasText()) all.push_back(child);
        leaves(child, all);
    }
}

std::string values(Node node) {
    std::string text;
    for (const Node child : node.children()) {
        if (child.name().starts_with('_')) continue;
        text.append(child.name()).append("=").append(child.text());
        text.append("(").append(values(child)).append(child.isNull() ? "!)" : ")");
    }
    return text;
}

/// One node changed, removed or given a sibling: written from the source as from the nodes.
void edit(const Bytes& body, const hl7v2::DecodeOptions& options, unsigned char how) {
    Issues issues;
    Builder tree(hl7v2::decode(body, options, issues));
    std::vector<Node> all;
    leaves(tree.root().node(), all);
    if (all.size() <= 2) return;  // MSH-1 and MSH-2
    const Node leaf = all[2 + how % (all.size() - 2)];
    switch (how % 3) {
        case 0: tree.text(tree.handle(leaf), "a^|\\H\\"); break;
        case 1: tree.remove(tree.handle(leaf)); break;
        default: tree.text(tree.add(tree.handle(leaf.parent()), "7"), "b");
    }
    const Document document = tree.finish();
    try {
        const std::string written = encoded(document), anew = encoded(rebuilt(document));
        require(values(hl7v2::decode(Bytes(written), options, issues).root()) ==
                    values(hl7v2::decode(Bytes(anew), options, issues).root()),
                "an edited message reads back as its tree");
    } catch (const Error& error) {
        require(error.fault == Fault::rejected || error.fault == Fault::unsupported ||
                    error.fault == Fault::malformed,
                "an edit is refused for a reason");
    }
}

void readAsUtf16(const Document& first, const Bytes& body, bool little) {
    const std::string_view text = body.view();
    if (!hl7v2::validUtf8(text) || text.size() < 4 || text.starts_with("\xEF\xBB\xBF")) return;
    const hl7v2::WideForm form{2, little, true};
    Sink out;
    hl7v2::appendWide("\xEF\xBB\xBF", form, out);
    hl7v2::appendWide(text, form, out);
    const Bytes wide = out.take();
    Issues issues;
    try {
        const Document second = hl7v2::decode(wide, {}, issues);
        require(equalTrees(first.root(), second.root()), "UTF-16 reads as UTF-8");
        std::vector<Node> all;
        leaves(second.root(), all);
        for (const Node leaf : all) require(leaf.where().end <= wide.size(), "places are within");
        encoded(second);
    } catch (const Error& error) {
        require(error.where == "MSH-18", "only the charset can be wrong");
    }
}

/// Characters that the set lacks are written another way, unless that is a delimiter that cannot
/// be.
void writeOtherwise(const Document& document) {
    try {
        encoded(rebuilt(document), true);
    } catch (const Error& error) {
        require(error.fault == Fault::rejected, "rejected for a reason");
    }
}

void checkAndGroup(const Bytes& body, const hl7v2::DecodeOptions& options) {
    static const hl7v2::MessageChecker standard, profile(pamFrance());
    Issues issues;
    Document document = hl7v2::decode(body, options, issues);
    standard.check(document, issues);
    profile.check(document, issues);
    for (const Issue& issue : issues.all()) require(!issue.where.empty(), "a finding has a place");
    const std::string flat = encoded(document);
    document = hl7v2::grouped(std::move(document), issues);
    require(encoded(document) == flat, "the grouped view stands for the same bytes");
    require(encoded(rebuilt(document)) == encoded(rebuilt(hl7v2::decode(body, options, issues))),
            "groups write their segments in the order of the message");
    profile.check(document, issues);
}

void readAndWrite(const Bytes& body, const hl7v2::DecodeOptions& options, unsigned char how) {
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
    require(encoded(first).size() <= body.size(), "untouched");
    if (!options.repair) checkAndGroup(body, options);
    if (options.charset == nullptr && !options.repair) {
        edit(body, options, how);
        readAsUtf16(first, body, how % 2 == 0);
    }
    std::string written;
    try {
        written = encoded(rebuilt(first));
    } catch (const Error& error) {
        // A repaired character may be none of the declared set.
        require(options.repair && error.fault == Fault::rejected, "what was read can be written");
        writeOtherwise(first);
        return;
    }
    const hl7v2::DecodeOptions again{nullptr, options.repair};
    const Document second = hl7v2::decode(Bytes(written), again, issues);
    require(equalTrees(first.root(), second.root()), "what was written reads back equal");
    require(encoded(rebuilt(second)) == written, "writing is stable");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
    if (size < 2) return 0;
    static const hl7v2::Charset* const sets[] = {nullptr, hl7v2::Charset::find("8859/1"),
                                                 hl7v2::Charset::find("8859/15"),
                                                 hl7v2::Charset::find("ASCII")};
    const hl7v2::DecodeOptions options{sets[data[0] & 3], (data[0] & 4) != 0};
    const Bytes body = Bytes::copy({reinterpret_cast<const char*>(data) + 2, size - 2});
    Issues issues;
    std::uint32_t last = 0;
    for (const Span span : hl7v2::split(body.view(), issues)) {
        require(span.begin >= last && span.begin <= span.end && span.end <= body.size(),
                "parts ascend and do not overlap");
        last = span.end;
        readAndWrite(body.part(span), options, data[1]);
    }
    readAndWrite(body, options, data[1]);
    return 0;
}
