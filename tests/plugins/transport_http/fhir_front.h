/// @file  A FHIR base at /fhir of one source "gp", and a GP's software that is known by its token.
#pragma once

#include "told_gateway.h"

namespace transport_http_test {

class FhirFrontTest : public ListenerTest {
protected:
    FhirFrontTest() {
        gp_.endpoint = "saas-cabinets";
        gp_.partner = "cabinet-exemple";
        gp_.proof = Who::Proof::token;
        gateway_.access_->shown["gp"] = gp_;
        gateway_.access_->rule = [](const Who& who, const Wanted&) {
            return who.known()
                       ? std::nullopt
                       : std::optional(Reason{"nobody knows you", "personne ne vous connaît"});
        };
    }
    /// @param more  options of its source
    std::string startBase(Stage answer = Stage::stored,
                          std::vector<std::pair<std::string, ConfigNode>> more = {}) {
        listen({{"tokens", support::scalar("idp")}});
        more.emplace_back("fhir", support::scalar("/fhir"));
        more.emplace_back("resources",
                          support::list({support::scalar("Bundle"), support::scalar("Task")}));
        EXPECT_FALSE(
            serve({"gp", answer, Milliseconds(200)}, support::map(std::move(more))).failed());
        return start();
    }
    static std::string get(const std::string& address, const std::string& path,
                           const std::string& fields = {}) {
        return support::converse(address, "GET " + path +
                                              " HTTP/1.1\r\nHost: passerelle.example\r\n" +
                                              "Connection: close\r\n" + fields + "\r\n");
    }
    static std::string send(const std::string& address, const std::string& line,
                            const std::string& body, const std::string& fields = {},
                            const std::string& type = "application/fhir+json") {
        return support::converse(
            address, line + " HTTP/1.1\r\nHost: passerelle.example\r\nConnection: close\r\n" +
                         kToken + fields + "Content-Type: " + type +
                         "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body);
    }
    static std::string bodyOf(const std::string& answer) {
        return answer.substr(answer.find("\r\n\r\n") + 4);
    }

    static constexpr const char* kToken = "Authorization: Bearer gp\r\n";
    Who gp_;
};

}  // namespace transport_http_test
