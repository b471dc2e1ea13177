#include "pipeline/edit.h"

#include <algorithm>
#include <set>

#include "pipeline/inbox.h"
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

MessageView held(Store& store, const std::string& id) {
    std::optional<MessageView> view = store.show(id);
    if (!view) refuse(id, {"no message of this id", "aucun message de cet identifiant"});
    if (view->state != MessageState::held)
        refuse(id, {"only a message that is held can be edited: of others something may have been "
                    "sent already",
                    "seul un message en attente peut être modifié : d'un autre, quelque chose a "
                    "peut-être déjà été envoyé"});
    return *std::move(view);
}

}  // namespace

Incoming copyOf(Store& store, Translator& translator, const Setup& setup, const Edit& edit) {
    const MessageView view = held(store, edit.message);
    const auto source = setup.sources.find(view.source);
    if (source == setup.sources.end())
        refuse(view.source,
               {"its source is not configured any more", "sa source n'est plus configurée"});
    const std::optional<Bytes> original = store.body(view.id);
    if (!original) refuse(view.id, {"its bytes are not kept", "son contenu n'est pas gardé"});
    const SourceSetup& from = source->second;
    const Context context = contextOf(setup, from, view.received);
    Issues issues;
    std::optional<Document> before;
    try {
        before.emplace(from.codec.codec->decode(*original, issues));
    } catch (const Error&) {
        refuse(view.id, {"the message as it came cannot be read, so that nobody can tell whether "
                         "the copy is about the same person: have the sender send it again",
                         "le message tel quel est illisible, on ne peut donc dire si la copie "
                         "concerne la même personne : demander à l'émetteur de le renvoyer"});
    }
    const Document after = from.codec.codec->decode(edit.body, issues);
    const Envelope was = envelopeOf(from, *before, context);
    Envelope is = envelopeOf(from, after, context);
    compare(was, is);
    if (identity(*before, was.subjects) != identity(after, is.subjects))
        refuse("identity",
               {"what stands beside the person's identifiers must not change",
                "ce qui accompagne les identifiants de la personne ne doit pas changer"});
    MessageClaim claim;
    claim.id = view.id;
    claim.source = view.source;
    claim.codec = view.codec;
    claim.body = *original;
    claim.received = view.received;
    compareRecipients(translator, setup, claim, edit.body);

    Incoming copy;
    copy.source = view.source;
    copy.codec = view.codec;
    copy.body = edit.body;
    copy.received = currentTime();
    copy.sender = is.sender;
    copy.controlId = is.controlId;
    copy.type = is.type;
    copy.orderKeys = scopedKeys(from, is.orderKeys);
    copy.subjects = is.subjects;
    copy.state = MessageState::held;  // until the first is closed
    copy.reason = say("edited copy of {0} by {1}: {2}", "copie modifiée de {0} par {1} : {2}",
                      {view.id, edit.by, edit.why});
    return copy;
}

}  // namespace gateway
