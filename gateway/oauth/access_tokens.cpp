#include "oauth/access_tokens.h"

#include <openssl/rand.h>

#include <algorithm>
#include <array>
#include <cstdlib>

#include "oauth/base64url.h"

namespace gateway::oauth {
namespace {

constexpr std::chrono::seconds kAskWithin{10};
constexpr Milliseconds kAssertionLives{120'000};  ///< SMART allows five minutes
constexpr Milliseconds kUsualLife{60'000};        ///< of a token that does not say how long
constexpr Milliseconds kMostMargin{30'000}, kMostLife{86'400'000};
constexpr std::size_t kMostToken = 8192;

/// application/x-www-form-urlencoded
std::string escaped(std::string_view text) {
    constexpr char digits[] = "0123456789ABCDEF";
    std::string out;
    for (const char c : text) {
        const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                           (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_' || c == '~';
        if (plain) {
            out += c;
            continue;
        }
        out += '%';
        out += digits[static_cast<unsigned char>(c) >> 4];
        out += digits[static_cast<unsigned char>(c) & 15];
    }
    return out;
}

/// RFC 6750 §2.1: what can stand in a header and cannot end it.
bool isBearerToken(std::string_view text) {
    constexpr std::string_view marks = "-._~+/=";
    return !text.empty() && text.size() <= kMostToken &&
           std::all_of(text.begin(), text.end(), [&](char c) {
               return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                      marks.find(c) != marks.npos;
           });
}

/// The error codes of RFC 6749 §5.2 and RFC 8707 §2; any other word of the server is not repeated.
std::string_view knownError(std::string_view said) {
    for (const std::string_view known :
         {"invalid_request", "invalid_client", "invalid_grant", "unauthorized_client",
          "unsupported_grant_type", "invalid_scope", "invalid_target", "access_denied",
          "server_error", "temporarily_unavailable"})
        if (said == known) return known;
    return {};
}

/// A number, or a number in quotes, as some servers write it.
Milliseconds lifeIn(const json_t* answer) {
    const json_t* const value = json_object_get(answer, "expires_in");
    double seconds = static_cast<double>(kUsualLife.count()) / 1000;
    if (json_is_number(value)) seconds = json_number_value(value);
    if (json_is_string(value)) seconds = std::atof(json_string_value(value));
    if (!(seconds >= 0)) return Milliseconds(0);
    const double most = static_cast<double>(kMostLife.count());
    return Milliseconds(static_cast<std::int64_t>(std::min(seconds * 1000, most)));
}

std::string newId() {
    std::array<unsigned char, 16> bytes{};
    if (RAND_bytes(bytes.data(), static_cast<int>(bytes.size())) != 1)
        throw Error(Fault::internal, "token", {"no random bytes", "pas d'octets aléatoires"});
    return toBase64url({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
}

json_int_t seconds(Time time) {
    return std::chrono::duration_cast<std::chrono::seconds>(time.time_since_epoch()).count();
}

bool saysBearer(std::string_view type) { return http::sameText(type, "Bearer"); }

}  // namespace

AccessTokens::AccessTokens(ClientCredentials credentials, WallClock now)
    : credentials_(std::move(credentials)), now_(std::move(now)), client_(credentials_.server) {}

std::string AccessTokens::token(http::Deadline deadline) {
    Lock lock(mutex_);
    for (;;) {
        if (kept_ && now_() < kept_->until) return kept_->token;
        if (!asking_) return ask(lock, deadline);
        const std::uint64_t before = asked_;
        if (!changed_.wait_until(lock, deadline, [&] { return asked_ != before; }))
            throw Error(Fault::unavailable, credentials_.server.server.authority(),
                        {"no access token in time", "pas de jeton d'accès à temps"});
        if (failure_) throw Error(*failure_);
        if (kept_) return kept_->token;  // however short it lives
    }
}

/// For all who wait, without the lock.
std::string AccessTokens::ask(Lock& lock, http::Deadline deadline) {
    asking_ = true;
    kept_.reset();
    failure_.reset();
    lock.unlock();
    std::optional<Kept> got;
    std::optional<Error> failed;
    try {
        got = fetch(std::min(deadline, std::chrono::steady_clock::now() + kAskWithin));
    } catch (const Error& error) {
        failed.emplace(Fault::unavailable, error.where,
                       say("no access token: {0}", "pas de jeton d'accès : {0}", {error.reason()}));
    } catch (const std::exception&) {
        failed.emplace(
            Fault::unavailable, credentials_.server.server.authority(),
            Reason{"no access token: out of memory", "pas de jeton d'accès : mémoire épuisée"});
    }
    lock.lock();
    kept_ = got;
    if (failed) failure_.emplace(*failed);
    asking_ = false;
    ++asked_;
    changed_.notify_all();
    if (failed) throw Error(*failed);
    return got->token;
}

void AccessTokens::drop(const std::string& token) noexcept {
    const std::lock_guard lock(mutex_);
    if (kept_ && kept_->token == token) kept_.reset();
}

AccessTokens::Kept AccessTokens::fetch(http::Deadline deadline) {
    http::Request post;
    post.method = "POST";
    post.headers.add("Content-Type", "application/x-www-form-urlencoded");
    post.headers.add("Accept", "application/json");
    post.body = Bytes(form());
    return readAnswer(client_.exchange(post, credentials_.server.server.target, deadline));
}

std::string AccessTokens::form() const {
    std::string form = "grant_type=client_credentials&client_id=" + escaped(credentials_.client);
    if (!credentials_.scope.empty()) form += "&scope=" + escaped(credentials_.scope);
    if (!credentials_.resource.empty()) form += "&resource=" + escaped(credentials_.resource);
    if (!credentials_.key) return form;
    form += "&client_assertion_type=" +
            escaped("urn:ietf:params:oauth:client-assertion-type:jwt-bearer");
    return form + "&client_assertion=" + assertion();
}

/// RFC 7523 §3.
std::string AccessTokens::assertion() const {
    const Time now = now_();
    const std::string& audience =
        credentials_.audience.empty() ? credentials_.url : credentials_.audience;
    const Json payload(json_pack("{s:s,s:s,s:s,s:s,s:I,s:I}", "iss", credentials_.client.c_str(),
                                 "sub", credentials_.client.c_str(), "aud", audience.c_str(), "jti",
                                 newId().c_str(), "iat", seconds(now), "exp",
                                 seconds(now + kAssertionLives)));
    return credentials_.key->sign(payload.get());
}

AccessTokens::Kept AccessTokens::readAnswer(const http::Response& answer) const {
    const std::string where = credentials_.server.server.authority();
    const Json body = jsonObject(answer.body.view());
    const Reason http = "HTTP " + std::to_string(answer.status);
    if (answer.status != 200) {
        const std::string_view code = knownError(textOf(body.get(), "error"));
        throw Error(Fault::unavailable, where,
                    code.empty() ? say("the token server answers {0}",
                                       "le serveur de jetons répond {0}", {http})
                                 : say("the token server answers {0}, {1}",
                                       "le serveur de jetons répond {0}, {1}", {http, code}));
    }
    const std::string_view token = textOf(body.get(), "access_token");
    if (!isBearerToken(token) || !saysBearer(textOf(body.get(), "token_type")))
        throw Error(Fault::unavailable, where,
                    {"the token server's answer holds no bearer token",
                     "la réponse du serveur de jetons ne contient pas de jeton au porteur"});
    const Milliseconds life = lifeIn(body.get());
    return {std::string(token), now_() + life - std::min(life / 10, kMostMargin)};
}

}  // namespace gateway::oauth
