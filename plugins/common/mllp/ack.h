/// @file  HL7 v2 acknowledgements: built from a raw message and what became of it; read from a
/// peer.
#pragma once

#include <string>
#include <string_view>

#include "gateway/error.h"
#include "gateway/time.h"
#include "mllp/head.h"

namespace mllp {

/// What became of a message, as its sender is told.
struct Verdict {
    enum class Kind { accept, error, reject };  ///< the second letter of MSA-1: A, E, R
    Kind kind = Kind::accept;
    std::string where;  ///< "PID-3.1", "byte 212"; into ERR where it is a place of HL7's
    std::string text;   ///< of ERR, for people; no patient data
    std::string code;   ///< of HL7 table 0357
    std::string note;   ///< MSA-3 of an acceptance

    static Verdict accepted(std::string note = {});
    static Verdict of(const gateway::Error& error);
    /// The control id has come before with other content.
    static Verdict conflict();
};

/// Which answers the sender asks for in MSH-15 and MSH-16 (HL7 v2.5.1 §2.9).
enum class Answers {
    original,     ///< both empty: one answer, AA, AE or AR
    accept,       ///< MSH-15 asks: CA, CE or CR
    application,  ///< only MSH-16 asks: AA, AE or AR
    none
};
Answers answersFor(const Head& head, Verdict::Kind kind);

/// The acknowledgement in the message's own delimiters, version and character set. With an MSH that
/// cannot be read: AR, in HL7's default delimiters and without a control id.
/// @return empty when the sender asks for no answer
std::string acknowledgement(const Head& head, const Verdict& verdict, gateway::Time now,
                            std::string_view controlId);

/// An id for MSH-10 of 20 characters, unlike any other.
std::string newControlId();

/// What a peer's acknowledgement says.
struct Ack {
    std::string code;       ///< MSA-1: "AA", "AE", "AR", "CA", "CE", "CR"; empty: it is none
    std::string controlId;  ///< MSA-2
    bool positive() const { return code == "AA" || code == "CA"; }
};
Ack parseAck(std::string_view message);

}  // namespace mllp
