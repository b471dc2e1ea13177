/// gzip bodies: what they were, and bombs.
#include "http/inflate.h"

#include <zlib.h>

#include "gateway/error.h"
#include "http/server.h"
#include "raw_client.h"

namespace {
using namespace gateway;
using namespace gateway::http;
using support::converse;
using testing::EndsWith;
using testing::HasSubstr;
using testing::StartsWith;

std::string gzip(std::string_view text) {
    z_stream stream{};
    deflateInit2(&stream, 9, Z_DEFLATED, 16 + MAX_WBITS, 9, Z_DEFAULT_STRATEGY);
    std::string out(deflateBound(&stream, text.size()), '\0');
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
    stream.avail_in = static_cast<uInt>(text.size());
    stream.next_out = reinterpret_cast<Bytef*>(out.data());
    stream.avail_out = static_cast<uInt>(out.size());
    EXPECT_EQ(Z_STREAM_END, deflate(&stream, Z_FINISH));
    out.resize(stream.total_out);
    deflateEnd(&stream);
    return out;
}

std::optional<Fault> faultOf(std::string_view bytes, const InflateLimits& limits = {}) {
    try {
        inflated(bytes, limits);
        return std::nullopt;
    } catch (const Error& refused) {
        return refused.fault;
    }
}

std::string noise(std::size_t size) {
    std::string out;
    for (std::uint32_t x = 1; out.size() < size; out += static_cast<char>(x >> 24))
        x = x * 1664525 + 1013904223;
    return out;
}

TEST(HttpInflate, GivesBackWhatWasCompressed) {
    for (const std::string& text : {std::string(), std::string("a"), noise(300'000)})
        EXPECT_EQ(text, inflated(gzip(text), {}));
    EXPECT_EQ("ab", inflated(gzip("a") + gzip("b"), {}))
        << "two members are one body (RFC 1952 §2.2)";
}

TEST(HttpInflate, TakesNothingElse) {
    const std::string good = gzip(noise(5000));
    for (std::size_t cut = 0; cut < good.size(); cut += cut < 30 ? 1 : 97)
        EXPECT_EQ(Fault::malformed, faultOf(good.substr(0, cut))) << cut;
    for (const std::size_t at :
         {std::size_t{0}, std::size_t{2}, std::size_t{600}, good.size() - 1, good.size() - 6}) {
        std::string damaged = good;
        damaged[at] = static_cast<char>(damaged[at] ^ 0x55);
        EXPECT_EQ(Fault::malformed, faultOf(damaged)) << at;
    }
    EXPECT_EQ(Fault::malformed, faultOf(good + "x")) << "something after the end";
    EXPECT_EQ(Fault::malformed, faultOf("plain text"));
    EXPECT_EQ(Fault::malformed, faultOf(std::string("PK\3\4", 4)));
}

TEST(HttpInflate, ABombIsOverItsLimitsBeforeItIsThere) {
    const std::string zeros = gzip(std::string(50 << 20, '\0'));
    ASSERT_LT(zeros.size(), 60'000u);
    EXPECT_EQ(Fault::rejected, faultOf(zeros)) << "a thousand times as large";
    EXPECT_EQ(Fault::rejected, faultOf(gzip(noise(5000)), {4999}));
    EXPECT_EQ(std::nullopt, faultOf(gzip(noise(5000)), {5000}));
    std::string members;
    for (int i = 0; i < 3000; ++i) members += gzip(std::string(20'000, ' '));
    EXPECT_EQ(Fault::rejected, faultOf(members, {10 << 20})) << "many small members";
    std::uint64_t most = 0;
    const auto room = [&](std::uint64_t bytes) { return (most = bytes) < 300'000; };
    EXPECT_THROW(inflated(gzip(std::string(900'000, 'x')), {}, room), Error);
    EXPECT_LT(most, 400'000u) << "it stopped where there was no room";
}

class HttpGzip : public testing::Test {
protected:
    std::string post(std::string_view body, const std::string& coding = "gzip") {
        if (!server_) {
            options_.gzip = true;
            options_.limits.bodyBytes = 3 << 20;
            server_ = std::make_unique<Server>(
                options_,
                [](const Request& request) {
                    return Response{200,
                                    {},
                                    Bytes(std::string(request.body.view().substr(0, 20)) + " " +
                                          std::string(request.headers.get("content-encoding")))};
                },
                log_);
            server_->start();
        }
        return converse(server_->address(),
                        "POST / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Encoding: " +
                            coding + "\r\nContent-Length: " + std::to_string(body.size()) +
                            "\r\n\r\n" + std::string(body));
    }

    support::KeptLog log_;
    ServerOptions options_;
    std::unique_ptr<Server> server_;
};

TEST_F(HttpGzip, HandlersSeeWhatItWasMadeOf) {
    EXPECT_THAT(post(gzip("a plan")), EndsWith("\r\n\r\na plan "));
    EXPECT_THAT(post(gzip("a plan"), "GZIP"), EndsWith("\r\n\r\na plan "));
    EXPECT_THAT(post("other", "br"), EndsWith("\r\n\r\nother br"))
        << "what is no gzip is the handler's";
}

TEST_F(HttpGzip, BombsAreRefusedAndTheNextIsServed) {
    EXPECT_THAT(post(gzip(std::string(4 << 20, 'x'))), StartsWith("HTTP/1.1 413 "));
    EXPECT_THAT(post(gzip(std::string(2 << 20, 'x'))), StartsWith("HTTP/1.1 413 ")) << "its ratio";
    EXPECT_THAT(post("no gzip"), StartsWith("HTTP/1.1 400 "));
    EXPECT_THAT(post(gzip("again")), EndsWith("\r\n\r\nagain "));
    EXPECT_THAT(log_.text(), HasSubstr("http-refused"));
}

TEST_F(HttpGzip, TakesRoomAmongLargeBodies) {
    options_.limits.bigBodies = 2 << 20;
    EXPECT_THAT(post(gzip(noise(5 << 19))), StartsWith("HTTP/1.1 503 "));
    EXPECT_THAT(post(gzip("again")), EndsWith("\r\n\r\nagain ")) << "and gives it back";
}

}  // namespace
