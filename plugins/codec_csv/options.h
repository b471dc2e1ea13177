/// @file  What the options of the codec "csv" say.
#pragma once

#include <string>

#include "common/text/decoding.h"
#include "gateway/model.h"

namespace csv {

/// Of one file, read or written.
inline constexpr std::size_t kMostColumns = 4096;
/// Of one file that is written: each row has a cell in each column.
inline constexpr std::size_t kMostCells = 64'000'000;

struct Options {
    const gateway::ModelType* model = nullptr;  ///< the logical model, if there is one
    std::string type;                           ///< of the root
    std::string row = "row";                    ///< name of the rows of a file that stands alone
    char separator = '\0';                      ///< 0: found; written `;`
    bool found = true;                          ///< the encoding is found; written UTF-8
    bool mark = false;                          ///< UTF-8 is written with its byte order mark
    bool comma = false;                         ///< decimals are written `12,5`
    bool alwaysPack = false;                    ///< even one file is written as a pack
    bool guarded = true;                        ///< no cell is a formula for a spreadsheet
    bool returns = false;                       ///< lines are written with CRLF, as RFC 4180 has it
    std::string divideBy;  ///< the column by whose values a body is several messages
    text::Encoding encoding = text::Encoding::utf8;
};

}  // namespace csv
