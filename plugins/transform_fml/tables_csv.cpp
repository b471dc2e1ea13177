#include <algorithm>
#include <array>

#include "gateway/config.h"
#include "tables_table.h"

namespace tables {
namespace {

using gateway::Findings;

const std::vector<std::string> kColumns = {"source",   "source_label", "target", "target_label",
                                           "relation", "preferred",    "comment"};
const std::vector<std::string> kRelations = {"equivalent", "source-is-narrower-than-target",
                                             "source-is-broader-than-target", "related-to",
                                             "not-related-to"};
/// R4's names of the same relations.
constexpr std::array<std::pair<std::string_view, std::string_view>, 10> kOldRelations = {{
    {"equal", "equivalent"},
    {"equivalence", "equivalent"},
    {"wider", "source-is-narrower-than-target"},
    {"subsumes", "source-is-narrower-than-target"},
    {"narrower", "source-is-broader-than-target"},
    {"specializes", "source-is-broader-than-target"},
    {"relatedto", "related-to"},
    {"inexact", "related-to"},
    {"unmatched", "not-related-to"},
    {"disjoint", "not-related-to"},
}};
const std::vector<std::string> kKeys = {"url",    "name",     "version",  "source",
                                        "target", "unmapped", "overrides"};

std::string_view trimmed(std::string_view text) {
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
    while (!text.empty() && (text.back() == ' ' || text.back() == '\t' || text.back() == '\r'))
        text.remove_suffix(1);
    return text;
}

std::string_view withoutMark(std::string_view text) {
    if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
    return text;
}

bool validUtf8(std::string_view text) {
    for (std::size_t i = 0; i < text.size();) {
        const auto c = static_cast<unsigned char>(text[i]);
        const std::size_t more = c < 0x80                ? 0
                                 : c >= 0xC2 && c < 0xE0 ? 1
                                 : c >= 0xE0 && c < 0xF0 ? 2
                                 : c >= 0xF0 && c < 0xF5 ? 3
                                                         : 4;
        if (more == 4 || i + more >= text.size() + (more == 0)) return false;
        for (std::size_t k = 1; k <= more; ++k)
            if ((static_cast<unsigned char>(text[i + k]) & 0xC0) != 0x80) return false;
        i += more + 1;
    }
    return true;
}

/// RFC 4180: fields, quotes doubled inside quotes, line breaks inside quotes.
class Reader {
public:
    Reader(Table& table, std::string_view text, Findings& findings)
        : table_(table), text_(withoutMark(text)), findings_(findings) {}

    void read() {
        if (!validUtf8(text_)) {
            findings_.error({table_.file, lineOfBadByte(), 0},
                            "found a byte that is not UTF-8, expected a table in UTF-8");
            return;
        }
        while (at_ < text_.size() && isHeaderLine()) headerLine();
        if (at_ >= text_.size()) {
            fail(line_, "found no column names, expected " + joined());
            return;
        }
        separator_ = chooseSeparator();
        columns();
        while (at_ < text_.size()) row();
    }

private:
    void fail(int line, const std::string& text) { findings_.error({table_.file, line, 0}, text); }

    int lineOfBadByte() const {
        int line = 1;
        for (std::size_t begin = 0; begin < text_.size();) {
            const std::size_t end = std::min(text_.find('\n', begin), text_.size());
            if (!validUtf8(text_.substr(begin, end - begin))) break;
            begin = end + 1;
            ++line;
        }
        return line;
    }

    static std::string joined() {
        std::string all;
        for (const std::string& column : kColumns) all += (all.empty() ? "" : ",") + column;
        return all;
    }

    std::string_view line() const {
        return text_.substr(at_, std::min(text_.find('\n', at_), text_.size()) - at_);
    }

    void skipLine() {
        at_ = std::min(text_.find('\n', at_), text_.size() - 1) + 1;
        ++line_;
    }

    bool isHeaderLine() const {
        const std::string_view now = trimmed(line());
        return now.find_first_not_of(" ,;\t") == now.npos || now.front() == '#';
    }

    void headerLine() {
        std::string_view now = trimmed(line());
        const int where = line_;
        skipLine();
        if (!now.starts_with('#')) return;
        now = trimmed(now.substr(1));
        // Excel fills a line up with separators.
        while (!now.empty() && (now.back() == ';' || now.back() == ',')) now.remove_suffix(1);
        const auto colon = now.find(':');
        if (colon == now.npos) return;  // a comment
        const std::string key(trimmed(now.substr(0, colon)));
        const std::string value(trimmed(now.substr(colon + 1)));
        if (key == "url") {
            table_.url = value;
        } else if (key == "name") {
            table_.name = value;
        } else if (key == "version") {
            table_.version = value;
        } else if (key == "source") {
            table_.sourceSystem = value;
        } else if (key == "target") {
            table_.targetSystem = value;
        } else if (key == "overrides") {
            table_.overrides = value;
        } else if (key == "unmapped") {
            unmapped(value, where);
        } else if (key.find(' ') == key.npos) {
            const std::string near = gateway::nearest(key, kKeys);
            if (!near.empty())
                fail(where, "found '# " + key + ":', did you mean '# " + near + ":'?");
        }
    }

    void unmapped(std::string_view value, int where) {
        if (value == "use-source") {
            table_.unmapped = Unmapped::useSource;
        } else if (value == "none") {
            table_.unmapped = Unmapped::none;
        } else if (value.starts_with("fixed ")) {
            table_.unmapped = Unmapped::fixed;
            value = trimmed(value.substr(6));
            const auto space = value.find(' ');
            table_.fixed = value.substr(0, space);
            if (space != value.npos) table_.fixedLabel = trimmed(value.substr(space));
        } else {
            fail(where, "found unmapped '" + std::string(value) +
                            "', expected 'use-source', 'fixed CODE' or 'none'");
        }
    }

    char chooseSeparator() const {
        const std::string_view names = line();
        return std::count(names.begin(), names.end(), ';') >
                       std::count(names.begin(), names.end(), ',')
                   ? ';'
                   : ',';
    }

    /// One record; returns false when a quote is not closed.
    bool record(std::vector<std::string>& fields) {
        fields.clear();
        const int where = line_;
        for (;;) {
            std::string field;
            if (at_ < text_.size() && text_[at_] == '"') {
                if (!quoted(field, where)) return false;
            } else {
                const std::size_t end = std::min(
                    text_.find_first_of(separator_ == ';' ? ";\n" : ",\n", at_), text_.size());
                field = trimmed(text_.substr(at_, end - at_));
                at_ = end;
            }
            fields.push_back(std::move(field));
            if (at_ >= text_.size()) return true;
            if (text_[at_] == '\n') {
                ++at_;
                ++line_;
                return true;
            }
            ++at_;  // the separator
        }
    }

    bool quoted(std::string& field, int where) {
        for (++at_;; ++at_) {
            if (at_ >= text_.size()) {
                fail(where, "found a quote that is not closed, expected \"");
                return false;
            }
            if (text_[at_] == '\n') ++line_;
            if (text_[at_] == '"') {
                if (at_ + 1 < text_.size() && text_[at_ + 1] == '"')
                    ++at_;
                else
                    break;
            }
            field.push_back(text_[at_]);
        }
        ++at_;
        while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\r')) ++at_;
        if (at_ < text_.size() && text_[at_] != separator_ && text_[at_] != '\n') {
            fail(line_, "found text after a closing quote, expected '" +
                            std::string(1, separator_) + "' or the end of the line");
            at_ = std::min(text_.find('\n', at_), text_.size());
        }
        return true;
    }

    void columns() {
        const int where = line_;
        std::vector<std::string> names;
        if (!record(names)) return;
        for (const std::string& name : names) {
            const auto found = std::find(kColumns.begin(), kColumns.end(), name);
            if (found == kColumns.end() && !name.empty()) {
                const std::string near = gateway::nearest(name, kColumns);
                fail(where, "found column '" + name + "', expected " + joined() +
                                (near.empty() ? "" : "; did you mean '" + near + "'?"));
            }
            order_.push_back(found == kColumns.end()
                                 ? kColumns.size()
                                 : static_cast<std::size_t>(found - kColumns.begin()));
        }
        for (const std::size_t needed : {std::size_t{0}, std::size_t{2}})
            if (std::find(order_.begin(), order_.end(), needed) == order_.end())
                fail(where, "found no column '" + kColumns[needed] + "', expected " + joined());
    }

    void row() {
        const std::string_view now = trimmed(line());
        if (now.empty() || now.front() == '#') return skipLine();
        Row row;
        row.line = line_;
        std::vector<std::string>& fields = fields_;
        if (!record(fields)) return;
        if (std::all_of(fields.begin(), fields.end(), [](auto& f) { return f.empty(); })) return;
        if (fields.size() > order_.size())
            return fail(row.line, "found " + std::to_string(fields.size()) + " fields, expected " +
                                      std::to_string(order_.size()) +
                                      "; a field with a separator inside stands in quotes");
        for (std::size_t i = 0; i < fields.size(); ++i) set(row, order_[i], std::move(fields[i]));
        if (row.source.empty())
            return fail(row.line, "found no source code, expected one in column 'source'");
        if (row.target.empty() && row.relation != "not-related-to")
            return fail(row.line,
                        "found no target code, expected one in column 'target', or the relation "
                        "'not-related-to'");
        table_.rows.push_back(std::move(row));
    }

    void set(Row& row, std::size_t column, std::string value) {
        switch (column) {
            case 0: row.source = std::move(value); break;
            case 1: row.sourceLabel = std::move(value); break;
            case 2: row.target = std::move(value); break;
            case 3: row.targetLabel = std::move(value); break;
            case 4: relation(row, std::move(value)); break;
            case 5: preferred(row, value); break;
            case 6: row.comment = std::move(value); break;
            default: break;
        }
    }

    void relation(Row& row, std::string value) {
        for (const auto& [old, now] : kOldRelations)
            if (value == old) value = now;
        if (value.empty()) value = "equivalent";
        if (std::find(kRelations.begin(), kRelations.end(), value) == kRelations.end()) {
            const std::string near = gateway::nearest(value, kRelations);
            std::string all;
            for (const std::string& known : kRelations) all += (all.empty() ? "" : ", ") + known;
            fail(row.line, "found relation '" + value + "', expected one of " + all +
                               (near.empty() ? "" : "; did you mean '" + near + "'?"));
        }
        row.relation = std::move(value);
    }

    void preferred(Row& row, std::string_view value) {
        constexpr std::array kYes = {"yes", "oui", "true", "x", "X", "1", "o", "y"};
        constexpr std::array kNo = {"", "no", "non", "false", "0", "n"};
        if (std::find(kYes.begin(), kYes.end(), value) != kYes.end())
            row.preferred = true;
        else if (std::find(kNo.begin(), kNo.end(), value) == kNo.end())
            fail(row.line, "found '" + std::string(value) +
                               "' in column 'preferred', expected 'yes' or nothing");
    }

    Table& table_;
    std::string_view text_;
    Findings& findings_;
    std::size_t at_ = 0;
    int line_ = 1;
    char separator_ = ',';
    std::vector<std::size_t> order_;
    std::vector<std::string> fields_;
};

}  // namespace

Table readCsv(const std::string& file, std::string_view text, Findings& findings) {
    Table table;
    table.file = file;
    Reader(table, text, findings).read();
    if (table.name.empty()) {
        const auto slash = file.find_last_of('/');
        table.name = file.substr(slash == file.npos ? 0 : slash + 1);
        if (const auto dot = table.name.rfind('.'); dot != table.name.npos) table.name.resize(dot);
    }
    table.index(findings);
    return table;
}

std::string headerOf(std::string_view text, std::string_view key) {
    text = withoutMark(text);
    while (!text.empty()) {
        const std::size_t end = std::min(text.find('\n'), text.size());
        std::string_view line = trimmed(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
        if (line.empty()) continue;
        if (line.front() != '#') break;
        line = trimmed(line.substr(1));
        if (!line.starts_with(key) || trimmed(line.substr(key.size())).substr(0, 1) != ":")
            continue;
        line = trimmed(trimmed(line.substr(key.size())).substr(1));
        while (!line.empty() && (line.back() == ';' || line.back() == ',')) line.remove_suffix(1);
        return std::string(line);
    }
    return {};
}

}  // namespace tables
