#include "news/speaker.h"

#include "news/fhir.h"
#include "plan/circle.h"

namespace care_circle {
using namespace gateway;

const Partner* speakerOf(const Question& question) {
    return question.partners.find(question.sender().empty() ? question.source()
                                                            : question.sender());
}

void mustSpeakForItself(const Question& question) {
    if (question.sender().empty()) return;
    for (const Node said : resourceOf(question.pivot.root(), "Organization").children()) {
        if (said.name() != "identifier") continue;
        const auto [scheme, value] =
            schemeOf(said.child("system").text(), said.child("value").text());
        const Partner* const named = question.partners.byIdentifier(scheme, value);
        if (named != nullptr && named->name != question.sender())
            throw Error(Fault::rejected, "Organization.identifier",
                        say("sent by the partner {0} in the name of the partner {1}",
                            "envoyé par le partenaire {0} au nom du partenaire {1}",
                            {question.sender(), named->name}));
    }
}

}  // namespace care_circle
