#include <iostream>
#include <sstream>

#include "cli/admin_client.h"
#include "cli/codec_choice.h"
#include "cli/shared.h"
#include "cli/tree_order.h"
#include "cli/tree_text.h"
#include "core/json_layout.h"
#include "core/json_log.h"
#include "gateway/parts.h"

namespace gateway {
namespace {

constexpr std::string_view kText = "text";  ///< of --to: for people

struct Options {
    std::string file, from, to, check;
    bool json = false;
};

/// A finding, and the message of the file that it is about, from 1; 0 is the file itself.
struct Told {
    std::size_t message = 0;
    Issue issue;
    std::string fault = {};  ///< of what ended the work on the message
};

bool speaksJson(const Codec& codec) { return codec.mediaType().find("json") != std::string::npos; }

/// How the order of children gets into the other format.
enum class Order { kept, inLists, inListsBelow, outOfLists };

/// Whether the trees of a codec are such as JSON has: its own are, and those of a codec whose model
/// another one writes as JSON.
bool isMembers(const Codec& codec, const CodecShelf& codecs) {
    if (speaksJson(codec)) return true;
    for (const CodecSetup& other : codecs.plain())
        if (codec.model() && other.codec->model() == codec.model() && speaksJson(*other.codec))
            return true;
    return false;
}

Order orderOf(const Codec& from, const Codec* to, const CodecShelf& codecs) {
    if (to == nullptr) return Order::kept;
    const bool was = isMembers(from, codecs), is = isMembers(*to, codecs);
    if (was == is) return Order::kept;
    if (!is) return Order::outOfLists;
    const bool named = from.model() == nullptr || from.mediaType().ends_with("xml");
    return named ? Order::inListsBelow : Order::inLists;
}

/// Line ends of what stands between messages, when its messages were given CR for theirs.
std::string withCarriageReturns(std::string_view text) {
    std::string out;
    for (std::size_t at = 0; at < text.size(); ++at)
        if (text[at] != '\n')
            out += text[at];
        else if (at == 0 || text[at - 1] != '\r')
            out += '\r';
    return out;
}

/// One file, with all that is found on the way.
class Conversion {
public:
    /// @param checking  whose checks are made; none: nothing is checked
    Conversion(const Options& options, CodecSetup from, CodecSetup to, CodecSetup checking,
               Order into, Spoken speaks)
        : options_(options),
          from_(std::move(from)),
          to_(std::move(to)),
          checking_(std::move(checking)),
          into_(into),
          speaks_(speaks) {}

    int run(const Bytes& file) {
        Issues issues;
        const std::vector<Part> parts = partsOf(*from_.codec, file, issues);
        note(0, issues);
        several_ = parts.size() > 1;
        for (const Part& part : parts) {
            ++messages_;
            Bytes made;
            if (!one(part.body, made)) ++failed_;
            made_.push_back(std::move(made));
        }
        write(file, parts);
        options_.json ? tellJson() : tell();
        std::cout.flush();
        if (!std::cout)
            throw Error(Fault::unavailable, "stdout",
                        {"the result cannot be written", "le résultat ne peut être écrit"});
        return failed_ != 0 || worst_ >= Severity::error ? 1 : 0;
    }

private:
    bool one(const Bytes& message, Bytes& made) {
        Issues issues;
        try {
            const Document tree = from_.codec->decode(message, issues);
            if (checking_.codec) checking_.codec->checker()->check(tree, issues);
            made = converted(tree, issues);
            note(messages_, issues);
            return true;
        } catch (const Error& error) {
            note(messages_, issues);
            note({messages_,
                  {Severity::error, error.where, error.reason(), {}, {}},
                  std::string(toText(error.fault))});
            return false;
        }
    }

    Bytes converted(const Document& tree, Issues& issues) const {
        if (options_.to.empty()) return {};
        if (to_.codec == nullptr) return readable(tree);
        Sink out;
        switch (into_) {
            case Order::kept: to_.codec->encode(tree, out, issues); break;
            case Order::inLists: to_.codec->encode(inLists(tree), out, issues); break;
            case Order::inListsBelow: to_.codec->encode(inListsBelow(tree), out, issues); break;
            case Order::outOfLists: to_.codec->encode(outOfLists(tree), out, issues); break;
        }
        if (!speaksJson(*to_.codec)) return out.take();
        if (several_) return Bytes(oneLineJson(out.text()) + "\n");
        return from_.name == to_.name ? out.take() : Bytes(indentedJson(out.text()));
    }

    Bytes readable(const Document& tree) const {
        std::ostringstream out;
        if (several_) out << (messages_ > 1 ? "\n" : "") << "message " << messages_ << '\n';
        writeTree(out, tree.root(), from_.codec->model());
        return Bytes(out.str());
    }

    /// Messages one after the other; what stands between them (the head and trailer of a batch) too
    /// when the format stays and all of them are there.
    void write(const Bytes& file, const std::vector<Part>& parts) const {
        const bool inOrder = !several_ || parts.front().where.size() < file.size();
        const bool between = failed_ == 0 && inOrder && from_.name == to_.name && to_.codec &&
                             !speaksJson(*to_.codec);
        std::uint32_t at = 0;
        for (std::size_t i = 0; i < parts.size(); ++i) {
            if (between) writeBetween(file.view({at, parts[i].where.begin}));
            std::cout << made_[i].view();
            at = parts[i].where.end;
        }
        if (between) writeBetween(file.view({at, static_cast<std::uint32_t>(file.size())}));
    }

    void writeBetween(std::string_view text) const {
        const bool returns = made_.front().view().find('\n') == std::string_view::npos &&
                             made_.front().view().find('\r') != std::string_view::npos;
        std::cout << (returns ? withCarriageReturns(text) : std::string(text));
    }

    void note(std::size_t message, const Issues& issues) {
        for (const Issue& issue : issues.all()) note({message, issue});
    }
    void note(Told told) {
        worst_ = std::max(worst_, told.issue.severity);
        told_.push_back(std::move(told));
    }

    std::string placeOf(const Told& told) const {
        const std::string number =
            several_ && told.message != 0 ? "message " + std::to_string(told.message) : "";
        return number + (number.empty() || told.issue.where.empty() ? "" : ", ") + told.issue.where;
    }

    void tell() const {
        for (const Told& told : told_) {
            const std::string place = placeOf(told);
            std::cerr << nameOf(told.issue.severity, speaks_) << (place.empty() ? "" : " ") << place
                      << (speaks_ == Spoken::french ? " : " : ": ") << told.issue.text.in(speaks_);
            if (!told.issue.code.empty()) std::cerr << "  [" << told.issue.code << ']';
            std::cerr << '\n';
        }
    }

    void tellJson() const {
        std::cerr << "{\"messages\":" << messages_ << ",\"failed\":" << failed_
                  << ",\"findings\":[";
        const char* between = "\n";
        for (const Told& told : told_) {
            const auto field = [](const char* name, std::string_view text) {
                std::cerr << ",\"" << name << "\":" << jsonText(text);
            };
            std::cerr << between << "  {\"message\":" << told.message;
            field("severity", toText(told.issue.severity));
            field("where", told.issue.where);
            field("code", told.issue.code);
            field("text", told.issue.text.in(speaks_));
            field("rule", told.issue.rule);
            field("fault", told.fault);
            std::cerr << '}';
            between = ",\n";
        }
        std::cerr << (told_.empty() ? "]}\n" : "\n]}\n");
    }

    const Options& options_;
    const CodecSetup from_, to_, checking_;
    const Order into_;
    const Spoken speaks_;
    std::vector<Bytes> made_;
    std::vector<Told> told_;
    Severity worst_ = Severity::information;
    std::size_t messages_ = 0, failed_ = 0;
    bool several_ = false;
};

/// The codec that reads, with the profile of --check=PROFILE as its option `check`.
CodecSetup checkingCodec(const Options& options, CodecShelf& codecs) {
    if (options.check.empty()) return {};
    CodecSetup codec = options.check == "true"
                           ? codecOf("--from", options.from, codecs)
                           : codecOf("--check", options.from, codecs, {{"check", options.check}});
    if (codec.codec->checker() == nullptr)
        throw Misuse("--check", say("the codec {0} has no checks",
                                    "le codec {0} n'a pas de vérification", {codec.name}));
    return codec;
}

int convert(Options options, const Shared& shared) {
    if (options.to.empty() && options.check.empty())
        throw Misuse("--to", {"is required, or --check alone", "est obligatoire, ou --check seul"});
    const std::unique_ptr<PluginHost> host = openPlugins(shared);
    CodecShelf codecs(*host);
    const Bytes body = readInput(options.file);
    CodecSetup from = options.from.empty() ? codecReading(body, options.file, codecs)
                                           : codecOf("--from", options.from, codecs);
    options.from = options.from.empty() ? from.name : options.from;
    CodecSetup to;
    if (!options.to.empty() && options.to != kText) to = codecOf("--to", options.to, codecs);
    CodecSetup checking = checkingCodec(options, codecs);
    const Order into = orderOf(*from.codec, to.codec.get(), codecs);
    return Conversion(options, std::move(from), std::move(to), std::move(checking), into,
                      shared.speaks)
        .run(body);
}

}  // namespace

void addConvert(CLI::App& app, Shared& shared) {
    CLI::App& command = *app.add_subcommand(
        "convert",
        shared.say("Reads one format and writes another, without a map; checks what it reads.",
                   "Lit un format et en écrit un autre, sans transformation ; vérifie ce qui est "
                   "lu."));
    auto options = std::make_shared<Options>();
    command
        .add_option("file", options->file,
                    shared.say("The message or messages; - is stdin",
                               "Le ou les messages ; - désigne l'entrée standard"))
        ->required()
        ->type_name("FILE");
    command
        .add_option("--from", options->from,
                    shared.say("Codec that reads FILE: a name, or as in a configuration with its "
                               "options (default: found by its content)",
                               "Codec qui lit le fichier : un nom, ou comme dans une configuration "
                               "avec ses options (par défaut, trouvé d'après son contenu)"))
        ->type_name("CODEC");
    command
        .add_option(
            "--to", options->to,
            shared.say(
                "Codec that writes the result, or 'text': a tree with field names to read",
                "Codec qui écrit le résultat, ou « text » : un arbre à lire, avec le nom des "
                "champs"))
        ->type_name("CODEC");
    command
        .add_flag(
            "--check", options->check,
            shared.say(
                "Checks each message by the standard of its format, or by the profile given; "
                "without --to nothing else is done",
                "Vérifie chaque message selon la norme de son format, ou selon le profil donné "
                "; sans --to, rien d'autre n'est fait"))
        ->type_name("[=PROFILE]");
    command.add_flag(
        "--json", options->json,
        shared.say("Findings as JSON on stderr", "Les constats en JSON, sur la sortie d'erreur"));
    addPluginsOption(command, shared);
    command.footer(shared.say(
        "The result goes to stdout as the codec writes it, findings to stderr, one line each.\n"
        "Of several messages each is converted by itself; as JSON each is one line then.\n"
        "Exit code 1 when a message is malformed or was refused, or a check found an error.\n"
        "Example: passerelle convert --from hl7v2 --to text message.txt\n"
        "         passerelle convert --from '{hl7v2: {charset: 8859/1}}' --to json message.txt",
        "Le résultat va sur la sortie standard, tel que le codec l'écrit ; les "
        "constats vont sur la sortie\n"
        "d'erreur, un par ligne. S'il y a plusieurs messages, chacun est converti à "
        "part ; en JSON, chacun\n"
        "tient alors sur une ligne.\n"
        "Code de retour 1 si un message est mal formé ou refusé, ou si une "
        "vérification trouve une erreur.\n"
        "Exemple : passerelle convert --from hl7v2 --to text message.txt\n"
        "          passerelle convert --from '{hl7v2: {charset: 8859/1}}' --to json "
        "message.txt"));
    command.callback([&shared, options] { shared.exitCode = convert(*options, shared); });
}

}  // namespace gateway
