/// Routes: which messages go where, and when.
#include <algorithm>

#include "host/build.h"
#include "host/set_aside.h"

namespace gateway {
namespace {

void readFrom(Config& config, RouteSetup& route, Build& build) {
    route.from = config.texts("from");
    const std::vector<Place> places = placesOf(config, "from");
    if (route.from.empty())
        config.fail("from", {"expected the sources that this route takes from",
                             "attendu les sources dont cette route prend les messages"});
    for (std::size_t i = 0; i < route.from.size() && i < places.size(); ++i)
        if (std::find(build.sources.begin(), build.sources.end(), route.from[i]) ==
            build.sources.end())
            build.own.error(places[i],
                            say("there is no source '{0}'{1}", "il n'y a pas de source « {0} »{1}",
                                {route.from[i], didYouMean(route.from[i], build.sources)}));
}

void readTo(Config& config, RouteSetup& route, Build& build) {
    const std::vector<std::string> to = config.texts("to");
    const std::vector<Place> places = placesOf(config, "to");
    if (to.size() == 1 && to[0].find('/') == std::string::npos) {
        route.policy = policyOf(to[0], config, "to",
                                {"'partner/destination' or a rule of 'policies:'",
                                 "« partenaire/destination » ou une règle de « policies: »"},
                                build);
        route.destinationName = config.text("deliver", "");
        return;
    }
    if (config.has("deliver"))
        config.fail("deliver",
                    {"goes with a rule in 'to:'; a fixed destination names it already",
                     "va avec une règle dans « to: » ; une destination fixe la nomme déjà"});
    for (std::size_t i = 0; i < to.size() && i < places.size(); ++i)
        if (std::find(build.destinations.begin(), build.destinations.end(), to[i]) ==
            build.destinations.end())
            build.own.error(places[i], say("there is no destination '{0}'{1}",
                                           "il n'y a pas de destination « {0} »{1}",
                                           {to[i], didYouMean(to[i], build.destinations)}));
    route.to = to;
}

Reason readIgnore(Config& config) {
    if (child(config.node(), "ignore").kind != ConfigNode::Kind::map) {
        const std::string text = config.text("ignore");
        return {text, text};
    }
    Config both = config.section("ignore");
    Reason reason{both.text("en"), both.text("fr")};
    both.finish();
    return reason;
}

/// A map that only one network's messages go through is that network's: broken, it holds theirs.
void readMap(Config& config, RouteSetup& route, Build& build) {
    MapShelf::Networks networks;
    for (const std::string& source : route.from)
        if (const auto known = build.setup.sources.find(source); known != build.setup.sources.end())
            networks.insert(known->second.network);
    const bool ofOne = networks.size() == 1 && !networks.begin()->empty();
    const std::size_t before = build.own.errors();
    route.map = build.maps.take(config, "map", networks, ofOne ? build.theirs : build.own);
    if (!ofOne || route.map.name.empty() || route.map.map || build.own.errors() > before) return;
    build.made.asideNetworks.insert(*networks.begin());
    route.map.map = asideMap("network " + *networks.begin());
}

RouteSetup readRoute(Config& config, Build& build) {
    RouteSetup route;
    route.name = config.text("name");
    readFrom(config, route, build);
    route.condition = build.maps.expression(config, "if");
    readMap(config, route, build);
    route.when = build.maps.expression(config, "when");
    route.blockOnHold = config.choice("on_hold", {"continue", "block"}) == "block";
    const bool ignores = config.has("ignore");
    if (ignores == config.has("to"))
        config.fail(
            "", {"a route has either 'to:' (who gets it) or 'ignore:' (why nobody does)",
                 "une route a soit « to: » (qui le reçoit), soit « ignore: » (pourquoi personne)"});
    if (ignores)
        route.ignore = readIgnore(config);
    else if (config.has("to"))
        readTo(config, route, build);
    if (ignores && !config.has("to"))
        for (const char* const key : {"map", "when", "deliver"})
            if (config.has(key))
                config.fail(key, {"has no effect beside 'ignore:'; use 'if:'",
                                  "est sans effet à côté de « ignore: » ; utiliser « if: »"});
    config.finish();
    return route;
}

void recheckWith(const RouteSetup& route, Config& config, Build& build) {
    if (route.policy == nullptr || build.setup.recheck == route.policy) return;
    if (build.setup.recheck)
        config.warn("to",
                    {"only the rule of the first route that has one is asked again before sending",
                     "seule la règle de la première route qui en a une est consultée de nouveau "
                     "avant l'envoi"});
    else
        build.setup.recheck = route.policy;
}

}  // namespace

void buildRoutes(Config& main, Build& build) {
    for (Config& config : main.list("routes")) {
        RouteSetup route = readRoute(config, build);
        for (const RouteSetup& other : build.setup.routes)
            if (other.name == route.name && !route.name.empty())
                config.fail("name", say("there is a route '{0}' already",
                                        "il y a déjà une route « {0} »", {route.name}));
        recheckWith(route, config, build);
        build.setup.routes.push_back(std::move(route));
    }
    for (const std::string& source : build.sources) {
        const bool routed = std::any_of(
            build.setup.routes.begin(), build.setup.routes.end(), [&](const RouteSetup& route) {
                return std::find(route.from.begin(), route.from.end(), source) != route.from.end();
            });
        if (!routed)
            main.warn(
                "sources",
                say("no route takes from the source '{0}': its messages will be held",
                    "aucune route ne prend les messages de la source « {0} » : ils seront retenus",
                    {source}));
    }
}

}  // namespace gateway
