/// What must not be shown, nor be reckoned from what is shown.
#include "asked/figures.h"

#include <numeric>

#include "gateway/bytes.h"

namespace {
using namespace care_circle;

FigureName name(const std::string& row, const std::string& network = "n") {
    return {network, "i", row, {}};
}

class FiguresTest : public testing::Test {
protected:
    /// So many plans more, one each.
    void add(const FigureName& of, int plans) {
        for (int i = 0; i < plans; ++i) figures_.count(of, 1, ++plan_);
    }
    /// Rows and their sum.
    void table(const std::vector<int>& rows, const std::string& network = "n") {
        std::vector<FigureName> parts;
        const std::uint32_t first = plan_;
        for (std::size_t i = 0; i < rows.size(); ++i) {
            parts.push_back(name(std::string(1, static_cast<char>('a' + i)), network));
            figures_.name(parts.back());
            add(parts.back(), rows[i]);
        }
        figures_.name(name("", network));
        for (std::uint32_t plan = first; plan < plan_; ++plan)
            figures_.count(name("", network), 1, plan + 1);
        figures_.balance(parts, {name("", network)});
    }
    std::string shown(const std::string& network = "n") {
        std::string all;
        for (const auto& [of, figure] : figures_.all())
            if (of.network == network)
                all += (all.empty() ? "" : " ") + of.row + "=" +
                       (figure.masked ? "?" : std::to_string(figure.value));
        return all;
    }
    Figures figures_;
    std::uint32_t plan_ = 0;
};

TEST_F(FiguresTest, MasksFewerThanFiveAndShowsNone) {
    table({5, 0, 7});
    figures_.mask();
    EXPECT_EQ("=12 a=5 b=0 c=7", shown());
}

TEST_F(FiguresTest, MasksASecondOneSoThatNobodySubtracts) {
    table({4, 9, 30});
    figures_.mask();
    EXPECT_EQ("=43 a=? b=? c=30", shown());
}

TEST_F(FiguresTest, MasksTheSumWhereNoOtherPartIsLeft) {
    table({3, 0, 0});
    figures_.mask();
    EXPECT_EQ("=? a=? b=0 c=0", shown());
}

TEST_F(FiguresTest, MasksMoreUntilThoseMaskedAreNotFewTogether) {
    table({1, 2, 30, 40});
    figures_.mask();
    EXPECT_EQ("=73 a=? b=? c=? d=40", shown()) << "43 shown less than 73 would tell of 3 people";
}

TEST_F(FiguresTest, AFigureOfManyThingsOfFewPeopleIsMasked) {
    for (int i = 0; i < 100; ++i) figures_.count(name("a"), 50, static_cast<std::uint32_t>(i % 4));
    for (int i = 0; i < 100; ++i) figures_.count(name("b"), 50, static_cast<std::uint32_t>(i));
    figures_.mask();
    EXPECT_EQ("a=? b=5000", shown());
}

TEST_F(FiguresTest, NoMaskedFigureFollowsFromTheOthersInTablesOfManyNetworks) {
    // Every sum has none or two of its figures masked, whatever the numbers are.
    std::uint32_t random = 7;
    const auto next = [&](int below) {
        random = random * 1664525u + 1013904223u;
        return static_cast<int>((random >> 16) % static_cast<std::uint32_t>(below));
    };
    for (int round = 0; round < 200; ++round) {
        figures_ = {};
        const std::vector<std::string> networks{"x", "y", "z"}, rows{"a", "b", "c", "d"};
        for (const std::string& network : networks)
            for (const std::string& row : rows) {
                figures_.name(name(row, network));
                for (int i = next(3) == 0 ? next(4) : next(20); i > 0; --i) {
                    ++plan_;
                    for (const std::string& n : {network, std::string()})
                        for (const std::string& r : {row, std::string()})
                            figures_.count(name(r, n), 1, plan_);
                }
            }
        std::vector<std::vector<FigureName>> sums;
        std::vector<std::string> all = rows;
        all.emplace_back();
        for (const std::string& row : all) {
            std::vector<FigureName> parts;
            for (const std::string& network : networks) parts.push_back(name(row, network));
            figures_.balance(parts, {name(row, "")});
            parts.push_back(name(row, ""));
            sums.push_back(parts);
        }
        for (const std::string& network :
             {std::string("x"), std::string("y"), std::string("z"), std::string()}) {
            std::vector<FigureName> parts;
            for (const std::string& row : rows) parts.push_back(name(row, network));
            figures_.balance(parts, {name("", network)});
            parts.push_back(name("", network));
            sums.push_back(parts);
        }
        figures_.mask();
        for (const auto& [of, figure] : figures_.all())
            EXPECT_TRUE(figure.masked || figure.value == 0 || figure.value >= 5);
        for (const std::vector<FigureName>& sum : sums)
            EXPECT_NE(1, std::count_if(sum.begin(), sum.end(), [&](const FigureName& one) {
                          return figures_.masked(one);
                      }));
    }
}

}  // namespace
