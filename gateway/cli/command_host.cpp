#include "cli/command_host.h"

#include <optional>

#include "cli/admin_client.h"
#include "cli/codec_choice.h"
#include "cli/shared.h"
#include "cli/terminal.h"
#include "core/json_text.h"
#include "host/map_shelf.h"

namespace gateway {
namespace {

/// Codecs and language are made when first asked for: most commands need neither.
class Host final : public CommandHost {
public:
    Host(const PluginHost& plugins, Spoken speaks) : plugins_(plugins), speaks_(speaks) {}

    Chosen codec(const std::string& word) override {
        return chosen(gateway::codecOf("codec", word, shelf()));
    }
    Chosen codecOf(const Bytes& body, const std::string& file) override {
        return chosen(codecReading(body, file, shelf()));
    }
    Chosen codecFor(Node root) override { return chosen(codecWriting(root, shelf())); }
    Bytes read(const std::string& file) override { return readInput(file); }
    const std::vector<const Model*>& models() override { return shelf().models(); }
    const MapLanguage& language() override {
        if (language_ == nullptr) {
            Findings findings;
            language_ = mapLanguage(plugins_, findings);
            if (language_ == nullptr)
                throw Error(Fault::unsupported, "",
                            {"no loaded plugin offers the language of maps",
                             "aucun greffon chargé n'offre le langage des transformations"});
        }
        return *language_;
    }
    Spoken speaks() const override { return speaks_; }
    std::string ask(const std::string& folder, std::string_view question,
                    const Asked& words) override {
        Shared shared;
        shared.config = folder;
        JsonWriter json;
        json.beginObject();
        for (const auto& [name, value] : words) json.field(name, value);
        if (!words.contains("by")) json.field("by", userName());
        return AdminClient(adminPlace(shared))
            .post("/ask/" + escaped(question), json.endObject().take());
    }
    std::optional<std::string> line(const Reason& prompt, bool hidden) override {
        return readLine(speaks_ == Spoken::french ? prompt.fr : prompt.en, hidden);
    }

private:
    CodecShelf& shelf() {
        if (!shelf_) shelf_.emplace(plugins_);
        return *shelf_;
    }
    static Chosen chosen(const CodecSetup& codec) { return {codec.name, codec.codec}; }

    const PluginHost& plugins_;
    const Spoken speaks_;
    std::optional<CodecShelf> shelf_;
    std::shared_ptr<const MapLanguage> language_;
};

}  // namespace

std::unique_ptr<CommandHost> commandHost(const PluginHost& plugins, Spoken speaks) {
    return std::make_unique<Host>(plugins, speaks);
}

}  // namespace gateway
