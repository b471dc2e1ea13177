#include "store/store_keys.h"

#include <fcntl.h>
#include <openssl/evp.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <vector>

#include "gateway/error.h"
#include "store/keyed_hash.h"
#include "words/system_fault.h"

namespace gateway {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kBase64 = 44;  ///< characters of 32 bytes
constexpr unsigned kMost = 65'535;

[[noreturn]] void refuse(const std::string& where, const Reason& why) {
    throw Error(Fault::unavailable, where, why);
}

std::string encoded(std::string_view key) {
    std::string text(kBase64 + 1, '\0');
    EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()),
                    reinterpret_cast<const unsigned char*>(key.data()),
                    static_cast<int>(key.size()));
    text.resize(kBase64);
    return text;
}

std::string decoded(std::string_view text, const std::string& where) {
    std::string key(kBase64, '\0');
    const int size = text.size() == kBase64
                         ? EVP_DecodeBlock(reinterpret_cast<unsigned char*>(key.data()),
                                           reinterpret_cast<const unsigned char*>(text.data()),
                                           static_cast<int>(text.size()))
                         : -1;
    if (size < static_cast<int>(KeyedHash::kKeySize))
        refuse(where, {"expected a key: 32 bytes as base64, 44 characters",
                       "une clé est attendue : 32 octets en base64, 44 caractères"});
    key.resize(KeyedHash::kKeySize);
    return key;
}

std::vector<std::string_view> words(std::string_view line) {
    std::vector<std::string_view> found;
    for (std::size_t at = 0; at < line.size();) {
        const std::size_t begin = line.find_first_not_of(" \t\r", at);
        if (begin == line.npos) break;
        at = std::min(line.find_first_of(" \t\r", begin), line.size());
        found.push_back(line.substr(begin, at - begin));
    }
    return found;
}

std::uint16_t number(std::string_view text, const std::string& where) {
    unsigned value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size() || value == 0 || value > kMost)
        refuse(where, {"expected the number of the key, 1 to 65535",
                       "le numéro de la clé est attendu, de 1 à 65535"});
    return static_cast<std::uint16_t>(value);
}

void takeLine(StoreKeys& keys, std::string_view line, const std::string& where) {
    const std::vector<std::string_view> found = words(line);
    if (found.empty() || found[0].starts_with('#')) return;
    if (found[0] == "seal" && found.size() == 3) {
        const std::uint16_t id = number(found[1], where);
        if (!keys.seal.emplace(id, decoded(found[2], where)).second)
            refuse(where, {"a key of that number stands above already",
                           "une clé de ce numéro figure déjà plus haut"});
    } else if (found[0] == "hash" && found.size() == 2 && keys.hash.empty()) {
        keys.hash = decoded(found[1], where);
    } else {
        refuse(where, {"expected 'seal NUMBER KEY', or 'hash KEY' once",
                       "« seal NUMÉRO CLÉ » est attendu, ou « hash CLÉ » une fois"});
    }
}

/// An open file that is closed whatever happens.
class Descriptor {
public:
    Descriptor(const std::string& path, int flags, unsigned mode)
        : handle_(::open(path.c_str(), flags | O_CLOEXEC, mode)), path_(path) {
        if (handle_ < 0) fail();
    }
    ~Descriptor() { ::close(handle_); }
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;

    void write(std::string_view text) {
        while (!text.empty()) {
            const ssize_t wrote = ::write(handle_, text.data(), text.size());
            if (wrote < 0) fail();
            text.remove_prefix(static_cast<std::size_t>(wrote));
        }
    }
    void sync() {
        if (::fsync(handle_) != 0) fail();
    }

private:
    [[noreturn]] void fail() const {
        refuse(path_, say("the key file cannot be written: {0}",
                          "le fichier de clés ne peut être écrit : {0}", {systemFault(errno)}));
    }

    const int handle_;
    const std::string path_;
};

}  // namespace

StoreKeys makeStoreKeys(std::string hash) {
    StoreKeys keys;
    keys.hash = hash.empty() ? KeyedHash::makeKey() : std::move(hash);
    addSealKey(keys);
    return keys;
}

void addSealKey(StoreKeys& keys) {
    if (keys.newest() == kMost)
        refuse("store",
               {"no number is left for a new key", "plus de numéro pour une nouvelle clé"});
    keys.seal.emplace(static_cast<std::uint16_t>(keys.newest() + 1), KeyedHash::makeKey());
}

StoreKeys parseStoreKeys(std::string_view text, const std::string& where) {
    StoreKeys keys;
    int line = 0;
    for (std::size_t at = 0; at <= text.size();) {
        const std::size_t lineEnd = std::min(text.find('\n', at), text.size());
        const bool comment = text.substr(at, lineEnd - at).starts_with('#');
        const std::size_t end = comment ? lineEnd : std::min(text.find(',', at), lineEnd);
        if (at == 0 || text[at - 1] == '\n') ++line;
        takeLine(keys, text.substr(at, end - at), where + ":" + std::to_string(line));
        at = end + 1;
    }
    if (keys.hash.empty() || keys.seal.empty())
        refuse(where, {"expected a line 'hash KEY' and at least one line 'seal NUMBER KEY'",
                       "une ligne « hash CLÉ » et au moins une ligne « seal NUMÉRO CLÉ » sont "
                       "attendues"});
    return keys;
}

std::string toText(const StoreKeys& keys) {
    std::string text =
        "# Keys of a Passerelle store. Keep a copy in a safe place, apart from the store and from "
        "its\n# backups: without them nobody can read the store again.\n";
    text += "hash " + encoded(keys.hash) + "\n";
    for (const auto& [id, key] : keys.seal)
        text += "seal " + std::to_string(id) + " " + encoded(key) + "\n";
    return text;
}

std::string readKeyText(const KeyPlace& place) {
    if (!place.env.empty()) {
        const char* const value = std::getenv(place.env.c_str());
        return value ? value : "";
    }
    std::error_code error;
    if (!fs::exists(place.file, error)) return {};
    std::ifstream in(place.file, std::ios::binary);
    std::string text((std::istreambuf_iterator<char>(in)), {});
    if (!in.good() && !in.eof())
        refuse(place.file, {"the key file cannot be read", "le fichier de clés ne peut être lu"});
    if (text.empty())
        refuse(place.file, {"the key file is empty or cannot be read",
                            "le fichier de clés est vide ou ne peut être lu"});
    return text;
}

void writeKeyFile(const std::string& file, const StoreKeys& keys) {
    const fs::path folder = fs::path(file).parent_path();
    std::error_code error;
    if (!folder.empty()) fs::create_directories(folder, error);
    const std::string fresh = file + ".new";
    {
        Descriptor out(fresh, O_WRONLY | O_CREAT | O_TRUNC, 0600);
        out.write(toText(keys));
        out.sync();
    }
    fs::permissions(fresh, fs::perms::owner_read | fs::perms::owner_write, error);
    fs::rename(fresh, file, error);
    if (error)
        refuse(file,
               say("the key file cannot be written: {0}",
                   "le fichier de clés ne peut être écrit : {0}", {systemFault(error.value())}));
    Descriptor(folder.empty() ? "." : folder.string(), O_RDONLY | O_DIRECTORY, 0).sync();
}

}  // namespace gateway
