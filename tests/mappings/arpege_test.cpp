// arpege (a pack of CSV files) to the plan bundle and back: what the examples beside the maps
// cannot say by themselves.
#include <sstream>

#include "gateway/pack.h"
#include "gateway/parts.h"
#include "network_maps.h"

namespace {
using namespace gateway;
namespace fs = std::filesystem;
using support::map;
using support::scalar;

class Arpege : public support::NetworkMaps {
protected:
    Arpege() : NetworkMaps("arpege", "codec_csv") {}

    /// The codec as docs/examples/arpege has it.
    std::unique_ptr<Codec> declared() {
        return plugins_.codec("csv", map({{"model", scalar(folder_ + "models/arpege.json")},
                                          {"charset", scalar("ISO-8859-15")},
                                          {"line_end", scalar("crlf")},
                                          {"split", scalar("NUM_DOSSIER")}}));
    }
    std::string example(const std::string& name) const {
        return folder_ + "arpege-to-plan/examples/" + name + "/in";
    }
    std::string bundleOf(const Bytes& pack) {
        Issues issues;
        return bundleOf(pack, issues);
    }
    std::string bundleOf(const Bytes& pack, Issues& issues) {
        Report report;
        const Document plan = made(*there_, csv_->decode(pack, issues), report);
        issues.append(report.issues);
        return std::string(written(*fhir_, plan).view());
    }
    using Files = std::vector<PackedFile>;
    static Files filesOf(const std::string& folder) { return *unpacked(packedFolder(folder)); }
    template <class Change>
    static Bytes changed(Files files, const Change& change) {
        for (PackedFile& file : files)
            file.content = Bytes(change(file.name, std::string(file.content.view())));
        return packed(std::move(files));
    }
    static std::vector<std::string> lines(const std::string& text) {
        std::vector<std::string> all;
        std::istringstream in(text);
        for (std::string line; std::getline(in, line);) all.push_back(line + "\n");
        return all;
    }

    const std::unique_ptr<Codec> csv_ = declared();
};

TEST_F(Arpege, ThePacksOfTheCorpusLoseNothingAndComeBackToTheByte) {
    const auto packs = corpus("arpege-csv");
    if (packs.empty()) GTEST_SKIP() << "no corpus beside the checkout";
    for (const fs::path& folder : packs) {
        const Bytes pack = packedFolder(folder.string());
        Issues issues;
        const Document in = csv_->decode(pack, issues);
        EXPECT_TRUE(issues.all().empty()) << folder;
        EXPECT_THAT(lost(in, *csv_), testing::IsEmpty()) << folder;
        EXPECT_EQ(pack.view(), written(*csv_, returned(in)).view()) << folder;
    }
}

TEST_F(Arpege, ExamplesComeBackToTheByteToo) {
    for (const char* const name :
         {"active-with-everything", "closed-by-relay", "provisional-ins"}) {
        const Bytes pack = packedFolder(example(name));
        Issues issues;
        EXPECT_EQ(pack.view(), written(*csv_, returned(csv_->decode(pack, issues))).view()) << name;
    }
}

TEST_F(Arpege, AnExportOfManyIsOnePlanForEach) {
    const Files one = filesOf(example("active-with-everything"));
    Files both = filesOf(example("closed-by-relay"));
    const auto renamed = [](const std::string&, std::string text) {
        for (std::size_t at; (at = text.find("EX-2030-07")) != text.npos;) text[at + 9] = '8';
        return text;
    };
    const Bytes other = changed(both, renamed);
    both = *unpacked(other);
    for (std::size_t i = 0; i < one.size(); ++i) {
        const std::string text(one[i].content.view()), more(both[i].content.view());
        both[i].content = Bytes(text + more.substr(more.find('\n') + 1));
    }
    Issues issues;
    const auto parts = partsOf(*csv_, packed(both), issues);
    ASSERT_EQ(2u, parts.size());
    EXPECT_EQ(bundleOf(packedFolder(example("active-with-everything"))), bundleOf(parts[0].body));
    EXPECT_EQ(bundleOf(other), bundleOf(parts[1].body));
}

TEST_F(Arpege, TheOrderOfColumnsMeansNothing) {
    const auto turned = [](const std::string&, const std::string& text) {
        std::string all;
        for (const std::string& line : lines(text)) {
            const std::size_t end = line.find_last_not_of("\r\n") + 1, at = line.find(';');
            all += line.substr(at + 1, end - at - 1) + ";" + line.substr(0, at) + "\r\n";
        }
        return all;
    };
    const std::string folder = example("closed-by-relay");
    EXPECT_EQ(bundleOf(packedFolder(folder)), bundleOf(changed(filesOf(folder), turned)));
}

TEST_F(Arpege, ARowThatIsThereTwiceCountsOnceAndIsToldOf) {
    const auto doubled = [](const std::string&, const std::string& text) {
        return text + lines(text).back();
    };
    const std::string folder = example("closed-by-relay");
    Files files = filesOf(folder);
    std::erase_if(files, [](const PackedFile& file) { return file.name == "aidants.csv"; });
    Issues issues;
    EXPECT_EQ(bundleOf(packedFolder(folder)), bundleOf(changed(files, doubled), issues));
    EXPECT_EQ(4u, issues.all().size()) << "three rows, and no carer";
}

TEST_F(Arpege, TheSameThingKeepsItsIdentifierWhenItsStateChanges) {
    const auto ids = [&](const std::string& bundle) {
        std::vector<std::string> all;
        for (std::size_t at = 0; (at = bundle.find("\"fullUrl\":\"", at)) != bundle.npos; ++at)
            all.push_back(bundle.substr(at, 60));
        std::sort(all.begin(), all.end());
        return all;
    };
    const auto later = [](const std::string& name, std::string text) {
        const std::size_t at = name == "aides.csv" ? text.find("EN ATTENTE") : text.npos;
        return at == text.npos ? text : text.replace(at, 10, "ACCORDE");
    };
    const std::string folder = example("active-with-everything");
    const std::string was = bundleOf(packedFolder(folder)),
                      is = bundleOf(changed(filesOf(folder), later));
    EXPECT_NE(was, is);
    EXPECT_EQ(ids(was), ids(is));
}

}  // namespace
