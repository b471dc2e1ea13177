#include "multipart.h"

#include <Poco/Exception.h>
#include <Poco/MemoryStream.h>
#include <Poco/Net/MessageHeader.h>
#include <Poco/Net/MultipartReader.h>
#include <Poco/Net/NameValueCollection.h>
#include <Poco/StreamCopier.h>

#include "gateway/error.h"
#include "gateway/guard.h"
#include "gateway/pack.h"
#include "http/message.h"

namespace transport_http {
using namespace gateway;

namespace {

constexpr std::size_t kMostParts = 1000;
constexpr std::size_t kBoundary = 70;  ///< RFC 2046 §5.1.1
const std::string kWhere = "body";

std::string boundaryOf(std::string_view contentType) {
    std::string type;
    Poco::Net::NameValueCollection parameters;
    Poco::Net::MessageHeader::splitParameters(std::string(contentType), type, parameters);
    std::string boundary = parameters.get("boundary", "");
    if (boundary.empty() || boundary.size() > kBoundary || boundary.back() == ' ')
        throw Error(Fault::malformed, "Content-Type",
                    {"expected a boundary of at most 70 characters",
                     "attendu un « boundary » d'au plus 70 caractères"});
    return boundary;
}

std::string place(std::size_t part) { return "part " + std::to_string(part + 1); }

std::string nameOf(const Poco::Net::MessageHeader& header, std::size_t part) {
    std::string disposition;
    Poco::Net::NameValueCollection parameters;
    Poco::Net::MessageHeader::splitParameters(header.get("Content-Disposition", ""), disposition,
                                              parameters);
    if (!http::sameText(disposition, "form-data") || !parameters.has("filename"))
        throw Error(Fault::rejected, place(part),
                    {"expected a file: form-data with a filename",
                     "attendu un fichier : form-data avec un filename"});
    if (auto name = guard::fileName(parameters.get("filename"))) return *std::move(name);
    throw Error(Fault::rejected, place(part),
                {"its filename cannot be the name of a file",
                 "son filename ne peut être le nom d'un fichier"});
}

std::vector<PackedFile> read(const Bytes& form, const std::string& boundary) {
    std::vector<PackedFile> files;
    Poco::MemoryInputStream in(form.view().data(), static_cast<std::streamsize>(form.size()));
    Poco::Net::MultipartReader parts(in, boundary);
    while (parts.hasNextPart()) {
        if (files.size() == kMostParts)
            throw Error(
                Fault::rejected, kWhere,
                say("more than {0} files", "plus de {0} fichiers", {std::to_string(kMostParts)}));
        Poco::Net::MessageHeader header;
        parts.nextPart(header);
        PackedFile& file = files.emplace_back();
        file.name = nameOf(header, files.size() - 1);
        std::string content;
        Poco::StreamCopier::copyToString(parts.stream(), content);
        file.content = Bytes(std::move(content));
    }
    return files;
}

}  // namespace

bool isForm(std::string_view contentType) {
    return http::mediaTypeOf(contentType) == "multipart/form-data";
}

Bytes filesOf(const Bytes& form, std::string_view contentType) {
    const std::string boundary = boundaryOf(contentType);
    // The reader takes the end of the bytes for the end of the form.
    const std::string_view text = form.view();
    const std::string end = "--" + boundary + "--";
    const std::size_t at = text.rfind(end);
    const bool whole = at != text.npos && (at == 0 || text[at - 1] == '\n');
    std::vector<PackedFile> files;
    try {
        if (whole) files = read(form, boundary);
    } catch (const Poco::Exception&) {
        files.clear();
    }
    if (files.empty())
        throw Error(
            Fault::malformed, kWhere,
            {"is no whole form with files", "n'est pas un formulaire entier avec fichiers"});
    if (files.size() == 1) return files.front().content;
    return packed(std::move(files));
}

}  // namespace transport_http
