#include "asked/commands.h"

#include <charconv>

#include "common/json/json.h"
#include "usage/plugin_command.h"

namespace care_circle {
using namespace gateway;

int Line::run(std::span<const std::string> words, const std::string& name, const Reason& summary,
              const std::function<void()>& declare, const std::function<int()>& work) {
    const auto add = [&](CLI::App& app, Spoken) {
        app_ = &app;
        option("-c,--config", folder_,
               {"Folder of the configuration", "Dossier de la configuration"}, "DIR")
            ->capture_default_str();
        option("--network", network_, {"Only of this network", "Seulement de ce réseau"}, "NAME");
        declare();
    };
    return runCommand(words, host_, name, summary, add, work);
}

CLI::Option* Line::option(const std::string& name, std::string& into, const Reason& words,
                          const char* type) {
    return app_->add_option(name, into, in(words))->type_name(type);
}

CLI::Option* Line::flag(const std::string& name, bool& into, const Reason& words) {
    return app_->add_flag(name, into, in(words));
}

std::string Line::ask(std::string_view question, Asked words) {
    words["network"] = network_;
    std::erase_if(words, [](const auto& word) { return word.second.empty(); });
    return host_.ask(folder_, question, words);
}

Document answerOf(std::string_view json) {
    const Bytes source = Bytes::copy(json);
    Builder tree(source, "answer");
    json::read(source.view(), tree);
    return tree.finish();
}

std::string minute(std::string_view instant) {
    if (instant.size() < 16) return std::string(instant);
    return std::string(instant.substr(0, 10)) + " " + std::string(instant.substr(11, 5)) + "Z";
}

Reason stateWord(std::string_view state) {
    constexpr struct {
        std::string_view name, fr;
    } kStates[] = {{"draft", "brouillon"},
                   {"active", "actif"},
                   {"on-hold", "suspendu"},
                   {"completed", "terminé"},
                   {"revoked", "arrêté"},
                   {"entered-in-error", "saisi par erreur"},
                   {"left-out", "écarté"},
                   {"queued", "en file"},
                   {"inflight", "en envoi"},
                   {"delivered", "remis"},
                   {"uncertain", "incertain"},
                   {"held", "en attente"},
                   {"set-aside", "mis de côté"},
                   {"offered", "à disposition"},
                   {"closed", "clos"}};
    for (const auto& known : kStates)
        if (known.name == state) return {std::string(state), std::string(known.fr)};
    return std::string(state);
}

Reason dueIn(Node days) {
    int number = 0;
    const std::string_view text = days.text();
    if (text.empty()) return {};
    std::from_chars(text.data(), text.data() + text.size(), number);
    if (number < 0) return say("{0} d late", "{0} j de retard", {std::to_string(-number)});
    return say("in {0} d", "dans {0} j", {std::to_string(number)});
}

}  // namespace care_circle
