/// store check | backup | restore
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <iostream>
#include <vector>

#include "admin/store_care.h"
#include "cli/admin_client.h"
#include "cli/shared.h"
#include "core/may_read.h"
#include "host/running_gateway.h"
#include "store/store_file.h"
#include "store/taking_keys.h"

namespace gateway {
namespace {

namespace fs = std::filesystem;

/// Reading or copying a store of hundreds of gigabytes.
constexpr std::chrono::hours kPatience{24};

struct Options {
    std::string file;
    bool json = false, force = false;
};

/// Root mends a store that another user's gateway opens: what is made beside it meanwhile is given
/// to whom its folder belongs.
class LeftToItsOwner {
public:
    explicit LeftToItsOwner(const std::string& store) {
        if (::geteuid() != 0) return;
        fs::path folder = fs::absolute(store).parent_path();
        std::error_code error;
        for (; !fs::exists(folder, error) && folder.has_relative_path();
             folder = folder.parent_path())
            made_.push_back(folder);
        for (const char* const end : {"", "-wal", "-shm", ".lock"})
            if (!fs::exists(store + end, error)) made_.push_back(store + end);
        owned_ = ::stat(folder.c_str(), &owner_) == 0 && owner_.st_uid != 0;
        replaced_ = store;
    }
    ~LeftToItsOwner() {
        if (!owned_) return;
        made_.push_back(replaced_);
        for (const fs::path& one : made_)  // what is not there needs none
            if (::lchown(one.c_str(), owner_.st_uid, owner_.st_gid) != 0) continue;
    }
    LeftToItsOwner(const LeftToItsOwner&) = delete;
    LeftToItsOwner& operator=(const LeftToItsOwner&) = delete;

private:
    std::vector<fs::path> made_;
    fs::path replaced_;
    struct stat owner_ {};
    bool owned_ = false;
};

SqliteOptions configuredStore(const Shared& shared) {
    Findings findings;
    const StoreChoice choice = storeOf(shared.config, findings);
    if (findings.failed() || choice.path.empty()) {
        const Finding& first = findings.all().at(0);
        throw Error(Fault::rejected, first.where.text(), Reason{first.text, first.fr});
    }
    return sqliteOptions(choice);
}

/// Whether a gateway with this configuration runs; it does what is asked itself.
bool runs(const Shared& shared) {
    if (!isThere(adminSocket(shared))) return false;
    try {
        AdminClient(adminSocket(shared)).get("/health/live");
        return true;
    } catch (const Error&) {
        if (isForbidden(adminSocket(shared))) throw;
        // It was killed and left its socket.
        return false;
    }
}

Damage damageOf(const std::string& answer) {
    Damage damage;
    for (const auto& [none, one] : parsedJson(answer)["damaged"].items)
        damage.emplace_back(one["id"].text, Reason{one["why"]["en"].text, one["why"]["fr"].text});
    return damage;
}

void print(const Damage& damage, const Shared& shared) {
    for (const auto& [id, why] : damage) std::cout << id << ": " << why.in(shared.speaks) << '\n';
    std::cerr << say("damaged: {0}\n", "endommagés : {0}\n", {std::to_string(damage.size())})
                     .in(shared.speaks);
}

void printJson(const Damage& damage) {
    JsonWriter json;
    writeDamage(json, damage);
    std::cout << json.take() << '\n';
}

void check(Shared& shared, const Options& options) {
    SqliteOptions store = configuredStore(shared);
    const bool other = !options.file.empty();
    const LeftToItsOwner left(store.path);
    if (other) {
        store.keys = keyPlaceOf(store);
        store.path = options.file;
    }
    const Damage damage =
        other          ? checkCopy(store)
        : runs(shared) ? damageOf(AdminClient(adminSocket(shared), kPatience).get("/store/check"))
                       : checkStoreFile(store);
    options.json ? printJson(damage) : print(damage, shared);
    shared.exitCode = damage.empty() ? 0 : 1;
}

void backup(Shared& shared, const Options& options) {
    const SqliteOptions store = configuredStore(shared);
    const std::string file = fs::absolute(options.file).lexically_normal().string();
    const LeftToItsOwner left(store.path);
    if (runs(shared)) {
        JsonWriter wish;
        wish.beginObject().field("file", file).field("by", userName());
        AdminClient(adminSocket(shared), kPatience).post("/store/backup", wish.endObject().take());
    } else {
        backupStoreFile(store, file);
    }
    std::cout << file << '\n';
    const KeyPlace keys = keyPlaceOf(store);
    std::cerr << say("The keys are not in it: without {0} nobody can read it. Keep a copy of them "
                     "apart from the backups.\n",
                     "Les clés n'y sont pas : sans {0} personne ne peut la lire. En garder une "
                     "copie à part des sauvegardes.\n",
                     {keys.env.empty() ? keys.file : "$" + keys.env})
                     .in(shared.speaks);
}

void restore(Shared& shared, const Options& options) {
    const SqliteOptions store = configuredStore(shared);
    if (runs(shared))
        throw Error(Fault::unavailable, store.path,
                    {"the store is in use by another process: stop the gateway first: systemctl "
                     "stop passerelle",
                     "la base est utilisée par un autre processus : d'abord arrêter la "
                     "passerelle : systemctl stop passerelle"});
    const LeftToItsOwner left(store.path);
    const Restored restored = restoreStore(store, options.file, options.force);
    if (!restored.damage.empty()) print(restored.damage, shared);
    if (!restored.damage.empty() && !options.force) {
        std::cerr << say("{0}: nothing was restored; --force restores it all the same\n",
                         "{0} : rien n'a été restauré ; --force restaure malgré tout\n",
                         {options.file})
                         .in(shared.speaks);
        shared.exitCode = 1;
        return;
    }
    std::cout << store.path << '\n';
    if (!restored.replaced.empty())
        std::cerr << say("what was there is kept as {0}\n", "ce qui était là est gardé sous {0}\n",
                         {restored.replaced})
                         .in(shared.speaks);
}

CLI::App& add(CLI::App& store, Shared& shared, const std::string& name,
              const std::string& summary) {
    CLI::App& command = *store.add_subcommand(name, summary);
    addConfigOption(command, shared);
    return command;
}

}  // namespace

void addStore(CLI::App& app, Shared& shared) {
    CLI::App& store =
        *app.add_subcommand("store", shared.say("Checks, backs up and restores the store.",
                                                "Vérifie, sauvegarde et restaure la base."));
    store.require_subcommand(1);
    auto options = std::make_shared<Options>();
    CLI::App& checking =
        add(store, shared, "check",
            shared.say("Opens every value, running or not, and names what is damaged.",
                       "Ouvre chaque valeur, en marche ou non, et nomme ce qui est endommagé."));
    checking.add_option("--file", options->file,
                        shared.say("Of this file, such as a backup, and not of the store",
                                   "De ce fichier, par exemple une sauvegarde, et non de la base"));
    checking.add_flag("--json", options->json, shared.say("As JSON", "En JSON"));
    checking.footer(shared.say("Exit code 1 when something is damaged.",
                               "Code de sortie 1 si quelque chose est endommagé."));
    checking.callback([&shared, options] { check(shared, *options); });
    CLI::App& copying = add(
        store, shared, "backup",
        shared.say(
            "Copies the store of one moment into a new file while work goes on.",
            "Copie la base d'un instant dans un nouveau fichier pendant que le travail continue."));
    copying
        .add_option("file", options->file,
                    shared.say("New; readable by its owner alone",
                               "Nouveau ; lisible par son seul propriétaire"))
        ->required();
    copying.footer(shared.say("The keys are not in it: keep a copy of them elsewhere.",
                              "Les clés n'y sont pas : en garder une copie ailleurs."));
    copying.callback([&shared, options] { backup(shared, *options); });
    CLI::App& putting =
        add(store, shared, "restore",
            shared.say("Puts a backup in the place of the store of a stopped gateway.",
                       "Met une sauvegarde à la place de la base d'une passerelle arrêtée."));
    putting
        .add_option("file", options->file,
                    shared.say("Made by 'store backup'; checked first",
                               "Faite par « store backup » ; vérifiée d'abord"))
        ->required();
    putting.add_flag("--force", options->force,
                     shared.say("Also over a store that holds messages, which is kept beside it, "
                                "and with damage",
                                "Même sur une base qui contient des messages, gardée à côté, et "
                                "même endommagée"));
    putting.footer(shared.say(
        "What was being sent is uncertain then, and sent again: docs/operating.md.",
        "Ce qui était en cours d'envoi est alors incertain, et renvoyé : docs/operating.md."));
    putting.callback([&shared, options] { restore(shared, *options); });
}

}  // namespace gateway
