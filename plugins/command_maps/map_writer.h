/// @file  The text of a map, written row by row from a sheet.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "fml_printer.h"
#include "gateway/error.h"
#include "map_text.h"
#include "source_text.h"
#include "words.h"

namespace maps {

using gateway::Reason;

/// Writes FML that is then read, put in order and printed.
class MapWriter {
public:
    MapWriter(const Sheet& sheet, const Catalogue& catalogue, const Layout& layout)
        : sheet_(sheet),
          catalogue_(catalogue),
          layout_(layout),
          file_(std::filesystem::path(sheet.file).filename().string()) {}

    std::string text();

private:
    void line(const std::string& text) { out_ += text + "\n"; }
    /// A rule that a row of the sheet asked for.
    void rule(const std::string& text, const SheetRow& row) { line(text + "  " + place(row)); }
    bool isPlan(const Things& things) const { return things.kind == &catalogue_.kinds().front(); }
    static std::string row(const Things& things) { return things.kind->english + "_row"; }
    static std::string key(const Things& things) { return things.kind->english + "_key"; }
    static std::string prefix(const Kind& kind) { return "no & '/" + kind.english + "/' & "; }
    std::string place(const SheetRow& row) const;
    void header();

    // The plan and what stands once
    void plan();
    void singles();
    /// The targets and calls of the parts that are always there.
    static void parts(const Things& things, std::string& made, std::string& then);
    static bool fills(const Mapping& mapping, const KindPart& part);
    /// The rules of all rows; a part that need not be there is made where one of its rows has
    /// something.
    void values(const Things& things, const std::string& row);
    /// ` where` one of the rows has something.
    static std::string someOf(const Things& things, const std::vector<const Mapping*>& mappings);

    // Things that stand several times
    /// Whether that mapping reads something of the thing's own.
    static bool own(const Things& things, const Mapping& mapping);
    const Mapping* id(const Things& things) const;
    /// By what things without an id are told apart, as text.
    std::string naming(const Things& things, const std::string& context) const;
    std::string identity(const Things& things, const std::string& context) const;
    /// Whether the value is one by which lines are told to be of one thing, so that it cannot
    /// differ, or is put together.
    bool names(const Things& things, const Mapping& mapping) const;
    std::string exists(const Things& things, const std::string& context) const;
    /// @param rows  a variable that holds the lines of the source to look in; empty: from `context`
    void each(const Things& things, const std::string& context, const Steps& at,
              const std::string& rows);
    /// Things with an id of their own; who lacks it is called by name. @return the blocks opened
    /// beside the last
    int identified(const Things& things, const std::string& context, Steps steps,
                   const std::string& rows, const std::string& made);
    /// Things without an id: called by what they say, those that say the same by their rank.
    int named(const Things& things, const std::string& context, const std::string& all,
              const std::string& made);
    /// Things that come again in several lines of the source: each is made once.
    int grouped(const Things& things, const std::string& context, const std::string& all,
                const std::string& made);
    /// Opens a block for each step with a filter; `context` and `steps` are then what is left.
    /// @param some  not empty: the first that passes and of which this holds is enough
    int enter(std::string& context, Steps& steps, const std::string& some = {});
    /// What lies in something refers to it; so does what holds a thing that is made elsewhere.
    void links(const Things& things);
    void link(const Things& things, const Things& other, const Field& field);

    // Values
    /// What must be there, told in both languages with its place in the source.
    void checks(const Things& things, const std::string& context);
    void value(const Things& things, const Mapping& mapping, const std::string& row);
    /// Whether there is a value below the one step that has a filter; empty when there is no such
    /// step.
    static std::string someAfterFilter(const Mapping& mapping);
    /// Equal values of many lines are one; where one is wanted and they differ, that is told.
    int one(const std::string& context, const Steps& steps, const Mapping& mapping,
            std::string& from);
    void tellOthers(const std::string& context, const std::string& all, const Mapping& mapping);
    /// What the rewriting wants of the value, said to people when it does not hold.
    static std::string conditions(const Mapping& mapping, std::string value);
    static bool wantsLabel(const Mapping& mapping);
    static std::string translated(const Mapping& mapping, const std::string& value);
    void finish(const Mapping& mapping, const std::string& from, std::string targets);

    // What the sheet leaves out
    void leftOut();
    static std::string oneLine(std::string text);

    const Sheet& sheet_;
    const Catalogue& catalogue_;
    const Layout& layout_;
    const std::string file_;
    std::string out_;
    int entered_ = 0;
};

}  // namespace maps
