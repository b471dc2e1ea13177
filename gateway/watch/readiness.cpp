#include "watch/readiness.h"

#include "core/json_text.h"

namespace gateway {

std::string readinessText(const Readiness& readiness) {
    JsonWriter json;
    json.beginObject().name("ok").flag(readiness.ready());
    if (!readiness.ready()) {
        json.name("why").beginArray();
        for (const auto& [what, why] : readiness.hindrances)
            json.beginObject()
                .field("what", what)
                .field("en", why.en)
                .field("fr", why.fr)
                .endObject();
        json.endArray();
    }
    return json.endObject().take();
}

}  // namespace gateway
