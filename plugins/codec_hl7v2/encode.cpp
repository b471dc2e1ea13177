#include "encode.h"

#include "encoder.h"
#include "names.h"
#include "place.h"
#include "rewriter.h"
#include "wide.h"

namespace gateway::hl7v2 {
namespace {

/// The first segment of that id at the top or in a group; trees of maps are shallow.
Node firstSegment(Node under) {
    for (const Node child : under.children()) {
        if (isSegmentId(child.name())) return child;
        if (const Node found = firstSegment(child)) return found;
    }
    return {};
}

/// The line ends of a wide source as CR; a source without LF is as it is.
void copyWide(const Bytes& source, WideForm form, Sink& out) {
    const WideText text(source.view(), form, true);
    if (text.utf8().find('\n') == std::string::npos) {
        out << source;
        return;
    }
    Sink narrow;
    copyWithCarriageReturns(text.utf8(), narrow);
    appendWide(narrow.text(), form, out);
}

class Writing {
public:
    Writing(const Document& document, const EncodeOptions& options, Sink& out, Issues& issues)
        : document_(document), options_(options), out_(out), issues_(issues) {
        if (document.format() == formatName()) set_ = SourceSet::of(document.root());
        if (set_.charset && set_.charset->unit() > 1) form_ = wideFormOf(source());
    }

    void run() {
        if (document_.untouched(formatName()) &&
            (!options_.charset || options_.charset == set_.charset))
            return copy();
        const Node header = firstSegment(document_.root());
        if (header.name() != "MSH")
            throw Error(Fault::rejected, header ? pathOf(header) : "message",
                        {"expected MSH as the first segment", "attendu MSH comme premier segment"});
        Encoder encoder(options_, out_, issues_);
        encoder.prepare(header, set_);
        out_.reserve(out_.text().size() + source().size() + 256);
        if (encoder.charset().unit() == 1) return write(encoder, header, out_);
        Sink narrow;
        encoder.into(narrow);
        write(encoder, header, narrow);
        appendAsWide(narrow.text(), encoder.charset());
    }

private:
    std::string_view source() const { return document_.source().view(); }

    void copy() {
        if (form_.wide()) return copyWide(document_.source(), form_, out_);
        if (source().find('\n') == std::string_view::npos) {
            out_ << document_.source();
            return;
        }
        out_.reserve(out_.text().size() + source().size());
        copyWithCarriageReturns(source(), out_);
    }

    void write(Encoder& encoder, Node header, Sink& out) {
        if (!standsForSource(encoder, header)) return encoder.segments(document_.root());
        const Charset* const from = set_.charset == &encoder.charset() ? nullptr : set_.charset;
        if (!form_.wide())
            return Rewriter(source(), nullptr, from, encoder, out).write(document_.root());
        const WideText text(source(), form_, true);
        Rewriter(text.utf8(), &text, from, encoder, out).write(document_.root());
    }

    /// Whether what was not changed can be taken from the source.
    bool standsForSource(const Encoder& encoder, Node header) const {
        if (set_.charset == nullptr || !(document_.edited() || document_.untouched())) return false;
        if (!header.child("1") || !header.child("2")) return false;
        for (const Node field : header.children()) {
            const bool delimiters = field.name() == "1" || field.name() == "2";
            const bool charset = encoder.charsetFollows() && field.name() == "18";
            if ((delimiters || charset) && (field.changed() || field.touched())) return false;
        }
        return true;
    }

    void appendAsWide(std::string_view text, const Charset& charset) {
        WideForm form = form_;
        if (form.unit != charset.unit()) form = {charset.unit(), false, true};
        const bool marked = text.starts_with("\xEF\xBB\xBF");
        if (form.mark && !marked) appendWide("\xEF\xBB\xBF", form, out_);
        appendWide(text, form, out_);
    }

    const Document& document_;
    const EncodeOptions& options_;
    Sink& out_;
    Issues& issues_;
    SourceSet set_;
    WideForm form_;  ///< of the source
};

}  // namespace

void encode(const Document& document, const EncodeOptions& options, Sink& out, Issues& issues) {
    Writing(document, options, out, issues).run();
}

std::string plainText(Node node) {
    Sink out;
    if (node) Encoder(out).field(node, Spare::of(node));
    return out.text();
}

}  // namespace gateway::hl7v2
