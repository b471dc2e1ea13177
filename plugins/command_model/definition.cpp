#include "definition.h"

#include "common/json/json.h"

namespace model {

namespace {

constexpr std::string_view kNative = "http://hl7.org/fhir/tools/StructureDefinition/json-name";
constexpr std::string_view kSpace =
    "http://hl7.org/fhir/StructureDefinition/elementdefinition-namespace";
constexpr std::string_view kRefused = " \t\r\n.,:;'\"/|?!@#$%&*()[]{}";  ///< eld-19

std::string quoted(std::string_view text) {
    gateway::Sink out;
    json::writeString(out, text);
    return out.text();
}

/// A name as element paths may have it (ElementDefinition, eld-19).
std::string inPath(std::string_view name) {
    std::string made(name.substr(0, 64));
    for (char& c : made)
        if (kRefused.find(c) != kRefused.npos) c = '-';
    return made;
}

class Definition {
public:
    explicit Definition(const Header& header) : header_(header) {}

    std::string text(const Shape& root) {
        out_ = "{\n";
        field("resourceType", "StructureDefinition");
        field("url", header_.url);
        field("name", header_.name);
        field("title", header_.name);
        field("status", "draft");
        field("fhirVersion", "4.0.1");
        field("kind", "logical");
        out_ += "  \"abstract\": false,\n";
        field("type", header_.name);
        field("baseDefinition", "http://hl7.org/fhir/StructureDefinition/Element");
        field("derivation", "specialization");
        out_ += "  \"differential\": {\n    \"element\": [\n";
        document(root);
        children(root, header_.name);
        out_ += "\n    ]\n  }\n}\n";
        return std::move(out_);
    }

private:
    void field(const char* name, std::string_view value) {
        out_ += "  \"" + std::string(name) + "\": " + quoted(value) + ",\n";
    }
    /// Begins the line of an element.
    void begin(const std::string& path, std::string_view extension, const char* key,
               std::string_view value) {
        out_ += "      {\"id\": " + quoted(path);
        if (!value.empty())
            out_ += ", \"extension\": [{\"url\": " + quoted(extension) + ", \"" + key +
                    "\": " + quoted(value) + "}]";
        out_ += ", \"path\": " + quoted(path);
    }
    void end(std::string_view label, std::string_view meaning, bool needed, bool many,
             std::string_view type) {
        out_ += ", \"short\": " + quoted(label) + ", \"definition\": " + quoted(meaning);
        out_ += std::string(", \"min\": ") + (needed ? "1" : "0");
        out_ += std::string(", \"max\": ") + (many ? "\"*\"" : "\"1\"");
        if (!type.empty()) out_ += ", \"type\": [{\"code\": " + quoted(type) + "}]";
        out_ += '}';
    }

    void document(const Shape& root) {
        begin(header_.name, kSpace, "valueUri", root.space());
        end(header_.name, header_.name, false, true, {});
    }

    void children(const Shape& shape, const std::string& path) {
        for (const Shape::Child& child : shape.children()) {
            const bool attribute = child.name.starts_with('@');
            const std::string native = child.name.substr(attribute ? 1 : 0);
            const std::string name = inPath(native), own = path + "." + name;
            out_ += ",\n";
            begin(own, kNative, "valueString", name == native ? std::string() : native);
            if (attribute) out_ += ", \"representation\": [\"xmlAttr\"]";
            const Shape& below = *child.shape;
            const bool group = !below.children().empty();
            end(native, meaning(native, below), child.least > 0, child.list || child.most > 1,
                group ? "BackboneElement" : below.values().type());
            children(below, own);
            if (group && below.values().count > 0) ownText(below, own + ".xmlText");
        }
    }

    static std::string meaning(std::string native, const Shape& shape) {
        if (shape.values().frenchDates()) native += " (DD/MM/YYYY)";
        if (shape.mixed()) native += " (text beside elements)";
        if (shape.seen() == 0) native += " (always empty in the samples)";
        return native;
    }

    void ownText(const Shape& shape, const std::string& path) {
        out_ += ",\n";
        begin(path, {}, "", {});
        out_ += ", \"representation\": [\"xmlText\"]";
        end("text", "The text of the element itself", false, false, shape.values().type());
    }

    const Header& header_;
    std::string out_;
};

}  // namespace

std::string definitionOf(const Shape& root, const Header& header) {
    return Definition(header).text(root);
}

std::string computable(const std::string& word) {
    std::string name;
    bool upper = true;
    for (const char c : word) {
        const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        const bool digit = c >= '0' && c <= '9' && !name.empty();
        if (letter || digit)
            name += upper && c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
        upper = !letter && !digit;
    }
    return name.empty() ? "Model" : name;
}

}  // namespace model
