/// @file  Separated values, record by record: RFC 4180, and what spreadsheets make of it.
#pragma once

#include <cstddef>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/error.h"

namespace csv {

struct Field {
    std::string_view text;  ///< without its quotes; without blanks around it unless it has quotes
    std::size_t at = 0;     ///< as written, from here …
    std::size_t end = 0;    ///< … to here
    bool quoted = false;
};

/// Line and column (in characters), from 1.
struct Position {
    int line = 1;
    int column = 1;
};

/// What is wrong with a record, which holds what could be read of it.
struct Mistake {
    Position where;
    gateway::Reason text;
};

/// Lines end with LF, CRLF or CR. A quote may hold separators, line breaks and "" for a quote. A
/// first line `sep=;` says the separator.
class Reader {
public:
    /// @param text       UTF-8 (common/text/decoding.h); it must outlive the reader
    /// @param separator  0: `;`, `,` or tab, whichever the first record has most
    explicit Reader(std::string_view text, char separator = '\0');

    /// Reads the next record, empty lines too. @return false at the end
    bool next();
    /// Of the last record. Its texts live until next() is called again.
    const std::vector<Field>& fields() const { return fields_; }
    /// The text of a field, empty where the record ends before it.
    std::string_view operator[](std::size_t field) const;
    /// Whether nothing stands in it.
    bool blank() const;
    const std::optional<Mistake>& mistake() const { return mistake_; }
    /// Where the last record begins.
    int line() const { return line_; }
    /// Of a byte of the last record.
    Position position(std::size_t at) const;
    std::size_t begin() const { return begin_; }
    std::size_t end() const { return at_; }

    /// The line that next() will begin with, without its end.
    std::string_view lineAhead() const;
    int lineNumberAhead() const { return lineAhead_; }
    void skipLine();
    bool atEnd() const { return at_ >= text_.size(); }
    char separator() const { return separator_; }
    /// From the next record on; 0 as for the constructor.
    void separateBy(char separator) { separator_ = separator; }

private:
    void takeSeparatorLine();
    void chooseSeparator();
    bool field();
    Field plain();
    Field quoted();
    bool lineEndsAt(std::size_t at) const;
    void takeLineEnd();

    std::string_view text_;
    char separator_;
    std::size_t at_ = 0;
    std::size_t begin_ = 0;
    int line_ = 1;
    int lineAhead_ = 1;
    std::vector<Field> fields_;
    std::deque<std::string> unescaped_;
    std::optional<Mistake> mistake_;
};

}  // namespace csv
