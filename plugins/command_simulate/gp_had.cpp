/// "simulate gp" and "simulate had": FHIR servers that take transactions, answer as told and keep
/// what they got.
#include "gp_had.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <array>
#include <atomic>
#include <condition_variable>
#include <cstdio>
#include <mutex>

#include "commands.h"
#include "gateway/error.h"
#include "http/client.h"
#include "http/server.h"
#include "options.h"
#include "record.h"
#include "stop_signal.h"
#include "usage/plugin_command.h"

namespace simulate {
namespace {

using gateway::Error;
using gateway::Milliseconds;
namespace http = gateway::http;
namespace tls = gateway::tls;

struct Partner {
    const char* command;  ///< "gp"
    const char* label;    ///< for its CapabilityStatement
    gateway::Reason summary;
};

const std::vector<std::string> kAnswers = {"200", "400",  "401",     "422",
                                           "500", "none", "garbage", "close"};

/// What the server says about connections goes to stderr.
class StderrLog final : public gateway::Log {
public:
    void write(Level level, std::string_view event,
               std::initializer_list<gateway::Field> fields) override {
        if (level < Level::warning) return;
        std::string line(event);
        for (const gateway::Field& field : fields)
            line += " " + std::string(field.name) + "=" + field.text;
        std::fprintf(stderr, "%s\n", line.c_str());
    }
};

http::Response fhir(int status, std::string text) {
    return {status, {{"Content-Type", "application/fhir+json"}}, gateway::Bytes(std::move(text))};
}

class FhirServer {
public:
    FhirServer(const Partner& partner, const Options& options, const std::string& how)
        : label_(partner.label),
          answer_(how),
          most_(options.count),
          record_(options.record, "json"),
          ended_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)),
          server_(
              serving(options), [this](const http::Request& r) { return answer(r); }, log_) {}
    ~FhirServer() {
        release();
        server_.stop(Milliseconds(500));
        ::close(ended_);
    }

    void run() {
        const StopSignal stop;
        server_.start();
        std::printf("listening %s\n", server_.address().c_str());
        std::fflush(stdout);
        std::array<pollfd, 2> events{pollfd{stop.descriptor(), POLLIN, 0},
                                     pollfd{ended_, POLLIN, 0}};
        while (events[0].revents == 0 && events[1].revents == 0)
            if (::poll(events.data(), events.size(), -1) < 0 && errno != EINTR) break;
        release();
        server_.stop(Milliseconds(500));
    }

    void summary() const {
        std::printf("total %llu messages, %llu bytes\n",
                    static_cast<unsigned long long>(messages_.load()),
                    static_cast<unsigned long long>(bytes_.load()));
        std::fflush(stdout);
    }

private:
    static http::ServerOptions serving(const Options& options) {
        const std::string host = options.listen.substr(0, options.listen.rfind(':'));
        http::ServerOptions serving;
        serving.host =
            host.size() > 2 && host.front() == '[' ? host.substr(1, host.size() - 2) : host;
        serving.port =
            static_cast<std::uint16_t>(std::stoul(options.listen.substr(host.size() + 1)));
        if (!options.cert.empty())
            serving.tls = std::make_shared<tls::Credentials>(
                tls::Role::server, tls::Options{options.cert, options.key, {}, options.clients});
        serving.insecure = true;  // it holds invented data alone
        serving.limits.perPeer = serving.limits.connections;
        return serving;
    }

    /// Lets go of those that wait for an answer that never comes.
    void release() {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
        stopped_.notify_all();
    }

    http::Response answer(const http::Request& request) {
        if (request.method == "GET" && request.path.ends_with("/metadata"))
            return fhir(200, capabilityText(label_));
        if (request.method != "POST" && request.method != "PUT")
            return fhir(405, outcomeText("error", "not-supported", "POST a transaction", ""));
        const std::uint64_t number = ++taken_;
        if (most_ != 0 && number > most_) throw http::RawAnswer{};
        record_.add(request.body.view(), std::string(request.body.view()) + "\n");
        report(request);
        const Counted counted(*this);
        return behave(request);
    }

    /// Ends the run when as many as wanted have been answered.
    struct Counted {
        explicit Counted(FhirServer& of) : server(of) {}
        ~Counted() {
            if (++server.answered_ == server.most_) ::eventfd_write(server.ended_, 1);
        }
        FhirServer& server;
    };

    void report(const http::Request& request) {
        const std::lock_guard lock(mutex_);
        std::printf("received %s %zu\n", shownId(request.headers.get("idempotency-key")).c_str(),
                    request.body.size());
        std::fflush(stdout);
        bytes_ += request.body.size();
        ++messages_;
    }

    http::Response behave(const http::Request& request) {
        if (answer_ == "close") throw http::RawAnswer{};
        if (answer_ == "garbage") throw http::RawAnswer{"this is no answer of HTTP\r\n\r\n"};
        if (answer_ == "none") {
            std::unique_lock lock(mutex_);
            stopped_.wait(lock, [this] { return stopping_; });
            throw http::RawAnswer{};
        }
        if (answer_ != "200")
            return fhir(std::stoi(answer_),
                        outcomeText("error", "processing", "refused on purpose", ""));
        return take(request);
    }

    http::Response take(const http::Request& request) {
        try {
            const Posted posted = readPosted(request.body.view());
            const std::uint64_t first = made_.fetch_add(posted.entries.size() + 1) + 1;
            if (posted.resource == "Bundle") return fhir(200, transactionResponse(posted, first));
            http::Response response =
                fhir(201, outcomeText("information", "informational", "created", ""));
            response.headers.add("Location", posted.resource + "/" + std::to_string(first));
            return response;
        } catch (const Error& error) {
            return fhir(400, outcomeText("error", "structure", error.what(), error.where));
        }
    }

    const std::string label_;
    const std::string answer_;
    const std::uint64_t most_;
    Record record_;
    StderrLog log_;
    const int ended_;
    std::atomic<std::uint64_t> taken_{0};
    std::atomic<std::uint64_t> answered_{0};
    std::atomic<std::uint64_t> made_{0};
    std::atomic<std::uint64_t> messages_{0};
    std::atomic<std::uint64_t> bytes_{0};
    std::mutex mutex_;  ///< guards stopping_ and stdout
    std::condition_variable stopped_;
    bool stopping_ = false;
    http::Server server_;
};

/// "host:port" or "[::1]:port".
std::string checkListen(const std::string& text) {
    try {
        http::parsedUrl("http://" + text.substr(0, text.rfind(':')) + ":1");
    } catch (const Error&) {
        return "expected host:port";
    }
    const std::string port = text.substr(std::min(text.size(), text.rfind(':') + 1));
    const bool good = text.rfind(':') != text.npos && !port.empty() && port.size() < 6 &&
                      port.find_first_not_of("0123456789") == port.npos && std::stoul(port) < 65536;
    return good ? std::string() : "expected host:port";
}

int run(const Partner& partner, std::span<const std::string> words, gateway::CommandHost& host) {
    Options options;
    std::string answer = "200";
    return gateway::runCommand(
        words, host, std::string("simulate ") + partner.command, partner.summary,
        [&](CLI::App& app, gateway::Spoken speaks) {
            addOptions(app, options, speaks)->check(checkListen);
            app.add_option("--answer", answer,
                           gateway::Reason("A status, or none, garbage, close",
                                           "Un statut, ou none (rien), garbage (n'importe quoi), "
                                           "close (raccroche)")
                               .in(speaks))
                ->type_name("WORD")
                ->check(CLI::IsMember(kAnswers))
                ->capture_default_str();
        },
        [&] {
            FhirServer server(partner, options, answer);
            server.run();
            server.summary();
            return 0;
        });
}

gateway::Command command(const Partner& partner) {
    return {std::string("simulate ") + partner.command, partner.summary,
            [partner](std::span<const std::string> words, gateway::CommandHost& host) {
                return run(partner, words, host);
            }};
}

}  // namespace

gateway::Command gp() {
    return command({"gp",
                    "Software of a general practitioner",
                    {"a GP's FHIR server that takes transactions and records what it got",
                     "le serveur FHIR d'un médecin traitant, qui prend des transactions et note ce "
                     "qu'il reçoit"}});
}

gateway::Command had() {
    return command(
        {"had",
         "Home hospitalisation",
         {"a HAD's FHIR server that takes transactions and records what it got",
          "le serveur FHIR d'une HAD, qui prend des transactions et note ce qu'il reçoit"}});
}

}  // namespace simulate
