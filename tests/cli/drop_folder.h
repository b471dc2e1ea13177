/// @file  The smallest gateway that there is: what is dropped into one folder comes out of another.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <string>

#include "host/config_folder.h"
#include "support/places.h"

namespace support {

/// Source "drop" (folder in/), destination "archive/lines" (folder out/), codec lines.
class DropFolder : public testing::Test {
protected:
    DropFolder() {
        folder_.write("in/.keep", "");
        folder_.write("out/.keep", "");
        folder_.write("partners/archive.yaml",
                      "label: Archives\ncategory: archive\n"
                      "destinations: {lines: {folder: {path: out}, codec: lines}}\n");
        configure("");
    }

    /// @param rest  of passerelle.yaml: its routes
    void configure(const std::string& rest) {
        const std::string plugins = std::string(support::kBuildDir) + "/plugins/";
        folder_.write("passerelle.yaml",
                      "store: {sqlite: p.db}\n"
                      "plugins: {files: [" +
                          plugins + "codec_lines.so, " + plugins +
                          "transport_folder.so]}\n"
                          "sources: {drop: {folder: {path: in, every: 20 ms}, codec: lines}}\n" +
                          rest);
    }

    /// Complete by rename, as the folder asks for.
    void drop(const std::string& name, const std::string& text) {
        folder_.write("in/." + name, text);
        std::filesystem::rename(folder_.path() + "/in/." + name, folder_.path() + "/in/" + name);
    }

    ConfigFolder folder_;
};

}  // namespace support
