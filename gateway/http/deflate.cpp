#include "http/deflate.h"

#include <zlib.h>

#include "gateway/error.h"

namespace gateway::http {
namespace {
constexpr int kGzip = 16 + MAX_WBITS;
constexpr int kMemory = 8;  ///< zlib's default
}  // namespace

std::string deflated(std::string_view bytes) {
    z_stream stream{};
    if (deflateInit2(&stream, Z_BEST_SPEED, Z_DEFLATED, kGzip, kMemory, Z_DEFAULT_STRATEGY) != Z_OK)
        throw Error(Fault::unavailable, "gzip",
                    {"no memory to compress", "pas de mémoire pour compresser"});
    std::string out(deflateBound(&stream, static_cast<uLong>(bytes.size())), '\0');
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
    stream.avail_in = static_cast<uInt>(bytes.size());
    stream.next_out = reinterpret_cast<Bytef*>(out.data());
    stream.avail_out = static_cast<uInt>(out.size());
    const int result = deflate(&stream, Z_FINISH);
    out.resize(out.size() - stream.avail_out);
    deflateEnd(&stream);
    if (result != Z_STREAM_END)
        throw Error(Fault::internal, "gzip", {"zlib failed", "zlib a échoué"});
    return out;
}

}  // namespace gateway::http
