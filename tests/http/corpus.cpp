#include "corpus.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <stdexcept>

#include "support/places.h"

namespace support {
namespace {
namespace fs = std::filesystem;

int hexDigit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    throw std::runtime_error("corpus: no hexadecimal digit");
}

/// "{300*b}" at `at`, if there is one; its end goes to `at`.
std::string repetition(const std::string& line, std::size_t& at) {
    const std::size_t star = line.find('*', at), end = line.find('}', at);
    if (star == line.npos || end != star + 2)
        throw std::runtime_error("corpus: '{' is no repetition: " + line);
    const std::string out(std::stoul(line.substr(at + 1, star - at - 1)), line[star + 1]);
    at = end;
    return out;
}

std::string bytesOf(const std::string& line) {
    std::string out;
    for (std::size_t at = 0; at < line.size(); ++at) {
        if (line[at] == '{') {
            out += repetition(line, at);
        } else if (line[at] != '\\') {
            out += line[at];
        } else {
            switch (line.at(++at)) {
                case 'r': out += '\r'; break;
                case 'n': out += '\n'; break;
                case 't': out += '\t'; break;
                case '0': out += '\0'; break;
                case '\\': out += '\\'; break;
                case 'x':
                    out += static_cast<char>(hexDigit(line.at(at + 1)) * 16 +
                                             hexDigit(line.at(at + 2)));
                    at += 2;
                    break;
                default: throw std::runtime_error("corpus: unknown escape: " + line);
            }
        }
    }
    return out;
}

/// "=== Name | section | outcome"
HttpCase headOf(const std::string& line) {
    const std::size_t first = line.find(" | "), second = line.find(" | ", first + 3);
    if (second == line.npos) throw std::runtime_error("corpus: no case: " + line);
    return {line.substr(4, first - 4),
            line.substr(first + 3, second - first - 3),
            line.substr(second + 3),
            {}};
}

void read(const fs::path& file, std::vector<HttpCase>& cases) {
    std::ifstream in(file);
    for (std::string line; std::getline(in, line);) {
        if (line.starts_with('#') || line.empty()) continue;
        if (line.starts_with("=== "))
            cases.push_back(headOf(line));
        else
            cases.back().bytes += bytesOf(line);
    }
}

}  // namespace

int HttpCase::refused() const {
    const std::string last =
        outcome.substr(outcome.rfind(", ") == outcome.npos ? 0 : outcome.rfind(", ") + 2);
    return last.find_first_not_of("0123456789") == last.npos ? std::stoi(last) : 0;
}

std::size_t HttpCase::served() const {
    return static_cast<std::size_t>(std::count(outcome.begin(), outcome.end(), '['));
}

bool HttpCase::waits() const { return outcome.ends_with("waits"); }

void PrintTo(const HttpCase& one, std::ostream* out) {
    *out << one.name << " (" << one.section << ")";
}

std::vector<HttpCase> httpCorpus() {
    std::vector<fs::path> files;
    for (const auto& entry : fs::directory_iterator(std::string(kSourceDir) + "/tests/http/corpus"))
        if (entry.path().extension() == ".txt") files.push_back(entry.path());
    std::sort(files.begin(), files.end());
    std::vector<HttpCase> cases;
    for (const fs::path& file : files) read(file, cases);
    return cases;
}

gateway::http::Limits httpCorpusLimits() {
    gateway::http::Limits limits;
    limits.bodyBytes = 1000;
    limits.targetBytes = 512;
    limits.headerBytes = 4096;
    limits.headerCount = 10;
    return limits;
}

}  // namespace support
