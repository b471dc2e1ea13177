/// @file  The requests of corpus/, good and bad.
#pragma once

#include <ostream>
#include <string>
#include <vector>

#include "http/limits.h"

namespace support {

struct HttpCase {
    std::string name;
    std::string section;  ///< "9112 §6.1"
    std::string outcome;  ///< "POST /x [abc], GET /y [], 400"
    std::string bytes;

    /// The status that ends it; 0: none.
    int refused() const;
    /// How many requests are served.
    std::size_t served() const;
    bool waits() const;
};

void PrintTo(const HttpCase& one, std::ostream* out);

std::vector<HttpCase> httpCorpus();
/// What the outcomes are meant for.
gateway::http::Limits httpCorpusLimits();

}  // namespace support
