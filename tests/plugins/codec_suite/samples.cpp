#include "samples.h"

namespace {

std::string times(int count, std::string_view text) {
    std::string all;
    for (int i = 0; i < count; ++i) all += text;
    return all;
}

constexpr const char* kLines = "un\nDUFICTIF\ntrois\n";
constexpr const char* kJson = R"({"nom":"DUFICTIF","n":[-1.5e3,true,null,{}],"é":{"g":[]}})";
constexpr const char* kXml =
    "<?xml version=\"1.0\"?>\n<p:plan xmlns:p=\"urn:exemple:plan\" n=\"1\">\n"
    "  <p:nom clé='&lt;2'>DUFICTIF</p:nom><!-- x --><vide/>\n"
    "  <note>avant <b>gras</b> <i>fin</i></note><![CDATA[ a<b ]]></p:plan>\n";
constexpr const char* kCda =
    "<ClinicalDocument xmlns=\"urn:hl7-org:v3\" xmlns:xsi=\"http://www.w3.org/2001/"
    "XMLSchema-instance\"><id root=\"1.2.3\" extension=\"E1\"/><title>Lettre</title>"
    "<recordTarget><patientRole><id root=\"1.2.4\" extension=\"9\"/><patient><name>M. "
    "<family>DUFICTIF</family></name></patient></patientRole></recordTarget><component>"
    "<structuredBody><component><section><text>Dit <content>bien</content></text><entry>"
    "<observation classCode=\"OBS\" moodCode=\"EVN\"><code code=\"1\"/><value xsi:type=\"PQ\" "
    "value=\"2.50\" unit=\"g\"/></observation></entry></section></component></structuredBody>"
    "</component></ClinicalDocument>";
constexpr const char* kFhirJson =
    R"({"resourceType":"Patient","id":"a","name":[{"family":"DUFICTIF","given":["Ana"]}]})";
constexpr const char* kFhirXml =
    "<Patient xmlns=\"http://hl7.org/fhir\"><id value=\"a\"/><name><family value=\"DUFICTIF\"/>"
    "</name></Patient>";
constexpr const char* kHl7 =
    "MSH|^~\\&|APP|FAC|B|C|20250102030405||ADT^A01^ADT_A01|7|P|2.5\r"
    "EVN||20250102030405\rPID|||1^^^X^PI||DUFICTIF^ANA\rPV1||I\r";
constexpr const char* kCsv = "NUM;NOM;NOTE\r\n1;DUFICTIF;\"dit \"\"oui\"\"\r\nhier\"\r\n2;;x\r\n";

}  // namespace

const std::vector<Sample>& samples() {
    static const std::vector<Sample> all = {
        {"codec_lines", "lines", kLines, [](int n) { return times(n, "ligne\n"); }, nullptr, true,
         false},
        {"codec_json", "json", kJson, [](int n) { return "[0" + times(n, ",\"x\"") + "]"; },
         [](int n) { return times(n, "[") + times(n, "]"); }},
        {"codec_xml", "xml", kXml,
         [](int n) { return "<a>" + times(n, "<b c='1'>x</b>") + "</a>"; },
         [](int n) { return times(n, "<a>") + times(n, "</a>"); }},
        {"codec_cda", "cda", kCda,
         [](int n) {
             return "<ClinicalDocument xmlns='urn:hl7-org:v3'>" +
                    times(n, "<templateId root='1.2.3'/>") + "</ClinicalDocument>";
         },
         [](int n) {
             return "<ClinicalDocument xmlns='urn:hl7-org:v3'>" + times(n, "<component><section>") +
                    times(n, "</section></component>") + "</ClinicalDocument>";
         }},
        {"codec_fhir", "fhir+json", kFhirJson,
         [](int n) {
             return R"({"resourceType":"Patient","name":[{"family":"a"})" +
                    times(n, R"(,{"family":"x"})") + "]}";
         },
         [](int n) {
             return R"({"resourceType":"Patient","extension":)" +
                    times(n, R"([{"url":"u","extension":)") + "[]" + times(n, "}]") + "}";
         }},
        {"codec_fhir", "fhir+xml", kFhirXml,
         [](int n) {
             return "<Patient xmlns='http://hl7.org/fhir'>" +
                    times(n, "<name><family value='x'/></name>") + "</Patient>";
         },
         [](int n) {
             return "<Patient xmlns='http://hl7.org/fhir'>" + times(n, "<extension url='u'>") +
                    times(n, "</extension>") + "</Patient>";
         }},
        {"codec_hl7v2", "hl7v2", kHl7,
         [](int n) {
             return "MSH|^~\\&|A|B|C|D|20250102||ADT^A01^ADT_A01|7|P|2.5\r" +
                    times(n, "NTE|1||x\r");
         },
         nullptr, true},
        {"codec_csv", "csv", kCsv, [](int n) { return "A;B\n" + times(n, "1;2\n"); }, nullptr,
         true},
    };
    return all;
}
