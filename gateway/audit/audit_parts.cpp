#include "audit/audit_parts.h"

#include <fcntl.h>
#include <unistd.h>
#include <zstd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstdio>
#include <filesystem>
#include <optional>
#include <system_error>

#include "gateway/error.h"
#include "store/durable_file.h"
#include "words/system_fault.h"

namespace gateway {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kPacked = ".zst";
constexpr const char* kUnfinished = ".packing";
constexpr std::size_t kBuffer = 256u << 10;
constexpr std::size_t kLineMost = 64u << 20;  ///< no record is so long
constexpr int kLevel = 3;
constexpr int kDigits = 12;

[[noreturn]] void fail(const std::string& path, const Reason& what) {
    throw Error(Fault::unavailable, path,
                say("the audit cannot be read or kept: {0}",
                    "le journal d'audit ne peut être lu ou gardé : {0}", {what}));
}

[[noreturn]] void fail(const std::string& path) { fail(path, systemFault(errno)); }

Reason damaged(std::size_t zstd) {
    const std::string what = ZSTD_getErrorName(zstd);
    return {what, what};
}

/// The number in "audit-2031-03-000000000001.jsonl[.zst]".
std::optional<std::uint64_t> firstOf(const std::string& name, const fs::path& open) {
    std::string_view rest = name;
    const std::string before = open.stem().string() + "-", after = open.extension().string();
    if (!rest.starts_with(before)) return {};
    rest.remove_prefix(before.size());
    if (rest.ends_with(kPacked)) rest.remove_suffix(kPacked.size());
    constexpr std::size_t kMonth = std::string_view("2031-03-").size();
    if (!rest.ends_with(after) || rest.size() != kMonth + kDigits + after.size()) return {};
    rest.remove_suffix(after.size());
    rest.remove_prefix(kMonth);
    std::uint64_t first = 0;
    const auto read = std::from_chars(rest.data(), rest.data() + rest.size(), first);
    return read.ptr == rest.data() + rest.size() ? std::optional(first) : std::nullopt;
}

bool packed(const std::string& path) { return path.ends_with(kPacked); }

struct CloseFile {
    void operator()(std::FILE* file) const { std::fclose(file); }
};
struct FreePacking {
    void operator()(ZSTD_CCtx* packing) const { ZSTD_freeCCtx(packing); }
};

/// Into a file of its own, which takes its place when it is durable.
void packOne(const std::string& path) {
    const std::string unfinished = path + kUnfinished, done = path + std::string(kPacked);
    std::ifstream in(path, std::ios::binary);
    const int made = ::open(unfinished.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (!in || made < 0) fail(path);
    const std::unique_ptr<std::FILE, CloseFile> out(::fdopen(made, "wb"));
    const std::unique_ptr<ZSTD_CCtx, FreePacking> packing(ZSTD_createCCtx());
    ZSTD_CCtx_setParameter(packing.get(), ZSTD_c_compressionLevel, kLevel);
    ZSTD_CCtx_setParameter(packing.get(), ZSTD_c_checksumFlag, 1);
    std::string from(kBuffer, '\0'), to(ZSTD_CStreamOutSize(), '\0');
    for (bool end = false; !end;) {
        in.read(from.data(), static_cast<std::streamsize>(from.size()));
        ZSTD_inBuffer bytes{from.data(), static_cast<std::size_t>(in.gcount()), 0};
        end = in.eof();
        if (!in && !end) fail(path);
        for (bool more = true; more;) {
            ZSTD_outBuffer room{to.data(), to.size(), 0};
            const std::size_t left = ZSTD_compressStream2(packing.get(), &room, &bytes,
                                                          end ? ZSTD_e_end : ZSTD_e_continue);
            if (ZSTD_isError(left)) fail(path, damaged(left));
            if (std::fwrite(to.data(), 1, room.pos, out.get()) != room.pos) fail(unfinished);
            more = end ? left != 0 : bytes.pos < bytes.size;
        }
    }
    if (std::fflush(out.get()) != 0) fail(unfinished);
    makeDurable(unfinished);
    putInPlace(unfinished, done);
    if (::unlink(path.c_str()) != 0) fail(path);
    makeFolderDurable(path);
}

}  // namespace

std::vector<AuditPart> closedAuditParts(const std::string& file) {
    const fs::path open(file);
    std::vector<AuditPart> parts;
    std::error_code error;
    fs::directory_iterator entries(open.has_parent_path() ? open.parent_path() : ".", error);
    if (error == std::errc::no_such_file_or_directory) return parts;
    if (error) fail(file, systemFault(error.value()));
    for (const auto& entry : entries)
        if (const auto first = firstOf(entry.path().filename().string(), open))
            parts.push_back({*first, entry.path().string()});
    std::sort(parts.begin(), parts.end(), [](const AuditPart& a, const AuditPart& b) {
        return a.first != b.first ? a.first < b.first : a.path < b.path;
    });
    // Packed already, and a crash left the other.
    const auto again = std::unique(parts.begin(), parts.end(), [](const auto& a, const auto& b) {
        return b.path == a.path + std::string(kPacked);
    });
    parts.erase(again, parts.end());
    return parts;
}

AuditPart closeAuditPart(const std::string& file, std::uint64_t first, Time at) {
    const fs::path open(file);
    std::string number = std::to_string(first);
    number.insert(0, number.size() < kDigits ? kDigits - number.size() : 0, '0');
    AuditPart part;
    part.first = first;
    part.path = (open.parent_path() / (open.stem().string() + "-" + toText(at).substr(0, 7) + "-" +
                                       number + open.extension().string()))
                    .string();
    if (::rename(file.c_str(), part.path.c_str()) != 0) fail(file);
    makeFolderDurable(part.path);
    return part;
}

void packAuditParts(const std::string& file) {
    for (const AuditPart& part : closedAuditParts(file))
        if (!packed(part.path)) packOne(part.path);
}

void removeAuditPart(const AuditPart& part) {
    if (::unlink(part.path.c_str()) != 0 && errno != ENOENT) fail(part.path);
    makeFolderDurable(part.path);
}

struct AuditLines::Unpacking {
    Unpacking() : stream(ZSTD_createDStream()) {}
    ~Unpacking() { ZSTD_freeDStream(stream); }
    Unpacking(const Unpacking&) = delete;
    Unpacking& operator=(const Unpacking&) = delete;

    ZSTD_DStream* const stream;
    std::string bytes;
    ZSTD_inBuffer in{nullptr, 0, 0};
    std::size_t left = 0;  ///< not 0: its end has not come yet
};

AuditLines::AuditLines(std::string path) : path_(std::move(path)) {
    in_.open(path_, std::ios::binary);
    if (!in_ && errno != ENOENT) fail(path_);
    if (packed(path_)) unpacking_ = std::make_unique<Unpacking>();
}

AuditLines::~AuditLines() = default;

/// @return false when nothing is to come
bool AuditLines::fill() {
    buffer_.erase(0, at_);
    at_ = 0;
    if (buffer_.size() > kLineMost) fail(path_, Reason{"a line without end", "une ligne sans fin"});
    const std::size_t had = buffer_.size();
    buffer_.resize(had + kBuffer);
    const auto read = [&](char* to) {
        if (in_.is_open()) in_.read(to, static_cast<std::streamsize>(kBuffer));
        if (in_.bad()) fail(path_);
        return in_.is_open() ? static_cast<std::size_t>(in_.gcount()) : 0;
    };
    if (!unpacking_) {
        const std::size_t got = read(buffer_.data() + had);
        buffer_.resize(had + got);
        return got != 0;
    }
    Unpacking& packing = *unpacking_;
    ZSTD_outBuffer out{buffer_.data() + had, kBuffer, 0};
    for (bool end = false; out.pos == 0 && !end;) {
        if (packing.in.pos == packing.in.size) {
            packing.bytes.resize(kBuffer);
            packing.in = {packing.bytes.data(), read(packing.bytes.data()), 0};
            end = packing.in.size == 0;
            if (end && packing.left == 0) break;
        }
        packing.left = ZSTD_decompressStream(packing.stream, &out, &packing.in);
        if (ZSTD_isError(packing.left)) fail(path_, damaged(packing.left));
    }
    buffer_.resize(had + out.pos);
    if (out.pos == 0 && packing.left != 0)
        fail(path_, Reason{"its end is missing", "sa fin manque"});
    return out.pos != 0;
}

bool AuditLines::next(std::string& line) {
    torn_ = false;
    std::size_t end = buffer_.find('\n', at_);
    for (std::size_t looked = buffer_.size() - at_; end == buffer_.npos;) {
        if (!fill()) {
            if (at_ == buffer_.size()) return false;
            torn_ = true;
            end = buffer_.size();
            break;
        }
        end = buffer_.find('\n', looked);
        looked = buffer_.size();
    }
    line.assign(buffer_, at_, end - at_);
    at_ = torn_ ? end : end + 1;
    return true;
}

void walkAuditParts(const std::string& file, std::uint64_t from,
                    const std::function<std::uint64_t(AuditLines&)>& each) {
    const auto following = [&](std::uint64_t next) -> std::optional<AuditPart> {
        std::optional<AuditPart> found;
        for (AuditPart& part : closedAuditParts(file)) {
            if (part.first == next || (part.first > next && !found)) return part;
            if (part.first > next) return found;
            // The one in which it lies is the last that begins before it.
            if (next == from) found = std::move(part);
        }
        return found;
    };
    for (std::uint64_t next = from;;) {
        if (const auto part = following(next)) {
            AuditLines lines(part->path);
            next = std::max(each(lines), part->first) + 1;
            from = 0;
            continue;
        }
        // Opened before one looks again: closed meanwhile, it is another file that has the name.
        AuditLines open(file);
        if (following(next)) continue;
        each(open);
        return;
    }
}

}  // namespace gateway
