#include "csv_text.h"

#include <algorithm>

#include "common/text/text.h"
#include "words.h"

namespace maps {
namespace {

using gateway::Findings;

class Reader {
public:
    Reader(const std::string& file, std::string_view text, Findings& findings)
        : file_(file), text_(text), findings_(findings) {
        if (text_.starts_with(text::kByteOrderMark)) text_.remove_prefix(3);
    }

    CsvText read() {
        CsvText csv;
        while (at_ < text_.size() && isHead()) head(csv);
        const std::string_view names = line();
        separator_ = std::count(names.begin(), names.end(), ';') >
                             std::count(names.begin(), names.end(), ',')
                         ? ';'
                         : ',';
        csv.columns = record();
        while (at_ < text_.size()) {
            CsvLine line = record();
            if (std::any_of(line.fields.begin(), line.fields.end(),
                            [](const std::string& field) { return !field.empty(); }))
                csv.lines.push_back(std::move(line));
        }
        return csv;
    }

private:
    std::string_view line() const {
        return text_.substr(at_, std::min(text_.find('\n', at_), text_.size()) - at_);
    }

    bool isHead() const {
        const std::string_view now = trimmed(line());
        return now.find_first_not_of(" ,;\t\"") == now.npos || now.front() == '#' ||
               now.starts_with("\"#");
    }

    void head(CsvText& csv) {
        std::string_view now = trimmed(line());
        at_ = std::min(text_.size(), at_ + line().size() + 1);
        ++line_;
        while (!now.empty() && (now.back() == ';' || now.back() == ',' || now.back() == '"'))
            now.remove_suffix(1);
        if (now.starts_with('"')) now.remove_prefix(1);
        if (!now.starts_with('#')) return;
        const auto colon = now.find(':');
        if (colon == now.npos) return;
        csv.head[folded(now.substr(1, colon - 1))] = trimmed(now.substr(colon + 1));
    }

    CsvLine record() {
        CsvLine record;
        record.line = line_;
        for (;;) {
            record.fields.push_back(field());
            if (at_ >= text_.size()) return record;
            if (text_[at_++] == '\n') {
                ++line_;
                return record;
            }
        }
    }

    std::string field() {
        if (at_ >= text_.size() || text_[at_] != '"') {
            const char ends[] = {separator_, '\n', '\0'};
            const std::size_t end = std::min(text_.find_first_of(ends, at_), text_.size());
            const std::string_view found = trimmed(text_.substr(at_, end - at_));
            at_ = end;
            return std::string(found);
        }
        std::string field;
        const int from = line_;
        for (++at_; at_ < text_.size(); ++at_) {
            if (text_[at_] == '\n') ++line_;
            if (text_[at_] == '"') {
                if (!text_.substr(at_ + 1).starts_with('"')) break;
                ++at_;
            }
            field += text_[at_];
        }
        if (at_ >= text_.size())
            findings_.error({file_, from, 0}, {"found a quote that is not closed, expected \"",
                                               "un guillemet n'est pas fermé, attendu \""});
        while (at_ < text_.size() && text_[at_] != separator_ && text_[at_] != '\n') ++at_;
        return field;
    }

    const std::string file_;
    std::string_view text_;
    Findings& findings_;
    std::size_t at_ = 0;
    int line_ = 1;
    char separator_ = ',';
};

}  // namespace

CsvText readCsvText(const std::string& file, std::string_view text, Findings& findings) {
    return Reader(file, text, findings).read();
}

std::string csvLine(const std::vector<std::string>& fields, char separator) {
    std::string line;
    for (std::size_t i = 0; i < fields.size(); ++i) {
        if (i) line += separator;
        const std::string& field = fields[i];
        const bool quote = field.find_first_of("\",;\n\r") != field.npos ||
                           field != std::string(trimmed(field)) || field.starts_with('#');
        if (!quote) {
            line += field;
            continue;
        }
        line += '"';
        for (const char c : field) line += c == '"' ? std::string("\"\"") : std::string(1, c);
        line += '"';
    }
    return line + '\n';
}

}  // namespace maps
