/// @file  What the tests ask of a running gateway, as a person does: by its command line.
#pragma once

#include <stdexcept>

// A member that is missing fails one test and ends no program.
#define RAPIDJSON_ASSERT(x) \
    ((x) ? static_cast<void>(0) : throw std::logic_error("the JSON is another: " #x))
#define RAPIDJSON_ASSERT_THROWS
#include <rapidjson/document.h>

#include <chrono>
#include <functional>
#include <string>
#include <vector>

namespace support {

using Json = rapidjson::Document;

/// Reads JSON; throws std::runtime_error with the text when it is none.
Json jsonOf(const std::string& text);
/// The text at a member, "" when it is null, missing or no text.
std::string textAt(const rapidjson::Value& object, const char* name);
/// The items of the array at a member; none when there is none.
const rapidjson::Value& itemsAt(const rapidjson::Value& object, const char* name);
/// The one of that `name`; an empty object when there is none.
const rapidjson::Value& named(const rapidjson::Value& items, const std::string& name);

/// How many deliveries are in that state, by what `status` said; of all destinations.
std::uint64_t deliveriesIn(const Json& status, const char* state);

/// `passerelle WORDS -c folder --json`; throws std::runtime_error when it fails.
Json asked(std::vector<std::string> words, const std::string& folder);
/// Whether every message is done with: translated or held, no delivery waiting.
bool settled(const std::string& folder);
/// Asks `what` until it says yes; false when it has not in `most`.
bool within(std::chrono::seconds most, const std::function<bool()>& what);

/// The whole texts of a folder's files, in order of names; hidden ones left out.
std::vector<std::string> textsIn(const std::string& folder);

}  // namespace support
