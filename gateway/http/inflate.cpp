#include "http/inflate.h"

#include <zlib.h>

#include <algorithm>
#include <memory>

#include "gateway/error.h"

namespace gateway::http {
namespace {

constexpr int kGzipOnly = 16 + MAX_WBITS;  ///< a gzip header and trailer, no bare zlib
constexpr std::size_t kStep = 64 << 10;
const std::string kWhere(kInflated);

[[noreturn]] void broken() {
    throw Error(Fault::malformed, kWhere, {"is no whole gzip", "n'est pas un gzip entier"});
}

/// One z_stream for its life.
class Inflater {
public:
    explicit Inflater(std::string_view gzip) {
        stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(gzip.data()));
        stream_.avail_in = static_cast<uInt>(gzip.size());
        if (inflateInit2(&stream_, kGzipOnly) != Z_OK)
            throw Error(Fault::unavailable, kWhere,
                        {"no memory to inflate it", "pas de mémoire pour le décompresser"});
    }
    ~Inflater() { inflateEnd(&stream_); }
    Inflater(const Inflater&) = delete;
    Inflater& operator=(const Inflater&) = delete;

    /// Puts more at the end of `out`; false when all is done.
    bool more(std::string& out) {
        const std::size_t before = out.size();
        out.resize(before + kStep);
        stream_.next_out = reinterpret_cast<Bytef*>(out.data() + before);
        stream_.avail_out = kStep;
        const int result = inflate(&stream_, Z_NO_FLUSH);
        out.resize(before + kStep - stream_.avail_out);
        if (result == Z_STREAM_END) return nextMember();
        if (result != Z_OK || (stream_.avail_in == 0 && stream_.avail_out > 0)) broken();
        return true;
    }
    std::uint64_t taken(std::size_t whole) const { return whole - stream_.avail_in; }

private:
    bool nextMember() {
        if (stream_.avail_in == 0) return false;
        inflateReset(&stream_);
        return true;
    }

    z_stream stream_{};
};

void check(std::uint64_t made, std::uint64_t from, const InflateLimits& limits) {
    if (made > limits.most)
        throw Error(
            Fault::rejected, kWhere,
            say("is more than {0} bytes when it is inflated",
                "fait plus de {0} octets une fois décompressé", {std::to_string(limits.most)}));
    if (made > limits.free && made / limits.ratio > from)
        throw Error(Fault::rejected, kWhere,
                    say("becomes more than {0} times as large when it is inflated",
                        "devient plus de {0} fois plus grand une fois décompressé",
                        {std::to_string(limits.ratio)}));
}

}  // namespace

std::string inflated(std::string_view gzip, const InflateLimits& limits,
                     const std::function<bool(std::uint64_t)>& room) {
    if (gzip.size() > (1u << 30)) check(limits.most + 1, gzip.size(), limits);
    Inflater inflater(gzip);
    std::string out;
    for (bool more = true; more;) {
        if (room && !room(out.size() + kStep))
            throw Error(Fault::unavailable, kWhere,
                        {"no room for what it becomes, try later",
                         "pas de place pour ce qu'il devient, réessayer plus tard"});
        more = inflater.more(out);
        check(out.size(), inflater.taken(gzip.size()), limits);
    }
    return out;
}

}  // namespace gateway::http
