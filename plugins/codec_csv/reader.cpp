#include "reader.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "common/csv/reader.h"
#include "common/text/text.h"
#include "gateway/guard.h"
#include "gateway/pack.h"

namespace csv {
using gateway::Builder;
using gateway::Bytes;
using gateway::Error;
using gateway::Fault;
using gateway::Issues;
using gateway::Kind;
using gateway::Name;
using gateway::Severity;
using gateway::Span;

namespace {

constexpr std::size_t kMostFindings = 100;

/// `12,5` and `-0,75`, but not `1,2,3` or `,5`.
bool isCommaDecimal(std::string_view text) {
    std::size_t digits = 0, commas = 0, after = 0;
    for (std::size_t i = text.starts_with('-') ? 1 : 0; i < text.size(); ++i) {
        if (text[i] == ',') {
            ++commas;
        } else if (text[i] >= '0' && text[i] <= '9') {
            ++(commas == 0 ? digits : after);
        } else {
            return false;
        }
    }
    return commas == 1 && digits > 0 && after > 0;
}

/// `02/01/2025`, `2025-01-02`: what no column is called.
bool isDay(std::string_view text) {
    const auto like = [text](std::string_view pattern) {
        return text.size() == pattern.size() &&
               std::equal(text.begin(), text.end(), pattern.begin(),
                          [](char c, char p) { return p == '0' ? c >= '0' && c <= '9' : c == p; });
    };
    return like("00/00/0000") || like("0000-00-00");
}

bool isHigh(char c) { return static_cast<unsigned char>(c) >= 0x80; }

bool isControl(char c) {
    return static_cast<unsigned char>(c) < 0x20 && c != '\t' && c != '\r' && c != '\n';
}

/// Where the bytes stood that became UTF-8: asked in ascending order.
class Origin {
public:
    /// @param each  whether each character was one byte
    Origin(std::string_view text, std::uint32_t begin, bool known, bool each)
        : text_(text), begin_(begin), known_(known), each_(each) {}

    Span span(std::size_t begin, std::size_t end) {
        if (!known_) return {};
        const std::uint32_t first = byte(begin);
        return {first, byte(end)};
    }

private:
    std::uint32_t byte(std::size_t at) {
        if (!each_) return begin_ + static_cast<std::uint32_t>(at);
        for (; at_ < at; ++at_)
            if ((static_cast<unsigned char>(text_[at_]) & 0xC0u) != 0x80u) ++count_;
        return begin_ + count_;
    }

    const std::string_view text_;
    const std::uint32_t begin_;
    const bool known_, each_;
    std::size_t at_ = 0;
    std::uint32_t count_ = 0;
};

class FileReader {
public:
    FileReader(const Options& options, Builder& tree, Issues& issues)
        : options_(options), tree_(tree), issues_(issues) {}

    /// @param file   its name in the pack, or empty
    /// @param begin  where it begins in the body
    void read(const Bytes& bytes, const std::string& file, const std::string& row,
              std::uint32_t begin) {
        file_ = file;
        const std::string_view source = bytes.view();
        const bool marked = source.starts_with(text::kByteOrderMark);
        const bool good =
            (source.size() < 2 || source[1] != '\0') && text::badUtf8(source) == source.npos;
        const bool wanted = options_.found || options_.encoding == text::Encoding::utf8;
        // Letters of another set that are UTF-8 by chance there are none.
        const bool utf8 = good && (wanted || std::any_of(source.begin(), source.end(), isHigh));
        if (utf8 && !wanted) tellOfUtf8();
        if (utf8) {
            const std::size_t mark = marked ? text::kByteOrderMark.size() : 0;
            return rows(
                source.substr(mark), row,
                Origin(source.substr(mark), begin + static_cast<std::uint32_t>(mark), true, false));
        }
        text::Decoded other = decoded(source);
        const bool bytewise = other.encoding == text::Encoding::windows1252 ||
                              other.encoding == text::Encoding::latin9;
        const Bytes made(std::move(other.text));
        tree_.keepAlive(made);
        rows(made.view(), row, Origin(made.view(), begin, bytewise, true));
    }

private:
    text::Decoded decoded(std::string_view source) {
        if (options_.found) return text::decoded(source);
        if (options_.encoding == text::Encoding::utf8)
            throw Error(Fault::malformed, placed(text::place(source, text::badUtf8(source))),
                        {"this byte is not UTF-8", "cet octet n'est pas de l'UTF-8"});
        if (options_.encoding == text::Encoding::latin9) tellOfWindows(source);
        return {text::decodedAs(source, options_.encoding), options_.encoding, 0};
    }

    void tellOfUtf8() {
        issues_.add(Severity::warning, placed(Position{1, 1}),
                    {"the file is UTF-8, and read as such: correct the option charset",
                     "le fichier est en UTF-8, et lu comme tel : corriger l'option charset"});
    }

    /// Text that was pasted from a word processor.
    void tellOfWindows(std::string_view source) {
        const auto at = std::find_if(source.begin(), source.end(), [](char c) {
            const auto byte = static_cast<unsigned char>(c);
            return byte >= 0x80 && byte < 0xA0;
        });
        if (at != source.end())
            issues_.add(Severity::warning,
                        placed(text::place(source, static_cast<std::size_t>(at - source.begin()))),
                        {"found a byte that ISO 8859-15 has no sign for, read as Windows-1252",
                         "trouvé un octet pour lequel ISO 8859-15 n'a pas de signe, lu comme "
                         "Windows-1252"});
    }

    std::string placed(const std::string& where) const {
        return file_.empty() ? where : file_ + ", " + where;
    }
    std::string placed(const Position& where) const {
        return placed("line " + std::to_string(where.line) + ", column " +
                      std::to_string(where.column));
    }

    void rows(std::string_view text, const std::string& row, Origin origin) {
        refuseOthers(text);
        text_ = text;
        Reader reader(text, options_.separator);
        const Name name = tree_.intern(row);
        bool header = false;
        while (reader.next()) {
            if (reader.mistake())
                throw Error(Fault::malformed, placed(reader.mistake()->where),
                            reader.mistake()->text);
            // Also separators alone, as spreadsheets leave them behind a table.
            if (reader.blank() && std::none_of(reader.fields().begin(), reader.fields().end(),
                                               [](const Field& one) { return one.quoted; }))
                continue;
            if (!std::exchange(header, true))
                columns(reader);
            else
                record(reader, name, origin);
        }
    }

    /// What no table begins with: other formats, control characters.
    void refuseOthers(std::string_view text) const {
        if (text.starts_with("PK\3\4") || text.starts_with('\x1f'))
            throw Error(Fault::malformed, placed(Position{1, 1}),
                        {"found a zip or gzip archive, expected CSV files: send them as an "
                         "uncompressed tar",
                         "trouvé une archive zip ou gzip, attendu des fichiers CSV : les envoyer "
                         "dans une archive tar non compressée"});
        const std::size_t first = text.find_first_not_of(" \t\r\n");
        if (first == text.npos)
            throw Error(Fault::malformed, placed(Position{}),
                        {"found an empty file, expected the names of columns",
                         "trouvé un fichier vide, attendu les noms des colonnes"});
        refuseControls(text, first);
    }
    /// @param first  where a line begins
    void refuseControls(std::string_view text, std::size_t first) const {
        const std::size_t line = std::min(text.find_first_of("\r\n", first), text.size());
        const bool control =
            std::any_of(text.begin() + static_cast<std::ptrdiff_t>(first),
                        text.begin() + static_cast<std::ptrdiff_t>(line),
                        [](char c) { return static_cast<unsigned char>(c) < 0x20 && c != '\t'; });
        if (control) refuse(text::place(text, first));
    }
    [[noreturn]] void refuse(const std::string& where) const {
        throw Error(Fault::malformed, placed(where),
                    {"found another format, expected the names of columns",
                     "trouvé un autre format, attendu les noms des colonnes"});
    }

    void columns(const Reader& reader) {
        columns_.clear();
        const std::string_view first = reader.fields().front().text;
        if (first.starts_with('<') || first.starts_with('{') || first.starts_with('['))
            refuse(text::place(text_, reader.begin()));
        refuseControls(text_, reader.begin());  // separators alone may stand before it
        if (reader.fields().size() > kMostColumns) tooMany(reader);
        for (const Field& field : reader.fields()) {
            if (isDay(field.text)) tellOfValue(reader, field);
            columns_.push_back(column(said(field)));
        }
    }
    void tellOfValue(const Reader& reader, const Field& field) {
        find(
            Severity::warning, reader.position(field.at),
            {"found a date, expected the name of a column: the first line may be missing",
             "trouvé une date, attendu le nom d'une colonne : la première ligne manque peut-être"});
    }
    [[noreturn]] void tooMany(const Reader& reader) const {
        throw Error(Fault::malformed, placed(Position{reader.line(), 1}),
                    gateway::say("found more than {0} columns", "trouvé plus de {0} colonnes",
                                 {std::to_string(kMostColumns)}));
    }
    Name column(std::string_view text) {
        const std::string number = std::to_string(columns_.size() + 1);
        return tree_.intern(text.empty() ? "column" + number : std::string(text));
    }

    void record(const Reader& reader, Name name, Origin& origin) {
        const auto row = tree_.open(name);
        tree_.inList(row);
        const std::vector<Field>& fields = reader.fields();
        const Span whole = origin.span(reader.begin(), fields.front().at);
        std::uint32_t end = whole.begin;
        for (std::size_t i = 0; i < fields.size(); ++i) {
            const Field& field = fields[i];
            const Span where = origin.span(field.at, field.end);
            end = where.end;
            if (i >= columns_.size()) {
                if (i >= kMostColumns) tooMany(reader);
                if (field.text.empty()) continue;
                surplus(reader, field);
            }
            cell(reader,
                 i < columns_.size() ? columns_[i] : tree_.intern("column" + std::to_string(i + 1)),
                 field, where);
        }
        tree_.where(row, {whole.begin, end});
        tree_.close();
        if (fields.size() < columns_.size()) missing(reader, fields.size());
    }

    std::string_view said(const Field& field) const {
        return options_.guarded ? gateway::guard::ofCell(field.text) : field.text;
    }

    void cell(const Reader& reader, Name name, const Field& field, Span where) {
        const auto leaf = tree_.open(name);
        const std::string_view text = said(field);
        if (std::any_of(text.begin(), text.end(), isControl)) control(reader, field);
        if (text.empty()) {
            tree_.kind(leaf, Kind::null);
        } else if (options_.comma && isCommaDecimal(text)) {
            std::string number(text);
            number[number.find(',')] = '.';
            tree_.text(leaf, number);
        } else if (lasts(text)) {
            tree_.textView(leaf, text);
        } else {
            tree_.text(leaf, text);
        }
        tree_.where(leaf, where);
        tree_.close();
    }

    /// Whether the text lives as long as the tree: it had no doubled quotes.
    bool lasts(std::string_view text) const {
        return text.data() >= text_.data() && text.data() < text_.data() + text_.size();
    }

    void surplus(const Reader& reader, const Field& field) {
        if (findings_ >= kMostFindings) return;  // a place is counted from the row's begin
        find(Severity::error, reader.position(field.at),
             gateway::say("found a field more than the {0} columns of the header",
                          "trouvé un champ de plus que les {0} colonnes de l'en-tête",
                          {std::to_string(columns_.size())}));
    }
    void control(const Reader& reader, const Field& field) {
        if (findings_ >= kMostFindings) return;
        find(Severity::error, reader.position(field.at),
             {"found a control character, expected text: take it out",
              "trouvé un caractère de commande, attendu du texte : le retirer"});
    }
    void missing(const Reader& reader, std::size_t found) {
        find(Severity::warning, {reader.line(), 1},
             gateway::say("found {0} fields, expected the {1} of the header",
                          "trouvé {0} champs, attendu les {1} de l'en-tête",
                          {std::to_string(found), std::to_string(columns_.size())}));
    }
    void find(Severity severity, const Position& where, gateway::Reason text) {
        if (++findings_ <= kMostFindings) issues_.add(severity, placed(where), std::move(text));
    }

    const Options& options_;
    Builder& tree_;
    Issues& issues_;
    std::string file_;
    std::string_view text_;
    std::vector<Name> columns_;
    std::size_t findings_ = 0;
};

std::string stemOf(const std::string& file) { return file.substr(0, file.rfind('.')); }

}  // namespace

void read(const Bytes& body, const Options& options, Builder& into, Issues& issues) {
    FileReader reader(options, into, issues);
    if (const auto files = gateway::unpacked(body)) {
        into.rename(into.root(), into.intern(options.type.empty() ? "pack" : options.type));
        for (const gateway::PackedFile& file : *files) {
            const std::string_view content = file.content.view();
            const auto begin = static_cast<std::uint32_t>(content.data() - body.view().data());
            if (content.find_first_not_of("\r\n") != content.npos)
                reader.read(file.content, file.name, stemOf(file.name), begin);
        }
    } else {
        reader.read(body, {}, options.row, 0);
    }
    if (into.root().node().children().empty())
        issues.add(Severity::warning, "/",
                   {"found no row below the names of the columns",
                    "pas de ligne sous les noms des colonnes"});
}

}  // namespace csv
