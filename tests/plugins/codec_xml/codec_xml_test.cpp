#include <filesystem>

#include "support/codec_test.h"
#include "support/gateway_process.h"

namespace {
using namespace gateway;
using support::map;
using support::scalar;
using testing::HasSubstr;

constexpr std::string_view kHead = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";

class XmlCodec : public support::CodecTest {
protected:
    XmlCodec() : CodecTest("codec_xml", "xml") {}
    /// What the tree of `text` is written as, without the XML declaration.
    std::string body(std::string text) {
        std::string all = rewritten(std::move(text));
        EXPECT_EQ(0u, all.find(kHead));
        return all.substr(kHead.size(), all.size() - kHead.size() - 1);
    }
};

TEST_F(XmlCodec, NamesElementsByTheirLocalNamesAndMarksAllElse) {
    const Document plan = decode(
        "<p:plan xmlns:p='urn:plan' version=\"1.4\" xml:lang='fr'><p:nom clé='a&amp;b'>ANA</p:nom>"
        "<p:nom/><p:x xmlns='' /></p:plan>");
    const Node root = plan.root();
    EXPECT_EQ("plan", root.name());
    EXPECT_EQ("urn:plan", root.child("@xmlns").text());
    EXPECT_EQ("urn:plan", root.child("@xmlns:p").text());
    EXPECT_EQ("1.4", root.child("@version").text());
    EXPECT_EQ("fr", root.child("@xml:lang").text());
    EXPECT_EQ("ANA", root.child("nom").text());
    EXPECT_EQ("a&b", root.child("nom").child("@clé").text());
    EXPECT_FALSE(root.child("nom").nextSibling().hasText());
    EXPECT_EQ("/nom[1]", root.child("nom").nextSibling().path());
    EXPECT_EQ("plan", codec_->envelope(plan).type);
}

TEST_F(XmlCodec, KnowsWhereEachNodeStands) {
    const std::string text = "<a>\n <b c=\"x\">é</b>\n</a>";
    const Document plan = decode(text);
    const auto at = [&](Node node) { return std::string(plan.source().view(node.where())); };
    EXPECT_EQ(text, at(plan.root()));
    EXPECT_EQ("é", at(plan.root().child("b")));
    EXPECT_EQ("x", at(plan.root().child("b").child("@c")));
}

TEST_F(XmlCodec, KeepsTheOrderOfTextAndElementsThatStandBesideEachOther) {
    EXPECT_EQ("<p>Dit <b>oui</b> <i>hier</i> ici</p>",
              body("<p>Dit <b>oui</b> <i>hier</i> ici</p>"));
    EXPECT_EQ("<p><b>oui</b> <i>hier</i> <u>x</u> ici</p>",
              body("<p><b>oui</b> <i>hier</i> <u>x</u> ici</p>"))
        << "blanks before the first text are text too";
    EXPECT_EQ("<a><b>x</b><c>y</c></a>", body("<a>\n  <b>x</b>\n  <c>y</c>\n</a>"))
        << "blanks between elements are layout";
    EXPECT_EQ("<a>1 &lt; 2 &amp; 3</a>", body("<a><![CDATA[1 < 2 & 3]]></a>"));
    const Document mixed = decode("<p>a<b>c</b>d</p>");
    EXPECT_EQ("#text", mixed.root().firstChild().name());
    EXPECT_EQ("a", mixed.root().firstChild().text());
}

TEST_F(XmlCodec, WritesNamespacesThatReadTheSame) {
    for (const char* text :
         {"<a xmlns=\"u\"><b>x</b></a>", "<a xmlns=\"u\"><b xmlns=\"v\"/><c/></a>",
          "<a xmlns=\"u\"><b xmlns=\"\"/></a>", "<a xmlns:q=\"v\"><b q:n=\"1\"/></a>",
          "<a xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\"><b xsi:type=\"t\"/></a>"})
        EXPECT_EQ(text, body(text));
    EXPECT_EQ("<a xmlns=\"u\" xmlns:p=\"u\"><b/></a>", body("<p:a xmlns:p='u'><p:b/></p:a>"));
}

TEST_F(XmlCodec, AnAttributeThatSaysNothingCountsAsAbsent) {
    const std::string text = "<plan a=''><nom b='' c='x'>ANA</nom></plan>";
    const Document plan = decode(text);
    EXPECT_EQ("<plan><nom c=\"x\">ANA</nom></plan>", body(text));
    EXPECT_FALSE(plan.root().child("@a"));
    EXPECT_EQ(text, encode(plan));
}

TEST_F(XmlCodec, ReadsNilAsNull) {
    const std::string text =
        "<a xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\"><b xsi:nil=\"true\"/></a>";
    EXPECT_TRUE(decode(text).root().child("b").isNull());
    EXPECT_EQ(text, body(text));
}

TEST_F(XmlCodec, ReadsTheEncodingsThatAreDeclared) {
    const auto text = [&](const char* encoding, const std::string& value) {
        return std::string(decode("<?xml version=\"1.0\" encoding=\"" + std::string(encoding) +
                                  "\"?><a>" + value + "</a>")
                               .root()
                               .text());
    };
    EXPECT_EQ("é", text("ISO-8859-1", "\xE9"));
    EXPECT_EQ("œ", text("iso-8859-15", "\xBD"));
    EXPECT_EQ("€", text("windows-1252", "\x80"));
    using namespace std::string_literals;
    EXPECT_EQ("é", decode("\xFF\xFE<\0a\0>\0\xE9\0<\0/\0a\0>\0"s).root().text());
}

TEST_F(XmlCodec, WritesTheEncodingThatIsAskedFor) {
    const auto latin = with(map({{"encoding", scalar("ISO-8859-1")}}));
    const std::string written = encode(*latin, copyOf(decode("<a b='é'>é€</a>")));
    EXPECT_EQ("<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?>\n<a b=\"\xE9\">\xE9&#8364;</a>\n",
              written);
    EXPECT_EQ("é€", decode(written).root().text());
}

TEST_F(XmlCodec, WritesTreesOfOtherFormats) {
    Builder tree("json");
    tree.text(tree.add(tree.root(), "xmlns"), "urn:x");
    tree.text(tree.add(tree.root(), "n"), "1.50", Kind::number);
    const auto item = tree.add(tree.root(), "item");
    tree.text(tree.add(item, "@code"), "A\"<");
    tree.text(item, "text");
    tree.kind(tree.add(tree.root(), "none"), Kind::list);
    tree.text(tree.add(tree.root(), "item"), "b");
    const auto codec = with(map({{"root", scalar("plan")}}));
    EXPECT_EQ(std::string(kHead) +
                  "<plan xmlns=\"urn:x\"><n>1.50</n><item code=\"A&quot;&lt;\">text</item>"
                  "<item>b</item></plan>\n",
              encode(*codec, tree.finish()));
    const auto spaced = with(map({{"namespace", scalar("urn:y")}}));
    Builder other("plan");
    other.add(other.root(), "a");
    EXPECT_EQ(std::string(kHead) + "<plan xmlns=\"urn:y\"><a/></plan>\n",
              encode(*spaced, other.finish()));
}

TEST_F(XmlCodec, WritesTheTextOfAnElementThatAMapNamesAsModelsDo) {
    Builder tree("plan");
    const auto contact = tree.add(tree.root(), "contact");
    tree.text(tree.add(contact, "xmlText"), "05 < 06");
    tree.text(tree.add(contact, "@type"), "fixe");
    EXPECT_EQ(std::string(kHead) + "<plan><contact type=\"fixe\">05 &lt; 06</contact></plan>\n",
              encode(tree.finish()));
}

class XmlSchema : public XmlCodec {
protected:
    std::unique_ptr<Codec> checking(const std::string& onError) {
        const std::string file = folder_.write(
            "plan.xsd",
            "<xs:schema xmlns:xs='http://www.w3.org/2001/XMLSchema' targetNamespace='urn:p' "
            "xmlns='urn:p' elementFormDefault='qualified'><xs:element name='plan'><xs:complexType>"
            "<xs:sequence><xs:element name='membre' maxOccurs='2'><xs:complexType>"
            "<xs:attribute name='id' type='xs:ID' use='required'/>"
            "<xs:attribute name='le' type='xs:date'/></xs:complexType></xs:element></xs:sequence>"
            "<xs:attribute name='etat'><xs:simpleType><xs:restriction base='xs:string'>"
            "<xs:enumeration value='ouvert'/><xs:enumeration value='clos'/></xs:restriction>"
            "</xs:simpleType></xs:attribute></xs:complexType></xs:element></xs:schema>");
        return with(
            map({{"schema", scalar(file)},
                 {"check", map({{"profile", scalar("schema")}, {"on_error", scalar(onError)}})}}));
    }
    std::vector<std::string> found(const std::string& text) {
        Issues issues;
        decode(*checking("warn"), text, issues);
        std::vector<std::string> all;
        for (const Issue& issue : issues.all()) {
            EXPECT_EQ(Severity::warning, issue.severity);
            EXPECT_FALSE(issue.text.fr.empty());
            all.push_back(issue.where + ": " + issue.text.en);
        }
        return all;
    }
    const support::TemporaryFolder folder_;
};

TEST_F(XmlSchema, SaysWhereATextDoesNotKeepToItAndNeverAValue) {
    using testing::ElementsAre;
    EXPECT_THAT(found("<plan xmlns='urn:p' etat='clos'><membre id='a'/></plan>"),
                testing::IsEmpty());
    EXPECT_THAT(found("<plan xmlns='urn:p' etat='DOE'><membre id='DOE' le='DOE'/>"
                      "<membre id='DOE'/></plan>"),
                ElementsAre("/@etat: found another word, expected one of 'ouvert', 'clos'",
                            "/membre[0]/@le: found another kind of value, expected xs:date",
                            "/membre[1]/@id: expected a name that stands once in the file"));
    EXPECT_THAT(found("<p:plan xmlns:p='urn:p'><p:membre x='DOE'/><p:nom>DOE</p:nom></p:plan>"),
                ElementsAre("/membre/@x: the schema has no such attribute here",
                            "/membre: attribute 'id' is missing",
                            "/nom: this element does not belong here"));
    EXPECT_THAT(found("<plan xmlns='urn:p'/>"),
                ElementsAre("/: an element is missing, expected membre"));
    EXPECT_THAT(found("<plan/>"), ElementsAre("/: the schema has no such root element"));
}

TEST_F(XmlSchema, ReadsTheEncodingThatIsDeclared) {
    EXPECT_THAT(found("<?xml version='1.0' encoding='ISO-8859-1'?><plan xmlns='urn:p'>"
                      "<membre id='\xE9'/></plan>"),
                testing::IsEmpty());
}

TEST_F(XmlSchema, RefusesWhatIsReadAndWhatIsWritten) {
    const auto codec = checking("refuse");
    Issues issues;
    EXPECT_EQ("/: an element is missing, expected membre",
              refusal([&] { decode(*codec, "<plan xmlns='urn:p'/>", issues); }));
    const Document made = copyOf(decode("<plan xmlns='urn:p' etat='DOE'><membre id='a'/></plan>"));
    EXPECT_EQ("/@etat: found another word, expected one of 'ouvert', 'clos'",
              refusal([&] { encode(*codec, made); }));
}

TEST_F(XmlSchema, RefusesAFileThatIsNoSchema) {
    const std::string file = folder_.write("no.xsd", "<plan/>");
    EXPECT_THROW(with(map({{"schema", scalar(file)}})), std::exception);
}

TEST_F(XmlCodec, RefusesToWriteWhatXmlCannotSay) {
    const auto refused = [&](std::string_view name, std::string_view text) {
        Builder tree("plan");
        tree.text(tree.add(tree.root(), name), text);
        return refusal([&] { encode(tree.finish()); });
    };
    EXPECT_THAT(refused("deux mots", "x"), HasSubstr("/deux mots: its name"));
    EXPECT_THAT(refused("1er", "x"), HasSubstr("its name"));
    EXPECT_THAT(refused("p:a", "x"), HasSubstr("prefix is not declared"));
    EXPECT_THAT(refused("@p:a", "x"), HasSubstr("prefix is not declared"));
    EXPECT_THAT(refused("a", "x\x01"), HasSubstr("a character that XML does not have"));
    EXPECT_EQ("", refused("é-1.b", "x"));
}

TEST_F(XmlCodec, RefusesToWriteAnAttributeTwice) {
    for (const char* const name : {"@a", "@xmlns", "@xmlns:p"}) {
        Builder tree("plan");
        for (const char* const value : {"urn:1", "urn:2"})
            tree.text(tree.add(tree.root(), name), value);
        tree.text(tree.add(tree.root(), "b"), "x");
        EXPECT_THAT(refusal([&] { encode(tree.finish()); }),
                    HasSubstr("[1]: an attribute stands once"))
            << name;
    }
    Builder many("plan");
    for (int i = 0; i < 257; ++i)
        many.text(many.add(many.root(), "@xmlns:p" + std::to_string(i)), "urn:x");
    EXPECT_THAT(refusal([&] { encode(many.finish()); }), HasSubstr("too many namespaces"));
}

TEST_F(XmlCodec, RefusesWhatIsNoXmlAndSaysWhere) {
    const auto at = [&](const char* text) {
        try {
            decode(text);
        } catch (const Error& error) {
            EXPECT_EQ(Fault::malformed, error.fault);
            EXPECT_FALSE(error.fr.empty()) << error.what();
            return error.where;
        }
        return std::string("accepted");
    };
    EXPECT_EQ("line 2, column 9", at("<a>\n <b></a>"));
    EXPECT_NE("accepted", at("<!DOCTYPE a [<!ENTITY x 'y'>]><a>&x;</a>"));
    EXPECT_NE("accepted", at("<a>&nbsp;</a>"));
    EXPECT_NE("accepted", at("<a b='1' b='2'/>"));
    EXPECT_NE("accepted", at("<a/><b/>"));
    EXPECT_NE("accepted", at("<p:a/>"));
    EXPECT_EQ("line 1, column 1", at("<a xmlns:xsi='u' xsi:b='c'/>"));
}

TEST_F(XmlCodec, ReadsAndRewritesTheXmlOfTheCorpus) {
    if (support::corpus().empty()) GTEST_SKIP() << "no corpus beside the checkout";
    int files = 0;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(support::corpus())) {
        const std::string ending = entry.path().extension();
        if (ending != ".xml" && ending != ".ccda") continue;
        const std::string text = support::fileText(entry.path());
        const Document first = decode(text);
        EXPECT_TRUE(text == encode(first)) << entry.path();
        const std::string written = encode(copyOf(first));
        EXPECT_TRUE(equalTrees(first.root(), decode(written).root())) << entry.path();
        ++files;
    }
    EXPECT_GT(files, 10);
}

}  // namespace
