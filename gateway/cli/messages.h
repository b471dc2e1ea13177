/// @file  What the subcommands of `messages` share.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "cli/shared.h"
#include "core/json_text.h"

namespace gateway::messages {

struct Options {
    std::string id, file;  ///< of an edited copy
    std::string state, source, partner, subject, controlId, cause, since, before, why, by;
    std::string on;  ///< when it was handed over
    unsigned most = 100;
    bool json = false;
    bool body = false;
    bool dry = false;
    bool translate = false;
    std::vector<std::string> ids;
};

/// A word of timelines and lists; an unknown one as it is.
std::string word(const std::string& name, bool french);
/// Those words of a sentence in both languages.
const std::string& reasonOf(const JsonValue& reason, bool french);
/// "2025-03-18 08:42:10" of "2025-03-18T08:42:10.000Z"; times are UTC.
std::string shortTime(std::string text, bool withMilliseconds);
/// What is looked for, without the end of the object. An identifier of a person goes in a body: it
/// stands in no URL.
void writeFilter(JsonWriter& json, const Options& options);

/// One of the subcommands, with the options that all share.
CLI::App& add(CLI::App& messages, Shared& shared, const std::string& name,
              const std::string& summary);
/// What is looked for, of list, replay, close and settle.
void addFilter(CLI::App& command, Shared& shared, Options& options, const char* cause);
void addBy(CLI::App& command, Shared& shared, Options& options);
void addJson(CLI::App& command, Shared& shared, Options& options);

// Each in its own file.
void addReplay(CLI::App& messages, Shared& shared);
void addClose(CLI::App& messages, Shared& shared);
void addSettle(CLI::App& messages, Shared& shared);
void addRefused(CLI::App& messages, Shared& shared);

}  // namespace gateway::messages
