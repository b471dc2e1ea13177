#include "pipeline/encoding.h"

#include <new>

#include "pipeline/map_words.h"

namespace gateway {
namespace {

void hold(NewDelivery& delivery, Reason reason) {
    delivery.state = DeliveryState::held;
    delivery.reason = std::move(reason);
    delivery.body = Bytes();
}

}  // namespace

/// A delivery on its way through the maps.
struct Encoding::Step {
    Context context;
    const Document* tree;
    MadeBy made;
    NewDelivery& delivery;
    bool wanted = true;
};

Context Encoding::contextOf(const DestinationSetup& destination,
                            const NewDelivery& delivery) const {
    Context context = context_;
    if (const Partner* const partner = setup_.directory->find(destination.partner)) {
        context.set("category", partner->category);
        for (const auto& [name, value] : partner->values) context.set(name, value);
    }
    context.set("partner", destination.partner);
    context.set("destination", destination.name);
    context.set("delivery-id", delivery.id);
    context.set("control-id", delivery.controlId);
    context.seed = delivery.controlId;
    return context;
}

bool Encoding::encode(const DestinationSetup& destination, const Document& tree,
                      const std::string& filterMap, MadeBy made, NewDelivery& delivery) {
    delivery.codec = destination.codec.name;
    delivery.mediaType = destination.codec.codec->mediaType();
    delivery.extension = destination.codec.codec->extension();
    Step step{contextOf(destination, delivery), &tree, std::move(made), delivery};
    try {
        write(destination, filterMap, step);
    } catch (const Error& error) {
        if (error.fault == Fault::unavailable) throw;
        hold(delivery, placed(error));
    } catch (const std::bad_alloc&) {
        throw;
    } catch (const std::exception& failure) {
        shared_.log.error("delivery-not-made", {{"message", claim_.id}, {"what", failure.what()}});
        hold(delivery, {"internal failure, see the log", "erreur interne, voir le journal"});
    }
    delivery.mapVersion = step.made.text();
    return step.wanted;
}

void Encoding::write(const DestinationSetup& destination, const std::string& filterMap,
                     Step& step) {
    Document filtered, mapped;
    if (!filterMap.empty()) {
        const auto filter = setup_.maps.find(filterMap);
        if (filter == setup_.maps.end())
            return hold(step.delivery,
                        say("the filter {0} is not loaded: name it under 'filters:' of the policy, "
                            "reload, and replay the message",
                            "le filtre {0} n'est pas chargé : le nommer sous « filters: » de la "
                            "politique, recharger, puis rejouer le message",
                            {std::string_view(filterMap)}));
        if (!apply(*filter->second.of(network_), filterMap, filtered, step)) return;
    }
    if (destination.when && !destination.when->holds(*step.tree, step.context)) {
        step.wanted = false;
        return hold(step.delivery, say("left out: what is in it does not meet 'when' of {0}",
                                       "écarté : son contenu ne remplit pas « when » de {0}",
                                       {std::string_view(destination.name)}));
    }
    const Transformer* const map = destination.map.of(network_);
    if (map && !apply(*map, destination.map.name, mapped, step)) return;
    Sink out;
    Issues issues;
    destination.codec.codec->encode(*step.tree, out, issues);
    step.delivery.issues.append(issues);
    step.delivery.body = out.take();
    if (step.delivery.body.view() == claim_.body.view())
        step.delivery.body = claim_.body;  // then they are held once
    // The sender's own where no map wrote another.
    step.delivery.sentId = destination.codec.codec->controlIdOf(*step.tree);
}

/// @return false when the delivery is held for what the map did
bool Encoding::apply(const Transformer& map, const std::string& name, Document& into, Step& step) {
    Report report;
    into = map.transform(*step.tree, step.context, report);
    shared_.unmapped.note(name, report.unmapped, currentTime());
    step.tree = &into;
    step.delivery.issues.append(report.issues);
    if (const Issue* const error = holding(report.issues, map)) {
        hold(step.delivery, toldBy({"map " + name, "transformation " + name}, *error));
        for (Reason& remedy : remediesOf(report, claim_.id))
            notes_.push_back({{}, std::move(remedy)});
        return false;
    }
    for (const Issue& issue : report.issues.all())
        if (issue.severity >= Severity::error) notes_.push_back({{}, toldBy({name, name}, issue)});
    step.made.maps += (step.made.maps.empty() ? "" : " ") + name + "@" + std::string(map.version());
    return true;
}

}  // namespace gateway
