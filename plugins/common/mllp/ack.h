/// @file  HL7 v2 acknowledgements: built from a raw message and what became of it; read from a
/// peer.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "gateway/error.h"
#include "gateway/time.h"
#include "mllp/head.h"

namespace mllp {

/// What became of a message, as its sender is told.
struct Verdict {
    enum class Kind { accept, error, reject };  ///< the second letter of MSA-1: A, E, R
    Kind kind = Kind::accept;
    std::string where;  ///< "PID-3.1", "byte 212"; into ERR where it is a place of HL7's
    std::string text;   ///< for people; no patient data
    std::string code;   ///< of HL7 table 0357
    std::string note;   ///< MSA-3 of an acceptance
    /// What ERR tells, at most kMostFindings. Of a refusal without any: `where`, `text`, `code`.
    std::vector<gateway::Issue> findings;

    static constexpr std::size_t kMostFindings = 20;

    static Verdict accepted(std::string note = {});
    /// Accepted, but with something to say: each finding is an ERR of severity W or I (from v2.5
    /// on; older versions have no severity, so nothing is said).
    static Verdict accepted(const gateway::Issues& told);
    static Verdict of(const gateway::Error& error);
    /// Refused by `error`: each error among `found` is an ERR, and `error` itself when none of them
    /// stands at its place.
    static Verdict of(const gateway::Error& error, const gateway::Issues& found);
    /// Of several messages in one frame, those that were refused: the first decides, each is told
    /// with its number. Empty: none was.
    struct Numbered;
    static Verdict ofSeveral(const std::vector<Numbered>& refused);
    /// The control id has come before with other content.
    static Verdict conflict();
};

struct Verdict::Numbered {
    std::size_t message;  ///< counted from 1
    Verdict verdict;
};

/// What the sender asks for in MSH-15 and MSH-16 (HL7 v2.5.1 §2.9): AL always, ER on refusal, SU on
/// success, NE never. Lower case and blanks around a code are seen through. What is no code counts,
/// so that nobody waits in vain, as AL in MSH-15; in MSH-16 as empty, or as AL after NE.

/// Enhanced mode: MSH-15 or MSH-16 says something.
bool isEnhanced(const Head& head);
/// Whether MSH-15 asks for CA, CE or CR.
bool asksAccept(const Head& head, Verdict::Kind kind);
/// Whether AA, AE or AR is due: in original mode always, in enhanced mode as MSH-16 asks.
bool asksApplication(const Head& head, Verdict::Kind kind);
/// A warning for each of the two that is not written as one of the codes.
void tellConditions(const Head& head, gateway::Issues& told);

/// Each of these writes one acknowledgement in the message's own delimiters, version and character
/// set; ERR in the form of the version; MSA-2 is Head::answeredId(), so that a batch in one frame
/// has one answer. With an MSH that cannot be read: AR, in HL7's default delimiters and without an
/// id. Of the message only MSH-3 to 6, the event, 10 to 12, 17 and 18 are repeated.
/// @param controlId  MSH-10 of the answer, of which the first 20 characters are used
/// @return empty when the sender asks for no such answer

/// CA, CE or CR: what became of the message before it was stored.
std::string acceptAcknowledgement(const Head& head, const Verdict& verdict, gateway::Time now,
                                  std::string_view controlId);
/// AA, AE or AR: what became of its content; in enhanced mode a message of its own that asks for no
/// answer and may come later, on another connection.
std::string applicationAcknowledgement(const Head& head, const Verdict& verdict, gateway::Time now,
                                       std::string_view controlId);
/// The first answer that the sender waits for, of either kind.
std::string acknowledgement(const Head& head, const Verdict& verdict, gateway::Time now,
                            std::string_view controlId);

/// An id for MSH-10 of 20 characters, unlike any other.
std::string newControlId();

/// What a peer's acknowledgement says.
struct Ack {
    std::string code;       ///< MSA-1: "AA", "AE", "AR", "CA", "CE", "CR"; empty: it is none
    std::string controlId;  ///< MSA-2
    std::string ownId;      ///< MSH-10: tells one answer from another
    std::vector<std::string> errorCodes;  ///< of its ERRs, digits only: fit for a log
    std::string words;  ///< MSA-3 and ERR as the peer wrote them, for the store alone: they may
                        ///< name a patient

    bool positive() const { return code == "AA" || code == "CA"; }
    /// An accept answer; what became of the content may still come.
    bool accepts() const { return !code.empty() && code[0] == 'C'; }
};
Ack parseAck(std::string_view message);

}  // namespace mllp
