#include "codec.h"

namespace {
using namespace gateway;
using testing::ElementsAre;
using testing::IsEmpty;

class Hl7v2Envelope : public Hl7v2Test {};

TEST_F(Hl7v2Envelope, SaysWhoSentWhatAboutWhom) {
    const Document document = decode(
        "MSH|^~\\&|APP|FAC&1.2&ISO|||20250102||ADT^A01^ADT_A01|M1|P|2.5\r"
        "PID|1||77^^^AUT&1.2.3&ISO^PI~245^^^&1.2.250&ISO^INS\r");
    const Envelope envelope = codec_->envelope(document);
    EXPECT_EQ("APP|FAC&1.2&ISO", envelope.sender);
    EXPECT_EQ("M1", envelope.controlId);
    EXPECT_EQ("ADT^A01", envelope.type);
    EXPECT_THAT(envelope.orderKeys, ElementsAre("77^AUT"));
    EXPECT_THAT(envelope.subjects, ElementsAre("77", "245"));
    ASSERT_EQ(1U, envelope.unstable.size());
    EXPECT_EQ("20250102", document.source().view(envelope.unstable[0]));
}

TEST_F(Hl7v2Envelope, KeepsOrderForBothPatientsOfAMerge) {
    const Envelope envelope = codec_->envelope(
        decode("MSH|^~\\&|A|B|||||ADT^A40|M1\rPID|1||77^^^AUT\rMRG|66^^^AUT~77^^^AUT~55\r"));
    EXPECT_THAT(envelope.orderKeys, ElementsAre("77^AUT", "66^AUT", "55^"));
    EXPECT_THAT(envelope.subjects, ElementsAre("77", "66", "55"));
    EXPECT_THAT(envelope.unstable, IsEmpty());
}

TEST_F(Hl7v2Envelope, HasNoOrderKeyWithoutAPatient) {
    const Envelope envelope = codec_->envelope(decode("MSH|^~\\&|||||||ACK|M1\rMSA|AA|OURS1\r"));
    EXPECT_EQ("", envelope.sender);
    EXPECT_EQ("ACK", envelope.type);
    EXPECT_THAT(envelope.orderKeys, IsEmpty());
    EXPECT_THAT(envelope.subjects, IsEmpty());
}

TEST_F(Hl7v2Envelope, KnowsTheIdThatAnAnswerMustName) {
    EXPECT_EQ("OURS1", codec_->controlIdOf(decode("MSH|^~\\&|||||||ACK|M1\rMSA|AA|OURS1\r")));
    EXPECT_EQ("M1", codec_->controlIdOf(decode("MSH|^~\\&|||||||ADT^A01|M1\r")));
    EXPECT_EQ("", codec_->controlIdOf(decode("MSH|^~\\&\r")));
}

TEST_F(Hl7v2Envelope, NamesItsMediaTypeAndExtension) {
    EXPECT_EQ("x-application/hl7-v2+er7; charset=utf-8", codec_->mediaType());
    EXPECT_EQ("hl7", codec_->extension());
}

}  // namespace
