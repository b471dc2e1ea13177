/// Codec "hl7v2": HL7 v2 in ER7, any version.
/// Options: charset (code of MSH-18: "8859/1", "UNICODE UTF-16", …; read: for messages that name
/// none, default ASCII or UTF-8; written: whatever MSH-18 says, which then follows, default what
/// MSH-18 says, else UTF-8), charset_errors (refuse, repair: bytes that do not fit the charset),
/// unmappable (refuse, transliterate: characters that the charset lacks, when written), view (flat,
/// grouped: segments under the groups of their message's structure), version (of the dictionary
/// whose names the model has, default 2.5; reading goes by MSH-12), check (see check.h: of what is
/// read, and of what is written unless it stands as it was read).
#include "gateway/plugin.h"

#include "charset.h"
#include "check.h"
#include "decode.h"
#include "encode.h"
#include "envelope.h"
#include "grouped.h"
#include "header.h"
#include "model.h"
#include "split.h"

namespace {
using namespace gateway;

class Hl7v2 final : public Codec {
public:
    explicit Hl7v2(Config& config) : check_(config) {
        if (const std::string code = config.text("charset", ""); !code.empty()) {
            options_.charset = hl7v2::Charset::find(code);
            if (options_.charset == nullptr) config.fail("charset", hl7v2::Charset::expected());
            writing_.charset = options_.charset;
        }
        writing_.transliterate =
            config.choice("unmappable", {"refuse", "transliterate"}) == "transliterate";
        options_.repair = config.choice("charset_errors", {"refuse", "repair"}) == "repair";
        grouped_ = config.choice("view", {"flat", "grouped"}) == "grouped";
        const std::string version = config.text("version", "2.5");
        if (hl7v2::Dictionary::nearest(version) != version)
            config.fail("version", {"expected a version of HL7 from 2.1 to 2.8",
                                    "attendu une version de HL7 de 2.1 à 2.8"});
        model_ = &hl7v2::DictionaryModel::of(version);
    }

    std::vector<Span> split(const Bytes& body, Issues& issues) const override {
        return hl7v2::split(body.view(), issues);
    }
    Document decode(Bytes body, Issues& issues) const override {
        Document flat = hl7v2::decode(std::move(body), options_, issues);
        check_.read(flat, issues);
        return grouped_ ? hl7v2::grouped(std::move(flat), issues) : std::move(flat);
    }
    Envelope envelope(const Document& document) const override {
        return hl7v2::envelopeOf(document);
    }
    void encode(const Document& document, Sink& out, Issues& issues) const override {
        check_.written(document, issues);
        hl7v2::encode(document, writing_, out, issues);
    }
    std::string controlIdOf(const Document& document) const override {
        return hl7v2::controlIdOf(document);
    }
    const Model* model() const override { return model_; }
    const Checker* checker() const override { return &check_.checker(); }
    std::string mediaType() const override {
        const hl7v2::Charset& charset =
            options_.charset ? *options_.charset : hl7v2::Charset::utf8();
        return "x-application/hl7-v2+er7; charset=" + std::string(charset.mimeName());
    }
    std::string extension() const override { return "hl7"; }
    bool structural(Node node) const override { return hl7v2::isDelimiter(node); }

private:
    const hl7v2::CheckOption check_;
    hl7v2::DecodeOptions options_;
    hl7v2::EncodeOptions writing_;
    bool grouped_ = false;
    const Model* model_ = nullptr;
};

}  // namespace

GATEWAY_PLUGIN("codec_hl7v2", "1.0.0", [](gateway::Registry& registry) {
    registry.codec("hl7v2",
                   [](gateway::Config& config) { return std::make_unique<Hl7v2>(config); });
})
