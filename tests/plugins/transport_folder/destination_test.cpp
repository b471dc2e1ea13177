#include <optional>

#include "folder.h"
#include "support/full_disk.h"

namespace {
using namespace gateway;
using namespace std::chrono_literals;
using testing::ElementsAre;

class FolderDestination : public testing::Test {
protected:
    static Delivery delivery(const std::string& text) {
        Delivery delivery;
        delivery.id = "d-17";
        delivery.extension = "hl7";
        delivery.body = Bytes::copy(text);
        return delivery;
    }

    support::TemporaryFolder folder_;
    support::Plugins plugins_{{"transport_folder"}};
    std::unique_ptr<Destination> destination_ =
        plugins_.destination("folder", support::map({{"path", support::scalar(folder_.path())}}));
};

TEST_F(FolderDestination, WritesAFileNamedByOurIdAndNothingElse) {
    const Answer answer = destination_->deliver(delivery("MSH|"), currentTime() + 5s);
    EXPECT_EQ("stored as d-17.hl7", answer.summary);
    EXPECT_THAT(folder_.names(), ElementsAre("d-17.hl7"));
    EXPECT_EQ("MSH|", support::fileText(folder_.path() / "d-17.hl7"));
}

TEST_F(FolderDestination, WritesTheSameFileWhenADeliveryIsRepeated) {
    destination_->deliver(delivery("a longer text"), currentTime() + 5s);
    folder_.write(".d-17.hl7.tmp", "left by a crash");
    destination_->deliver(delivery("short"), currentTime() + 5s);
    EXPECT_THAT(folder_.names(), ElementsAre("d-17.hl7"));
    EXPECT_EQ("short", support::fileText(folder_.path() / "d-17.hl7"));
}

TEST_F(FolderDestination, IsUnavailableWithoutItsFolder) {
    std::filesystem::remove_all(folder_.path());
    try {
        destination_->deliver(delivery("x"), currentTime() + 5s);
        FAIL() << "delivered into nothing";
    } catch (const Error& error) {
        EXPECT_EQ(Fault::unavailable, error.fault);
    }
    std::filesystem::create_directory(folder_.path());
    EXPECT_NO_THROW(destination_->deliver(delivery("x"), currentTime() + 5s));
}

TEST_F(FolderDestination, FollowsNoLinkThatLiesInItsWay) {
    if (!std::filesystem::exists("/dev/full")) GTEST_SKIP() << "no /dev/full here";
    std::filesystem::create_symlink("/dev/full", folder_.path() / ".d-17.hl7.tmp");
    try {
        destination_->deliver(delivery("x"), currentTime() + 5s);
        FAIL() << "followed a link";
    } catch (const Error& error) {
        EXPECT_EQ(Fault::unavailable, error.fault);
    }
    EXPECT_THAT(folder_.names(), testing::IsEmpty());
}

TEST_F(FolderDestination, IsUnavailableWhenAFileCannotBeWrittenWhole) {
    // As on a full disk: only the beginning of a file finds room.
    std::optional<Fault> fault;
    try {
        const support::FullDisk full(1000);
        destination_->deliver(delivery(std::string(5000, 'x')), currentTime() + 5s);
    } catch (const Error& error) {
        fault = error.fault;
    }
    EXPECT_EQ(Fault::unavailable, fault);
    EXPECT_THAT(folder_.names(), testing::IsEmpty());
}

TEST_F(FolderDestination, NeverLeavesItsFolder) {
    Delivery evil = delivery("x");
    evil.id = "../d-17";
    EXPECT_THROW(destination_->deliver(evil, currentTime() + 5s), Error);
}

}  // namespace
