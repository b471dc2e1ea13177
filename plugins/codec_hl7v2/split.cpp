#include "split.h"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cstdint>
#include <string>
#include <string_view>

#include "decode.h"
#include "delimiters.h"
#include "wide.h"

namespace gateway::hl7v2 {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
constexpr std::uint32_t kMostTold = 20;

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
    bool endsWithLineFeed() const { return end_ < body_.size() && body_[end_] == '\n'; }

private:
    const std::string_view body_;
    std::size_t at_, begin_ = 0, end_ = 0;
    std::size_t carriageReturn_, lineFeed_;
};

bool is(std::string_view line, std::string_view id) {
    return line.starts_with(id) &&
           (line.size() == 3 || !std::isalnum(static_cast<unsigned char>(line[3])));
}

/// Field n of MSH, told by the separator of that line alone.
std::string_view headerField(std::string_view line, unsigned n) {
    std::string_view rest = line;
    for (unsigned at = 1; at < n; ++at) {
        const std::size_t end = rest.find(line[3]);
        if (end == rest.npos) return {};
        rest.remove_prefix(end + 1);
    }
    return rest.substr(0, rest.find(line[3]));
}

/// Whether a header names delimiters, with a field separator behind them where that is asked for.
bool namesDelimiters(std::string_view line, bool more) {
    if (line.size() < 5) return false;
    const std::size_t end = line.find(line[3], 4);
    return (!more || end != line.npos) && canDelimit(line[3], line.substr(4, end - 4));
}

/// Whether a line that begins with MSH is the header of a message: not like text of a value.
/// @param doubtful  after a line end that may be part of a value
bool isHeader(std::string_view line, bool doubtful) {
    if (line.size() < 5) return false;
    return (!doubtful && namesDelimiters(line, true)) || !headerField(line, 9).empty() ||
           !headerField(line, 12).empty();
}

/// "BTS", or "BTS[2]" of the second one.
std::string nth(const char* id, std::uint64_t ordinal) {
    return ordinal > 1 ? id + ("[" + std::to_string(ordinal) + "]") : std::string(id);
}

class Cutter {
public:
    Cutter(std::string_view body, Issues& issues) : body_(body), issues_(issues) {}

    std::vector<Span> run() {
        const std::size_t prelude = body_.size() - withoutPrelude(body_).size();
        for (Lines lines(body_, prelude); lines.next();) line(lines);
        endBatch(true);
        endFile(true);
        if (spans_.empty() || (!wrapped_ && messages_ < 2))
            return {Span{0, static_cast<std::uint32_t>(body_.size())}};
        return std::move(spans_);
    }

private:
    /// What a header opened and a trailer must count.
    struct Part {
        bool headed = false;
        std::uint64_t found = 0;
    };

    void line(const Lines& lines) {
        std::string_view text = lines.text();
        if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
        const bool inside = open_ && afterLineFeed_;  // of a message, and perhaps of a value
        if (!text.empty()) afterLineFeed_ = lines.endsWithLineFeed();
        if (inside && endsWithReturns_ && !onePerLine_) {
            extend(lines);
        } else if (is(text, "MSH") && (!open_ || isHeader(text, inside))) {
            open_ = endsWithReturns_ = false;
            message_ = true;
            separator_ = text.size() > 3 ? text[3] : '|';
            extend(lines);
            ++messages_;
            if (!batch_.headed && batch_.found == 0) ++file_.found;  // a batch without a header
            ++batch_.found;
        } else if (is(text, "FHS") && opens(text)) {
            endBatch(true);
            endFile(true);
            wrap();
            file_.headed = true;
        } else if (is(text, "BHS") && opens(text)) {
            endBatch(true);
            wrap();
            batch_.headed = true;
            ++file_.found;
        } else if (is(text, "BTS") && closes(text, inside)) {
            wrap();
            ++trailers_;
            checkCount(text, batch_.found, nth("BTS", trailers_), true);
            endBatch(false);
        } else if (is(text, "FTS") && closes(text, inside)) {
            endBatch(true);
            wrap();
            ++fileTrailers_;
            checkCount(text, file_.found, nth("FTS", fileTrailers_), bare_ == 0);
            endFile(false);
        } else if (!text.empty()) {
            extend(lines);
        }
        endsWithReturns_ =
            open_ && message_ && (endsWithReturns_ || (!text.empty() && !afterLineFeed_));
    }

    bool opens(std::string_view line) {
        if (open_ && line.size() > 3 && !namesDelimiters(line, false)) return false;
        batchSeparator_ = line.size() > 3 ? line[3] : '|';
        return true;
    }

    bool closes(std::string_view line, bool doubtful) const {
        if (!open_ || line.size() == 3) return true;
        if (line[3] != separator_ && line[3] != batchSeparator_) return false;
        return !doubtful || line.size() == 4 || line[4] == line[3] ||
               std::isdigit(static_cast<unsigned char>(line[4]));
    }

    void wrap() {
        wrapped_ = true;
        open_ = message_ = false;
    }

    /// @param missing  whether no trailer ended it
    void endBatch(bool missing) {
        if (batch_.headed && missing)
            warn(nth("BHS", trailers_ + 1), "a batch without its trailer BTS",
                 "un lot sans son segment de fin BTS");
        if (!batch_.headed && batch_.found > 0) ++bare_;
        batch_ = {};
    }

    void endFile(bool missing) {
        if (file_.headed && missing)
            warn(nth("FHS", fileTrailers_ + 1), "a file without its trailer FTS",
                 "un fichier sans son segment de fin FTS");
        file_ = {};
        bare_ = 0;
    }

    /// Says when the first field of a trailer is another number than was found.
    /// @param exact  whether 0 cannot be right: messages without BHS are a batch, or none
    void checkCount(std::string_view trailer, std::uint64_t found, const std::string& where,
                    bool exact) {
        if (trailer.size() < 5) return;
        std::uint64_t told = 0;
        const char* const begin = trailer.data() + 4;
        if (std::from_chars(begin, trailer.data() + trailer.size(), told).ptr == begin) return;
        if (told == found || (told == 0 && !exact)) return;
        tell(told > found ? Severity::error : Severity::warning, where + "-1",
             {"the count does not fit: found " + std::to_string(found),
              "le compte ne correspond pas : trouvé " + std::to_string(found)});
    }

    void warn(std::string where, const char* en, const char* fr) {
        tell(Severity::warning, std::move(where), {en, fr});
    }

    void tell(Severity severity, std::string where, Reason text) {
        if (++told_ < kMostTold)
            issues_.add(severity, std::move(where), std::move(text), "hl7v2");
        else if (told_ == kMostTold)
            issues_.add(Severity::error, "message",
                        {"more batches and files do not fit", "d'autres lots ne conviennent pas"},
                        "hl7v2");
    }

    /// Adds a line to the message in hand, or begins one.
    void extend(const Lines& lines) {
        const auto end = static_cast<std::uint32_t>(lines.after());
        if (open_)
            spans_.back().end = end;
        else
            spans_.push_back({static_cast<std::uint32_t>(lines.begin()), end});
        open_ = true;
    }

    const std::string_view body_;
    /// Segments may end with CR and messages with LF: the last one does.
    const bool onePerLine_ = body_.ends_with('\n') && !body_.ends_with("\r\n");
    Issues& issues_;
    std::vector<Span> spans_;
    Part file_, batch_;
    std::uint64_t messages_ = 0, bare_ = 0;  ///< bare_: batches of this file without a header
    std::uint32_t told_ = 0;
    std::uint64_t trailers_ = 0, fileTrailers_ = 0;
    char separator_ = '|', batchSeparator_ = '|';  ///< of the headers before
    bool open_ = false;                            ///< lines go into the last span
    bool message_ = false;                         ///< the last span begins with a header
    bool endsWithReturns_ = false;  ///< segments of the message in hand, as far as is known
    bool afterLineFeed_ = false;    ///< the line before ended with LF alone
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
