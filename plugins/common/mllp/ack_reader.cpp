#include <algorithm>
#include <array>

#include "mllp/ack.h"

namespace mllp {
namespace {

constexpr std::size_t kAckLimit = 65'536;  // of what is read for MSA and ERR
constexpr std::size_t kMostErrors = 50;
constexpr std::size_t kWordsLimit = 4096;

/// The pieces of one text between a mark.
class Pieces {
public:
    Pieces(std::string_view text, char mark) : rest_(text), mark_(mark) {}
    bool next(std::string_view& piece) {
        if (done_) return false;
        const std::size_t end = rest_.find(mark_);
        piece = rest_.substr(0, end);
        done_ = end == rest_.npos;
        if (!done_) rest_.remove_prefix(end + 1);
        return true;
    }

private:
    std::string_view rest_;
    char mark_;
    bool done_ = false;
};

std::string_view pieceOf(std::string_view text, char mark, std::size_t n) {
    Pieces pieces(text, mark);
    std::string_view piece;
    for (std::size_t i = 0; i <= n; ++i)
        if (!pieces.next(piece)) return {};
    return piece;
}

class Errors {
public:
    Errors(const Head& head, Ack& ack) : head_(head), ack_(ack) {}

    void segment(std::string_view line) {
        words(line.substr(std::min<std::size_t>(4, line.size())));
        code(pieceOf(pieceOf(line, head_.separator(), 3), head_.componentMark(), 0));
        Pieces before25(pieceOf(line, head_.separator(), 1),
                        head_.repetitionMark() != '\0' ? head_.repetitionMark() : '\r');
        for (std::string_view one; before25.next(one);) {
            const std::string_view four = pieceOf(one, head_.componentMark(), 3);
            const char within = head_.subcomponentMark();
            code(within != '\0' ? pieceOf(four, within, 0) : four);
        }
    }
    void words(std::string_view text) {
        if (text.empty() || ack_.words.size() >= kWordsLimit) return;
        if (!ack_.words.empty()) ack_.words += '\n';
        ack_.words += text.substr(0, kWordsLimit - ack_.words.size());
    }

private:
    void code(std::string_view text) {
        const bool digits =
            !text.empty() && text.size() <= 4 &&
            std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
        if (digits && ack_.errorCodes.size() < kMostErrors) ack_.errorCodes.emplace_back(text);
    }

    const Head& head_;
    Ack& ack_;
};

}  // namespace

Ack parseAck(std::string_view message) {
    const Head head(message);
    if (!head.known()) return {};
    message = message.substr(0, kAckLimit);
    const std::string_view line = segment(message, "MSA", kAckLimit);
    static constexpr std::array<std::string_view, 6> kCodes = {"AA", "AE", "AR", "CA", "CE", "CR"};
    const std::string_view code = pieceOf(line, head.separator(), 1);
    if (std::find(kCodes.begin(), kCodes.end(), code) == kCodes.end()) return {};
    Ack ack;
    ack.code = code;
    ack.controlId = pieceOf(line, head.separator(), 2);
    ack.ownId = head.controlId();
    Errors errors(head, ack);
    errors.words(pieceOf(line, head.separator(), 3));
    for (std::string_view rest = message; ack.errorCodes.size() < kMostErrors;) {
        const std::string_view error = segment(rest, "ERR", rest.size());
        if (error.empty()) break;
        errors.segment(error);
        rest.remove_prefix(static_cast<std::size_t>(error.data() - rest.data()) + error.size());
    }
    return ack;
}

}  // namespace mllp
