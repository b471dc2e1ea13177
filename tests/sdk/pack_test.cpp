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
    for (const char* name : {"", "..", "a/b", "a\\b"})
        EXPECT_THROW(packed({file(name, "x")}), Error) << name;
    EXPECT_THROW(packed({file("a", "x"), file("a", "y")}), Error);
    EXPECT_THROW(packed({file(std::string(101, 'a'), "x")}), Error);
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
