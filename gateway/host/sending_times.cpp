#include "host/sending_times.h"

#include <algorithm>

namespace gateway {
namespace {

using Window = QuietHours::Window;
using Minutes = QuietHours::Minutes;

/// Monday first; in both languages, short and whole.
constexpr std::string_view kDays[7][4] = {
    {"mon", "monday", "lun", "lundi"},       {"tue", "tuesday", "mar", "mardi"},
    {"wed", "wednesday", "mer", "mercredi"}, {"thu", "thursday", "jeu", "jeudi"},
    {"fri", "friday", "ven", "vendredi"},    {"sat", "saturday", "sam", "samedi"},
    {"sun", "sunday", "dim", "dimanche"}};

std::string_view trimmed(std::string_view text) {
    const std::size_t begin = std::min(text.find_first_not_of(' '), text.size());
    return text.substr(begin, text.find_last_not_of(' ') + 1 - begin);
}

std::optional<std::size_t> dayOf(std::string_view name) {
    for (std::size_t day = 0; day < std::size(kDays); ++day)
        if (std::find(std::begin(kDays[day]), std::end(kDays[day]), trimmed(name)) !=
            std::end(kDays[day]))
            return day;
    return {};
}

/// "mon", or "mon-fri". @return whether it could be read
bool addDays(std::string_view text, std::array<bool, 7>& days) {
    const std::size_t dash = text.find('-');
    const auto first = dayOf(text.substr(0, dash));
    const auto last = dash == text.npos ? first : dayOf(text.substr(dash + 1));
    if (!first || !last) return false;
    for (std::size_t day = *first;; day = (day + 1) % days.size()) {
        days[day] = true;
        if (day == *last) return true;
    }
}

/// "mon-fri, sun"
bool addAll(std::string_view text, std::array<bool, 7>& days) {
    for (std::size_t at = 0; at <= text.size();) {
        const std::size_t comma = std::min(text.find(',', at), text.size());
        if (!addDays(text.substr(at, comma - at), days)) return false;
        at = comma + 1;
    }
    return true;
}

std::array<bool, 7> readDays(Config& window) {
    std::array<bool, 7> days{};
    if (!window.has("days")) {
        days.fill(true);
        return days;
    }
    const std::vector<std::string> texts = window.texts("days");
    if (texts.empty() || !std::all_of(texts.begin(), texts.end(),
                                      [&](const std::string& text) { return addAll(text, days); }))
        window.fail("days", {"expected days such as 'mon-fri', 'sat' or [sat, sun]",
                             "attendu des jours, comme « lun-ven », « sam » ou [sam, dim]"});
    return days;
}

Minutes readTime(Config& window, std::string_view key, int mostHours) {
    const std::string text = window.text(key);
    const auto digit = [&](std::size_t at) { return text[at] >= '0' && text[at] <= '9'; };
    if (text.size() == 5 && digit(0) && digit(1) && text[2] == ':' && digit(3) && digit(4)) {
        const Minutes minutes(std::stoi(text.substr(0, 2)) * 60 + std::stoi(text.substr(3)));
        if (text[3] <= '5' && minutes <= Minutes(mostHours)) return minutes;
    }
    if (window.has(key))
        window.fail(key, say("expected a time of day, \"00:00\" to \"{0}\"",
                             "attendu une heure du jour, de \"00:00\" à \"{0}\"",
                             {mostHours % 60 == 0 ? "24:00" : "23:59"}));
    return Minutes(0);
}

Window readWindow(Config window) {
    const std::size_t before = window.findings().errors();
    Window read;
    read.days = readDays(window);
    read.from = readTime(window, "from", 24 * 60 - 1);
    read.to = readTime(window, "to", 24 * 60);
    if (window.findings().errors() == before && read.from == read.to)
        window.fail("to", {"is the same as 'from'; a whole day is \"00:00\" to \"24:00\"",
                           "est égal à « from » ; un jour entier va de \"00:00\" à \"24:00\""});
    window.finish();
    return read;
}

std::vector<Window> readQuiet(Config& section) {
    const std::size_t before = section.findings().errors();
    std::vector<Window> windows;
    for (const auto& [key, node] : section.node().items) {
        if (key != "quiet_hours") continue;
        if (node.kind == ConfigNode::Kind::map)
            windows.push_back(readWindow(section.section(key)));
        else
            for (Config& window : section.list(key)) windows.push_back(readWindow(window));
    }
    if (section.findings().errors() == before && QuietHours(windows, {}).always())
        section.fail("quiet_hours",
                     {"leaves no minute of the week: nothing would ever be sent; to stop for a "
                      "while there is 'passerelle pause'",
                      "ne laisse aucune minute de la semaine : rien ne partirait jamais ; pour "
                      "arrêter un temps, il y a « passerelle pause »"});
    return windows;
}

Rate readRate(Config rate) {
    Rate read;
    read.most = static_cast<unsigned>(rate.integer("most", 0, 1, 100'000));
    if (!rate.has("most"))
        rate.fail("", {"needs 'most': how many messages in 'per'",
                       "demande « most » : combien de messages dans « per »"});
    const std::string per = rate.text("per", "1 s");
    if (per == "1m" || per == "1 m")
        read.per = Milliseconds(60'000);
    else
        read.per = rate.duration("per", read.per);
    if (read.per < Milliseconds(1'000) || read.per > Milliseconds(86'400'000))
        rate.fail("per", {"expected one second to one day", "attendu d'une seconde à un jour"});
    rate.finish();
    read.most = std::max(1u, read.most);
    return read;
}

}  // namespace

QuietHours quietHours(const SendingTimes& own, const SendingTimes& partner,
                      const std::string& zone) {
    QuietHours quiet(own.quiet.value_or(partner.quiet.value_or(std::vector<Window>())), zone);
    return quiet.empty() || !quiet.zoneIsKnown() ? QuietHours() : quiet;
}

SendingTimes readSendingTimes(Config& section) {
    SendingTimes times;
    if (section.has("quiet_hours")) times.quiet = readQuiet(section);
    if (section.has("rate")) times.rate = readRate(section.section("rate"));
    return times;
}

}  // namespace gateway
