/// @file  A command that a plugin adds to the command line.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "gateway/bytes.h"
#include "gateway/codec.h"
#include "gateway/error.h"
#include "gateway/policy.h"
#include "gateway/transformer.h"

namespace gateway {

/// What a command may use of the program that runs it.
class GATEWAY_API CommandHost {
public:
    virtual ~CommandHost();
    /// A codec with its name as a configuration chooses it.
    struct Chosen {
        std::string name;
        std::shared_ptr<const Codec> codec;
    };
    /// What `word` chooses: "json", "hl7v2:charset=8859/1". @throws Error(unsupported)
    virtual Chosen codec(const std::string& word) = 0;
    /// The codec that reads `body` by its content and the ending of its file's name.
    /// @throws Error(unsupported) naming those to choose from
    virtual Chosen codecOf(const Bytes& body, const std::string& file) = 0;
    /// The codec that writes this tree by its root. @throws Error(unsupported)
    virtual Chosen codecFor(Node root) = 0;
    /// The content of a file; "-" is stdin, a folder is a pack of several files.
    /// @throws Error(unavailable)
    virtual Bytes read(const std::string& file) = 0;
    /// The models of all codecs.
    virtual const std::vector<const Model*>& models() = 0;
    virtual const MapLanguage& language() = 0;
    /// Of what is printed, by --lang and LANG.
    virtual Spoken speaks() const = 0;
    /// Asks the policies of the gateway that runs on that configuration folder; who asks and why
    /// (`by`, `why` among the words) is audited. @return JSON
    /// @throws Error(unavailable) when none runs there, Error(rejected) with the answer's own words
    virtual std::string ask(const std::string& folder, std::string_view question,
                            const Asked& words) = 0;
    /// One line from the terminal or stdin, without echo for nobody to read over a shoulder.
    /// @return nothing at the end of input
    virtual std::optional<std::string> line(const Reason& prompt, bool hidden) = 0;
};

/// `run` gets the words after the command's name; prints results on stdout, all else on stderr;
/// returns 0 done, 1 the work failed or something was refused, 2 wrong usage. `--help` among the
/// words is the plugin's to answer.
struct Command {
    std::string name;  ///< one or two words: "simulate hospital"
    Reason summary;    ///< one line for --help
    std::function<int(std::span<const std::string> words, CommandHost& host)> run;
};

}  // namespace gateway
