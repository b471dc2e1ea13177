#include "relai_world.h"

#include <signal.h>

#include <filesystem>
#include <sstream>
#include <stdexcept>

#include "asking.h"
#include "support/places.h"
#include "support/plugins.h"

namespace support {
namespace {

const std::string kDemo = std::string(support::kSourceDir) + "/docs/demo/";

/// Without each "tls:" and what is indented below it.
std::string withoutTls(const std::string& text) {
    std::istringstream in(text);
    std::string out;
    std::size_t below = std::string::npos;
    for (std::string line; std::getline(in, line);) {
        const std::size_t indent = line.find_first_not_of(' ');
        if (below != std::string::npos && indent != std::string::npos && indent > below) continue;
        below = std::string::npos;
        if (indent != std::string::npos && line.compare(indent, 4, "tls:") == 0)
            below = indent;
        else
            out += line + "\n";
    }
    return out;
}

/// Without what stands from `begin` on and before `end`; an empty end: before the end of the text.
std::string without(const std::string& text, const std::string& begin, const std::string& end) {
    const std::size_t from = text.find(begin);
    const std::size_t to = end.empty() ? text.size() : text.find(end, from);
    if (from == text.npos || to == text.npos)
        throw std::runtime_error("docs/demo holds no longer: " + begin);
    return text.substr(0, from) + text.substr(to);
}

}  // namespace

std::string replaced(std::string text, const std::string& what, const std::string& by) {
    const std::size_t at = text.find(what);
    if (at == text.npos) throw std::runtime_error("docs/demo holds no longer: " + what);
    return text.replace(at, what.size(), by);
}

SimulatedPartner::SimulatedPartner(const std::string& kind, const std::string& name,
                                   const std::string& folder, std::vector<std::string> more,
                                   const std::string& listen)
    : kept_(folder + "/got/" + name + "/"),
      process_(
          [&] {
              std::vector<std::string> words{std::string(support::kBuildDir) + "/passerelle",
                                             "simulate",
                                             kind,
                                             "--listen",
                                             listen,
                                             "--record",
                                             kept_};
              words.insert(words.end(), more.begin(), more.end());
              std::filesystem::create_directories(kept_);
              return words;
          }(),
          folder + "/" + name + ".out"),
      port_(process_.portAfter("listening ")) {}

std::vector<std::string> SimulatedPartner::got() const { return textsIn(kept_); }

std::string SimulatedPartner::end() {
    process_.end(SIGTERM);
    const std::string output = process_.output();
    const std::size_t at = output.rfind("total ");
    return at == output.npos ? output : output.substr(at, output.find('\n', at) - at);
}

RelaiWorld::Change withFeed(std::uint16_t to) {
    return [to](const std::string& name, std::string& text) {
        if (name == "partners/hospital.yaml")
            text += "  feed:\n    mllp: {host: 127.0.0.1, port: " + std::to_string(to) +
                    "}\n    codec: hl7v2\n";
        if (name != "passerelle.yaml") return;
        text = replaced(text,
                        "\nlisteners:", "\nlisteners:\n  feed: {mllp: {listen: '127.0.0.1:0'}}\n#");
        text =
            replaced(text, "\nsources:", "\nsources:\n  feed: {listener: feed, codec: hl7v2}\n#");
        text += "  - {name: feed, from: feed, to: hospital/feed}\n";
    };
}

RelaiWorld::RelaiWorld(const Change& change) {
    for (const char* const name : {"hospital", "gp", "had"})
        partners_[name] = std::make_unique<SimulatedPartner>(name, name, folder());
    partners_["pharmacy"] = std::make_unique<SimulatedPartner>("gp", "pharmacy", folder());
    std::filesystem::create_directories(folder() + "/inbox");
    for (const char* const name : {"passerelle.yaml", "partners/hospital.yaml", "partners/gp.yaml",
                                   "partners/had.yaml", "partners/pharmacy.yaml"})
        configure(name, change);
    for (const char* const name : {"relai", "arpege", "pluri", "msp", "department"}) {
        std::string partner;  // whom the demo has not, or otherwise
        const std::string file = "partners/" + std::string(name) + ".yaml";
        if (change) change(file, partner);
        if (!partner.empty()) folder_.write(file, partner);
    }
    gateway_ = std::make_unique<GatewayProcess>(folder());
}

void RelaiWorld::configure(const std::string& name, const Change& change) {
    std::string text = withoutTls(fileText(kDemo + name));
    const auto replace = [&](const std::string& what, const std::string& by) {
        text = replaced(text, what, by);
    };
    const auto at = [&](const char* partner) {
        return "http://127.0.0.1:" + partners_.at(partner)->port();
    };
    if (name == "passerelle.yaml") {
        replace("../../mappings", std::string(support::kSourceDir) + "/mappings");
        replace("127.0.0.1:8443", "127.0.0.1:0");
        // Tests add feeds and networks of their own.
        text = without(text, "  adt:\n", "\nsources:");
        text = without(text, "  hospital-adt:", "\nkeep:");
        text = without(text, "  - name: hospital-news", "");
    } else if (name == "partners/hospital.yaml") {
        // Reached as the asking hospital, or where the coordinating nurse of the corpus works.
        replace("finess: \"980000004\"",
                "finess: [\"980000004\", \"319900072\"]\n  rpps: \"99700000138\"");
        replace("port: 2575", "port: " + partners_.at("hospital")->port());
    } else if (name == "partners/gp.yaml") {
        replace("\"99800000103\"",
                "[\"99800000103\", \"99800000608\", \"99700000112\", \"99700000211\"]");
        replace("https://localhost:9443", at("gp"));
    } else if (name == "partners/had.yaml") {
        replace("\"980000020\"", "[\"980000020\", \"319900445\"]");
        replace("https://localhost:9444", at("had"));
    } else {
        replace("\"99800000509\"", "[\"99800000509\", \"99700000245\"]");
        replace("\"980000038\"", "[\"980000038\", \"319900882\"]");
        replace("folder: {path: pharmacy}", "http: {url: '" + at("pharmacy") + "/fhir'}");
    }
    if (change) change(name, text);
    folder_.write(name, text);
}

std::string RelaiWorld::plansUrl() {
    return "http://127.0.0.1:" + std::to_string(gateway_->port("portal")) + "/networks/relai/plans";
}

void RelaiWorld::killAndRestart() {
    gateway_->end(SIGKILL);
    gateway_ = std::make_unique<GatewayProcess>(folder());
    gateway_->port("portal");  // it runs: its command line is answered
}

Ran RelaiWorld::send(std::vector<std::string> files) {
    files.insert(files.begin(), {"send", "--to", plansUrl(), "--type", "application/json"});
    return passerelle(files);
}

bool RelaiWorld::settled() const { return support::settled(folder()); }

}  // namespace support
