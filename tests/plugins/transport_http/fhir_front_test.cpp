/// The FHIR base of listener "http": formats, languages, who may, what it says of itself.
#include "fhir_front.h"

namespace {
using namespace gateway;
using support::converse;
using support::list;
using support::scalar;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

using FhirFront = transport_http_test::FhirFrontTest;

const ConfigNode& base() {
    static const ConfigNode options =
        support::map({{"fhir", scalar("/fhir")}, {"resources", list({scalar("Bundle")})}});
    return options;
}

TEST_F(FhirFront, SaysWhatItIsToAnybody) {
    const std::string address = startBase();
    const std::string json = get(address, "/fhir/metadata");
    EXPECT_THAT(json, AllOf(StartsWith("HTTP/1.1 200 "),
                            HasSubstr("Content-Type: application/fhir+json; charset=utf-8\r\n"),
                            HasSubstr(R"({"resourceType":"CapabilityStatement")"),
                            HasSubstr(R"("url":"http://passerelle.example/fhir")")));
    const std::string xml = get(address, "/fhir/metadata", "Accept: application/fhir+xml\r\n");
    EXPECT_THAT(xml, AllOf(StartsWith("HTTP/1.1 200 "), HasSubstr("application/fhir+xml"),
                           HasSubstr("<CapabilityStatement xmlns=\"http://hl7.org/fhir\">"
                                     "<status value=\"active\"/>")));
    EXPECT_THAT(get(address, "/fhir/metadata?_format=xml"), HasSubstr("<CapabilityStatement"));
    EXPECT_THAT(get(address, "/fhir/metadata?_format=application/fhir+xml"),
                HasSubstr("<CapabilityStatement"));
    EXPECT_THAT(get(address, "/fhir/metadata", "Accept: text/html, */*;q=0.1\r\n"),
                StartsWith("HTTP/1.1 200 "));
    EXPECT_THAT(get(address, "/fhir/metadata", "Authorization: Bearer forged\r\n"),
                StartsWith("HTTP/1.1 200 "));
}

TEST_F(FhirFront, RefusesFormatsThatItDoesNotHave) {
    const std::string address = startBase();
    EXPECT_THAT(
        get(address, "/fhir/metadata", "Accept: text/turtle\r\n"),
        AllOf(StartsWith("HTTP/1.1 406 Not Acceptable\r\n"), HasSubstr("OperationOutcome")));
    EXPECT_THAT(get(address, "/fhir/metadata?_format=ttl"), StartsWith("HTTP/1.1 406 "));
    EXPECT_THAT(
        get(address, "/fhir/metadata", "Accept: application/fhir+json; fhirVersion=5.0\r\n"),
        StartsWith("HTTP/1.1 406 "));
    for (const char* const version : {"4.0", "4.0.1"})
        EXPECT_THAT(
            get(address, "/fhir/metadata",
                std::string("Accept: application/fhir+json; fhirVersion=") + version + "\r\n"),
            StartsWith("HTTP/1.1 200 "));
}

TEST_F(FhirFront, WhatIsNotThereIsToldInTheAskedLanguageAndFormat) {
    const std::string address = startBase();
    EXPECT_THAT(get(address, "/fhir/Nothing"),
                AllOf(StartsWith("HTTP/1.1 404 "), HasSubstr("nothing is served at this path")));
    EXPECT_THAT(get(address, "/fhir/Nothing",
                    "Accept: application/xml\r\nAccept-Language: en;q=0.3, fr-FR;q=0.8\r\n"),
                AllOf(StartsWith("HTTP/1.1 404 "), HasSubstr("Content-Language: fr\r\n"),
                      HasSubstr("<diagnostics value=\"rien n'est servi")));
    EXPECT_THAT(get(address, "/fhirx"), Not(HasSubstr("metadata")));
    const std::string wrong =
        converse(address, "DELETE /fhir/metadata HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    EXPECT_THAT(wrong, AllOf(StartsWith("HTTP/1.1 405 "), HasSubstr("Allow: GET, HEAD\r\n")));
}

TEST_F(FhirFront, TellsWhereTokensComeFrom) {
    listen({{"tokens", list({scalar("idp")})},
            {"smart", support::map({{"token_endpoint", scalar("https://idp.example/token")},
                                    {"issuer", scalar("https://idp.example")}})}});
    serve({"gp", {}, {}}, base());
    EXPECT_THAT(get(start(), "/fhir/.well-known/smart-configuration"),
                AllOf(StartsWith("HTTP/1.1 200 "),
                      HasSubstr(R"("token_endpoint":"https://idp.example/token")"),
                      HasSubstr("private_key_jwt")));
}

TEST_F(FhirFront, WithoutThemItSaysSo) {
    EXPECT_THAT(get(startBase(), "/fhir/.well-known/smart-configuration"),
                StartsWith("HTTP/1.1 404 "));
}

TEST_F(FhirFront, ReportsWhatIsConfiguredWrongly) {
    listen();
    EXPECT_TRUE(serve({"a", {}, {}}, support::map({{"fhir", scalar("fhir")}})).failed());
    EXPECT_TRUE(serve({"b", {}, {}}, support::map({{"fhir", scalar("/f")}, {"path", scalar("/p")}}))
                    .failed());
    EXPECT_TRUE(serve({"c", {}, {}},
                      support::map({{"fhir", scalar("/f")}, {"resources", scalar("Bundel")}}))
                    .failed());
    EXPECT_FALSE(serve({"d", {}, {}}, support::map({{"fhir", scalar("/fhir/")}})).failed());
    EXPECT_TRUE(plugins_.listener("http", support::map({{"listen", scalar("127.0.0.1:0")}})));
    EXPECT_THROW(
        plugins_.listener(
            "http", support::map({{"listen", scalar("127.0.0.1:0")},
                                  {"smart", support::map({{"token_endpoint", scalar("x")}})}})),
        std::runtime_error)
        << "no tokens";
}

}  // namespace
