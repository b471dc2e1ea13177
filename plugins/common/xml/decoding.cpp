/// xml::toUtf8: other encodings to UTF-8.
#include <iconv.h>

#include <array>
#include <cerrno>
#include <vector>

#include "common/text/text.h"
#include "common/xml/xml.h"

namespace xml {
using gateway::Error;
using gateway::Fault;

namespace {

std::string upper(std::string_view text) {
    std::string all(text);
    for (char& c : all)
        if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    return all;
}

/// What `<?xml … encoding="…"` says; empty when it says nothing.
std::string declared(std::string_view source) {
    if (source.starts_with(text::kByteOrderMark)) source.remove_prefix(text::kByteOrderMark.size());
    if (!source.starts_with("<?xml")) return {};
    source = source.substr(0, source.find("?>"));
    const std::size_t key = source.find("encoding");
    if (key == source.npos) return {};
    const std::size_t open = source.find_first_of("\"'", key);
    if (open == source.npos) return {};
    const std::size_t close = source.find(source[open], open + 1);
    return close == source.npos ? "" : upper(source.substr(open + 1, close - open - 1));
}

/// UTF-16 with or without its mark, as iconv names it; empty when it is not.
std::string_view wide(std::string_view source) {
    using namespace std::string_view_literals;
    if (source.starts_with("\xFF\xFE"sv) || source.starts_with("<\0"sv)) return "UTF-16LE";
    if (source.starts_with("\xFE\xFF"sv) || source.starts_with("\0<"sv)) return "UTF-16BE";
    return {};
}

class Converter {
public:
    explicit Converter(const std::string& from) : handle_(iconv_open("UTF-8", from.c_str())) {
        if (handle_ == reinterpret_cast<iconv_t>(-1))
            throw Error(Fault::unsupported, "line 1, column 1",
                        {"this encoding is not known here", "cet encodage est inconnu ici"});
    }
    ~Converter() { iconv_close(handle_); }
    Converter(const Converter&) = delete;
    Converter& operator=(const Converter&) = delete;

    std::string run(std::string_view source) {
        std::string out;
        std::vector<char> room(64 * 1024);
        char* from = const_cast<char*>(source.data());
        std::size_t left = source.size();
        while (left > 0) {
            char* to = room.data();
            std::size_t free = room.size();
            const std::size_t done = iconv(handle_, &from, &left, &to, &free);
            const int error = done == static_cast<std::size_t>(-1) ? errno : 0;
            out.append(room.data(), room.size() - free);
            if (error != 0 && error != E2BIG)
                throw Error(Fault::malformed, text::place(out, out.size()),
                            {"this byte is not of the declared encoding",
                             "cet octet n'est pas de l'encodage déclaré"});
        }
        return out;
    }

private:
    const iconv_t handle_;
};

}  // namespace

std::optional<std::string> toUtf8(std::string_view source) {
    if (const std::string_view form = wide(source); !form.empty())
        return Converter(std::string(form)).run(source);
    const std::string name = declared(source);
    if (name.empty() || name == "UTF-8" || source.starts_with(text::kByteOrderMark)) {
        if (!name.empty() && name != "UTF-8")
            throw Error(Fault::malformed, "line 1, column 1",
                        {"the declared encoding is not that of the byte order mark",
                         "l'encodage déclaré n'est pas celui de la marque d'ordre des octets"});
        if (const std::size_t bad = text::badUtf8(source); bad != source.npos)
            throw Error(Fault::malformed, text::place(source, bad),
                        {"this byte is not UTF-8", "cet octet n'est pas de l'UTF-8"});
        return std::nullopt;
    }
    constexpr std::array<std::string_view, 4> kKnown = {"US-ASCII", "ISO-8859-1", "ISO-8859-15",
                                                        "WINDOWS-1252"};
    for (const std::string_view known : kKnown)
        if (name == known) return Converter(name).run(source);
    if (name.starts_with("UTF-16"))
        throw Error(Fault::malformed, "line 1, column 1",
                    {"these bytes are not UTF-16", "ces octets ne sont pas de l'UTF-16"});
    throw Error(Fault::unsupported, "line 1, column 1",
                {"this encoding is not known here", "cet encodage est inconnu ici"});
}

}  // namespace xml
