/// Codecs "fhir+json", "fhir+xml" and "fhir": resources of FHIR R4, with the types and
/// cardinalities of R4. "fhir" reads either format by its first character, and writes JSON.
/// Options of each: version (r4, the only one), check (none; base: what every server may ask of a
/// resource, see validate.h; the id of a profile of `mappings/**/profiles/*.json` of the
/// configuration, or one of that name's file: base, and that profile, see profile_check.h; of what
/// is read, and of what is written unless it stands as it was read; shape in common/check/check.h).
#include "gateway/plugin.h"

#include <filesystem>
#include <memory>

#include "common/check/check.h"
#include "common/fhir/json_reader.h"
#include "common/fhir/json_writer.h"
#include "common/fhir/r4_model.h"
#include "common/fhir/xml_reader.h"
#include "common/fhir/xml_writer.h"
#include "common/logical/files.h"
#include "envelope.h"
#include "profile_check.h"
#include "validate.h"

namespace {
using namespace gateway;

const Name kJson = Name::permanent("fhir+json");
const Name kXml = Name::permanent("fhir+xml");

class Fhir : public Codec {
public:
    explicit Fhir(Config& config) : onError_(check::OnError::ignore) {
        config.choice("version", {"r4"});
        const check::Asked asked = check::ask(config);
        if (!asked.name.empty() && asked.name != "base") profiled(asked, config);
        onError_ = asked.onError;
    }

    Document decode(Bytes body, Issues& issues) const final {
        if (onError_ == check::OnError::ignore) return read(std::move(body), issues);
        Issues found;
        Document document = read(std::move(body), found);
        check(document, found);
        judge(found, issues);
        return document;
    }
    void encode(const Document& document, Sink& out, Issues& issues) const final {
        if (onError_ != check::OnError::ignore && !document.untouched()) {
            Issues found;
            check(document, found);
            judge(found, issues);
        }
        write(document, out, issues);
    }
    Envelope envelope(const Document& document) const override {
        return fhir::envelopeOf(document);
    }
    std::string controlIdOf(const Document& document) const override {
        return envelope(document).controlId;
    }
    const Model* model() const override { return &fhir::R4::get(); }
    const Checker* checker() const override { return &checker_; }

private:
    /// The profile of that id, below the folder of maps; or the one that a file is named after,
    /// with all that stands beside it.
    void profiled(const check::Asked& asked, Config& config) {
        namespace fs = std::filesystem;
        const fs::path folder = config.folder().empty() ? "." : config.folder(), file = asked.name;
        const bool named = file.extension() == ".json";
        Findings findings;
        profiles_ = std::make_shared<const fhir::Profiles>(
            named ? fhir::filesBeside((folder / file).string())
                  : logical::filesBelow((folder / "mappings").string(), "profiles"),
            findings);
        for (const Finding& finding : findings.all())
            config.findings().error(asked.where,
                                    {finding.where.text() + ": " + finding.text,
                                     finding.where.text() + " : " + finding.in(Spoken::french)});
        profile_ = profiles_->byId(named ? file.stem().string() : asked.name);
        if (profile_ == nullptr)
            config.findings().error(
                asked.where,
                say("found {0}, expected none, base, or the id of a profile in a folder 'profiles' "
                    "below mappings/",
                    "trouvé {0}, attendu none, base, ou l'id d'un profil dans un dossier « "
                    "profiles » "
                    "sous mappings/",
                    {asked.name}));
    }
    void check(const Document& document, Issues& found) const {
        checker_.check(document, found);
        if (profile_) fhir::checkProfile(document, *profile_, *profiles_, found);
    }

    virtual Document read(Bytes body, Issues& issues) const = 0;
    virtual void write(const Document& document, Sink& out, Issues& issues) const = 0;

    void judge(const Issues& found, Issues& issues) const {
        check::judge(found, onError_, issues, [](const Issue&) { return Fault::rejected; });
    }

    const fhir::BaseChecker checker_;
    std::shared_ptr<const fhir::Profiles> profiles_;
    const fhir::Profile* profile_ = nullptr;
    check::OnError onError_;
};

Document readJson(Bytes body, Issues& issues) {
    Builder tree(body, "Resource");
    tree.format(kJson);
    fhir::readJson(body.view(), tree, issues);
    return tree.finish(true);
}

Document readXml(Bytes body, Issues& issues) {
    Builder tree(body, "Resource");
    tree.format(kXml);
    fhir::readXml(body, tree, issues);
    return tree.finish(true);
}

/// What a document that was read from JSON and edited since was read from.
std::string_view sourceOf(const Document& document) {
    const bool json = document.edited() && document.format() == kJson;
    return json ? document.source().view() : std::string_view();
}

class Json : public Fhir {
public:
    using Fhir::Fhir;

    std::string mediaType() const override { return "application/fhir+json"; }
    std::string extension() const override { return "json"; }

private:
    Document read(Bytes body, Issues& issues) const override {
        return readJson(std::move(body), issues);
    }
    void write(const Document& document, Sink& out, Issues&) const override {
        if (document.untouched(kJson))
            out << document.source();
        else
            fhir::writeJson(out, document.root(), sourceOf(document));
    }
};

class Xml final : public Fhir {
public:
    using Fhir::Fhir;

    std::string mediaType() const override { return "application/fhir+xml"; }
    std::string extension() const override { return "xml"; }

private:
    Document read(Bytes body, Issues& issues) const override {
        return readXml(std::move(body), issues);
    }
    void write(const Document& document, Sink& out, Issues& issues) const override {
        if (document.untouched(kXml))
            out << document.source();
        else
            fhir::writeXml(out, document.root(), issues);
    }
};

/// Whether a body begins as XML does, in UTF-8 or UTF-16.
bool beginsAsXml(std::string_view body) {
    const std::size_t first =
        body.find_first_not_of(std::string_view("\xEF\xBB\xBF\xFE\xFF\0 \t\r\n", 10));
    return first != body.npos && body[first] == '<';
}

class Either final : public Json {
public:
    using Json::Json;

private:
    Document read(Bytes body, Issues& issues) const override {
        return beginsAsXml(body.view()) ? readXml(std::move(body), issues)
                                        : readJson(std::move(body), issues);
    }
};

template <class Codec>
void offer(Registry& registry, const char* name) {
    registry.codec(name, [](Config& config) { return std::make_unique<Codec>(config); });
}
}  // namespace

GATEWAY_PLUGIN("codec_fhir", "1.0.0", [](gateway::Registry& registry) {
    offer<Json>(registry, "fhir+json");
    offer<Xml>(registry, "fhir+xml");
    offer<Either>(registry, "fhir");
})
