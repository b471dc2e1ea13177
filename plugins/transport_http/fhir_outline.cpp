#include "fhir_outline.h"

#include <array>

#include "common/xml/xml.h"
#include "fhir_walk.h"

namespace transport_http {
using namespace gateway;

namespace {

/// Looks three levels deep: root, entry or parameter, its request or resource.
class Outline final : public FhirEvents {
public:
    explicit Outline(FhirOutline& outline) : outline_(outline) {}

    void begin(std::string_view name) override {
        const std::size_t level = depth_++;
        if (level >= at_.size()) return;
        at_[level] = At::other;
        if (level == 1 && (name == "entry" || name == "parameter")) {
            outline_.more = outline_.pieces.size() == kMostPieces;
            if (outline_.more) return;  // its place stays `other`
            at_[1] = At::piece;
            outline_.pieces.emplace_back();
        }
        if (level != 2 || at_[1] != At::piece) return;
        if (name == "request") at_[2] = At::request;
        if (name == "resource") at_[2] = At::resource;
    }
    void end() override { --depth_; }
    void value(std::string_view name, std::string_view text) override {
        if (depth_ == 1) return ofRoot(name, text);
        if (depth_ > 3 || at_[1] != At::piece) return;
        FhirPiece& piece = outline_.pieces.back();
        if (depth_ == 2 && name == "name") piece.name = text;
        if (depth_ == 3 && at_[2] == At::request) ofRequest(piece, name, text);
        if (depth_ == 3 && at_[2] == At::resource && name == "id") piece.id = text;
    }
    void resource(std::string_view type, std::uint32_t at, const std::string& inherits) override {
        if (depth_ == 1) outline_.resource = type;
        if (!inPiece()) return;
        FhirPiece& piece = outline_.pieces.back();
        piece.type = type;
        piece.where.begin = at;
        piece.inherits = inherits;
    }
    void resourceEnds(std::uint32_t end) override {
        if (inPiece()) outline_.pieces.back().where.end = end;
    }

private:
    enum class At { other, piece, request, resource };

    bool inPiece() const { return depth_ == 3 && at_[1] == At::piece && at_[2] == At::resource; }
    void ofRoot(std::string_view name, std::string_view text) {
        if (name == "type") outline_.type = text;
        if (name == "id") outline_.id = text;
    }
    static void ofRequest(FhirPiece& piece, std::string_view name, std::string_view text) {
        if (name == "method") piece.method = text;
        if (name == "url") piece.url = text;
        if (name == "ifNoneExist") piece.ifNoneExist = text;
        if (name == "ifMatch") piece.ifMatch = text;
        if (name == "ifNoneMatch") piece.ifNoneMatch = text;
    }

    FhirOutline& outline_;
    std::size_t depth_ = 0;
    std::array<At, 3> at_{};
};

}  // namespace

Bytes FhirOutline::bytesOf(const FhirPiece& piece) const {
    if (piece.inherits.empty()) return text.part(piece.where);
    const std::string_view written = text.view(piece.where);
    const std::size_t name = std::min(written.find_first_of(" \t\r\n/>"), written.size());
    std::string whole(written.substr(0, name));
    return Bytes(whole.append(piece.inherits).append(written.substr(name)));
}

FhirOutline outlineOf(const Bytes& body, FhirFormat format) {
    FhirOutline outline{body, format, {}, {}, {}, {}, false};
    if (format == FhirFormat::xml)
        if (std::optional<std::string> decoded = xml::toUtf8(body.view()))
            outline.text = Bytes(*std::move(decoded));
    Outline events(outline);
    walk(outline.text.view(), format, events);
    return outline;
}

}  // namespace transport_http
