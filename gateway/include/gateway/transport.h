/// @file  Where bytes come in and go out, and the inbox between.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "gateway/access.h"
#include "gateway/bytes.h"
#include "gateway/config.h"
#include "gateway/directory.h"
#include "gateway/error.h"
#include "gateway/log.h"
#include "gateway/message.h"
#include "gateway/time.h"

namespace gateway {

/// What a source hands over: one frame, request body or file. It may be a batch of several
/// messages.
struct Arrival {
    std::string source;
    Bytes body;
    Facts facts;
    /// Somebody waits for the answer. When nobody does (a folder), what cannot be read is stored as
    /// held.
    bool attended = true;
};

/// The gateway's word for one accepted message.
struct Receipt {
    enum class Kind { fresh, repeat, conflict };
    std::string id;           ///< ours
    Kind kind = Kind::fresh;  ///< repeat: nothing was stored again; conflict: refused, same id with
                              ///< other content
    Envelope envelope;
};

/// What became of one arrival: receipts of its messages in order, or errors in their places.
struct Accepted {
    struct One {
        Span where;  ///< of this message in the arrival's body
        std::optional<Receipt> receipt;
        std::optional<Error> error;  ///< set when there is no receipt
        Issues issues;               ///< warnings too: tolerances of the codec
    };
    std::vector<One> messages;  ///< at least one
    bool ok() const {
        for (const One& one : messages)
            if (one.error) return false;
        return true;
    }
};

/// How far a reply waits.
enum class Stage { stored, translated, delivered };

struct Progress {
    bool reached = false;  ///< false: still in progress when the deadline came
    bool refused = false;  ///< held, or set aside by a recipient
    Reason reason;         ///< of a refusal
};

/// What a peer says of a message of ours apart from its first answer: HL7's application
/// acknowledgement after an accept acknowledgement, on any connection.
struct LateAnswer {
    std::string controlId;  ///< which message it speaks of
    std::string partner;    ///< who says so; empty when unknown
    bool accepted = true;
    std::string where;  ///< what was refused, if it says so
    Answer answer;
    Facts facts;
};

class GATEWAY_API Inbox {
public:
    virtual ~Inbox();
    /// Splits, decodes, recognises repeats and stores; returns when the store holds durably what it
    /// accepted. Arrivals of one call share one commit; each has its own result. Blocks; call it
    /// from a worker. Never throws.
    virtual std::vector<Accepted> accept(std::span<const Arrival> arrivals) = 0;
    /// Waits until the message is at that stage or the deadline is there.
    virtual Progress wait(const std::string& messageId, Stage stage, Time deadline) = 0;
    /// Notes a late answer durably: one that refuses sets the delivery aside.
    /// @return whether a delivery of that id is known
    virtual bool answered(const LateAnswer& answer) = 0;
    /// What would become of that arrival, as far as that can be said without keeping anything:
    /// read, checked against its format's rules, translated by the routes that take it. Each
    /// message has its issues, and an error when it would be refused or held; none has a receipt.
    /// Default: only that this is not offered.
    virtual Accepted examine(const Arrival& arrival);
};

class Mailboxes;
class Notebook;
class Register;
class Trail;
struct MessageView;

/// What a source or destination may use of the gateway. Outlives them.
class GATEWAY_API Gateway {
public:
    virtual ~Gateway();
    virtual Inbox& inbox() = 0;
    virtual Log& log() = 0;
    /// Of the configuration in force. Keep the pointer only for one piece of work.
    virtual std::shared_ptr<const Directory> directory() = 0;
    /// Of the configuration in force. Default: nobody is known, nothing is allowed.
    virtual std::shared_ptr<const Access> access();

    // What follows throws Error(unsupported) where it is not offered.
    virtual Trail& trail();
    virtual Mailboxes& mailboxes();
    virtual Notebook& notebook();
    virtual const Register& plans();
    /// How it is with a message, or with that of a delivery: states, timeline, deliveries; no
    /// bytes. Nothing when it is not known (any more).
    virtual std::optional<MessageView> message(const std::string& id);
};

/// A configured source as its transport sees it.
struct SourceOptions {
    std::string name;
    Stage answer = Stage::stored;
    Milliseconds answerWithin{10'000};
    /// What became of the content is told by a delivery to the sender (`application_answers`) and
    /// not on its connection: see AnswerWriter.
    bool answersApart = false;
};

/// The fact of an arrival whose sender is to be told so, and its value.
inline constexpr const char* kReplyFact = "reply";
inline constexpr const char* kReplyApart = "application";

/// Writes what a sender is told once its message is settled, where that does not go back on its
/// connection: HL7's application acknowledgement in enhanced mode. Serves many threads, outlives
/// the listener that made it.
class GATEWAY_API AnswerWriter {
public:
    virtual ~AnswerWriter();
    /// @param outcome  refused with its reason when the message is held
    /// @param controlId  of the answer itself
    /// @return nothing when the sender wants no answer to that outcome
    /// @throws Error
    virtual std::optional<Bytes> write(const Bytes& message, const Progress& outcome,
                                       const std::string& controlId) const = 0;
};

/// A certificate in use, or a list of those that their authority has revoked: which file, and when
/// it ends.
struct Certificate {
    enum class Kind { own, revocations };
    std::string file;
    Time until{};
    Kind kind = Kind::own;
    Time due{};  ///< of a list: when the next one should have come
};

/// Where messages come in by itself: a polled folder.
class GATEWAY_API Source {
public:
    virtual ~Source();
    /// Begins to take messages in and returns at once. Every message goes to
    /// gateway.inbox().accept(): the source acknowledges (MSA-1 AA, HTTP 2xx, file deleted) after
    /// that and never before.
    /// @throws Error(unavailable) when it cannot (port in use, folder missing), naming what and
    /// where
    virtual void start(Gateway& gateway) = 0;
    /// Takes nothing new, finishes what is in hand, and returns within `grace`.
    virtual void stop(Milliseconds grace) noexcept = 0;
    /// Reads again what its configuration refers to (certificates), for connections to come; open
    /// ones go on. What cannot be read is a finding, and the former stays.
    virtual void refresh(Findings& findings);
    /// Those that its configuration refers to.
    virtual std::vector<Certificate> certificates() const;
};

/// A listener that serves several configured sources, told apart by path or peer.
class GATEWAY_API Listener : public Source {
public:
    /// Adds a source before start(); `options` are the keys of the source that the gateway does not
    /// know (path, from).
    virtual void serve(const SourceOptions& source, Config& options) = 0;
    /// The address in use after start(): "127.0.0.1:40213".
    virtual std::string address() const = 0;
    /// Null: its protocol has no answers apart from the first one.
    virtual std::shared_ptr<const AnswerWriter> answerWriter() const;
};

/// One delivery as a destination sees it.
struct Delivery {
    std::string id;         ///< ours
    std::string controlId;  ///< in the bytes: the peer's answer must name it
    std::string partner;
    std::string mediaType;
    std::string extension;
    Bytes body;
    unsigned attempt = 1;
};

/// The peer refused: Error(rejected) with the peer's own words beside, for the store alone.
class GATEWAY_API Refused : public Error {
public:
    Refused(std::string where, const Reason& what, Answer answer);
    ~Refused() override;
    const Answer answer;
};

/// Error(unavailable) of a peer that said how long it wants to be left alone (HTTP's Retry-After).
class GATEWAY_API Later : public Error {
public:
    Later(std::string where, const Reason& what, Milliseconds after);
    ~Later() override;
    const Milliseconds after;
};

/// What becomes of deliveries that are laid out instead of sent.
struct Offering {
    Milliseconds wait{0};  ///< for their partner to fetch them; zero: for ever
    /// "partner/destination" where what nobody fetched by then goes, made anew; empty: it is set
    /// aside.
    std::string then = {};
};

/// Where messages go out. Used by several workers at once, one call at a time for each lane, in
/// order.
class GATEWAY_API Destination {
public:
    virtual ~Destination();
    /// Called once, before the first deliver(). `gateway` outlives it.
    virtual void start(Gateway& gateway);
    /// @return the peer's answer, unframed, once the peer has taken responsibility
    /// @throws Error(unavailable) when nothing was sent or the peer says "later", Error(uncertain)
    /// when bytes were sent
    ///         and no answer came, Refused to be set aside. Before `deadline` it has returned and
    ///         closed what it must.
    virtual Answer deliver(const Delivery& delivery, Time deadline) = 0;
    /// Not empty: nothing is sent; each delivery waits to be picked up. deliver() is never called
    /// then.
    virtual std::optional<Offering> offers() const;
    /// Those that its configuration refers to.
    virtual std::vector<Certificate> certificates() const;
    /// Closes what is open; deliver() may be called again after that.
    virtual void stop() noexcept {}
};

/// The other end of the command `send`: one message to an address, the answer back.
class GATEWAY_API Sender {
public:
    virtual ~Sender();
    /// @throws Error
    virtual Answer send(const Bytes& body, const std::string& mediaType, Time deadline) = 0;
};

}  // namespace gateway
