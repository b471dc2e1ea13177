#include "pipeline/edit.h"

#include <algorithm>
#include <optional>
#include <set>

#include "pipeline/inbox.h"
#include "pipeline/made_by.h"
#include "pipeline/translator.h"

namespace gateway {
namespace {

[[noreturn]] void refuse(const std::string& where, Reason why) {
    throw Error(Fault::rejected, where, std::move(why));
}

std::vector<std::string> sorted(std::vector<std::string> texts) {
    std::sort(texts.begin(), texts.end());
    return texts;
}

void compare(const Envelope& before, const Envelope& after) {
    const auto same = [](bool equal, const char* en, const char* fr) {
        if (!equal)
            refuse(en, say("a copy keeps its {0}: have the sender send another message",
                           "une copie garde {0} : demander un autre message à l'émetteur",
                           {Reason{en, fr}}));
    };
    same(before.sender == after.sender, "sender", "son émetteur");
    same(before.controlId == after.controlId, "control id", "son identifiant");
    same(before.type == after.type, "type", "son type");
    same(sorted(before.orderKeys) == sorted(after.orderKeys), "order keys", "ses clés d'ordre");
    same(sorted(before.subjects) == sorted(after.subjects), "the identifiers of its person",
         "les identifiants de la personne");
}

/// Whether a text is one of the identifiers, or the value of one ("system|value").
bool identifies(std::string_view text, const std::vector<std::string>& subjects) {
    if (text.empty()) return false;
    return std::any_of(subjects.begin(), subjects.end(), [&](const std::string& subject) {
        const std::size_t bar = subject.rfind('|');
        return text == subject || (bar != subject.npos && text == subject.substr(bar + 1));
    });
}

bool holdsIdentifier(Node part, const std::vector<std::string>& subjects) {
    if (identifies(part.text(), subjects)) return true;
    for (const Node child : part.children())
        if (holdsIdentifier(child, subjects)) return true;
    return false;
}

void spell(Node part, std::string& out) {
    out += std::string(part.name()) + '\x1f' + std::string(part.text()) + '\x1e';
    for (const Node child : part.children()) spell(child, out);
    out += '\x1d';
}

/// The parts below the root in which an identifier of the person stands (a segment, a section, an
/// entry), with all that they hold: names, birth date, address.
std::string identity(const Document& document, const std::vector<std::string>& subjects) {
    std::string all;
    for (const Node part : document.root().children())
        if (holdsIdentifier(part, subjects)) spell(part, all);
    return all;
}

bool decidedByPolicy(const Setup& setup, const std::string& source) {
    return std::any_of(setup.routes.begin(), setup.routes.end(), [&](const RouteSetup& route) {
        return route.policy &&
               std::find(route.from.begin(), route.from.end(), source) != route.from.end();
    });
}

/// Who gets it, and who is left out and why: what a policy says.
std::set<std::string> decisions(const Translation& translation) {
    std::set<std::string> all;
    for (const NewDelivery& one : translation.deliveries)
        all.insert(one.partner + "\x1f" + one.destination + "\x1f" + one.plan);
    for (const Note& note : translation.notes)
        if (!note.partner.empty()) all.insert("\x1e" + note.partner + "\x1f" + note.text.en);
    for (const RegisterChange& change : translation.changes)
        for (const std::string& barred : change.entry.barred) all.insert("\x1d" + barred);
    for (const DeliveryEnd& end : translation.ends)
        all.insert("\x1c" + end.plan + "\x1f" + end.partner + "\x1f" + end.edition + "\x1f" +
                   std::string(toText(end.state)));
    return all;
}

void compareRecipients(Translator& translator, const Setup& setup, MessageClaim claim,
                       const Bytes& edited) {
    if (!decidedByPolicy(setup, claim.source)) return;  // the configuration says who gets it
    const Translation before = translator.translate(setup, claim);
    claim.body = edited;
    const Translation after = translator.translate(setup, claim);
    if (before.state != MessageState::translated)
        refuse("recipients",
               {"who gets the message as it came cannot be told, so that nobody can see whether "
                "the copy goes to others: mend the map or table and replay, or have the sender "
                "send another message",
                "on ne sait pas qui recevrait le message tel quel, donc pas non plus si la copie "
                "irait à d'autres : corriger la transformation ou la table et rejouer, ou "
                "demander un autre message à l'émetteur"});
    if (decisions(before) != decisions(after))
        refuse("recipients", {"the copy would go to others, or under another consent",
                              "la copie irait à d'autres, ou sous un autre consentement"});
}

/// What a copy takes the place of. Of a message that is translated only what a person has to
/// decide: what was held or set aside.
std::vector<std::string> replaced(const MessageView& view) {
    if (view.state == MessageState::held) return {view.id};
    std::vector<std::string> waiting;
    for (const DeliveryView& one : view.deliveries)
        if (one.state == DeliveryState::held || one.state == DeliveryState::setAside)
            waiting.push_back(one.id);
    if (waiting.empty())
        refuse(view.id,
               {"nothing of it waits for a person: only a message that is held, or of which a "
                "delivery is held or set aside, can be edited",
                "rien n'y attend une personne : seul un message retenu, ou dont un envoi est "
                "retenu ou mis de côté, peut être modifié"});
    return waiting;
}

/// The line of kOnlyFact of each of these.
std::vector<std::string> linesOf(const MessageView& view,
                                 const std::vector<std::string>& deliveries) {
    std::vector<std::string> lines;
    for (const std::string& id : deliveries)
        for (const DeliveryView& one : view.deliveries)
            if (one.id == id) {
                const std::string mark = MadeBy::of(one.mapVersion).mark();
                lines.push_back(one.destination + (mark.empty() ? "" : '\t' + mark));
            }
    return lines;
}

std::string onlyFact(const std::vector<std::string>& lines) {
    std::string fact;
    for (const std::string& line : std::set(lines.begin(), lines.end()))
        fact += (fact.empty() ? "" : "\n") + line;
    return fact;
}

/// Each part of the copy that names the person stands byte for byte in what came, as far from its
/// beginning or from its end.
bool namedAlready(std::string_view before, const Document& after, std::string_view copy,
                  const std::vector<std::string>& subjects) {
    const std::size_t most = std::min(before.size(), copy.size());
    std::size_t head = 0, tail = 0;
    while (head < most && before[head] == copy[head]) ++head;
    while (tail < most - head && before[before.size() - 1 - tail] == copy[copy.size() - 1 - tail])
        ++tail;
    bool any = false;
    for (const Node part : after.root().children()) {
        if (!holdsIdentifier(part, subjects)) continue;
        any = true;
        const Span where = part.where();
        if (where.begin >= where.end) return false;
        if (where.end > head && where.begin < copy.size() - tail) return false;
    }
    return any;
}

void compareBytes(const Setup& setup, const MessageView& view, std::string_view before,
                  const Document& after, std::string_view copy, const Envelope& is) {
    if (decidedByPolicy(setup, view.source))
        refuse(view.id,
               {"the message as it came cannot be read, so that nobody can tell who would get it "
                "and under which consent: have the sender send it again",
                "le message tel quel est illisible, on ne peut donc dire qui le recevrait ni sous "
                "quel consentement : demander à l'émetteur de le renvoyer"});
    if (!namedAlready(before, after, copy, is.subjects))
        refuse(view.id, {"the message as it came cannot be read, and what names the person in the "
                         "copy does not stand in it unchanged: have the sender send it again",
                         "le message tel quel est illisible, et ce qui nomme la personne dans la "
                         "copie n'y figure pas à l'identique : demander à l'émetteur de le "
                         "renvoyer"});
}

std::optional<Document> readable(const Codec& codec, const Bytes& body, Issues& issues) {
    try {
        return codec.decode(body, issues);
    } catch (const Error&) {
        return std::nullopt;
    }
}

}  // namespace

EditedCopy copyOf(Store& store, Translator& translator, const Setup& setup, const Edit& edit) {
    const std::optional<MessageView> view = store.show(edit.message);
    if (!view) refuse(edit.message, {"no message of this id", "aucun message de cet identifiant"});
    EditedCopy edited;
    edited.instead = replaced(*view);
    const auto source = setup.sources.find(view->source);
    if (source == setup.sources.end())
        refuse(view->source,
               {"its source is not configured any more", "sa source n'est plus configurée"});
    const std::optional<Bytes> original = store.body(view->id);
    if (!original) refuse(view->id, {"its bytes are not kept", "son contenu n'est pas gardé"});
    const SourceSetup& from = source->second;
    const Context context = contextOf(setup, from, view->received, view->facts);
    Issues issues;
    const std::optional<Document> before = readable(*from.codec.codec, *original, issues);
    const Document after = from.codec.codec->decode(edit.body, issues);
    const Envelope is = envelopeOf(from, after, context);
    if (before) {
        const Envelope was = envelopeOf(from, *before, context);
        compare(was, is);
        if (identity(*before, was.subjects) != identity(after, is.subjects))
            refuse("identity",
                   {"what stands beside the person's identifiers must not change",
                    "ce qui accompagne les identifiants de la personne ne doit pas changer"});
        MessageClaim claim;
        claim.id = view->id;
        claim.source = view->source;
        claim.codec = view->codec;
        claim.body = *original;
        claim.received = view->received;
        compareRecipients(translator, setup, claim, edit.body);
    } else {
        compareBytes(setup, *view, original->view(), after, edit.body.view(), is);
    }

    Incoming& copy = edited.copy;
    copy.source = view->source;
    copy.codec = view->codec;
    copy.body = edit.body;
    copy.received = currentTime();
    copy.sender = is.sender;
    copy.controlId = is.controlId;
    copy.type = is.type;
    copy.orderKeys = scopedKeys(from, is.orderKeys);
    copy.subjects = is.subjects;
    copy.state = MessageState::held;  // until the first is closed
    copy.reason = say("edited copy of {0} by {1}: {2}", "copie modifiée de {0} par {1} : {2}",
                      {view->id, edit.by, edit.why});
    if (view->state != MessageState::held) {
        edited.lines = linesOf(*view, edited.instead);
        copy.facts.set(kOnlyFact, onlyFact(edited.lines));
    }
    return edited;
}

bool EditedCopy::narrow(const std::vector<std::optional<Reason>>& notClosed) {
    std::vector<std::string> left;
    for (std::size_t i = 0; i < lines.size(); ++i)
        if (!notClosed[i]) left.push_back(lines[i]);
    copy.facts.set(kOnlyFact, onlyFact(left));
    return !left.empty();
}

}  // namespace gateway
