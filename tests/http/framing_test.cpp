/// What is taken as a request and what is refused: whole, and byte by byte.
#include "http/framing.h"

namespace {
using namespace gateway;
using namespace gateway::http;
using testing::HasSubstr;
using testing::Not;
using State = RequestReader::State;

Limits small() {
    Limits limits;
    limits.bodyBytes = 1000;
    limits.targetBytes = 512;
    limits.headerBytes = 4096;
    limits.headerCount = 10;
    return limits;
}

struct Outcome {
    std::vector<std::string> taken;  ///< "METHOD path?query [body]"
    int refused = 0;
    std::string why;
    bool waits = false;  ///< in the middle of something

    friend bool operator==(const Outcome& a, const Outcome& b) {
        return a.taken == b.taken && (a.refused != 0) == (b.refused != 0) && a.waits == b.waits;
    }
};

Outcome read(std::string_view bytes, std::size_t atOnce) {
    RequestReader reader(small());
    Outcome outcome;
    while (true) {
        switch (reader.state()) {
            case State::headed: reader.readBody(); continue;
            case State::complete: {
                const Request got = reader.take();
                outcome.taken.push_back(got.method + " " + got.path +
                                        (got.query.empty() ? "" : "?" + got.query) + " [" +
                                        std::string(got.body.view()) + "]");
                reader.next();
                continue;
            }
            case State::refused:
                outcome.refused = reader.refusal().status;
                outcome.why = reader.refusal().what;
                return outcome;
            default: break;
        }
        if (bytes.empty()) break;
        reader.feed(bytes.substr(0, atOnce));
        bytes.remove_prefix(std::min(atOnce, bytes.size()));
    }
    outcome.waits = reader.state() != State::idle;
    return outcome;
}

/// However the bytes arrive, the outcome is the same.
Outcome read(std::string_view bytes) {
    const Outcome whole = read(bytes, bytes.size() + 1);
    for (const std::size_t atOnce : {1, 2, 3, 7, 64}) {
        const Outcome parts = read(bytes, atOnce);
        EXPECT_EQ(whole, parts) << "in pieces of " << atOnce << ": " << parts.refused << " "
                                << parts.why << " against " << whole.refused << " " << whole.why;
    }
    return whole;
}

std::string post(std::string_view fields, std::string_view body = {}) {
    return "POST /x HTTP/1.1\r\nHost: a\r\n" + std::string(fields) + "\r\n" + std::string(body);
}

TEST(Framing, TakesWhatIsGood) {
    using List = std::vector<std::string>;
    EXPECT_EQ(List{"GET / []"}, read("GET / HTTP/1.1\r\nHost: a\r\n\r\n").taken);
    EXPECT_EQ(List{"GET /a b/é?q=%20 []"},
              read("GET /a%20b/%C3%A9?q=%20 HTTP/1.1\r\nhost:a:80\r\n\r\n").taken);
    EXPECT_EQ(List{"POST /x [abc]"}, read(post("Content-Length: 3\r\n", "abc")).taken);
    EXPECT_EQ(List{"POST /x []"}, read(post("Content-Length: 0\r\n")).taken);
    EXPECT_EQ(List{"POST /x []"}, read(post("")).taken);
    EXPECT_EQ(
        List{"POST /x [abcde]"},
        read(post("Transfer-Encoding: chunked\r\n", "3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n")).taken);
    EXPECT_EQ(
        List{"POST /x [abc]"},
        read(post("Transfer-Encoding: Chunked\r\n", "3;a=b;c=\"d\"\r\nabc\r\n0\r\n\r\n")).taken);
    EXPECT_EQ(List{"POST /x [abcdefghijklmnopqrstuvwxyz]"},
              read(post("Transfer-Encoding: chunked\r\n",
                        "1A\r\nabcdefghijklmnopqrstuvwxyz\r\n000\r\n\r\n"))
                  .taken);
}

TEST(Framing, ServesPipelinedRequestsInOrder) {
    const Outcome outcome = read(post("Content-Length: 1\r\n", "a") +
                                 post("Transfer-Encoding: chunked\r\n", "1\r\nb\r\n0\r\n\r\n") +
                                 "GET /y HTTP/1.1\r\nHost: a\r\n\r\n");
    EXPECT_EQ((std::vector<std::string>{"POST /x [a]", "POST /x [b]", "GET /y []"}), outcome.taken);
    EXPECT_FALSE(outcome.waits);
}

struct Bad {
    const char* name;
    std::string bytes;
    int status;
};

class FramingRefuses : public testing::TestWithParam<Bad> {};

TEST_P(FramingRefuses, It) {
    const Outcome outcome = read(GetParam().bytes);
    EXPECT_EQ(GetParam().status, outcome.refused) << outcome.why;
    EXPECT_TRUE(outcome.taken.empty());
}

const std::string kChunked = "Transfer-Encoding: chunked\r\n";

std::string get(std::string_view target, std::string_view version = "HTTP/1.1") {
    return "GET " + std::string(target) + " " + std::string(version) + "\r\nHost: a\r\n\r\n";
}

INSTANTIATE_TEST_SUITE_P(
    Smuggling, FramingRefuses,
    testing::Values(
        Bad{"TwoLengths", post("Content-Length: 3\r\nContent-Length: 4\r\n", "abc"), 400},
        Bad{"TwoEqualLengths", post("Content-Length: 3\r\nContent-Length: 3\r\n", "abc"), 400},
        Bad{"LengthList", post("Content-Length: 3, 3\r\n", "abc"), 400},
        Bad{"LengthListOfTwo", post("Content-Length: 3,4\r\n", "abc"), 400},
        Bad{"PlusLength", post("Content-Length: +3\r\n", "abc"), 400},
        Bad{"MinusLength", post("Content-Length: -3\r\n", "abc"), 400},
        Bad{"BlankLength", post("Content-Length: \r\n", "abc"), 400},
        Bad{"LengthWithBlank", post("Content-Length: 1 1\r\n", "abc"), 400},
        Bad{"HexLength", post("Content-Length: 0x3\r\n", "abc"), 400},
        Bad{"LengthTooBigForAnyNumber", post("Content-Length: 99999999999999999999\r\n"), 400},
        Bad{"LengthOverLimit", post("Content-Length: 1001\r\n"), 413},
        Bad{"LengthAndChunked", post("Content-Length: 3\r\n" + kChunked, "0\r\n\r\n"), 400},
        Bad{"ChunkedAndLength", post(kChunked + "Content-Length: 3\r\n", "0\r\n\r\n"), 400},
        Bad{"TwiceChunked", post(kChunked + kChunked, "0\r\n\r\n"), 400},
        Bad{"XChunked", post("Transfer-Encoding: xchunked\r\n", "0\r\n\r\n"), 501},
        Bad{"ChunkedThenIdentity", post("Transfer-Encoding: chunked, identity\r\n"), 501},
        Bad{"GzipThenChunked", post("Transfer-Encoding: gzip, chunked\r\n", "0\r\n\r\n"), 501},
        Bad{"ChunkedInQuotes", post("Transfer-Encoding: \"chunked\"\r\n"), 501},
        Bad{"EmptyCoding", post("Transfer-Encoding:\r\n"), 501},
        Bad{"BlankBeforeColon", post("Transfer-Encoding : chunked\r\n"), 400},
        Bad{"TabBeforeColon", post("Content-Length\t: 3\r\n", "abc"), 400},
        Bad{"VerticalTabInValue", post("Transfer-Encoding:\vchunked\r\n"), 400},
        Bad{"FoldedLength", post("Content-Length:\r\n 3\r\n", "abc"), 400},
        Bad{"FoldedField", post("X-A: b\r\n\tc\r\n"), 400},
        Bad{"FirstFieldIndented", "GET / HTTP/1.1\r\n Host: a\r\n\r\n", 400},
        Bad{"NoColon", post("Content-Length 3\r\n", "abc"), 400},
        Bad{"EmptyName", post(": 3\r\n", "abc"), 400},
        Bad{"NulInField", post(std::string_view("X: a\0b\r\n", 8)), 400},
        Bad{"BareLfAfterField", "GET / HTTP/1.1\r\nHost: a\nX: b\r\n\r\n", 400},
        Bad{"BareLfEverywhere", "GET / HTTP/1.1\nHost: a\n\n", 400},
        Bad{"BareCrInField", post("X: a\rContent-Length: 3\r\n", "abc"), 400},
        Bad{"BareCrAtEnd", "GET / HTTP/1.1\r\nHost: a\r\n\rx", 400},
        Bad{"EmptyLineFirst", "\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n", 400}),
    [](const auto& all) { return std::string(all.param.name); });

INSTANTIATE_TEST_SUITE_P(
    Chunks, FramingRefuses,
    testing::Values(
        Bad{"NoSize", post(kChunked, "\r\nabc\r\n0\r\n\r\n"), 400},
        Bad{"NotHex", post(kChunked, "g\r\nabc\r\n0\r\n\r\n"), 400},
        Bad{"HexPrefix", post(kChunked, "0x3\r\nabc\r\n0\r\n\r\n"), 400},
        Bad{"Signed", post(kChunked, "+3\r\nabc\r\n0\r\n\r\n"), 400},
        Bad{"Negative", post(kChunked, "-3\r\nabc\r\n0\r\n\r\n"), 400},
        Bad{"LeadingBlank", post(kChunked, " 3\r\nabc\r\n0\r\n\r\n"), 400},
        Bad{"SizeOverflows", post(kChunked, "FFFFFFFFFFFFFFFF3\r\nabc\r\n0\r\n\r\n"), 400},
        Bad{"SizeOverLimit", post(kChunked, "3E9\r\nabc"), 413},
        Bad{"DataLongerThanSize", post(kChunked, "3\r\nabcd\r\n0\r\n\r\n"), 400},
        Bad{"LfOnlyAfterSize", post(kChunked, "3\nabc\r\n0\r\n\r\n\r\n\r\n"), 400},
        Bad{"ExtensionTooLong",
            post(kChunked, "3;a=" + std::string(300, 'b') + "\r\nabc\r\n0\r\n\r\n"), 400},
        Bad{"ExtensionWithoutEnd", post(kChunked, "3;a=" + std::string(5000, 'b')), 400},
        Bad{"ExtensionWithLf", post(kChunked, "3;a=\"\n\"\r\nabc\r\n0\r\n\r\n"), 400},
        Bad{"Trailer", post(kChunked, "3\r\nabc\r\n0\r\nX: y\r\n\r\n"), 400},
        Bad{"TrailerLength", post(kChunked, "3\r\nabc\r\n0\r\nContent-Length: 9\r\n\r\n"), 400},
        Bad{"TrailerWithoutEnd", post(kChunked, "0\r\nX: " + std::string(5000, 'y')), 400}),
    [](const auto& all) { return std::string(all.param.name); });

INSTANTIATE_TEST_SUITE_P(
    Start, FramingRefuses,
    testing::Values(
        Bad{"NoHost", "GET / HTTP/1.1\r\n\r\n", 400},
        Bad{"EmptyHost", "GET / HTTP/1.1\r\nHost:\r\n\r\n", 400},
        Bad{"TwoHosts", "GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n", 400},
        Bad{"HostWithSlash", "GET / HTTP/1.1\r\nHost: a/b\r\n\r\n", 400},
        Bad{"HostWithUser", "GET / HTTP/1.1\r\nHost: u@a\r\n\r\n", 400},
        Bad{"Http09", "GET /\r\n\r\n", 400}, Bad{"Http10", get("/", "HTTP/1.0"), 505},
        Bad{"Http12", get("/", "HTTP/1.2"), 505}, Bad{"Http2", get("/", "HTTP/2.0"), 505},
        Bad{"LowerCaseVersion", get("/", "http/1.1"), 400},
        Bad{"VersionWithMore", get("/", "HTTP/1.1 "), 400},
        Bad{"Http2Preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505},
        Bad{"TlsHello", std::string("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 11), 400},
        Bad{"MethodWithBracket", "GE(T / HTTP/1.1\r\nHost: a\r\n\r\n", 400},
        Bad{"LowerCaseMethod", "get / HTTP/1.1\r\nHost: a\r\n\r\n", 400},
        Bad{"LongMethod", std::string(30, 'A') + " / HTTP/1.1\r\nHost: a\r\n\r\n", 400},
        Bad{"NoMethod", " / HTTP/1.1\r\nHost: a\r\n\r\n", 400},
        Bad{"TwoBlanks", "GET  / HTTP/1.1\r\nHost: a\r\n\r\n", 400},
        Bad{"TabForBlank", "GET\t/ HTTP/1.1\r\nHost: a\r\n\r\n", 400},
        Bad{"AbsoluteTarget", get("http://a/"), 400}, Bad{"StarTarget", get("*"), 400},
        Bad{"TargetWithFragment", get("/a#b"), 400}, Bad{"TargetWithPipe", get("/a|b"), 400},
        Bad{"TargetWithHighByte", get("/\xc3\xa9"), 400}, Bad{"BrokenEscape", get("/%2"), 400},
        Bad{"NulEscaped", get("/%00"), 400}, Bad{"DotSegment", get("/a/../b"), 400},
        Bad{"DotSegmentEscaped", get("/a/%2e%2E"), 400},
        Bad{"LongTarget", get("/" + std::string(600, 'a')), 414},
        Bad{"EndlessTarget", "GET /" + std::string(3000, 'a'), 414},
        Bad{"LargeHeader", post("X: " + std::string(4100, 'a') + "\r\n"), 431},
        Bad{"ManyFields",
            post("A:1\r\nA:1\r\nA:1\r\nA:1\r\nA:1\r\nA:1\r\nA:1\r\nA:1\r\nA:1\r\nA:1\r\n"), 431},
        Bad{"UnknownExpectation", post("Expect: tea\r\nContent-Length: 1\r\n", "a"), 417},
        Bad{"BodyWithGet", "GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\na", 400}),
    [](const auto& all) { return std::string(all.param.name); });

TEST(Framing, ARefusalNeverRepeatsWhatCame) {
    for (const char* bytes :
         {"GET /MARK|MARK HTTP/1.1\r\nHost: a\r\n\r\n", "MARK(MARK / HTTP/1.1\r\nHost: a\r\n\r\n",
          "GET / HTTP/1.1\r\nHost: a\r\nMARK : MARK\r\n\r\n"})
        EXPECT_THAT(read(bytes).why, Not(HasSubstr("MARK")));
}

TEST(Framing, WaitsInTheMiddle) {
    for (const std::string& bytes : {std::string("GET"), post("Content-Length: 3\r\n", "ab"),
                                     post(kChunked, "3\r\nabc\r\n0\r\n")})
        EXPECT_TRUE(read(bytes).waits) << bytes;
}

struct Answered {
    ResponseReader::State state;
    int status = 0;
    std::string body{};
    bool keeps = false;
};

Answered answered(std::string_view bytes, bool ends, std::size_t atOnce = 1) {
    ResponseReader reader(1000, false);
    for (; !bytes.empty(); bytes.remove_prefix(std::min(atOnce, bytes.size())))
        reader.feed(bytes.substr(0, atOnce));
    if (ends) reader.end();
    Answered answer{reader.state()};
    if (answer.state != ResponseReader::State::complete) return answer;
    answer.keeps = reader.keepsAlive();
    Response response = reader.take();
    answer.status = response.status;
    answer.body = response.body.view();
    return answer;
}

TEST(Framing, ReadsAnswers) {
    Answered a = answered("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", false);
    EXPECT_EQ(200, a.status);
    EXPECT_EQ("ok", a.body);
    EXPECT_TRUE(a.keeps);
    a = answered(
        "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 201 Created\r\nTransfer-Encoding: "
        "chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n",
        false);
    EXPECT_EQ(201, a.status);
    EXPECT_EQ("ok", a.body);
    a = answered("HTTP/1.1 500 No\r\n\r\nuntil the end", true);
    EXPECT_EQ("until the end", a.body);
    EXPECT_FALSE(a.keeps);
    EXPECT_EQ(204, answered("HTTP/1.1 204 No Content\r\n\r\n", false).status);
    EXPECT_EQ(ResponseReader::State::broken, answered("SSH-2.0-OpenSSH_9.2\r\n", true).state);
    EXPECT_EQ(ResponseReader::State::broken,
              answered("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nok", true).state);
    EXPECT_EQ(ResponseReader::State::broken,
              answered("HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n", false).state);
    EXPECT_EQ(ResponseReader::State::broken, answered("", true).state);
}

}  // namespace
