/// What proves who somebody is: addresses, names of certificates.
#include "access/address_range.h"
#include "access/certificate_name.h"

namespace {
using namespace gateway;

std::optional<std::size_t> find(const AddressRanges& ranges, const char* peer) {
    return ranges.find(addressOfPeer(peer).value());
}

TEST(AddressRange, ReadsBothKinds) {
    for (const char* const text :
         {"10.2.0.0/16", "10.2.0.1", "0.0.0.0/1", "fd00:12::/32", "fd00::1", "::1"})
        EXPECT_TRUE(AddressRange::parsed(text)) << text;
    for (const char* const text :
         {"", "10.2.0.0/33", "10.2.0/16", "10.2.0.0/", "10.2.0.0/1x", "fd00::/129",
          "gateway.example", "10.2.0.0/-1", "/8", "10.02.0.256", "10.2.0.1:80"})
        EXPECT_FALSE(AddressRange::parsed(text)) << text;
}

TEST(AddressRange, SaysWhatWasMeant) {
    EXPECT_TRUE(AddressRange::parsed("10.2.0.0/16")->exact());
    EXPECT_FALSE(AddressRange::parsed("10.2.3.4/16")->exact());
    EXPECT_EQ("10.2.0.0/16", AddressRange::parsed("10.2.3.4/16")->text());
    EXPECT_EQ("fd00:12::/32", AddressRange::parsed("fd00:12::7/32")->text());
    EXPECT_TRUE(AddressRange::parsed("0.0.0.0/0")->everything());
    EXPECT_TRUE(AddressRange::parsed("::/0")->everything());
    EXPECT_FALSE(AddressRange::parsed("0.0.0.0/1")->everything());
}

TEST(AddressRanges, TheNarrowestHasIt) {
    AddressRanges ranges;
    EXPECT_TRUE(ranges.add(*AddressRange::parsed("10.0.0.0/8"), 1));
    EXPECT_TRUE(ranges.add(*AddressRange::parsed("10.2.0.0/16"), 2));
    EXPECT_TRUE(ranges.add(*AddressRange::parsed("10.2.7.9"), 3));
    EXPECT_TRUE(ranges.add(*AddressRange::parsed("fd00:12::/32"), 4));
    EXPECT_FALSE(ranges.add(*AddressRange::parsed("10.2.0.0/16"), 5)) << "somebody's already";
    EXPECT_EQ(1u, find(ranges, "10.255.255.255:40213"));
    EXPECT_EQ(2u, find(ranges, "10.2.7.8:1"));
    EXPECT_EQ(3u, find(ranges, "10.2.7.9:1"));
    EXPECT_EQ(4u, find(ranges, "[fd00:12:ffff::1]:1"));
    EXPECT_EQ(2u, find(ranges, "[::ffff:10.2.0.1]:1")) << "IPv4 as IPv6 has it";
    EXPECT_EQ(std::nullopt, find(ranges, "11.0.0.1:1"));
    EXPECT_EQ(std::nullopt, find(ranges, "[fd00:13::1]:1"));
    EXPECT_EQ(std::nullopt, addressOfPeer("nowhere"));
    EXPECT_EQ(std::nullopt, addressOfPeer(""));
}

TEST(CertificateName, ReadsWhatPeopleWrite) {
    std::string colons, plain;
    for (int i = 0; i < 32; ++i) {
        colons += (i == 0 ? "" : ":") + std::string("AF");
        plain += "af";
    }
    EXPECT_EQ(plain, CertificateName::parsed(colons)->fingerprint);
    EXPECT_EQ(plain, CertificateName::parsed(" " + plain + " ")->fingerprint);
    EXPECT_EQ("portal", CertificateName::parsed("CN=portal")->commonName);
    EXPECT_EQ("portal", CertificateName::parsed("CN = portal")->commonName);
    EXPECT_EQ("CN=a,OU=b\\, c,O=d", CertificateName::parsed("CN = a, OU=b\\, c , O=d")->subject);
    for (const char* const text : {"", "portal", "CN=", "af:af", "CN=a,portal", "=x", "7"})
        EXPECT_FALSE(CertificateName::parsed(text)) << text;
}

TEST(CertificateName, TellsTheOneCommonName) {
    EXPECT_EQ("a", commonNameOf("CN=a"));
    EXPECT_EQ("a", commonNameOf("serialNumber=1+CN=a,O=b"));
    EXPECT_EQ("", commonNameOf("O=b\\,CN=a")) << "an escaped comma ends nothing";
    EXPECT_EQ("a", commonNameOf("O=b\\\\,CN=a")) << "an escaped backslash escapes nothing";
    EXPECT_EQ("", commonNameOf("CN=a,CN=b")) << "two say nothing";
    EXPECT_EQ("", commonNameOf(""));
    EXPECT_EQ("", commonNameOf("O=x\\"));
}

}  // namespace
