#include "exchange.h"

#include <algorithm>

#include "gateway/deferred.h"
#include "late_answers.h"
#include "mllp/ack.h"
#include "mllp/framer.h"

namespace transport_mllp {
using namespace gateway;
using mllp::Clock;
using mllp::Stream;
using Kind = mllp::Verdict::Kind;

namespace {

constexpr std::size_t kCopyLimit = std::size_t{256} << 10;
constexpr auto kCourtesy = std::chrono::seconds(5);  // to write a few bytes
constexpr std::string_view kCommitted = "\x06", kNotCommitted = "\x15";
constexpr std::array<std::string_view, 4> kRefusals = {"AE", "AR", "CE", "CR"};

void write(Stream& stream, std::string_view body, Clock::time_point deadline) {
    if (body.size() <= kCopyLimit) return stream.write(mllp::framed(body), deadline);
    for (const std::string_view part : {mllp::kFrameStart, body, mllp::kFrameEnd})
        stream.write(part, deadline);
}

/// What a peer may want to hear of an answer of its own: that it is safe here, or is not.
void confirm(Link& link, const Manners& manners, const std::string& frame, bool stored = true) {
    std::string out;
    if (manners.commit) out += stored ? mllp::kCommit : mllp::kNoCommit;
    const mllp::Verdict verdict =
        stored ? mllp::Verdict::accepted()
               : mllp::Verdict::of(
                     Error(Fault::unavailable, {},
                           {"cannot be stored now", "ne peut être gardé pour l'instant"}));
    const std::string ack = mllp::acceptAcknowledgement(mllp::Head(frame), verdict, currentTime(),
                                                        mllp::newControlId());
    if (!ack.empty()) mllp::appendFrame(out, ack);
    if (!out.empty()) link.stream().write(out, Clock::now() + kCourtesy);
}

/// @return whether it was an answer to an earlier message
bool takeLate(Link& link, const Manners& manners, const std::string& frame, const mllp::Ack& ack,
              bool beyond) {
    if (manners.late == nullptr) return false;
    const LateAnswers::Taken taken = manners.late->take(frame, ack, manners.peer, beyond);
    if (taken == LateAnswers::Taken::no) return false;
    confirm(link, manners, frame, taken == LateAnswers::Taken::noted);
    return true;
}

class Exchange {
public:
    Exchange(Link& link, const Manners& manners, const std::string& controlId, const Asked& asked,
             Clock::time_point deadline, const std::string& delivery)
        : link_(link),
          manners_(manners),
          controlId_(controlId),
          asked_(asked),
          deadline_(deadline),
          delivery_(delivery) {}

    Answer run(std::string_view body) {
        mllp::checkFramable(body);
        Stream& stream = link_.stream();
        const std::uint64_t before = stream.sent();
        try {
            const bool marked = body.starts_with("\xEF\xBB\xBF");  // a file's, not a frame's
            write(stream, body.substr(marked ? 3 : 0), deadline_);
            if (!asked_.answer && !manners_.commit) return unanswered();
            return read();
        } catch (const Refused&) {
            throw;
        } catch (const Later&) {
            throw;
        } catch (const Error& error) {
            const bool sent = stream.sent() != before && !stream.refused();
            throw Error(sent ? Fault::uncertain : Fault::unavailable, manners_.peer,
                        error.reason());
        }
    }

private:
    [[noreturn]] void doubt(const Reason& why) {
        throw Error(Fault::uncertain, manners_.peer, why);
    }

    Answer unanswered() {
        if (!link_.stream().arrived(deadline_))
            doubt({"the peer's machine did not take the message",
                   "la machine du correspondant n'a pas pris le message"});
        return {Bytes(),
                asked_.refusal ? "sent, only a refusal is answered" : "sent, no answer asked"};
    }

    Answer read() {
        std::string frame;
        for (;;) {
            switch (link_.read(frame, deadline_)) {
                case Link::Got::nothing: doubt({"no answer in time", "pas de réponse à temps"});
                case Link::Got::closed:
                    doubt({"the peer closed the connection without a whole answer",
                           "le correspondant a fermé la connexion sans réponse entière"});
                case Link::Got::junk:
                    doubt({"what the peer says is not MLLP",
                           "ce que dit le correspondant n'est pas du MLLP"});
                case Link::Got::frame: break;
            }
            if (manners_.commit && frame == kCommitted) {
                if (!asked_.answer) return unanswered();
                continue;
            }
            if (manners_.commit && frame == kNotCommitted)
                throw Later(manners_.peer,
                            {"the peer could not commit the message (NAK)",
                             "le correspondant n'a pas pu garder le message (NAK)"},
                            Milliseconds(0));
            const mllp::Ack ack = mllp::parseAck(frame);
            if (ack.code.empty())
                doubt({"the peer's answer is no acknowledgement",
                       "la réponse du correspondant n'est pas un acquittement"});
            const bool own = controlId_.empty() || ack.controlId == controlId_;
            if (own && !isForEarlier(ack)) return answer(std::move(frame), ack);
            if (!takeLate(link_, manners_, frame, ack, asked_.enhanced) &&
                frame != link_.lastAnswer())
                doubt({"the peer's answer is to another message (MSA-2)",
                       "la réponse du correspondant est à un autre message (MSA-2)"});
        }
    }

    /// An id that has come again: the peer says CA first, so this is of what it said CA to before.
    bool isForEarlier(const mllp::Ack& ack) const {
        return asked_.accept && !ack.accepts() && manners_.late != nullptr &&
               manners_.late->awaitsBeside(ack.controlId, delivery_);
    }

    Answer answer(std::string frame, const mllp::Ack& ack) {
        try {
            confirm(link_, manners_, frame);
        } catch (const Error&) {  // the answer stands; the link tells its next user
        }
        link_.answered(frame);
        Answer answer{Bytes(std::move(frame)), ack.code};
        if (ack.positive()) return answer;
        const std::string codes = codesOf(ack);
        const std::string with = ack.code + (codes.empty() ? "" : " (" + codes + ")");
        if (manners_.meanings.retry(ack.code))
            throw Deferred(manners_.peer,
                           say("the peer wants the message later, it says {0}",
                               "le correspondant veut le message plus tard, il dit {0}", {with}),
                           Milliseconds(0), std::move(answer));
        throw Refused(manners_.peer,
                      say("the peer refused the message with {0}",
                          "le correspondant a refusé le message par {0}", {with}),
                      std::move(answer));
    }

    Link& link_;
    const Manners& manners_;
    const std::string& controlId_;
    const Asked& asked_;
    const Clock::time_point deadline_;
    const std::string& delivery_;
};

}  // namespace

void Meanings::read(Config config) {
    for (std::size_t i = 0; i < kRefusals.size(); ++i)
        if (config.has(kRefusals[i]))
            retry_[i] = config.choice(kRefusals[i], {"set-aside", "retry"}) == "retry";
    config.finish();
}

bool Meanings::retry(std::string_view code) const {
    const auto found = std::find(kRefusals.begin(), kRefusals.end(), code);
    return found != kRefusals.end() && retry_[static_cast<std::size_t>(found - kRefusals.begin())];
}

Asked::Asked(const mllp::Head& head) {
    const auto any = [&](Kind kind) {
        return mllp::asksAccept(head, kind) || mllp::asksApplication(head, kind);
    };
    enhanced = mllp::isEnhanced(head);
    answer = any(Kind::accept);
    accept =
        enhanced && mllp::asksAccept(head, Kind::accept) && mllp::asksAccept(head, Kind::error);
    application = mllp::asksApplication(head, Kind::accept);
    refusal = any(Kind::error);
}

Answer exchange(Link& link, const Manners& manners, std::string_view body,
                const std::string& controlId, const Asked& asked, Clock::time_point deadline,
                const std::string& delivery) {
    return Exchange(link, manners, controlId, asked, deadline, delivery).run(body);
}

bool tidy(Link& link, const Manners& manners) {
    std::string frame;
    try {
        for (;;) {
            const Link::Got got = link.read(frame, Clock::time_point{});
            if (got != Link::Got::frame) return got == Link::Got::nothing;
            const mllp::Ack ack = mllp::parseAck(frame);
            if (ack.code.empty() ||
                (!takeLate(link, manners, frame, ack, true) && frame != link.lastAnswer()))
                return false;
        }
    } catch (const Error&) {  // a connection that has failed is replaced
        return false;
    }
}

}  // namespace transport_mllp
