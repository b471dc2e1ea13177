#include "resource_types.h"

#include <vector>

#include "common/json/json.h"

namespace fhir {
namespace {

class Finder final : public json::Events {
public:
    void beginObject(std::uint32_t at) override { open_.push_back({at, false}); }
    void endObject(std::uint32_t) override { open_.pop_back(); }
    void beginArray(std::uint32_t at) override { open_.push_back({at, false}); }
    void endArray(std::uint32_t) override { open_.pop_back(); }
    void key(const json::Text& name) override { open_.back().named = name.view == "resourceType"; }
    void value(const json::Text& text, gateway::Kind kind) override {
        if (!open_.empty() && open_.back().named && kind == gateway::Kind::text)
            found.emplace(open_.back().at, text.view);
    }

    ResourceTypes found;

private:
    struct Open {
        std::uint32_t at;
        bool named;
    };
    std::vector<Open> open_;
};

}  // namespace

ResourceTypes resourceTypes(std::string_view text) {
    Finder finder;
    json::parse(text, finder);
    return std::move(finder.found);
}

}  // namespace fhir
