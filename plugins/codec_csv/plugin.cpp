/// Codec "csv": separated values (RFC 4180 and what spreadsheets make of it), one file or a pack of
/// several, see reader.h. Cells are texts: a leading zero stays.
/// Options: model (text, default csv or pack): name and type of the root node, and of the message;
/// a
///            file NAME.json, or mappings/**/models/NAME.json of the configuration, is its logical
///            model (common/logical/model.h): what is written has its columns, in its order;
///          check (none; model: of what is read, and of what is written unless it stands as it was
///            read; shape in common/check/check.h);
///          row (text, default row): name of the rows of a file that stands alone;
///          separator (auto, semicolon, comma, tab): auto reads whichever the header has most of,
///            and writes semicolons;
///          charset (auto, UTF-8, windows-1252, ISO-8859-15, or 8859/15 for that): auto reads UTF-8
///            and UTF-16, else one of the others, and writes UTF-8;
///          line_end (lf, crlf): of what is written; both are read;
///          split (text, a column): rows of other values of it are other messages, see divider.h;
///          mark (flag, default false): UTF-8 is written with a byte order mark, for Excel;
///          decimal (point, comma): comma reads 12,5 as 12.5, and writes it so;
///          formulas (kept, text): text writes an apostrophe before a cell that a spreadsheet would
///            compute ("=1+1"), and reads it as not there: for what people open; kept is for
///            programs, which know no such apostrophe;
///          pack (flag, default false): even one file is written as a pack.
#include "gateway/plugin.h"

#include "common/logical/native.h"
#include "divider.h"
#include "gateway/parts.h"
#include "reader.h"
#include "writer.h"

namespace {
using namespace gateway;

const Name kFormat = Name::permanent("csv");

csv::Options optionsOf(Config& config, const logical::NativeModel& model) {
    csv::Options options;
    options.type = model.name();
    options.model = model.type();
    options.row = config.text("row", "row");
    const std::string separator = config.choice("separator", {"auto", "semicolon", "comma", "tab"});
    options.separator = separator == "semicolon" ? ';'
                        : separator == "comma"   ? ','
                        : separator == "tab"     ? '\t'
                                                 : '\0';
    const std::string charset =
        config.choice("charset", {"auto", "UTF-8", "windows-1252", "ISO-8859-15", "8859/15"});
    options.found = charset == "auto";
    if (charset == "windows-1252") options.encoding = text::Encoding::windows1252;
    if (charset == "ISO-8859-15" || charset == "8859/15") options.encoding = text::Encoding::latin9;
    options.mark = config.flag("mark", false);
    options.comma = config.choice("decimal", {"point", "comma"}) == "comma";
    options.guarded = config.choice("formulas", {"kept", "text"}) == "text";
    options.alwaysPack = config.flag("pack", false);
    options.returns = config.choice("line_end", {"lf", "crlf"}) == "crlf";
    options.divideBy = config.text("split", "");
    return options;
}

class Csv final : public Codec, public Divider {
public:
    explicit Csv(Config& config) : model_(config, ""), options_(optionsOf(config, model_)) {}

    std::vector<Bytes> divided(const Bytes& body, Issues&) const override {
        return options_.divideBy.empty() ? std::vector<Bytes>() : csv::divided(body, options_);
    }

    Document decode(Bytes body, Issues& issues) const override {
        Builder tree(body, options_.type.empty() ? "csv" : options_.type);
        tree.format(kFormat);
        if (!options_.type.empty()) tree.type(tree.root(), tree.intern(options_.type));
        csv::read(body, options_, tree, issues);
        Document document = tree.finish(true);
        model_.judge(document, issues);
        return document;
    }

    Envelope envelope(const Document& document) const override {
        Envelope envelope;
        envelope.type = options_.type.empty() ? document.root().name() : options_.type;
        return envelope;
    }

    void encode(const Document& document, Sink& out, Issues& issues) const override {
        if (document.untouched(kFormat)) {
            out << document.source();
            return;
        }
        model_.judge(document, issues);
        csv::write(document.root(), options_, out, issues);
    }

    const Checker* checker() const override { return model_.checker(); }

    std::string mediaType() const override {
        return csv::writesPacks(options_) ? "application/x-tar" : "text/csv";
    }
    std::string extension() const override { return csv::writesPacks(options_) ? "tar" : "csv"; }

private:
    const logical::NativeModel model_;
    const csv::Options options_;
};
}  // namespace

GATEWAY_PLUGIN("codec_csv", "1.0.0", [](gateway::Registry& registry) {
    registry.codec("csv", [](gateway::Config& config) { return std::make_unique<Csv>(config); });
})
