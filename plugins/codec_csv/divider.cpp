#include "divider.h"

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <utility>

#include "common/csv/reader.h"
#include "common/text/decoding.h"
#include "common/text/text.h"
#include "gateway/error.h"
#include "gateway/pack.h"

namespace csv {
using gateway::Bytes;
using gateway::PackedFile;

namespace {

/// Of all parts together: a large file without the column stands in each.
constexpr std::size_t kMostMade = std::size_t{1} << 28;

/// Quotes, separators and line ends are the same bytes in all encodings but UTF-16.
bool isUtf16(std::string_view bytes) {
    return bytes.starts_with("\xFF\xFE") || bytes.starts_with("\xFE\xFF") ||
           (bytes.size() >= 2 && bytes[0] != '\0' && bytes[1] == '\0');
}

/// A file, its rows by the value that they have in the column.
struct Divided {
    std::string name, head;
    std::map<std::string, std::string, std::less<>> rows;
    bool hasColumn = false;

    std::string of(const std::string& value) const {
        const auto found = rows.find(value);
        return found == rows.end() ? head : head + found->second;
    }
};

class Dividing {
public:
    explicit Dividing(const Options& options) : options_(options) {}

    /// @return false when the file cannot be read
    bool take(const std::string& name, std::string_view bytes) {
        Divided& file = files_.emplace_back();
        file.name = name;
        std::string unicode;
        if (isUtf16(bytes)) {
            unicode = text::decoded(bytes).text;
            bytes = unicode;
        }
        const std::size_t mark =
            bytes.starts_with(text::kByteOrderMark) ? text::kByteOrderMark.size() : 0;
        const std::string_view text = bytes.substr(mark);
        Reader reader(text, options_.separator);
        if (!header(reader)) return false;
        const auto& names = reader.fields();
        const auto column = std::find_if(names.begin(), names.end(), [&](const Field& field) {
            return field.text == options_.divideBy;
        });
        file.hasColumn = column != names.end();
        if (!file.hasColumn) {
            file.head = bytes;
            return true;
        }
        file.head = bytes.substr(0, mark + reader.end());
        return rows(reader, text, static_cast<std::size_t>(column - names.begin()), file);
    }

    std::vector<Bytes> parts(bool pack) const {
        if (values_.size() < 2) return {};
        std::vector<Bytes> parts;
        std::size_t made = 0;
        for (const std::string& value : values_) {
            parts.push_back(pack ? packOf(value) : Bytes(files_.front().of(value)));
            made += parts.back().size();
            if (made > kMostMade)
                throw gateway::Error(
                    gateway::Fault::unsupported, options_.divideBy,
                    {"divided by this column the body becomes too large: send fewer at once",
                     "divisé par cette colonne, le corps devient trop grand : envoyer moins à la "
                     "fois"});
        }
        return parts;
    }

private:
    static bool header(Reader& reader) {
        while (reader.next()) {
            if (reader.mistake()) return false;
            if (!reader.blank()) return true;
        }
        return false;
    }

    bool rows(Reader& reader, std::string_view text, std::size_t column, Divided& file) {
        while (reader.next()) {
            if (reader.mistake()) return false;
            if (reader.blank()) continue;
            const std::string value(reader[column]);
            if (known_.insert(value).second) values_.push_back(value);
            file.rows[value] += text.substr(reader.begin(), reader.end() - reader.begin());
        }
        return true;
    }

    Bytes packOf(const std::string& value) const {
        std::vector<PackedFile> pack;
        for (const Divided& file : files_) pack.push_back({file.name, Bytes(file.of(value))});
        return gateway::packed(std::move(pack));
    }

    const Options& options_;
    std::vector<Divided> files_;
    std::vector<std::string> values_;
    std::set<std::string, std::less<>> known_;
};

}  // namespace

std::vector<Bytes> divided(const Bytes& body, const Options& options) {
    Dividing all(options);
    const auto files = gateway::unpacked(body);
    if (!files) return all.take({}, body.view()) ? all.parts(false) : std::vector<Bytes>();
    for (const PackedFile& file : *files) {
        const std::string_view content = file.content.view();
        if (content.find_first_not_of("\r\n") != content.npos && !all.take(file.name, content))
            return {};
    }
    return all.parts(true);
}

}  // namespace csv
