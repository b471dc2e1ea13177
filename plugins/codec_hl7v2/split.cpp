#include "split.h"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cstdint>
#include <string>
#include <string_view>

#include "decode.h"
#include "wide.h"

namespace gateway::hl7v2 {
namespace {

/// The lines of a body, whatever ends them; two memchr passes in all.
class Lines {
public:
    Lines(std::string_view body, std::size_t from) : body_(body), at_(from) {
        carriageReturn_ = body.find('\r', from);
        lineFeed_ = body.find('\n', from);
    }

    bool next() {
        if (at_ >= body_.size()) return false;
        begin_ = at_;
        while (carriageReturn_ < at_) carriageReturn_ = body_.find('\r', at_);
        while (lineFeed_ < at_) lineFeed_ = body_.find('\n', at_);
        end_ = std::min({carriageReturn_, lineFeed_, body_.size()});
        at_ = end_ + (carriageReturn_ == end_ && lineFeed_ == end_ + 1 ? 2 : 1);
        if (at_ > body_.size()) at_ = body_.size();
        return true;
    }

    std::string_view text() const { return body_.substr(begin_, end_ - begin_); }
    std::size_t begin() const { return begin_; }
    std::size_t after() const { return at_; }  ///< behind the line end

private:
    const std::string_view body_;
    std::size_t at_, begin_ = 0, end_ = 0;
    std::size_t carriageReturn_, lineFeed_;
};

bool is(std::string_view line, std::string_view id) {
    return line.starts_with(id) &&
           (line.size() == 3 || !std::isalnum(static_cast<unsigned char>(line[3])));
}

/// Warns when the first field of a trailer is a number other than `found`.
void checkCount(std::string_view trailer, std::uint64_t found, const char* field, Issues& issues) {
    if (trailer.size() < 5) return;
    std::uint64_t told = 0;
    const char* const begin = trailer.data() + 4;
    if (std::from_chars(begin, trailer.data() + trailer.size(), told).ptr == begin) return;
    if (told == found) return;
    issues.add(Severity::warning, field,
               {"the count does not fit: found " + std::to_string(found),
                "le compte ne correspond pas : trouvé " + std::to_string(found)},
               "hl7v2");
}

class Cutter {
public:
    Cutter(std::string_view body, Issues& issues) : body_(body), issues_(issues) {}

    std::vector<Span> run() {
        const std::size_t prelude = body_.size() - withoutPrelude(body_).size();
        for (Lines lines(body_, prelude); lines.next();) line(lines);
        if (spans_.empty() || (spans_.size() == 1 && !wrapped_))
            return {Span{0, static_cast<std::uint32_t>(body_.size())}};
        return std::move(spans_);
    }

private:
    void line(const Lines& lines) {
        const std::string_view text = lines.text();
        if (is(text, "MSH")) {
            if (headed_) open_ = false;
            extend(lines);
            headed_ = true;
            ++messages_;
        } else if (is(text, "FHS") || is(text, "BHS")) {
            wrapped_ = true;
            open_ = false;
            if (text[0] == 'B') {
                ++batches_;
                messages_ = 0;
            }
        } else if (is(text, "BTS")) {
            wrapped_ = true;
            open_ = false;
            checkCount(text, messages_, "BTS-1", issues_);
            messages_ = 0;
        } else if (is(text, "FTS")) {
            wrapped_ = true;
            open_ = false;
            checkCount(text, batches_, "FTS-1", issues_);
        } else if (!text.empty()) {
            extend(lines);
        }
    }

    /// Adds a line to the message in hand, or begins one.
    void extend(const Lines& lines) {
        const auto end = static_cast<std::uint32_t>(lines.after());
        if (open_)
            spans_.back().end = end;
        else
            spans_.push_back({static_cast<std::uint32_t>(lines.begin()), end});
        if (!open_) headed_ = false;
        open_ = true;
    }

    const std::string_view body_;
    Issues& issues_;
    std::vector<Span> spans_;
    std::uint64_t messages_ = 0, batches_ = 0;
    bool open_ = false;    ///< lines go into the last span
    bool headed_ = false;  ///< which has its MSH
    bool wrapped_ = false;
};

}  // namespace

std::vector<Span> split(std::string_view body, Issues& issues) {
    const WideForm form = wideFormOf(body);
    if (!form.wide()) return Cutter(body, issues).run();
    const WideText text(body, form, true);
    std::vector<Span> spans = Cutter(text.utf8(), issues).run();
    for (Span& span : spans) span = text.toSource(span);
    return spans;
}

}  // namespace gateway::hl7v2
