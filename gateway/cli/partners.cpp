/// partners list | test NAME, from the configuration: no gateway need run
#include <algorithm>
#include <filesystem>
#include <iostream>

#include "admin/status.h"
#include "cli/reach.h"
#include "cli/shared.h"
#include "cli/wishes.h"
#include "core/json_text.h"
#include "host/config_files.h"
#include "host/sending_times.h"
#include "http/client.h"
#include "usage/columns.h"

namespace gateway {
namespace {

/// Keys of a destination that name no transport.
constexpr std::string_view kOwn[] = {"codec", "map",           "concurrency",  "answer_within",
                                     "retry", "give_up_after", "on_uncertain", "on_refusal",
                                     "quiet", "rate",          "quiet_hours",  "alert_after"};

/// Of a configuration that says no other.
constexpr const char* kZone = "Europe/Paris";

struct End {
    std::string name;  ///< of the partner, then its own
    std::string transport;
    std::string address;
    Reach reach;
    QuietHours quiet;
    std::vector<Rate> rates = {};  ///< its own, and of all of its partner's together
};

struct Listed {
    std::string name, label, category;
    std::vector<End> ends;
};

void readAddress(const std::string& text, Reach& reach) {
    const std::size_t colon = text.rfind(':');
    reach.host = text.substr(0, colon);
    if (reach.host.starts_with('[') && reach.host.ends_with(']'))
        reach.host = reach.host.substr(1, reach.host.size() - 2);
    if (colon != text.npos)
        reach.port =
            static_cast<std::uint16_t>(std::strtoul(text.c_str() + colon + 1, nullptr, 10));
}

/// Options that all transports call alike: url, host and port, or address; tls; path of a folder.
void read(Config options, End& end) {
    Reach& reach = end.reach;
    if (options.has("url")) {
        reach.url = end.address = options.text("url");
        const http::Url url = http::parsedUrl(reach.url);
        reach.host = url.host;
        reach.port = url.port;
        reach.tls = url.tls;
    } else if (options.has("host")) {
        reach.host = options.text("host");
        reach.port = static_cast<std::uint16_t>(options.integer("port", 2575, 1, 65535));
        end.address = reach.host + ":" + std::to_string(reach.port);
    } else if (options.has("address")) {
        end.address = options.text("address");
        readAddress(end.address, reach);
    } else if (options.has("path")) {
        reach.path = end.address = options.path("path");
    }
    if (!options.has("tls")) return;
    reach.tls = true;
    Config tls = options.section("tls");
    if (tls.has("ca")) reach.files.ca = tls.path("ca");
    if (tls.has("cert")) reach.files.cert = tls.path("cert");
    if (tls.has("key")) reach.files.key = tls.path("key");
    if (tls.has("name")) reach.files.name = tls.text("name");
    for (const std::string& file : tls.texts("crl"))
        reach.files.crl.push_back((std::filesystem::path(tls.folder()) / file).string());
}

void readWishes(Config options, const SendingTimes& partner, const std::string& zone, End& end) {
    const SendingTimes own = readSendingTimes(options);
    end.quiet = quietHours(own, partner, zone);
    for (const auto& rate : {own.rate, partner.rate})
        if (rate) end.rates.push_back(*rate);
}

Listed read(const ConfigFiles& files, const ConfigFile& file, const std::string& zoneOfAll) {
    const std::string& folder = files.folder;
    Findings findings;
    findings.append(file.findings);
    Config whole(file.root, folder, findings);
    const SendingTimes times = readSendingTimes(whole);
    const std::string zone = whole.text("zone", zoneOfAll);
    Listed partner{
        file.name, child(file.root, "label").text, child(file.root, "category").text, {}};
    for (const auto& [name, destination] : destinationsOf(files, file).items)
        for (const auto& [key, options] : destination.items) {
            if (std::find(std::begin(kOwn), std::end(kOwn), key) != std::end(kOwn)) continue;
            End end{file.name + "/" + name, key, {}, {}, {}};
            read(Config(options, folder, findings), end);
            readWishes(Config(destination, folder, findings), times, zone, end);
            partner.ends.push_back(std::move(end));
        }
    for (const Finding& one : findings.all())
        if (one.severity >= Severity::error)
            throw Error(Fault::rejected, one.where.text(), {one.text, one.fr});
    return partner;
}

std::vector<Listed> readAll(const Shared& shared) {
    const ConfigFiles files = readConfigFiles(shared.config);
    std::vector<Listed> all;
    const std::string zone = child(files.main.root, "zone").text;
    for (const ConfigFile& file : files.partners)
        all.push_back(read(files, file, zone.empty() ? kZone : zone));
    return all;
}

Reason wishesText(const End& end, Time now) {
    std::vector<Reason> all;
    if (const auto until = end.quiet.until(now))
        all.push_back(quietText(end.quiet.shown(*until, now)));
    for (const Rate& rate : end.rates)
        all.push_back(rateText(rate.most, static_cast<std::uint64_t>(rate.per.count())));
    if (all.empty()) return "-";
    Reason text = all.front();
    for (std::size_t i = 1; i < all.size(); ++i) text = say("{0}, {1}", "{0}, {1}", {text, all[i]});
    return text;
}

void list(const Shared& shared, bool json) {
    const Time now = currentTime();
    std::vector<std::vector<std::string>> lines;
    JsonWriter out;
    out.beginObject().name("partners").beginArray();
    for (const Listed& one : readAll(shared)) {
        out.beginObject().field("name", one.name).field("label", one.label);
        out.field("category", one.category).name("destinations").beginArray();
        for (const End& end : one.ends) {
            out.beginObject().field("name", end.name).field("transport", end.transport);
            out.field("address", end.address);
            writeWishes(out, end.quiet, end.rates, now);
            out.endObject();
            lines.push_back({end.name, one.category, end.transport, end.address,
                             wishesText(end, now).in(shared.speaks), one.label});
        }
        if (one.ends.empty()) lines.push_back({one.name, one.category, "-", "-", "-", one.label});
        out.endArray().endObject();
    }
    if (json)
        std::cout << out.endArray().endObject().take() << '\n';
    else
        printColumns(std::cout, lines);
}

Reason called(const std::string& step) {
    if (step == "name") return {"name", "nom"};
    if (step == "tcp") return {"connection", "connexion"};
    if (step == "certificate") return {"their certificate", "leur certificat"};
    if (step == "ours") return {"our certificate", "notre certificat"};
    if (step == "hello") return {"protocol", "protocole"};
    if (step == "folder") return {"folder", "dossier"};
    return {"TLS", "TLS"};
}

void write(JsonWriter& out, const End& end, const std::vector<ReachStep>& steps) {
    out.beginObject().field("name", end.name).field("address", end.address);
    out.name("steps").beginArray();
    for (const ReachStep& step : steps) {
        out.beginObject().field("step", step.name).name("ok").flag(step.good);
        out.name("text").beginObject().field("en", step.text.en);
        out.field("fr", step.text.fr.empty() ? step.text.en : step.text.fr).endObject().endObject();
    }
    out.endArray().endObject();
}

void print(const End& end, const std::vector<ReachStep>& steps, Spoken speaks) {
    std::cout << end.name << "  " << end.address << '\n';
    for (const ReachStep& step : steps)
        std::cout << "  " << (step.good ? "ok   " : "FAIL ")
                  << padded(called(step.name).in(speaks), 18) << "  " << step.text.in(speaks)
                  << '\n';
}

/// @param name  of a partner, or of one destination
void test(Shared& shared, const std::string& name, bool json) {
    JsonWriter out;
    out.beginObject().name("destinations").beginArray();
    std::vector<std::string> known;
    bool any = false;
    for (const Listed& one : readAll(shared)) {
        known.push_back(one.name);
        for (const End& end : one.ends) {
            if (name != one.name && name != end.name) continue;
            any = true;
            const std::vector<ReachStep> steps = tryToReach(end.reach);
            json ? write(out, end, steps) : print(end, steps, shared.speaks);
            for (const ReachStep& step : steps)
                if (!step.good) shared.exitCode = 1;
        }
    }
    if (!any) {
        const std::string meant = nearest(name, known);
        throw Error(Fault::rejected, name,
                    say("no partner or destination of that name{0}",
                        "aucun partenaire ni aucune destination de ce nom{0}",
                        {meant.empty() ? Reason()
                                       : say("; did you mean '{0}'?",
                                             " ; vouliez-vous dire « {0} » ?", {meant})}));
    }
    if (json) std::cout << out.endArray().endObject().take() << '\n';
}

}  // namespace

void addPartners(CLI::App& app, Shared& shared) {
    CLI::App& partners = *app.add_subcommand(
        "partners",
        shared.say("The partners of a configuration, and whether they can be reached.",
                   "Les partenaires d'une configuration, et s'ils peuvent être joints."));
    partners.require_subcommand(1);
    auto json = std::make_shared<bool>(false);
    auto name = std::make_shared<std::string>();
    CLI::App& all =
        *partners.add_subcommand("list", shared.say("Each destination and where it sends to.",
                                                    "Chaque destination et où elle envoie."));
    addConfigOption(all, shared);
    all.add_flag("--json", *json, shared.say("As JSON", "En JSON"));
    all.callback([&shared, json] { list(shared, *json); });
    CLI::App& one = *partners.add_subcommand(
        "test",
        shared.say("Name, TCP, TLS, certificates and the protocol's hello, one after the other to "
                   "the first that fails. Sends no message.",
                   "Nom, TCP, TLS, certificats et salut du protocole, l'un après l'autre jusqu'au "
                   "premier échec. N'envoie aucun message."));
    addConfigOption(one, shared);
    one.add_option("name", *name,
                   shared.say("A partner, or one of its destinations (PARTNER/NAME)",
                              "Un partenaire, ou l'une de ses destinations (PARTENAIRE/NOM)"))
        ->required();
    one.add_flag("--json", *json, shared.say("As JSON", "En JSON"));
    one.footer(shared.say(
        "Exit code 1 when something failed.\nExample: passerelle partners test chu-exemple",
        "Code de sortie 1 si quelque chose a échoué.\nExemple : passerelle partners test "
        "chu-exemple"));
    one.callback([&shared, json, name] { test(shared, *name, *json); });
}

}  // namespace gateway
