/// Any bytes as requests and as an answer: nothing breaks, and the outcome does not depend on how
/// the bytes were cut on their way. The first byte says how they are cut.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

#include "http/framing.h"

namespace {
using namespace gateway::http;
using State = RequestReader::State;

struct Outcome {
    std::vector<std::string> taken;
    bool refused = false;
    friend bool operator==(const Outcome&, const Outcome&) = default;
};

Limits small() {
    Limits limits;
    limits.headerBytes = 2048;
    limits.targetBytes = 256;
    limits.bodyBytes = 4096;
    limits.headerCount = 20;
    return limits;
}

std::string spelled(const Request& request) {
    std::string text = request.method + " " + request.path + "?" + request.query + "\n";
    for (const auto& [name, value] : request.headers.all()) text += name + ":" + value + "\n";
    return text + std::string(request.body.view());
}

Outcome requests(std::string_view bytes, std::size_t atOnce) {
    RequestReader reader(small());
    Outcome outcome;
    for (;;) {
        const State state = reader.state();
        if (state == State::refused) {
            outcome.refused = true;
            return outcome;
        }
        if (state == State::headed) {
            reader.readBody();
        } else if (state == State::complete) {
            outcome.taken.push_back(spelled(reader.take()));
            reader.next();
        } else if (bytes.empty()) {
            return outcome;
        } else {
            reader.feed(bytes.substr(0, atOnce));
            bytes.remove_prefix(std::min(atOnce, bytes.size()));
        }
    }
}

std::string response(std::string_view bytes, std::size_t atOnce) {
    ResponseReader reader(4096, false);
    for (; !bytes.empty(); bytes.remove_prefix(std::min(atOnce, bytes.size())))
        reader.feed(bytes.substr(0, atOnce));
    if (reader.end() != ResponseReader::State::complete) return "broken";
    const Response got = reader.take();
    return std::to_string(got.status) + std::string(got.body.view());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const std::size_t atOnce = 1u + data[0] % 64;
    const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
    if (requests(bytes, bytes.size() + 1) != requests(bytes, atOnce)) std::abort();
    response(bytes, bytes.size() + 1);
    response(bytes, atOnce);
    for (const auto& [name, value] : queryValues(bytes))
        if (name.size() + value.size() > bytes.size()) std::abort();
    return 0;
}
