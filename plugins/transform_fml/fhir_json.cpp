#include "fhir_json.h"

#include <algorithm>
#include <charconv>

#include "common/json/json.h"
#include "common/text/decoding.h"

namespace fhir {
namespace {

using gateway::Node;
using gateway::Place;

/// "line 3, column 14" as numbers.
Place placeOf(const std::string& file, std::string_view where) {
    Place place{file, 1, 1};
    const auto number = [&](std::string_view word, int& into) {
        const auto at = where.find(word);
        if (at == where.npos) return;
        const char* const from = where.data() + at + word.size();
        std::from_chars(from, where.data() + where.size(), into);
    };
    number("line ", place.line);
    number("column ", place.column);
    return place;
}

}  // namespace

Resource::Resource(std::string file, gateway::Document document)
    : file_(std::move(file)), document_(std::move(document)) {}

std::optional<Resource> Resource::read(const std::string& file, std::string_view bytes,
                                       gateway::Findings& findings) {
    const auto source = gateway::Bytes::copy(text::decoded(bytes).text);
    gateway::Builder tree(source, "resource");
    try {
        json::read(source.view(), tree);
    } catch (const gateway::Error& error) {
        gateway::Reason why = error.reason();
        if (why.fr.empty()) why.fr = "ce n'est pas du JSON bien formé";
        findings.error(placeOf(file, error.where), why);
        return std::nullopt;
    }
    Resource resource(file, tree.finish());
    if (resource.root().kind() == gateway::Kind::group) return resource;
    findings.error({file, 1, 1}, gateway::say("found no object, expected a resource of FHIR",
                                              "trouvé autre chose qu'un objet, attendu une "
                                              "ressource FHIR"));
    return std::nullopt;
}

Place Resource::place(Node node) const {
    return placeOf(file_, json::place(text(), node.where().begin));
}

std::string resourceTypeOf(std::string_view text) {
    constexpr std::string_view kKey = "\"resourceType\"";
    const auto skipBlank = [&](std::size_t at) {
        return std::min(text.find_first_not_of(" \t\r\n", at), text.size());
    };
    std::string first;
    for (auto at = text.find(kKey); at != text.npos; at = text.find(kKey, at + 1)) {
        std::size_t value = skipBlank(at + kKey.size());
        if (value >= text.size() || text[value] != ':') continue;
        value = skipBlank(value + 1);
        if (value >= text.size() || text[value] != '"') continue;
        const auto end = text.find('"', value + 1);
        if (end == text.npos) break;
        const std::string_view type = text.substr(value + 1, end - value - 1);
        if (first.empty()) first = type;
        if (type == "StructureMap") return "StructureMap";  // what it contains may stand before
    }
    return first;
}

std::vector<Node> items(Node node) {
    std::vector<Node> all;
    for (const Node child : node.children())
        if (child.kind() != gateway::Kind::list) all.push_back(child);
    return all;
}

Node extensionOf(Node node, std::string_view url) {
    for (const Node child : node.children()) {
        if (child.name() != "extension" || child.child("url").text() != url) continue;
        for (const Node value : child.children())
            if (value.name().starts_with("value")) return value;
    }
    return {};
}

std::string extensionUrl(std::string_view name) {
    return "https://passerelle.example/fhir/StructureDefinition/" + std::string(name);
}

void Writer::key(std::string_view name) {
    if (open_.empty()) return;
    if (open_.back().filled) out_ += ',';
    open_.back().filled = true;
    out_ += '\n' + std::string(2 * open_.size(), ' ');
    if (name.empty()) return;
    value(name);
    out_ += ": ";
}

void Writer::value(std::string_view text) {
    gateway::Sink quoted;
    json::writeString(quoted, text);
    out_ += quoted.text();
}

void Writer::open(std::string_view name, char bracket) {
    const Open before{out_.size(), open_.empty() || !open_.back().filled, false};
    key(name);
    out_ += bracket;
    open_.push_back(before);
}

bool Writer::close(char bracket) {
    const bool filled = open_.back().filled;
    open_.pop_back();
    if (filled) out_ += '\n' + std::string(2 * open_.size(), ' ');
    out_ += bracket;
    return filled;
}

void Writer::beginObject(std::string_view key) { open(key, '{'); }
void Writer::endObject() { close('}'); }
void Writer::beginArray(std::string_view key) { open(key, '['); }
void Writer::endArray() {
    const Open closed = open_.back();
    if (close(']')) return;
    out_.resize(closed.at);
    if (!open_.empty() && closed.first) open_.back().filled = false;
}

void Writer::text(std::string_view name, std::string_view text) {
    if (text.empty()) return;
    key(name);
    value(text);
}

void Writer::plain(std::string_view name, std::string_view text) {
    key(name);
    out_ += text;
}

void Writer::extension(std::string_view name, std::string_view type, std::string_view value) {
    beginArray("extension");
    beginObject();
    text("url", extensionUrl(name));
    if (type == "valueBoolean")
        plain(type, value);
    else
        text(type, value);
    endObject();
    endArray();
}

std::string Writer::take() { return std::move(out_) + "\n"; }

}  // namespace fhir
