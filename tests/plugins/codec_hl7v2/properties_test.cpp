#include "codec.h"
#include "messages.h"

namespace {
using namespace gateway;

class Hl7v2Properties : public Hl7v2Test {};

TEST_F(Hl7v2Properties, WhatIsWrittenReadsBackEqual) {
    for (unsigned seed = 0; seed < 3000; ++seed) {
        const std::string text = Messages(seed).message();
        SCOPED_TRACE("seed " + std::to_string(seed) + ": " + text);
        const Document first = decode(text);
        const std::string written = encode(rebuilt(first));
        const Document second = decode(written);
        ASSERT_TRUE(equalTrees(first.root(), second.root())) << written;
        ASSERT_EQ(written, encode(rebuilt(second)));
    }
}

TEST_F(Hl7v2Properties, SpansHoldWhatWasRead) {
    for (unsigned seed = 0; seed < 500; ++seed) {
        const Document document = decode(Messages(seed).message());
        const std::function<void(Node)> check = [&](Node node) {
            std::uint32_t from = node.where().begin;
            for (const Node child : node.children()) {
                EXPECT_LE(from, child.where().begin);
                EXPECT_LE(child.where().end, node.where().end);
                from = child.where().end;
                check(child);
            }
        };
        check(document.root());
    }
}

TEST_F(Hl7v2Properties, ACutAtAnyByteIsReadOrRefusedWithItsPlace) {
    const std::string text =
        "\xEF\xBB\xBFMSH|^~\\&|A|B^1.2&x|||20250102||PPR^PC1^PPR_PC1|M1|P|2.5||||||UNICODE "
        "UTF-8\r\n"
        "PID|1||77^^^AUT&1.2&ISO~\"\"||DOÉ^\\F\\JANE\\.br\\\\H\\\r\rPRB|AD||a~~b\n";
    for (std::size_t cut = 0; cut <= text.size(); ++cut) {
        SCOPED_TRACE(cut);
        if (const auto failure = refusal(text.substr(0, cut))) {
            EXPECT_EQ(failure->where == "MSH-18" ? Fault::unsupported : Fault::malformed,
                      failure->fault);
            EXPECT_NE("", failure->where);
        } else {
            const Document document = decode(text.substr(0, cut));
            codec_->envelope(document);
            encode(rebuilt(document));
        }
        Issues issues;
        EXPECT_FALSE(codec_->split(Bytes::copy(text.substr(cut)), issues).empty());
    }
}

TEST_F(Hl7v2Properties, AnyByteAnywhereIsReadOrRefused) {
    const std::string text = "MSH|^~\\&|A||||||ADT^A01|M1\rPID|1||7^^^A&b~\"\"|\\F\\\r";
    for (std::size_t at = 0; at < text.size(); ++at)
        for (int byte = 0; byte < 256; ++byte) {
            std::string changed = text;
            changed[at] = static_cast<char>(byte);
            failureOf([&] { encode(rebuilt(decode(changed))); });
        }
}

TEST_F(Hl7v2Properties, TimeAndMemoryGrowWithTheMessageAlone) {
    const std::string header = "MSH|^~\\&|A\r";
    std::string segments = header;
    for (int i = 0; i < 1'000'000; ++i) segments += "NTE|1\r";
    EXPECT_EQ(2'000'005U, decode(segments).nodes());
    for (const char* sign : {"|", "^", "~", "&", "\\"}) {
        std::string many = header + "OBX|";
        for (int i = 0; i < 2'000'000; ++i) many += sign;
        EXPECT_LT(decode(many + "x\r").nodes(), 10U) << sign;
    }
    std::string big = header + "OBX|1|ED|||^^^Base64^" + std::string(20'000'000, 'A') + "\r";
    const Document document = decode(big);
    EXPECT_LT(document.memory(), 100'000U);
    EXPECT_EQ(20'000'000U, at(document, "OBX.5.5").text().size());
}

TEST_F(Hl7v2Properties, TooManySegmentsAreRefused) {
    std::string text = "MSH|^~\\&\r";
    for (int i = 0; i < 2'000'000; ++i) text += "NTE\r";
    const auto failure = refusal(text);
    ASSERT_TRUE(failure);
    EXPECT_EQ("segment 2000001", failure->where);
}

}  // namespace
