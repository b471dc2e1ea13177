/// Alerts as JSON over HTTP.
#include <algorithm>

#include "core/json_text.h"
#include "gateway/guard.h"
#include "http/options.h"
#include "watch/messenger.h"

namespace gateway {
namespace {

/// RFC 9110 §5.1
bool isFieldName(const std::string& text) {
    constexpr std::string_view marks = "!#$%&'*+-.^_`|~";
    return !text.empty() && std::all_of(text.begin(), text.end(), [&](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               marks.find(c) != marks.npos;
    });
}

class Webhook final : public Messenger {
public:
    explicit Webhook(Config& config)
        : options_(http::clientOptions(config)),
          header_(config.text("header", "Authorization")),
          secret_(config.secret("secret")) {
        options_.connections = 1;
        options_.answerBytes = 1u << 20;
        if (!isFieldName(header_))
            config.fail("header", {"expected the name of a header, such as X-Token",
                                   "attendu le nom d'un en-tête, comme X-Token"});
        if (!guard::isFieldValue(secret_))
            config.fail("secret", {"holds what no header can: a line break, or a blank at its end",
                                   "contient ce qu'aucun en-tête ne peut avoir : un saut de ligne, "
                                   "ou un blanc au bord"});
        client_ = std::make_unique<http::Client>(options_);
    }

    std::string tell(const Notice& notice,
                     std::chrono::steady_clock::time_point deadline) override {
        http::Request post;
        post.method = "POST";
        post.headers.add("Content-Type", "application/json");
        if (!secret_.empty()) post.headers.add(header_, secret_);
        post.body = Bytes(json(notice));
        const std::string target =
            options_.server.target.empty() ? std::string("/") : options_.server.target;
        const http::Response answer = client_->exchange(post, target, deadline);
        if (answer.status < 200 || answer.status > 299)
            throw Error(Fault::unavailable, options_.server.authority(),
                        say("it answered {0} {1}", "il a répondu {0} {1}",
                            {std::to_string(answer.status),
                             std::string(http::reasonPhrase(answer.status))}));
        return "HTTP " + std::to_string(answer.status);
    }

    std::vector<Certificate> certificates() const override {
        return options_.tls ? options_.tls->certificates() : std::vector<Certificate>();
    }

private:
    static std::string json(const Notice& notice) {
        JsonWriter out;
        out.beginObject().field("state", toText(notice.state)).field("alert", notice.kind);
        out.field("end", notice.end).field("severity", notice.level > 1 ? "critical" : "warning");
        out.field("since", toText(notice.since)).field("at", toText(notice.at));
        out.field("gateway", notice.gateway).field("text", notice.text);
        return out.endObject().take();
    }

    http::ClientOptions options_;
    const std::string header_, secret_;
    std::unique_ptr<http::Client> client_;
};

}  // namespace

std::shared_ptr<Messenger> webhookMessenger(Config config) {
    auto messenger = std::make_shared<Webhook>(config);
    config.finish();
    return messenger;
}

}  // namespace gateway
