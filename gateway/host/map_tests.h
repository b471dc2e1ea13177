/// @file  All maps of a library run on the examples beside them; which rules and rows ever ran.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <tuple>
#include <vector>

#include "host/examples.h"

namespace gateway {

/// How often rules and rows of tables were at work, over many maps that share some.
class Coverage {
public:
    struct Count {
        std::size_t all = 0, ran = 0;
    };
    struct Part {
        MapPart part;
        std::uint64_t ran = 0;
    };

    /// @param ran  for each of `parts`; those that are missing did not run
    void add(const std::vector<MapPart>& parts, const std::vector<std::uint64_t>& ran);
    void add(const Coverage& other);
    Count rules() const { return count(MapPart::Kind::rule); }
    Count rows() const { return count(MapPart::Kind::row); }
    /// Of rules and rows together; 100 when there are none.
    unsigned percent() const;
    /// Those that never ran, by file and line.
    std::vector<MapPart> idle() const;

private:
    Count count(MapPart::Kind kind) const;
    using Key = std::tuple<std::string, int, int, std::string>;
    std::map<Key, Part> parts_;
};

/// One example of a map, with its way there and back where the map declares a reverse.
struct TestedExample {
    std::string name;
    ExampleRun run;
    bool wentBack = false;
    ExampleRun back;
    ExampleUpdate update;

    bool holds() const { return run.holds() && (!wentBack || back.holds()); }
};

struct TestedMap {
    std::string name;
    std::string network;  ///< that changes it; empty: as it is
    std::string file;
    Findings findings;  ///< of compiling it and its reverse
    std::string reverse;
    std::vector<TestedExample> examples;
    Coverage coverage;

    std::size_t failed() const;
    bool holds() const { return !findings.failed() && failed() == 0; }
};

class MapTests {
public:
    /// @param library  folder of all maps, or one map file
    MapTests(const MapLanguage& language, CodecShelf& codecs, std::string library);

    /// The map files, in order of their names.
    const std::vector<std::string>& files() const { return files_; }
    /// Compiles the map of that file and runs its examples.
    /// @param update  also writes what came out
    TestedMap test(const std::string& file, bool update = false) { return test(file, {}, update); }
    /// The networks that change the map of that file, in order of their names.
    std::vector<std::string> networksOf(const std::string& file) const;
    /// The same for the map as that network changes it.
    TestedMap test(const std::string& file, const std::string& network, bool update);

private:
    const Transformer* reverseOf(const std::string& name, TestedMap& tested);
    std::unique_ptr<Transformer> compile(const std::string& file, const std::string& network,
                                         Findings& findings) const;
    std::vector<Example> examples(const std::string& file, const std::string& network) const;

    const MapLanguage& language_;
    CodecShelf& codecs_;
    std::string library_;
    std::vector<std::string> files_;
    std::map<std::string, std::unique_ptr<Transformer>> reverses_;
};

}  // namespace gateway
