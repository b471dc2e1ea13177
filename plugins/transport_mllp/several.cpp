#include "several.h"

#include <algorithm>
#include <vector>

#include "gateway/deferred.h"

namespace transport_mllp {
using namespace gateway;

namespace {

constexpr char kTaken = '1', kLacking = '0';
constexpr std::size_t kMostAnswers = std::size_t{1} << 20;  ///< bytes that are kept as proof

class Sending {
public:
    Sending(TakenMessages& taken, const std::string& peer) : taken_(taken), peer_(peer) {}

    Answer run(const std::function<Answer(std::size_t)>& send) {
        for (std::size_t at = 0; at < taken_.messages(); ++at)
            if (!taken_.has(at)) one(at, send);
        if (refused_ == 0) return answer();
        throw Refused(peer_,
                      say("{0} of {1} messages refused, the first: {2}",
                          "{0} messages refusés sur {1}, le premier : {2}",
                          {std::to_string(refused_), std::to_string(taken_.messages()), first_}),
                      answer());
    }

private:
    void one(std::size_t at, const std::function<Answer(std::size_t)>& send) {
        try {
            keep(send(at));
            note(at);
        } catch (const Refused& refused) {
            keep(refused.answer);
            if (++refused_ == 1) first_ = which(at, refused.reason());
        } catch (const Deferred& deferred) {
            keep(deferred.answer);
            throw Deferred(peer_, ended(at, deferred.reason()), deferred.after, answer());
        } catch (const Later& later) {
            throw Deferred(peer_, ended(at, later.reason()), later.after, answer());
        } catch (const Error& error) {
            if (error.fault == Fault::unavailable && !answers_.empty())
                throw Deferred(peer_, ended(at, error.reason()), Milliseconds(0), answer());
            throw Error(error.fault, peer_, ended(at, error.reason()));
        }
    }

    /// Unnoted it may be sent again.
    void note(std::size_t at) try { taken_.add(at); } catch (const Error& error) {
        throw Error(Fault::uncertain, peer_,
                    say("taken, but that could not be kept: {0}",
                        "pris, sans que cela ait pu être gardé : {0}", {error.reason()}));
    }

    void keep(const Answer& answer) {
        if (answers_.size() + answer.body.size() <= kMostAnswers) answers_ += answer.body.view();
        summaries_.push_back(answer.summary);
    }

    Answer answer() const {
        std::string summary;
        const bool alike = std::equal(summaries_.begin() + !summaries_.empty(), summaries_.end(),
                                      summaries_.begin());
        for (const std::string& one : summaries_) {
            if (alike && !summary.empty()) break;
            summary += (summary.empty() ? "" : ", ") + one;
        }
        return {Bytes(answers_), summary};
    }

    Reason which(std::size_t at, const Reason& why) const {
        return say("message {0} of {1}: {2}", "message {0} sur {1} : {2}",
                   {std::to_string(at + 1), std::to_string(taken_.messages()), why});
    }
    Reason ended(std::size_t at, const Reason& why) const {
        return say("{0}; {1} taken", "{0} ; {1} pris",
                   {which(at, why), std::to_string(taken_.count())});
    }

    TakenMessages& taken_;
    const std::string& peer_;
    std::string answers_;
    std::vector<std::string> summaries_;
    std::size_t refused_ = 0;
    Reason first_;  ///< of the refusals
};

}  // namespace

TakenMessages::TakenMessages(Notebook* notebook, const std::string& delivery, std::size_t messages)
    : notebook_(notebook), key_("transport_mllp/taken/" + delivery) {
    if (notebook_ != nullptr) marks_ = notebook_->note(key_);
    if (marks_.size() != messages) marks_.assign(messages, kLacking);
}

bool TakenMessages::has(std::size_t at) const { return marks_[at] == kTaken; }

std::size_t TakenMessages::count() const {
    return static_cast<std::size_t>(std::count(marks_.begin(), marks_.end(), kTaken));
}

void TakenMessages::add(std::size_t at) {
    marks_[at] = kTaken;
    if (notebook_ == nullptr) return;
    notebook_->setNote(key_, count() == messages() ? std::string() : marks_);
}

Answer sendEach(TakenMessages& taken, const std::string& peer,
                const std::function<Answer(std::size_t)>& send) {
    return Sending(taken, peer).run(send);
}

}  // namespace transport_mllp
