/// Listeners and sources: where messages come in.
#include <algorithm>

#include "host/build.h"
#include "host/made.h"
#include "host/zone.h"

namespace gateway {
namespace {

void readRepeats(Config& config, SourceSetup& source) {
    using Repeats = SourceSetup::Repeats;
    const std::string by = config.choice("repeats", {"id", "content", "none"});
    source.repeats = by == "id" ? Repeats::id : by == "content" ? Repeats::content : Repeats::none;
    source.repeatWindow = config.duration("repeat_window", source.repeatWindow);
    if (source.repeats != Repeats::id && config.has("on_id_reuse"))
        config.fail("on_id_reuse",
                    {"goes with 'repeats: id': without ids none comes again with other content",
                     "va avec « repeats: id » : sans identifiants, aucun ne revient avec un autre "
                     "contenu"});
}

SourceSetup readSource(Draft& draft, Build& build) {
    Config& config = draft.config;
    SourceSetup source;
    source.name = draft.name;
    source.codec = draft.codec;
    source.network = config.text("network", "");
    source.zone = config.text("zone", build.setup.zone);
    if (config.has("zone")) checkZone(config, "zone", source.zone);
    source.maxBytes = build.messageSize;
    source.orderBySource = config.choice("order", {"subject", "source"}) == "source";
    source.refuseReuse = config.choice("on_id_reuse", {"accept", "refuse"}) == "refuse";
    readRepeats(config, source);
    source.keep = readKeep(config, build.keep);
    if (config.has("expected_every"))
        source.expectedEvery = config.duration("expected_every", Milliseconds(0));
    Config envelope = config.section("envelope");
    source.sender = build.maps.expression(envelope, "sender");
    source.controlId = build.maps.expression(envelope, "control_id");
    source.type = build.maps.expression(envelope, "type");
    source.orderKeys = build.maps.expression(envelope, "order");
    source.subjects = build.maps.expression(envelope, "subjects");
    envelope.finish();
    return source;
}

/// Where `application_answers` go; empty with a finding when that cannot be.
std::string readAnswersTo(Config& config, const SourceOptions& options, Build& build) {
    constexpr const char* kKey = "application_answers";
    if (!config.has(kKey)) return {};
    const std::string to = config.text(kKey);
    if (!config.has("listener"))
        config.fail(
            kKey,
            {"goes with 'listener': nobody sends to this source and awaits an answer",
             "va avec « listener » : personne n'envoie à cette source en attendant une réponse"});
    if (options.answer == Stage::delivered)
        config.fail(
            kKey, {"does not go with 'answer: delivered': such an answer is made when the message "
                   "is translated",
                   "ne va pas avec « answer: delivered » : une telle réponse est faite quand le "
                   "message est traduit"});
    if (to.empty() || std::find(build.destinations.begin(), build.destinations.end(), to) !=
                          build.destinations.end())
        return to;
    config.fail(kKey, say("found '{0}', expected a configured 'partner/destination'{1}",
                          "trouvé « {0} », attendu un « partenaire/destination » configuré{1}",
                          {to, didYouMean(to, build.destinations)}));
    return {};
}

SourceOptions readOptions(Draft& draft) {
    SourceOptions options;
    options.name = draft.name;
    const std::string answer = draft.config.choice("answer", {"stored", "translated", "delivered"});
    options.answer = answer == "stored"       ? Stage::stored
                     : answer == "translated" ? Stage::translated
                                              : Stage::delivered;
    options.answerWithin = draft.config.duration("answer_within", options.answerWithin);
    return options;
}

/// A source that a listener serves: what the gateway does not know of it, the listener does.
void serve(Draft& draft, const SourceOptions& options, SourceSetup& source, Build& build) {
    const std::string name = draft.config.text("listener");
    build.from[draft.name] = {draft.config.texts("from"), placesOf(draft.config, "from"),
                              source.network};
    const auto found = build.listeners.find(name);
    if (found == build.listeners.end()) {
        std::vector<std::string> names;
        for (const auto& [other, listener] : build.listeners) names.push_back(other);
        if (!name.empty())
            draft.config.fail(
                "listener", say("there is no listener '{0}'{1}", "il n'y a pas d'écoute « {0} »{1}",
                                {name, didYouMean(name, names)}));
        return;
    }
    found->second.used = true;
    if (found->second.listener == nullptr) return;  // which of the keys are its own cannot be said
    try {
        found->second.listener->serve(options, draft.config);
    } catch (const Error& error) {
        draft.config.fail("", error.reason());
    }
    if (options.answersApart) source.answers = found->second.listener->answerWriter();
    if (options.answersApart && !source.answers)
        draft.config.fail(
            "application_answers",
            say("the listener '{0}' speaks a protocol that has no such answers",
                "l'écoute « {0} » parle un protocole qui n'a pas de telles réponses", {name}));
    draft.config.finish();
}

void standAlone(Draft& draft, Build& build) {
    const std::string transport =
        keyAmong(draft.config, namesOf(build.host.sources()),
                 {"'listener: NAME', 'policy: RULE' or a transport",
                  "« listener: NOM », « policy: RÈGLE » ou un transport"});
    if (!transport.empty()) {
        Choice choice = choose(draft.config, transport, transport, {{"name", draft.name}});
        build.made.inlets.push_back({draft.name, make(build.host.sources(), choice), nullptr});
    }
    draft.config.finish();
}

/// What a source has that others send to.
constexpr const char* kOfSenders[] = {
    "listener",    "answer",        "answer_within",       "repeats",
    "on_id_reuse", "repeat_window", "application_answers", "from"};

/// A source that nobody sends to: time causes its messages.
SourceSetup readDue(Draft& draft, Build& build) {
    Config& config = draft.config;
    for (const char* const key : kOfSenders)
        if (config.has(key))
            config.fail(key, {"has no effect beside 'policy:': time causes the messages of this "
                              "source, nobody sends them",
                              "est sans effet à côté de « policy: » : c'est l'échéance qui produit "
                              "les messages de cette source, personne ne les envoie"});
    SourceSetup source = readSource(draft, build);
    const std::string rule = config.text("policy");
    if (rule.empty()) return source;
    source.due = policyOf(rule, config, "policy",
                          {"a rule of 'policies:'", "une règle de « policies: »"}, build);
    for (const auto& [other, known] : build.setup.sources)
        if (source.due && known.due == source.due)
            config.fail("policy",
                        say("the source '{0}' has the messages of this rule already",
                            "la source « {0} » a déjà les messages de cette règle", {other}));
    config.finish();
    return source;
}

SourceSetup readSent(Draft& draft, Build& build) {
    SourceSetup source = readSource(draft, build);
    SourceOptions options = readOptions(draft);
    source.answersTo = readAnswersTo(draft.config, options, build);
    options.answersApart = !source.answersTo.empty();
    if (draft.config.has("listener"))
        serve(draft, options, source, build);
    else
        standAlone(draft, build);
    return source;
}

}  // namespace

KeepTimes readKeep(Config& parent, const KeepTimes& otherwise, Milliseconds* refusals) {
    Config section = parent.section("keep");
    KeepTimes keep;
    keep.body = section.duration("body", otherwise.body);
    keep.metadata = section.duration("metadata", otherwise.metadata);
    if (keep.metadata.count() > 0 && (keep.body.count() == 0 || keep.body > keep.metadata))
        parent.fail("keep",
                    {"'body' must be given and not be longer than 'metadata': bytes may not "
                     "stay longer than what tells whose they are",
                     "« body » doit être donné et ne pas dépasser « metadata » : le contenu "
                     "ne peut rester plus longtemps que ce qui dit de qui il est"});
    if (refusals != nullptr) *refusals = section.duration("refusals", *refusals);
    section.finish();
    return keep;
}

std::vector<Draft> draftSources(Config& main, CodecShelf& codecs) {
    std::vector<Draft> drafts;
    for (auto& [name, config] : main.section("sources").sections()) {
        CodecSetup codec = codecs.take(config);
        drafts.push_back({name, std::move(config), std::move(codec)});
    }
    return drafts;
}

void buildListeners(Config& main, Build& build) {
    for (auto& [name, config] : main.section("listeners").sections()) {
        const std::size_t before = build.own.errors();
        build.listeners[name].where = config.where();
        const std::string transport =
            keyAmong(config, namesOf(build.host.listeners()), {"transport", "transport"});
        if (!transport.empty()) {
            Choice choice = choose(config, transport, transport);
            std::unique_ptr<Listener> listener = make(build.host.listeners(), choice);
            if (listener && build.own.errors() == before) {
                build.listeners[name].listener = listener.get();
                build.made.inlets.push_back({name, nullptr, listener.get()});
                build.made.inlets.back().source = std::move(listener);
            }
        }
        config.finish();
    }
}

void buildSources(std::vector<Draft>& drafts, Build& build) {
    for (Draft& draft : drafts) {
        const bool due = child(draft.config.node(), "policy").kind != ConfigNode::Kind::none;
        build.setup.sources.emplace(draft.name,
                                    due ? readDue(draft, build) : readSent(draft, build));
    }
    for (const auto& [name, known] : build.listeners)
        if (!known.used)
            build.own.warning(known.where, say("no source uses the listener '{0}'",
                                               "aucune source n'utilise l'écoute « {0} »", {name}));
}

void checkZone(Config& section, std::string_view key, const std::string& zone) {
    if (const Reason mistake = zoneMistake(zone); !mistake.empty()) section.fail(key, mistake);
}

std::vector<Place> placesOf(const Config& section, std::string_view key) {
    const ConfigNode& value = child(section.node(), key);
    if (value.kind != ConfigNode::Kind::list) return {value.where};
    std::vector<Place> places;
    for (const auto& [none, item] : value.items)
        if (item.kind == ConfigNode::Kind::scalar) places.push_back(item.where);
    return places;
}

}  // namespace gateway
