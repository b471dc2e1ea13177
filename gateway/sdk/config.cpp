#include "gateway/config.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <optional>
#include <span>
#include <sstream>

namespace gateway {
namespace {

std::string absolute(const std::string& folder, const std::string& path) {
    if (path.empty()) return path;
    return (std::filesystem::path(folder) / path).lexically_normal().string();
}

struct Unit {
    std::string_view name;
    std::uint64_t factor;
};

/// "10 s" → 10'000 with the units given; nothing when it is not a number with one of them.
std::optional<std::uint64_t> measured(std::string_view text, std::span<const Unit> units) {
    std::uint64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc()) return std::nullopt;
    std::string_view unit(end, static_cast<std::size_t>(text.data() + text.size() - end));
    while (!unit.empty() && unit.front() == ' ') unit.remove_prefix(1);
    for (const Unit& known : units)
        if (known.name == unit && number <= UINT64_MAX / known.factor / 2)
            return number * known.factor;
    return std::nullopt;
}

std::size_t distance(std::string_view a, std::string_view b) {
    std::vector<std::size_t> row(b.size() + 1);
    for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
    for (std::size_t i = 1; i <= a.size(); ++i) {
        std::size_t diagonal = row[0];
        row[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const std::size_t above = row[j];
            row[j] =
                std::min({row[j] + 1, row[j - 1] + 1, diagonal + (a[i - 1] == b[j - 1] ? 0u : 1u)});
            diagonal = above;
        }
    }
    return row[b.size()];
}

const Reason kSection{"expected a section of 'key: value'",
                      "attendu une section de « clé: valeur »"};

Reason missing(std::string_view key) {
    return say("'{0}' is missing here", "« {0} » manque ici", {key});
}

Reason under(std::string_view key, const Reason& text) {
    return say("'{0}': {1}", "« {0} » : {1}", {key, text});
}

}  // namespace

std::string nearest(std::string_view word, const std::vector<std::string>& among) {
    std::string best;
    std::size_t least = std::max<std::size_t>(2, word.size() / 3) + 1;
    for (const std::string& candidate : among) {
        const std::size_t more = std::max(word.size(), candidate.size());
        if (more - std::min(word.size(), candidate.size()) >= least) continue;  // it is as far
        if (const std::size_t far = distance(word, candidate); far < least) {
            least = far;
            best = candidate;
        }
    }
    return best;
}

Reason didYouMean(std::string_view word, const std::vector<std::string>& among) {
    const std::string meant = nearest(word, among);
    if (meant.empty()) return {};
    return say("; did you mean '{0}'?", " ; vouliez-vous dire « {0} » ?", {meant});
}

Config::Config(const ConfigNode& node, std::string folder, Findings& findings)
    : node_(&node),
      folder_(std::move(folder)),
      findings_(&findings),
      known_(std::make_shared<std::vector<std::string>>()) {
    node.used = true;
}

const ConfigNode* Config::find(std::string_view key) const {
    known_->emplace_back(key);
    for (const auto& [name, value] : node_->items)
        if (name == key) {
            value.used = true;
            return &value;
        }
    return nullptr;
}

const ConfigNode* Config::scalar(std::string_view key) {
    const ConfigNode* const value = find(key);
    if (value == nullptr) return nullptr;
    if (value->kind == ConfigNode::Kind::scalar) return value;
    findings_->error(value->where,
                     say("'{0}': expected one value", "« {0} » : attendu une seule valeur", {key}));
    return nullptr;
}

bool Config::has(std::string_view key) const { return find(key) != nullptr; }

std::string Config::text(std::string_view key) {
    if (const ConfigNode* const value = scalar(key)) {
        if (value->text.empty())
            findings_->error(value->where, say("'{0}' is empty", "« {0} » est vide", {key}));
        return value->text;
    }
    if (!has(key)) findings_->error(node_->where, missing(key));
    return {};
}

std::string Config::text(std::string_view key, std::string_view otherwise) {
    const ConfigNode* const value = scalar(key);
    return value ? value->text : std::string(otherwise);
}

std::string Config::choice(std::string_view key, const std::vector<std::string_view>& allowed) {
    const std::string value = text(key, allowed.front());
    if (std::find(allowed.begin(), allowed.end(), value) != allowed.end()) return value;
    std::string list;
    for (const std::string_view one : allowed)
        list += (list.empty() ? "" : ", ") + std::string(one);
    fail(key, say("found '{0}', expected one of: {1}", "trouvé « {0} », attendu l'un de : {1}",
                  {value, list}));
    return std::string(allowed.front());
}

bool Config::flag(std::string_view key, bool otherwise) {
    const ConfigNode* const value = scalar(key);
    if (value == nullptr) return otherwise;
    if (!value->quoted && value->text == "true") return true;
    if (!value->quoted && value->text == "false") return false;
    fail(key, {"expected true or false", "attendu true ou false"});
    return otherwise;
}

std::int64_t Config::integer(std::string_view key, std::int64_t otherwise, std::int64_t least,
                             std::int64_t most) {
    const ConfigNode* const value = scalar(key);
    if (value == nullptr) return otherwise;
    std::int64_t number = 0;
    const char* const end = value->text.data() + value->text.size();
    if (value->quoted || std::from_chars(value->text.data(), end, number).ptr != end ||
        number < least || number > most) {
        fail(key,
             say("expected a whole number from {0} to {1}", "attendu un nombre entier de {0} à {1}",
                 {std::to_string(least), std::to_string(most)}));
        return otherwise;
    }
    return number;
}

Milliseconds Config::duration(std::string_view key, Milliseconds otherwise) {
    static constexpr std::array units{Unit{"ms", 1}, Unit{"s", 1000}, Unit{"min", 60'000},
                                      Unit{"h", 3600'000}, Unit{"d", 86'400'000}};
    const ConfigNode* const value = scalar(key);
    if (value == nullptr) return otherwise;
    if (const auto ms = measured(value->text, units))
        return Milliseconds(static_cast<std::int64_t>(*ms));
    fail(key, {"expected a duration with its unit (ms, s, min, h, d), such as '10 s'",
               "attendu une durée avec son unité (ms, s, min, h, d), comme « 10 s »"});
    return otherwise;
}

std::uint64_t Config::size(std::string_view key, std::uint64_t otherwise) {
    static constexpr std::array units{Unit{"B", 1}, Unit{"KiB", 1u << 10}, Unit{"MiB", 1u << 20},
                                      Unit{"GiB", 1u << 30}};
    const ConfigNode* const value = scalar(key);
    if (value == nullptr) return otherwise;
    if (const auto bytes = measured(value->text, units)) return *bytes;
    fail(key, {"expected a size with its unit (B, KiB, MiB, GiB), such as '64 MiB'",
               "attendu une taille avec son unité (B, KiB, MiB, GiB), comme « 64 MiB »"});
    return otherwise;
}

std::vector<std::string> Config::texts(std::string_view key) {
    const ConfigNode* const value = find(key);
    if (value == nullptr) return {};
    if (value->kind == ConfigNode::Kind::scalar) return {value->text};
    std::vector<std::string> texts;
    if (value->kind == ConfigNode::Kind::list)
        for (const auto& [none, item] : value->items) {
            item.used = true;
            if (item.kind == ConfigNode::Kind::scalar)
                texts.push_back(item.text);
            else
                findings_->error(item.where, {"expected one value", "attendu une seule valeur"});
        }
    else
        fail(key, {"expected a list such as [a, b]", "attendu une liste comme [a, b]"});
    return texts;
}

namespace {

/// Of a file that is a secret: who else on this machine can read it; nothing for nobody. A group
/// that reads what another user owns is how a service gets its keys from root.
const char* othersWhoRead(const std::string& path) {
    struct stat status {};
    if (::stat(path.c_str(), &status) != 0) return nullptr;
    if ((status.st_mode & S_IROTH) != 0) return "everybody";
    return (status.st_mode & S_IRGRP) != 0 && status.st_uid == ::geteuid() ? "group" : nullptr;
}

Reason openSecret(const char* who) {
    return std::string_view(who) == "group"
               ? Reason("its group can read this secret: chmod 600",
                        "son groupe peut lire ce secret : chmod 600")
               : Reason("everybody on this machine can read this secret: chmod 600",
                        "tout le monde peut lire ce secret sur cette machine : chmod 600");
}

}  // namespace

std::string Config::file(std::string_view key, bool required) {
    const ConfigNode* const value = scalar(key);
    if (value == nullptr) {
        if (required && !has(key)) findings_->error(node_->where, missing(key));
        return {};
    }
    const std::string path = absolute(folder_, value->text);
    std::error_code error;
    if (!std::filesystem::is_regular_file(path, error))
        fail(key, say("there is no file {0}", "il n'y a pas de fichier {0}", {value->text}));
    else if (!std::ifstream(path))
        fail(key,
             say("the file {0} cannot be read", "le fichier {0} ne peut être lu", {value->text}));
    else if (const char* const who = key == "key" ? othersWhoRead(path) : nullptr)
        warn(key, openSecret(who));  // a private key, in every option of that name
    return path;
}

std::string Config::path(std::string_view key, std::string_view otherwise) {
    return absolute(folder_, text(key, otherwise));
}

std::string Config::secret(std::string_view key) {
    const std::string reference = text(key, "");
    if (reference.empty()) return {};
    if (reference.starts_with("env:")) {
        if (const char* const value = std::getenv(reference.c_str() + 4)) return value;
        fail(key, say("the environment has no variable {0}",
                      "l'environnement n'a pas de variable {0}", {reference.substr(4)}));
    } else if (reference.starts_with("file:")) {
        const std::string path = absolute(folder_, reference.substr(5));
        if (const char* const who = othersWhoRead(path)) warn(key, openSecret(who));
        std::ifstream in(path, std::ios::binary);
        std::ostringstream content;
        if (in) {
            content << in.rdbuf();
            std::string secret = content.str();
            while (!secret.empty() && (secret.back() == '\n' || secret.back() == '\r'))
                secret.pop_back();
            return secret;
        }
        fail(key, say("there is no readable file {0}", "il n'y a pas de fichier lisible {0}",
                      {reference.substr(5)}));
    } else {
        fail(key, {"a secret stands here by reference only: 'file:PATH' or 'env:NAME'",
                   "un secret ne se met ici que par référence : « file:CHEMIN » ou « env:NOM »"});
    }
    return {};
}

std::pair<std::string, std::uint16_t> Config::address(std::string_view key) {
    const std::string value = text(key);
    const std::size_t colon = value.rfind(':');
    unsigned port = 0;
    const char* const end = value.data() + value.size();
    if (colon == value.npos || colon == 0 || colon + 1 == value.size() ||
        std::from_chars(value.data() + colon + 1, end, port).ptr != end || port > 65535) {
        if (!value.empty())
            fail(key, {"expected host:port, such as 127.0.0.1:8443",
                       "attendu hôte:port, comme 127.0.0.1:8443"});
        return {};
    }
    std::string host = value.substr(0, colon);
    if (host.size() > 2 && host.front() == '[' && host.back() == ']')
        host = host.substr(1, host.size() - 2);
    return {host, static_cast<std::uint16_t>(port)};
}

Config Config::section(std::string_view key) {
    static const ConfigNode none;
    const ConfigNode* const value = find(key);
    if (value == nullptr || value->kind == ConfigNode::Kind::none)
        return Config(none, folder_, *findings_);
    if (value->kind != ConfigNode::Kind::map) {
        fail(key, kSection);
        return Config(none, folder_, *findings_);
    }
    return Config(*value, folder_, *findings_);
}

std::vector<std::pair<std::string, Config>> Config::sections() {
    static const ConfigNode none;
    std::vector<std::pair<std::string, Config>> all;
    for (const auto& [key, value] : node_->items) {
        if (value.used) continue;
        value.used = true;
        if (value.kind == ConfigNode::Kind::scalar || value.kind == ConfigNode::Kind::list) {
            findings_->error(value.where, under(key, kSection));
            continue;
        }
        all.emplace_back(key, Config(value, folder_, *findings_));
    }
    return all;
}

std::vector<Config> Config::list(std::string_view key) {
    std::vector<Config> all;
    const ConfigNode* const value = find(key);
    if (value == nullptr) return all;
    if (value->kind != ConfigNode::Kind::list) {
        fail(key, {"expected a list of sections", "attendu une liste de sections"});
        return all;
    }
    for (const auto& [none, item] : value->items) {
        item.used = true;
        if (item.kind == ConfigNode::Kind::map)
            all.emplace_back(item, folder_, *findings_);
        else
            findings_->error(item.where, kSection);
    }
    return all;
}

Place Config::where(std::string_view key) const {
    if (!key.empty())
        for (const auto& [name, value] : node_->items)
            if (name == key) return value.where;
    return node_->where;
}

void Config::fail(std::string_view key, const Reason& text) {
    findings_->error(where(key), key.empty() ? text : under(key, text));
}

void Config::warn(std::string_view key, const Reason& text) {
    findings_->warning(where(key), key.empty() ? text : under(key, text));
}

void Config::finish() {
    for (const auto& [key, value] : node_->items) {
        if (value.used) continue;
        findings_->error(value.keyWhere, say("unknown key '{0}'{1}", "clé inconnue « {0} »{1}",
                                             {key, didYouMean(key, *known_)}));
    }
}

}  // namespace gateway
