#include "news/hospital_news.h"

#include <algorithm>

#include "news/followed.h"
#include "news/hospital_message.h"
#include "news/notice_bundle.h"
#include "news/recipients.h"
#include "news/speaker.h"
#include "plan/calendar.h"
#include "plan_facts.h"

namespace care_circle {
using namespace gateway;

namespace {

/// A sentence inside another one.
std::string quoted(std::string_view sentence) {
    if (sentence.ends_with('.')) sentence.remove_suffix(1);
    return "« " + std::string(sentence) + " ».";
}

/// One message, decided.
class Deciding {
public:
    explicit Deciding(const Question& question)
        : question_(question),
          said_(question.pivot.root(), question.rules.onlyQualFrom(question.source())),
          changes_(question.plans) {}

    Decisions decided() {
        if (said_.confidential)
            return ignored({"told to nobody: the stay or the identity is confidential",
                            "personne n'est informé : séjour ou identité confidentiels"});
        if (said_.test && question_.rules.production)
            return ignored({"a test message (MSH-11), in production",
                            "message de test (MSH-11), en production"});
        if (!said_.gone.own.empty())
            moveNumbers(said_.gone, said_.person, question_.plans, changes_);
        const std::vector<RegisterEntry> followers =
            followersOf(said_.person, question_.plans, changes_);
        const std::optional<ToldNotice> before = noticeOf(question_.plans, noticeKey(said_.id));
        if (corrects() && (before || said_.cancels() || !said_.isDeath())) {
            if (!before && said_.cancels() && !followers.empty()) return cancelledAhead();
            return corrected(before);
        }
        if (followers.empty()) return ignored(kNobodyFollows);
        if (const Reason why = silent(followers, before); !why.empty()) return ignored(why);
        return told(followers, before);
    }

private:
    /// With what the register is to know from now on.
    Decisions ignored(Reason why) {
        Decisions decisions;
        decisions.ignore = std::move(why);
        decisions.changes = changes_.changes();
        return decisions;
    }

    bool corrects() const { return said_.cancels() || said_.event == "Z99"; }
    /// The very message that said it, translated again: what it said is said once more.
    bool said(const std::optional<ToldNotice>& notice) const {
        return notice && !notice->message.empty() && notice->message == question_.message();
    }

    /// Why nobody is told what is no correction; empty: it is told.
    Reason silent(const std::vector<RegisterEntry>& followers,
                  const std::optional<ToldNotice>& before) {
        if (said(before)) return {};
        if (before && before->cancelled && !calendar::isBefore(before->recorded, said_.recorded))
            return {"cancelled already, by a message that came before",
                    "déjà annulé, par un message arrivé avant"};
        if (said_.isDeath()) {
            for (const RegisterEntry& plan : followers)
                if (changes_.of(plan.key).died.empty()) return {};
            return {"told before: the death is known", "déjà annoncé : le décès est connu"};
        }
        if (said_.text.empty())
            return {"an update of the record: there is nothing to tell",
                    "mise à jour du dossier : rien à annoncer"};
        if (said_.action == "UPDATE")
            return {"an update of a movement (ZBE): there is nothing to tell",
                    "mise à jour d'un mouvement (ZBE) : rien à annoncer"};
        if (said_.historic)
            return {"a movement of the past (ZBE-5): there is nothing to tell",
                    "mouvement historique (ZBE-5) : rien à annoncer"};
        if (before && !isNew(*before))
            return {"told before: one notice for each facility, stay, movement and action",
                    "déjà annoncé : un seul avis par établissement, séjour, mouvement et action"};
        return {};
    }

    /// The same identifier again: a movement that came back after it was cancelled, or another one
    /// of a hospital that does not number its movements.
    bool isNew(const ToldNotice& before) const {
        return before.cancelled || (!said_.numbered && said_.text != before.text);
    }

    Decisions told(const std::vector<RegisterEntry>& followers,
                   const std::optional<ToldNotice>& before) {
        ToldNotice notice = next(before);
        const Wording wording{numberOf(notice), "", said_.text, said_.toDo, false};
        Decisions decisions = about(notice);
        notice.told.clear();
        for (const RegisterEntry& plan : followers)
            for (NewsRecipient& one : newsRecipients(plan, question_)) {
                if (!one.network && knows(notice, one.decision.partner)) continue;
                if (one.decision.send) {
                    one.decision.instead = noticeFor({plan, one.network, question_.rules.ward},
                                                     said_, wording, question_.moment());
                    notice.told.push_back(
                        {one.decision.partner, one.decision.destination, plan.key});
                }
                decisions.recipients.push_back(std::move(one.decision));
            }
        if (said_.isDeath())
            for (const RegisterEntry& plan : followers) changes_.died(plan.key, died());
        return with(std::move(decisions), notice);
    }

    /// A cancellation that came before what it cancels: that is not told when it comes.
    Decisions cancelledAhead() {
        ToldNotice notice = next({});
        notice.cancelled = true;
        Decisions decisions =
            ignored({"nothing that was told is corrected by it; what it cancels is not told either",
                     "ne corrige rien qui ait été annoncé ; ce qu'il annule ne le sera pas"});
        decisions.changes.push_back(written(notice, question_));
        return decisions;
    }

    /// Takes back, or replaces, what was told: to exactly those who got it.
    Decisions corrected(const std::optional<ToldNotice>& before) {
        const bool again = said(before);
        if (!before || before->told.empty() || (before->cancelled && !again) ||
            (!said_.cancels() && said_.text.empty()))
            return ignored({"nothing that was told is corrected by it",
                            "ne corrige rien qui ait été annoncé"});
        const std::string& text = again ? before->before : before->text;
        const std::string& kind = again ? before->beforeKind : before->kind;
        if (!again && calendar::isBefore(said_.recorded, before->recorded))
            return ignored({"older than what was told last", "plus ancien que le dernier avis"});
        if (!said_.cancels() && said_.text == text)
            return ignored(
                {"changes nothing of what was told", "ne change rien à ce qui a été annoncé"});
        ToldNotice notice = next(before);
        notice.before = text;
        notice.beforeKind = kind;
        notice.cancelled = said_.cancels();
        if (said_.cancels()) {
            notice.text = text;
            notice.kind = kind;
        }
        const Wording wording = correction(notice, text);
        Decisions decisions = about(notice);
        for (const ToldPartner& told : notice.told) {
            Decision decision = mayStillBeTold(told, question_.partners, question_.plans);
            const std::optional<RegisterEntry> plan = question_.plans.find(told.plan);
            if (decision.send && plan)
                decision.instead =
                    noticeFor({*plan, told.partner == plan->network, question_.rules.ward}, said_,
                              wording, question_.moment());
            decisions.recipients.push_back(std::move(decision));
            if (kind == "DECES" && said_.cancels()) changes_.died(told.plan, "");
            if (said_.isDeath() && !said_.cancels()) changes_.died(told.plan, died());
        }
        return with(std::move(decisions), notice);
    }

    Wording correction(const ToldNotice& notice, const std::string& before) const {
        Wording wording{numberOf(notice), said_.id + "/" + std::to_string(notice.number - 1), "",
                        said_.toDo, said_.cancels()};
        if (said_.cancels()) {
            wording.text = "Annulation de l'annonce " + quoted(before);
            wording.toDo = "Tenir compte de l'annulation et revenir sur ce qui a été fait.";
        } else {
            wording.text = said_.text + " Remplace l'annonce " + quoted(before);
        }
        return wording;
    }

    ToldNotice next(const std::optional<ToldNotice>& before) const {
        ToldNotice notice = before.value_or(ToldNotice{});
        notice.key = noticeKey(said_.id);
        if (!said(before)) ++notice.number;
        notice.kind = said_.kind;
        notice.text = said_.text;
        notice.recorded = said_.recorded;
        notice.cancelled = false;
        return notice;
    }
    std::string numberOf(const ToldNotice& notice) const {
        return said_.id + "/" + std::to_string(notice.number);
    }
    std::string died() const {
        const std::string date = said_.happened();
        return date.empty() ? "yes" : date;
    }

    /// A GP of two plans is told once.
    static bool knows(const ToldNotice& notice, std::string_view partner) {
        return std::any_of(notice.told.begin(), notice.told.end(),
                           [&](const ToldPartner& one) { return one.partner == partner; });
    }

    Decisions about(const ToldNotice& notice) const {
        Decisions decisions;
        decisions.plan = notice.key;
        decisions.edition = std::to_string(notice.number);
        return decisions;
    }
    /// What nobody got is not noted as told, so that the message can be replayed.
    Decisions with(Decisions decisions, const ToldNotice& notice) const {
        decisions.changes = changes_.changes();
        if (!notice.told.empty()) decisions.changes.push_back(written(notice, question_));
        return decisions;
    }

    const Question& question_;
    const HospitalMessage said_;
    NewsChanges changes_;
};

}  // namespace

bool isHospitalNews(Node pivot) { return isHospitalMessage(pivot); }

Decisions decideHospitalNews(const Question& question) {
    mustSpeakForItself(question);
    return Deciding(question).decided();
}

Decision recheckNotice(const DeliveryHead& delivery, const Directory& partners,
                       const Register& plans) {
    Decision decision;
    decision.partner = delivery.partner;
    decision.send = true;
    decision.reason = {"may still be told", "peut toujours être informé"};
    const std::optional<ToldNotice> notice = noticeOf(plans, delivery.plan);
    if (!notice) return decision;
    for (const ToldPartner& told : notice->told)
        if (told.partner == delivery.partner)
            if (Decision now = mayStillBeTold(told, partners, plans); !now.send) return now;
    return decision;
}

}  // namespace care_circle
