/// Partners over HTTP that do what partners do.
#include <mutex>
#include <thread>

#include "http/server.h"
#include "raw_client.h"
#include "scenario.h"

namespace faults {
using namespace std::chrono_literals;
using namespace gateway;

namespace {

/// Answers each seventh request as it is told, the others well.
class HttpPartner {
public:
    /// What it does instead of a good answer. @return whether it took the message all the same
    using Trouble = std::function<bool(http::Response& answer)>;

    explicit HttpPartner(Oracle& oracle)
        : oracle_(oracle),
          server_(
              {}, [this](const http::Request& request) { return answer(request); }, log_) {
        server_.start();
    }
    ~HttpPartner() { server_.stop(Milliseconds(1000)); }

    std::string transport() const { return "http: {url: 'http://" + server_.address() + "/hl7'}"; }
    void behave(Trouble trouble) {
        const std::lock_guard lock(mutex_);
        trouble_ = std::move(trouble);
    }

private:
    http::Response answer(const http::Request& request) {
        Trouble trouble;
        {
            const std::lock_guard lock(mutex_);
            if (number_++ % 7 == 3) trouble = trouble_;
        }
        http::Response response{200, {}, Bytes("taken")};
        const auto take = [&] {
            oracle_.arrived(0, controlIdOf(request.body.view()), request.body.view());
        };
        try {
            if (!trouble || trouble(response)) take();
        } catch (const http::RawAnswer&) {  // says nothing good, but has it
            take();
            throw;
        }
        return response;
    }

    Oracle& oracle_;
    support::KeptLog log_;
    std::mutex mutex_;  ///< guards the rest
    Trouble trouble_;
    std::uint64_t number_ = 0;
    http::Server server_;
};

HttpPartner::Trouble says(int status, http::Headers headers = {}, Bytes body = {}) {
    return [=](http::Response& answer) {
        answer = {status, headers, body};
        return false;
    };
}

HttpPartner::Trouble raw(const std::string& bytes) {
    return [=](http::Response&) -> bool { throw http::RawAnswer{bytes}; };
}

}  // namespace

void httpPartners(Run& run) {
    struct Case {
        const char* what;
        HttpPartner::Trouble trouble;
        Run::Duplicates duplicates;
    };
    constexpr auto none = Run::Duplicates::none, allowed = Run::Duplicates::allowed;
    const Case cases[] = {
        {"503 and Retry-After", says(503, {{"Retry-After", "1"}}), none},
        {"no HTTP", raw("nonsense\r\n\r\n"), allowed},
        {"429", says(429), none},
        {"401", says(401), none},
        {"404", says(404), none},
        {"307", says(307, {{"Location", "http://127.0.0.1:1/"}}), none},
        {"500", says(500), none},
        {"a throttled OperationOutcome",
         says(
             200, {{"Content-Type", "application/fhir+json"}},
             Bytes(
                 R"({"resourceType":"OperationOutcome","issue":[{"severity":"error","code":"throttled"}]})")),
         none},
        {"half an answer", raw("HTTP/1.1 200 OK\r\nContent-Le"), allowed},
        {"closes instead", raw(""), allowed},
        {"late",
         [](http::Response&) {
             std::this_thread::sleep_for(700ms);
             return true;
         },
         allowed},
    };
    std::string duplicates;
    for (const Case& one : cases) {
        if (run.is(Form::smoke) && &one > cases + 1) break;
        Oracle oracle;
        HttpPartner partner(oracle);
        Settings settings;
        settings.destination = ", answer_within: 500 ms";
        settings.transports = {partner.transport()};
        World world(settings);
        Load load(oracle, {4, 16, 600, 200, run.pick<std::uint64_t>(20, 100, 2000)});
        partner.behave(one.trouble);
        load.at(world.start());
        run.check(within(300s, [&] { return load.done(); }),
                  one.what + std::string(": accept stops"));
        load.stop();
        run.check(within(std::chrono::seconds(run.pick(60, 120, 1200)),
                         [&] { return oracle.missing() == 0; }),
                  one.what + std::string(": it does not arrive"));
        partner.behave(nullptr);
        run.check(world.deliveriesIn("set-aside") == 0,
                  one.what + std::string(": something is set aside"));
        duplicates += std::string(duplicates.empty() ? "" : ", ") + one.what + " " +
                      std::to_string(oracle.judge().duplicates);
        Run inner = Run(Form::smoke);
        inner.finish(world, oracle, load, one.duplicates);
        for (const std::string& failure : inner.failures())
            run.check(false, one.what + std::string(": ") + failure);
    }
    run.note("sent twice: " + duplicates + "; nothing set aside");
}

}  // namespace faults
