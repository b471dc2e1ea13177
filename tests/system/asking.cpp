#include "asking.h"

#include <filesystem>
#include <set>
#include <stdexcept>
#include <thread>

#include "support/gateway_process.h"
#include "support/plugins.h"

namespace support {

Json jsonOf(const std::string& text) {
    Json json;
    json.Parse(text.data(), text.size());
    if (json.HasParseError()) throw std::runtime_error("no JSON: " + text);
    return json;
}

std::string textAt(const rapidjson::Value& object, const char* name) {
    const auto found = object.FindMember(name);
    return found != object.MemberEnd() && found->value.IsString() ? found->value.GetString() : "";
}

const rapidjson::Value& itemsAt(const rapidjson::Value& object, const char* name) {
    static const rapidjson::Value none(rapidjson::kArrayType);
    const auto found = object.FindMember(name);
    return found != object.MemberEnd() && found->value.IsArray() ? found->value : none;
}

const rapidjson::Value& named(const rapidjson::Value& items, const std::string& name) {
    static const rapidjson::Value none(rapidjson::kObjectType);
    for (const auto& one : items.GetArray())
        if (textAt(one, "name") == name) return one;
    return none;
}

std::uint64_t deliveriesIn(const Json& status, const char* state) {
    std::uint64_t count = 0;
    for (const auto& destination : itemsAt(status, "destinations").GetArray())
        count += destination[state].GetUint64();
    return count;
}

Json asked(std::vector<std::string> words, const std::string& folder) {
    words.insert(words.end(), {"--json", "-c", folder});
    const Ran ran = passerelle(words);
    if (ran.code != 0) throw std::runtime_error(words.front() + ": " + ran.err);
    return jsonOf(ran.out);
}

bool settled(const std::string& folder) {
    const Json status = asked({"status"}, folder);
    std::uint64_t waiting = status["messages"]["waiting"].GetUint64();
    for (const char* const state : {"queued", "inflight", "uncertain"})
        waiting += deliveriesIn(status, state);
    return waiting == 0;
}

bool within(std::chrono::seconds most, const std::function<bool()>& what) {
    const auto end = std::chrono::steady_clock::now() + most;
    while (!what()) {
        if (std::chrono::steady_clock::now() > end) return false;
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    return true;
}

std::vector<std::string> textsIn(const std::string& folder) {
    std::set<std::filesystem::path> paths;
    if (std::filesystem::is_directory(folder))
        for (const auto& entry : std::filesystem::directory_iterator(folder))
            if (entry.is_regular_file() && !entry.path().filename().string().starts_with('.'))
                paths.insert(entry.path());
    std::vector<std::string> texts;
    for (const auto& path : paths) texts.push_back(fileText(path));
    return texts;
}

}  // namespace support
