/// Codec "hl7v2": HL7 v2 in ER7, any version.
/// Options: charset (code of MSH-18 for messages that name none: "8859/1", …; default: ASCII or
/// UTF-8 when read, UTF-8 when written), charset_errors (refuse, repair: bytes that do not fit the
/// charset), view (flat, grouped: segments under the groups of their message's structure).
#include "gateway/plugin.h"

#include "charset.h"
#include "decode.h"
#include "encode.h"
#include "envelope.h"
#include "grouped.h"
#include "split.h"

namespace {
using namespace gateway;

class Hl7v2 final : public Codec {
public:
    explicit Hl7v2(Config& config) {
        if (const std::string code = config.text("charset", ""); !code.empty()) {
            options_.charset = hl7v2::Charset::find(code);
            if (options_.charset == nullptr)
                config.fail("charset",
                            "expected ASCII, 8859/1 to 8859/9, 8859/15 or UNICODE UTF-8");
        }
        options_.repair = config.choice("charset_errors", {"refuse", "repair"}) == "repair";
        grouped_ = config.choice("view", {"flat", "grouped"}) == "grouped";
    }

    std::vector<Span> split(const Bytes& body, Issues& issues) const override {
        return hl7v2::split(body.view(), issues);
    }
    Document decode(Bytes body, Issues& issues) const override {
        Document flat = hl7v2::decode(std::move(body), options_, issues);
        return grouped_ ? hl7v2::grouped(std::move(flat), issues) : std::move(flat);
    }
    Envelope envelope(const Document& document) const override {
        return hl7v2::envelopeOf(document);
    }
    void encode(const Document& document, Sink& out, Issues&) const override {
        hl7v2::encode(document, options_.charset, out);
    }
    std::string controlIdOf(const Document& document) const override {
        return hl7v2::controlIdOf(document);
    }
    std::string mediaType() const override {
        const hl7v2::Charset& charset =
            options_.charset ? *options_.charset : hl7v2::Charset::utf8();
        return "x-application/hl7-v2+er7; charset=" + std::string(charset.mimeName());
    }
    std::string extension() const override { return "hl7"; }

private:
    hl7v2::DecodeOptions options_;
    bool grouped_ = false;
};

}  // namespace

GATEWAY_PLUGIN("codec_hl7v2", "1.0.0", [](gateway::Registry& registry) {
    registry.codec("hl7v2",
                   [](gateway::Config& config) { return std::make_unique<Hl7v2>(config); });
})
