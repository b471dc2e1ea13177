/// Any bytes as a message, as a finding about it and as a peer's answer: what is built can be
/// framed, is bounded, is whole segments, answers as asked, and is read back.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "gateway/error.h"
#include "mllp/ack.h"
#include "mllp/framer.h"

namespace {
using namespace gateway;
using mllp::Ack;
using mllp::Head;
using mllp::Verdict;

void check(bool good) {
    if (!good) std::abort();
}

bool clean(std::string_view text) {
    return std::all_of(text.begin(), text.end(),
                       [](char c) { return static_cast<unsigned char>(c) >= ' ' && c != '\x7f'; });
}

/// Each line is MSH, MSA or ERR, in that order, with the separator of the message behind its id.
void checkSegments(const Head& head, std::string_view answer) {
    std::size_t lines = 0;
    while (!answer.empty()) {
        const std::size_t end = answer.find('\r');
        check(end != answer.npos);
        const std::string_view line = answer.substr(0, end);
        const std::string_view id = lines == 0 ? "MSH" : lines == 1 ? "MSA" : "ERR";
        check(line.starts_with(id) && line.size() > 3 && line[3] == head.separator());
        check(clean(line));
        answer.remove_prefix(end + 1);
        ++lines;
    }
    check(lines >= 2 && lines <= 2 + Verdict::kMostFindings);
}

void checkAnswer(const Head& head, const Verdict& verdict, const std::string& answer, char side) {
    if (answer.empty()) return;
    check(answer.size() < 200'000);
    checkSegments(head, answer);
    mllp::checkFramable(answer);
    const Ack read = mllp::parseAck(answer);
    check(read.code.size() == 2 && read.code[0] == side);
    check(read.positive() == (verdict.kind == Verdict::Kind::accept));
    check(read.accepts() == (side == 'C'));
    // Nobody answers an answer, unless the sender knows original mode alone.
    const Head own(answer);
    check(own.known() && own.controlId() == "ID");
    if (mllp::isEnhanced(head)) check(own.field(15) == "NE" && own.field(16) == "NE");
    if (head.known() && head.answeredId().size() < 500 && clean(head.answeredId()) &&
        head.answeredId().find(head.separator()) == std::string_view::npos)
        check(read.controlId == head.answeredId());
}

void acknowledge(std::string_view message, const Verdict& verdict) {
    const Head head(message);
    const Time now{};
    const std::string accept = mllp::acceptAcknowledgement(head, verdict, now, "ID");
    const std::string application = mllp::applicationAcknowledgement(head, verdict, now, "ID");
    const std::string first = mllp::acknowledgement(head, verdict, now, "ID");
    checkAnswer(head, verdict, accept, 'C');
    checkAnswer(head, verdict, application, 'A');
    check(accept.empty() != mllp::asksAccept(head, verdict.kind));
    check(application.empty() != mllp::asksApplication(head, verdict.kind));
    check(first == (accept.empty() ? application : accept));
    if (!mllp::isEnhanced(head)) check(accept.empty() && !application.empty());
}

/// The input's own words as places, codes and texts.
Issues findingsIn(std::string_view input) {
    Issues found;
    for (std::size_t at = 0; at < input.size() && found.all().size() < 40; at += 17) {
        const std::string words(input.substr(at, 17));
        Issue issue;
        issue.severity = static_cast<Severity>(static_cast<unsigned char>(words[0]) % 4);
        issue.where = words.size() % 2 == 0 ? words : "PID-" + words;
        issue.code = words.substr(0, 3);
        issue.text = {words, at % 2 == 0 ? words : ""};
        issue.rule = words.substr(words.size() / 2);
        found.add(std::move(issue));
    }
    return found;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const std::string_view input(reinterpret_cast<const char*>(data), size);
    const std::size_t half = size * data[0] / 256;
    const std::string_view message = input.substr(1 + std::min(half, size - 1));
    const Issues found = findingsIn(input.substr(1, half));
    const std::string words(input.substr(1, 40));
    const auto fault = static_cast<Fault>(data[0] % 6);

    for (const std::string_view text : {message, input.substr(1)}) {
        const Ack read = mllp::parseAck(text);
        check(read.words.size() <= 8192 && read.errorCodes.size() <= 100);
        acknowledge(text, Verdict::accepted("stored"));
        acknowledge(text, Verdict::accepted(found));
        acknowledge(text, Verdict::conflict());
        acknowledge(text, Verdict::of(Error(fault, words, words)));
        acknowledge(text, Verdict::of(Error(fault, words, words), found));
    }
    return 0;
}
