#include "core/config_reader.h"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <vector>

#include "core/may_read.h"
#include "core/utf8.h"

namespace gateway {
namespace {

bool continues(char c) { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; }

/// Turns what yaml-cpp counts (lines and bytes from 0) into what editors show (characters from 1).
class Places {
public:
    Places(std::string_view text, const std::string& file) : text_(text), file_(file) {
        lines_.push_back(0);
        for (std::size_t at = 0; at < text.size(); ++at)
            if (text[at] == '\n') lines_.push_back(at + 1);
    }

    Place at(const YAML::Mark& mark) const {
        if (mark.is_null()) return {file_, 0, 0};
        const auto line = static_cast<std::size_t>(mark.line);
        int column = mark.column + 1;
        if (line < lines_.size()) {
            const std::string_view before =
                text_.substr(lines_[line], static_cast<std::size_t>(mark.column));
            for (const char c : before) column -= continues(c) ? 1 : 0;
        }
        return {file_, mark.line + 1, column};
    }

    Place atByte(std::size_t byte) const {
        std::size_t line = lines_.size() - 1;
        while (lines_[line] > byte) --line;
        return {file_, static_cast<int>(line) + 1, static_cast<int>(byte - lines_[line]) + 1};
    }

private:
    std::string_view text_;
    std::string file_;
    std::vector<std::size_t> lines_;
};

/// Builds ConfigNodes from the parser's events, which show what its own node tree hides: repeated
/// keys, anchors, tags.
class Reader final : public YAML::EventHandler {
public:
    Reader(const Places& places, Findings& findings) : places_(places), findings_(findings) {}

    ConfigNode take() { return std::move(root_); }

    void OnDocumentStart(const YAML::Mark&) override {}
    void OnDocumentEnd() override {}
    void OnAnchor(const YAML::Mark& mark, const std::string&) override {
        refuse(mark, {"anchors (&name) are not used here: write the value out",
                      "les ancres (&nom) ne s'emploient pas ici : écrire la valeur"});
    }

    void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override {
        refuse(mark, {"aliases (*name) are not used here: write the value out",
                      "les alias (*nom) ne s'emploient pas ici : écrire la valeur"});
        value(mark, {});
    }

    void OnNull(const YAML::Mark& mark, YAML::anchor_t) override { value(mark, {}); }

    void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t,
                  const std::string& text) override {
        checkTag(mark, tag);
        ConfigNode node;
        node.kind = ConfigNode::Kind::scalar;
        node.text = text;
        node.quoted = tag == "!";
        value(mark, std::move(node));
    }

    void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t,
                         YAML::EmitterStyle::value) override {
        checkTag(mark, tag);
        open(mark, ConfigNode::Kind::list);
    }
    void OnSequenceEnd() override { close(); }

    void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t,
                    YAML::EmitterStyle::value) override {
        checkTag(mark, tag);
        open(mark, ConfigNode::Kind::map);
    }
    void OnMapEnd() override { close(); }

private:
    /// A list or map that is still open. In a map keys and values take turns.
    struct Open {
        ConfigNode node;
        bool hasKey = false;
        bool keep = true;  ///< false: the key was refused, so its value is dropped
        std::string key;
        Place keyWhere;
    };

    void refuse(const YAML::Mark& mark, Reason text) {
        findings_.error(places_.at(mark), std::move(text));
    }

    void checkTag(const YAML::Mark& mark, const std::string& tag) {
        if (tag != "?" && tag != "!" && !tag.empty())
            refuse(mark, {"tags (!name) are not used here: write the value alone",
                          "les étiquettes (!nom) ne s'emploient pas ici : écrire la valeur seule"});
    }

    void open(const YAML::Mark& mark, ConfigNode::Kind kind) {
        Open next;
        next.node.kind = kind;
        next.node.where = places_.at(mark);
        open_.push_back(std::move(next));
    }

    void close() {
        ConfigNode done = std::move(open_.back().node);
        open_.pop_back();
        place(std::move(done));
    }

    void value(const YAML::Mark& mark, ConfigNode node) {
        node.where = places_.at(mark);
        place(std::move(node));
    }

    void place(ConfigNode node) {
        if (open_.empty()) {
            root_ = std::move(node);
            return;
        }
        Open& in = open_.back();
        if (in.node.kind == ConfigNode::Kind::list) {
            node.keyWhere = node.where;
            in.node.items.emplace_back(std::string(), std::move(node));
        } else if (!in.hasKey) {
            takeKey(in, node);
        } else {
            in.hasKey = false;
            node.keyWhere = in.keyWhere;
            if (in.keep) in.node.items.emplace_back(std::move(in.key), std::move(node));
        }
    }

    void takeKey(Open& in, const ConfigNode& key) {
        in.hasKey = true;
        in.keyWhere = key.where;
        in.key = key.text;
        in.keep = key.kind == ConfigNode::Kind::scalar;
        if (!in.keep)
            findings_.error(key.where,
                            {"a key is one word or text", "une clé est un mot ou un texte"});
        for (const auto& [name, earlier] : in.node.items)
            if (in.keep && name == key.text) {
                findings_.error(key.where, say("the key '{0}' stands here already, at line {1}",
                                               "la clé « {0} » est déjà là, à la ligne {1}",
                                               {name, std::to_string(earlier.keyWhere.line)}));
                in.keep = false;
            }
    }

    const Places& places_;
    Findings& findings_;
    ConfigNode root_;
    std::vector<Open> open_;
};

}  // namespace

ConfigNode parseConfig(std::string_view text, const std::string& file, Findings& findings) {
    if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
    const Places places(text, file);
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t size = utf8Sequence(text.substr(at));
        if (size == 0 || text[at] == '\0') {
            findings.error(places.atByte(at),
                           {"the file is not UTF-8 text; save it as UTF-8",
                            "le fichier n'est pas un texte en UTF-8 ; l'enregistrer en UTF-8"});
            return {};
        }
        at += size;
    }
    Reader reader(places, findings);
    try {
        std::istringstream in{std::string(text)};
        YAML::Parser parser(in);
        parser.HandleNextDocument(reader);
        Findings ignored;
        Reader second(places, ignored);
        if (parser.HandleNextDocument(second))
            findings.error({file, 0, 0}, {"the file holds more than one document ('---')",
                                          "le fichier contient plus d'un document (« --- »)"});
    } catch (const YAML::Exception& error) {
        findings.error(places.at(error.mark),
                       say("not readable as YAML: {0}", "illisible comme YAML : {0}", {error.msg}));
    }
    ConfigNode root = reader.take();
    if (root.where.file.empty()) root.where = {file, 1, 1};
    return root;
}

std::string readFile(const std::string& path, Findings& findings) {
    std::error_code error;
    std::ifstream in(path, std::ios::binary);
    if (!std::filesystem::is_regular_file(path, error) || !in) {
        findings.error({path, 0, 0},
                       isForbidden(path) ? mayNotRead()
                       : std::filesystem::exists(path, error)
                           ? Reason{"cannot be read", "ne peut être lu"}
                           : Reason{"there is no such file", "ce fichier n'existe pas"});
        return {};
    }
    std::ostringstream content;
    content << in.rdbuf();
    return content.str();
}

}  // namespace gateway
