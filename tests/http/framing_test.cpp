/// What is taken as a request and what is refused: whole, and byte by byte.
#include "http/framing.h"

#include "corpus.h"

namespace {
using namespace gateway;
using namespace gateway::http;
using testing::HasSubstr;
using testing::Not;
using State = RequestReader::State;

struct Outcome {
    std::string text{};  ///< as the corpus says it
    std::string why{};

    void add(const std::string& what) { text += (text.empty() ? "" : ", ") + what; }
};

Outcome read(RequestReader& reader, const std::vector<std::string>& pieces) {
    Outcome outcome;
    auto piece = pieces.begin();
    while (true) {
        switch (reader.state()) {
            case State::headed: reader.readBody(); continue;
            case State::complete: {
                const Request got = reader.take();
                outcome.add(got.method + " " + got.path +
                            (got.query.empty() ? "" : "?" + got.query) + " [" +
                            std::string(got.body.view()) + "]");
                reader.next();
                continue;
            }
            case State::refused:
                outcome.add(std::to_string(reader.refusal().status));
                outcome.why = reader.refusal().what;
                return outcome;
            default: break;
        }
        if (piece == pieces.end()) break;
        reader.feed(*piece++);
    }
    if (reader.state() != State::idle) outcome.add("waits");
    return outcome;
}

Outcome read(std::string_view bytes, std::size_t atOnce) {
    std::vector<std::string> pieces;
    for (; !bytes.empty(); bytes.remove_prefix(std::min(atOnce, bytes.size())))
        pieces.emplace_back(bytes.substr(0, atOnce));
    RequestReader reader(support::httpCorpusLimits());
    return read(reader, pieces);
}

class FramingCorpus : public testing::TestWithParam<support::HttpCase> {};

/// However the bytes arrive, the outcome is the same.
TEST_P(FramingCorpus, Is) {
    const support::HttpCase& one = GetParam();
    for (const std::size_t atOnce : {one.bytes.size(), std::size_t{1}, std::size_t{2},
                                     std::size_t{3}, std::size_t{7}, std::size_t{64}}) {
        const Outcome outcome = read(one.bytes, atOnce);
        EXPECT_EQ(one.outcome, outcome.text) << "in pieces of " << atOnce << ": " << outcome.why;
    }
}

INSTANTIATE_TEST_SUITE_P(All, FramingCorpus, testing::ValuesIn(support::httpCorpus()),
                         [](const auto& all) { return all.param.name; });

TEST(Framing, ACaseOfTheCorpusCutInTwoAnywhereIsTheSame) {
    for (const support::HttpCase& one : support::httpCorpus()) {
        if (one.bytes.size() > 400) continue;
        for (std::size_t cut = 1; cut < one.bytes.size(); ++cut) {
            RequestReader reader(support::httpCorpusLimits());
            EXPECT_EQ(one.outcome,
                      read(reader, {one.bytes.substr(0, cut), one.bytes.substr(cut)}).text)
                << one.name << " cut at " << cut;
        }
    }
}

TEST(Framing, ARefusalNeverRepeatsWhatCame) {
    for (const char* bytes :
         {"GET /MARK|MARK HTTP/1.1\r\nHost: a\r\n\r\n", "MARK(MARK / HTTP/1.1\r\nHost: a\r\n\r\n",
          "GET / HTTP/1.1\r\nHost: a\r\nMARK : MARK\r\n\r\n"})
        EXPECT_THAT(read(bytes, 1000).why, Not(HasSubstr("MARK")));
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
