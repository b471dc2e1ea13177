/// @file  The examples beside a map, which are its tests.
///
/// A folder CASE beside the map, or below `examples` beside it, is an example when it holds in.*:
///   in.json, in.xml, …  what goes in; in/ or in.csv/ is a pack of several files
///   out.json, …         what must come out; none: the map must hold the message
///   issues.json         what the map must say: [{"severity", "where", "rule", "en", "fr",
///   "code"}],
///                       of which what is left out is not compared; without the file it says
///                       nothing
///   context             lines name=value, what the map reads as %context-NAME; `time` is its now,
///                       `from` and `to` name codecs with options. One in `examples` itself is for
///                       all its cases.
/// A network that changes a map has examples of it in networks/NAME/MAP/: they stand in the place
/// of those of the same CASE, whose `in` and `context` they take where they have none. Where
/// several maps share a folder, a case belongs to the map whose name its own begins with.
#pragma once

#include <string>
#include <vector>

#include "gateway/transformer.h"
#include "host/codec_choice.h"
#include "host/tree_difference.h"

namespace gateway {

struct Example {
    std::string name;    ///< CASE
    std::string folder;  ///< of the case
    std::string in;
    std::string out;          ///< empty: there is none
    std::string issues;       ///< empty: there is none
    std::string shared = {};  ///< folder of the case of which a network expects something else
};

/// The examples of the map in that file, in order of their names.
std::vector<Example> examplesOf(const std::string& mapFile);
/// Those that the map must hold to as a network changes it: each of its own, unless the network has
/// one of that name, and what the network has besides.
/// @param networkFolder  LIBRARY/networks/NAME
std::vector<Example> examplesOf(const std::string& mapFile, const std::string& networkFolder);

/// What became of one example.
struct ExampleRun {
    std::vector<Reason> wrong;       ///< anything else than a difference
    Differences differences;         ///< of the result
    bool saysRight = true;           ///< the issues are as expected
    bool givesRight = true;          ///< the result is as expected
    Issues issues;                   ///< what the map and the codec said
    std::string text;                ///< what came out; empty when the map held it
    std::string extension;           ///< of a file that holds `text`
    std::vector<std::uint64_t> ran;  ///< how often each of Transformer::parts() was at work

    bool holds() const { return wrong.empty() && differences.empty(); }
};

/// What --update did to an example's files.
struct ExampleUpdate {
    std::vector<std::string> written, removed;
    bool kept = false;  ///< the map gave nothing: what was expected stands as it was
};

/// Runs examples through a map. Codecs must outlive it.
class ExampleRunner {
public:
    explicit ExampleRunner(CodecShelf& codecs) : codecs_(codecs) {}

    /// Never throws for what the example or the map does: that is what is wrong with it.
    ExampleRun run(const Example& example, const Transformer& map) const;
    /// There by `map` and back by `back`: what differs from what went in, but for what either map
    /// declares lossy.
    ExampleRun runBack(const Example& example, const Transformer& map,
                       const Transformer& back) const;
    /// Writes out.* and issues.json as the run gave them where they are not right, for a review by
    /// eye.
    ExampleUpdate update(const Example& example, const ExampleRun& run) const;

private:
    CodecShelf& codecs_;
};

}  // namespace gateway
