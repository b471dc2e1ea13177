#include "gateway/pack.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "gateway/error.h"
#include "gateway/guard.h"

namespace gateway {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kBlock = 512;
constexpr std::size_t kNameSize = 100;

/// Fields of a header (POSIX.1-1988 ustar): where, and how many bytes.
struct Field {
    std::size_t at, size;
};
constexpr Field kName{0, kNameSize}, kMode{100, 8}, kUser{108, 8}, kGroup{116, 8}, kSize{124, 12},
    kTime{136, 12}, kSum{148, 8}, kType{156, 1}, kMagic{257, 6};

std::string_view textOf(std::string_view header, Field field) {
    const std::string_view text = header.substr(field.at, field.size);
    return text.substr(0, text.find('\0'));
}

std::optional<std::uint64_t> octal(std::string_view header, Field field) {
    std::uint64_t value = 0;
    bool any = false;
    for (const char c : textOf(header, field)) {
        if (c == ' ') continue;
        if (c < '0' || c > '7') return std::nullopt;
        value = value * 8 + static_cast<std::uint64_t>(c - '0');
        any = true;
    }
    return any ? std::optional(value) : std::nullopt;
}

/// The sum of the header's bytes, its own field taken as blanks.
std::uint64_t sumOf(std::string_view header) {
    std::uint64_t sum = 0;
    for (std::size_t i = 0; i < kBlock; ++i) {
        const bool own = i >= kSum.at && i < kSum.at + kSum.size;
        sum += own ? ' ' : static_cast<unsigned char>(header[i]);
    }
    return sum;
}

bool isHeader(std::string_view block) {
    return block.size() == kBlock && block.substr(kMagic.at, 5) == "ustar" &&
           octal(block, kSum) == sumOf(block);
}

/// What POSIX.1-2001 (pax) says of the next file: times and owners, which a pack has no use for.
bool isRemark(char type, std::string_view records) {
    return (type == 'x' || type == 'g') && records.find("size=") == records.npos &&
           records.find("path=") == records.npos;
}

bool isEmpty(std::string_view block) { return block.find_first_not_of('\0') == block.npos; }

void put(std::string& header, Field field, std::string_view text) {
    header.replace(field.at, text.size(), text);
}

void putOctal(std::string& header, Field field, std::uint64_t value) {
    std::string digits(field.size - 1, '0');
    for (std::size_t i = digits.size(); i-- > 0; value /= 8)
        digits[i] = static_cast<char>('0' + value % 8);
    put(header, field, digits);
}

std::string headerOf(const PackedFile& file) {
    std::string header(kBlock, '\0');
    put(header, kName, file.name);
    putOctal(header, kMode, 0644);
    putOctal(header, kUser, 0);
    putOctal(header, kGroup, 0);
    putOctal(header, kSize, file.content.size());
    putOctal(header, kTime, 0);
    put(header, kType, "0");
    put(header, kMagic, std::string_view("ustar\00000", 8));
    putOctal(header, {kSum.at, 7}, sumOf(header));
    header[kSum.at + 7] = ' ';
    return header;
}

[[noreturn]] void broken(std::size_t byte) {
    throw Error(
        Fault::malformed, "byte " + std::to_string(byte),
        {"found a tar that is cut or damaged here", "trouvé une archive tar coupée ou abîmée ici"});
}

[[noreturn]] void notNamed(std::size_t byte) {
    throw Error(Fault::rejected, "byte " + std::to_string(byte),
                {"found in a tar a name that no file can have",
                 "trouvé dans une archive tar un nom impossible pour un fichier"});
}

void checkNames(const std::vector<PackedFile>& files) {
    for (std::size_t i = 0; i < files.size(); ++i) {
        const std::string& name = files[i].name;
        if (!guard::isFileName(name) || name.size() > kNameSize ||
            (i > 0 && files[i - 1].name == name))
            throw Error(Fault::rejected, "file " + std::to_string(i + 1),
                        {"found a file name that a pack cannot have, expected one of 1 to 100 "
                         "bytes, without slash, once",
                         "trouvé un nom de fichier impossible dans un lot, attendu 1 à 100 octets, "
                         "sans barre oblique, une seule fois"});
    }
}

std::string contentOf(const fs::path& path) {
    std::ifstream in(path, std::ios::binary);
    std::ostringstream content;
    content << in.rdbuf();
    if (!in)
        throw Error(Fault::unavailable, path.string(),
                    {"this file cannot be read", "ce fichier ne peut pas être lu"});
    return content.str();
}

}  // namespace

Bytes packed(std::vector<PackedFile> files) {
    std::sort(files.begin(), files.end(),
              [](const PackedFile& a, const PackedFile& b) { return a.name < b.name; });
    checkNames(files);
    std::string tar;
    for (const PackedFile& file : files) {
        tar += headerOf(file);
        tar += file.content.view();
        tar.append((kBlock - file.content.size() % kBlock) % kBlock, '\0');
    }
    tar.append(2 * kBlock, '\0');
    return Bytes(std::move(tar));
}

std::optional<std::vector<PackedFile>> unpacked(const Bytes& body) {
    const std::string_view tar = body.view();
    if (!isHeader(tar.substr(0, kBlock))) return std::nullopt;
    std::vector<PackedFile> files;
    std::size_t at = 0;
    for (; at + kBlock <= tar.size(); at += kBlock) {
        const std::string_view header = tar.substr(at, kBlock);
        if (isEmpty(header)) return files;
        const auto size = isHeader(header) ? octal(header, kSize) : std::nullopt;
        if (!size || *size > tar.size() - at - kBlock) broken(at);
        const char type = header[kType.at];
        if (type != '0' && type != '\0' && type != '5' &&
            !isRemark(type, tar.substr(at + kBlock, *size)))
            throw Error(Fault::unsupported, "byte " + std::to_string(at),
                        {"found in a tar what is no plain file",
                         "trouvé dans une archive tar autre chose qu'un fichier simple"});
        const auto begin = static_cast<std::uint32_t>(at + kBlock);
        const auto length = static_cast<std::uint32_t>(*size);
        std::string_view name = textOf(header, kName);
        name = name.substr(name.rfind('/') + 1);
        const bool hidden = name.starts_with('.') && name != "." && name != "..";
        if ((type == '0' || type == '\0') && !name.empty() && !hidden) {
            if (!guard::isFileName(name)) notNamed(at);
            files.push_back({std::string(name), body.part({begin, begin + length})});
        }
        at += (*size + kBlock - 1) / kBlock * kBlock;
    }
    broken(std::min(at, tar.size()));
}

Bytes packedFolder(const std::string& folder) {
    std::vector<PackedFile> files;
    std::error_code error;
    for (fs::directory_iterator at(folder, error), end; !error && at != end; at.increment(error)) {
        const std::string name = at->path().filename().string();
        if (name.starts_with('.') || !at->is_regular_file()) continue;
        files.push_back({name, Bytes(contentOf(at->path()))});
    }
    if (error)
        throw Error(Fault::unavailable, folder,
                    {"this folder cannot be read", "ce dossier ne peut pas être lu"});
    if (files.empty())
        throw Error(Fault::unavailable, folder,
                    {"found no file in this folder, expected those of a pack",
                     "pas de fichier dans ce dossier, attendu ceux d'un lot"});
    return packed(std::move(files));
}

void unpackInto(const std::string& folder, const Bytes& body) {
    const auto files = unpacked(body);
    std::error_code error;
    fs::create_directories(folder, error);
    for (const PackedFile& file : files.value_or(std::vector<PackedFile>{})) {
        const fs::path path = fs::path(folder) / file.name;
        std::ofstream out(path, std::ios::binary | std::ios::trunc);
        out << file.content.view();
        out.close();
        if (!out)
            throw Error(Fault::unavailable, path.string(),
                        {"this file cannot be written", "ce fichier ne peut pas être écrit"});
    }
}

}  // namespace gateway
