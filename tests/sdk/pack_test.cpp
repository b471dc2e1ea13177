#include "gateway/pack.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "gateway/error.h"

namespace {
using namespace gateway;
namespace fs = std::filesystem;

PackedFile file(std::string name, const std::string& content) {
    return {std::move(name), Bytes(content)};
}

TEST(Pack, HoldsItsFilesSortedWhateverTheirOrder) {
    const Bytes a = packed({file("b.csv", "2"), file("a.csv", std::string(513, 'x'))});
    const Bytes b = packed({file("a.csv", std::string(513, 'x')), file("b.csv", "2")});
    EXPECT_EQ(a.view(), b.view());
    EXPECT_EQ(0u, a.size() % 512);
    const auto files = unpacked(a);
    ASSERT_TRUE(files.has_value());
    ASSERT_EQ(2u, files->size());
    EXPECT_EQ("a.csv", (*files)[0].name);
    EXPECT_EQ(513u, (*files)[0].content.size());
    EXPECT_EQ("2", (*files)[1].content.view());
}

TEST(Pack, IsToldFromOtherBytesAndFromDamage) {
    EXPECT_FALSE(unpacked(Bytes::copy("A;B\n1;2\n")).has_value());
    EXPECT_FALSE(unpacked(Bytes(std::string(1024, '\0'))).has_value());
    const Bytes whole = packed({file("a.csv", "12345")});
    for (const std::uint32_t size : {512u, 515u, 600u})
        EXPECT_THROW(unpacked(whole.part({0, size})), Error) << size;
}

TEST(Pack, RefusesNamesThatLeadElsewhere) {
    for (const std::string& name :
         {std::string(), std::string(".."), std::string("a/b"), std::string("a\\b"),
          std::string("a\nb"), std::string("\x1B[2J"), std::string("a\0b", 3),
          std::string(".profile")})
        EXPECT_THROW(packed({file(name, "x")}), Error) << name;
    EXPECT_THROW(packed({file("a", "x"), file("a", "y")}), Error);
    EXPECT_THROW(packed({file(std::string(101, 'a'), "x")}), Error);
}

/// A tar of somebody else: the name of its only file written over, its sum made good.
std::string foreignTar(const std::string& name, char type = '0') {
    std::string tar(packed({file("x", "12345")}).view());
    tar.replace(0, name.size(), name);
    tar[156] = type;
    unsigned sum = 0;
    for (std::size_t i = 0; i < 512; ++i)
        sum += i >= 148 && i < 156 ? ' ' : static_cast<unsigned char>(tar[i]);
    char digits[8];
    std::snprintf(digits, sizeof digits, "%06o", sum);
    return tar.replace(148, 7, digits, 7);
}

TEST(Pack, UnpacksEachFileIntoItsFolderAlone) {
    const fs::path folder = fs::temp_directory_path() / ("unpack-" + std::to_string(::getpid()));
    for (const char* const name :
         {"../../escaped.csv", "/tmp/escaped.csv", "a/../escaped.csv", "./escaped.csv"}) {
        unpackInto((folder / "in").string(), Bytes(foreignTar(name)));
        EXPECT_TRUE(fs::exists(folder / "in" / "escaped.csv")) << name;
        fs::remove(folder / "in" / "escaped.csv");
        EXPECT_TRUE(fs::is_empty(folder / "in")) << name;
        EXPECT_EQ(1, std::distance(fs::directory_iterator(folder), {})) << name;
    }
    fs::remove_all(folder);
}

TEST(Pack, RefusesWhatATarCanHideInIt) {
    for (const char type : {'1', '2', '3', '4', '6', 'L'})
        EXPECT_THROW(unpacked(Bytes(foreignTar("a", type))), Error)
            << "links, devices, extensions: " << type;
    for (const char* const name : {"..", "a/..", "a\\..\\b", "\x1B[2J", "a\nb", "CON"})
        EXPECT_THROW(unpacked(Bytes(foreignTar(name))), Error) << name;
    EXPECT_TRUE(unpacked(Bytes(foreignTar("._plans.csv")))->empty())
        << "what a file system keeps beside a file";
}

TEST(Pack, PassesOverTimesAndOwnersButNotOverAnotherNameOrSize) {
    const auto remark = [](const std::string& records) {  // as long as what foreignTar() holds
        return foreignTar("PaxHeaders/a.csv", 'x').substr(0, 512) + records +
               std::string(512 - records.size(), '\0') + foreignTar("a.csv");
    };
    const auto files = unpacked(Bytes(remark("m=1.5")));
    ASSERT_TRUE(files.has_value());
    ASSERT_EQ(1u, files->size());
    EXPECT_EQ("a.csv", files->front().name);
    EXPECT_THROW(unpacked(Bytes(remark("path="))), Error);
}

TEST(Pack, IsMadeOfAFolderAndUnpackedIntoOne) {
    const fs::path folder = fs::temp_directory_path() / ("pack-" + std::to_string(::getpid()));
    const Bytes body = packed({file("a.csv", "A\n1\n"), file("b.csv", "B\n")});
    unpackInto(folder.string(), body);
    std::ofstream(folder / ".hidden") << "x";
    EXPECT_EQ(body.view(), packedFolder(folder.string()).view());
    fs::remove_all(folder);
    EXPECT_THROW(packedFolder(folder.string()), Error);
}

}  // namespace
