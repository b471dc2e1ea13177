#include <random>

#include "fhir_codec.h"

namespace {
using namespace gateway;

/// Resources of every type with random elements, as a map might make them.
class Inventor {
public:
    Inventor(const Model& model, unsigned seed) : model_(model), random_(seed) {
        for (const std::string_view name : model.typeNames()) {
            const ModelType* const type = model.type(Name::permanent(name));
            if (type->kind == ModelType::Kind::resource && !type->abstract) types_.push_back(type);
        }
    }

    Document resource() {
        const ModelType* const type = types_[below(types_.size())];
        Builder tree(type->name.text());
        tree.type(tree.root(), type->name);
        tree_ = &tree;
        members(tree.root(), *type, 0);
        return tree.finish();
    }

private:
    std::size_t below(std::size_t bound) { return random_() % bound; }
    bool chance(int percent) { return below(100) < static_cast<std::size_t>(percent); }

    void members(Builder::Handle node, const ModelType& type, int depth) {
        for (const ModelElement& element : type.elements) {
            if (!chance(depth == 0 ? 60 : depth < 3 ? 30 : 5)) continue;
            for (std::size_t count = element.many ? 1 + below(3) : 1; count > 0; --count)
                member(node, element, depth);
        }
    }

    void member(Builder::Handle under, const ModelElement& element, int depth) {
        const bool resource = element.types.empty();
        const ModelType& type =
            resource ? *types_[below(types_.size())] : *element.types[below(element.types.size())];
        if (type.abstract) return;
        const auto node = tree_->add(under, element.name);
        tree_->type(node, type.name);
        if (element.many) tree_->inList(node);
        if (type.kind == ModelType::Kind::primitive)
            primitive(node, type, depth);
        else
            members(node, type, depth + 1);
    }

    void primitive(Builder::Handle node, const ModelType& type, int depth) {
        const std::string_view name = type.name.text();
        if (name == "boolean")
            tree_->text(node, chance(50) ? "true" : "false", Kind::boolean);
        else if (name == "decimal" || name == "integer" || name == "positiveInt" ||
                 name == "unsignedInt")
            tree_->text(node, number(), Kind::number);
        else if (name == "xhtml")
            tree_->text(node, "<div xmlns=\"http://www.w3.org/1999/xhtml\">" + markup() + "</div>");
        else
            tree_->text(node, text());
        const std::string_view element = node.node().name();
        if (name == "xhtml" || element == "id" || element == "url" || !chance(10)) return;
        members(node, *model_.type(Name::permanent("Element")), depth + 1);
    }

    std::string number() {
        const char* const kNumbers[] = {"0",    "-0", "1.50", "1e400", "0.1000000000000000055",
                                        "-7E-2"};
        return kNumbers[below(std::size(kNumbers))];
    }
    std::string text() {
        static const std::vector<std::string> kPieces = {
            "a",  "é",  "€",    "😀",   "&",        "<",     ">",  "\"", "'",
            "\n", "\t", "\r\n", " ",   "]]>",      "&amp;", "\\", "/",  "\xEF\xBF\xBD",
            "{",  "}",  "<!--", "-->", "value=\"", "\x7F",  "0",  "=",  "&#10;"};
        std::string all;
        for (std::size_t count = below(12); count > 0; --count)
            all += kPieces[below(kPieces.size())];
        return all;
    }
    std::string markup() {
        const char* const kPieces[] = {
            "<p>é</p>", "<br/>",      "&lt;",          "a b",
            "\r\n",     "<!-- < -->", "<![CDATA[<]]>", "<a href=\"x?a=1&amp;b=2\">'</a>"};
        std::string all;
        for (std::size_t count = below(6); count > 0; --count)
            all += kPieces[below(std::size(kPieces))];
        return all;
    }

    const Model& model_;
    std::mt19937 random_;
    std::vector<const ModelType*> types_;
    Builder* tree_ = nullptr;
};

TEST_F(FhirCodec, TakesInventedResourcesThroughBothFormats) {
    Inventor inventor(*codec_->model(), 4);
    for (int i = 0; i < 500; ++i) {
        const Document made = inventor.resource();
        const std::string json = encode(*json_, made);
        const Document first = decode(json);
        ASSERT_THAT(issues(), testing::IsEmpty()) << json;
        const std::string xml = encode(*xml_, first);
        const Document second = decode(xml);
        ASSERT_THAT(issues(), testing::IsEmpty()) << json << "\n" << xml;
        ASSERT_EQ(xml, encode(*xml_, copyOf(second)));
        const Document third = decode(encode(*json_, second));
        ASSERT_TRUE(equalTrees(second.root(), third.root())) << json << "\n" << xml;
        ASSERT_EQ(xml, encode(*xml_, third));
    }
}

}  // namespace
