#include "cli/admin_client.h"

#include <pwd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>

#include "cli/shared.h"
#include "core/may_read.h"
#include "gateway/error.h"
#include "gateway/guard.h"
#include "http/client.h"

namespace gateway {
namespace {

void show(JsonValue& value) {
    value.text = guard::line(value.text);
    for (auto& [name, item] : value.items) {
        name = guard::line(name);
        show(item);
    }
}

/// The option that gave the gateway what it calls so, and a name as it was typed: the gateway
/// repeats none. Nothing for what needs no option, since the text says what it was.
std::string asTyped(const std::string& where, const std::string& wish) {
    constexpr std::array<std::string_view, 9> kOptions{"why",    "by",  "since", "most", "after",
                                                       "sector", "due", "from",  "to"};
    constexpr std::array<std::string_view, 3> kPlain{"born", "who", "ids"};
    const auto among = [&](const auto& names) {
        return std::find(names.begin(), names.end(), where) != names.end();
    };
    const auto word = [&] {
        const JsonValue all = wish.empty() ? JsonValue() : shownJson(wish);
        const std::string& inFilter = all["filter"][where].text;
        return inFilter.empty() ? all[where].text : inFilter;
    };
    if (where == "on") return "--by-hand";
    if (where == "state") return "--state " + word();
    if (where == "end" || where == "receiver") return word();
    return among(kOptions) ? "--" + where : among(kPlain) ? std::string() : where;
}

Fault faultOf(int status) {
    if (status == 503) return Fault::unavailable;
    return status >= 500 ? Fault::internal : Fault::rejected;
}

http::ClientOptions optionsOf(const AdminPlace& place) {
    http::ClientOptions options;
    options.answerBytes = 256ull << 20;
    if (place.url.empty()) {
        options.local = place.socket;
        return options;
    }
    options.server = http::parsedUrl(place.url);
    if (!options.server.tls || options.server.target != "/")
        throw Error(Fault::malformed, "--admin",
                    {"expected https://HOST:PORT", "attendu https://HÔTE:PORT"});
    options.tls = std::make_shared<tls::Credentials>(
        tls::Role::client, tls::Options{.cert = place.cert, .key = place.key, .ca = place.ca});
    return options;
}

}  // namespace

std::string AdminClient::get(const std::string& target) const { return ask("GET", target, {}); }

std::string AdminClient::post(const std::string& target, const std::string& json) const {
    return ask("POST", target, json);
}

std::string AdminClient::ask(const std::string& method, const std::string& target,
                             const std::string& json) const {
    http::Client client(optionsOf(place_));
    const std::string& where = place_.url.empty() ? place_.socket : place_.url;
    http::Request request{method, {}, {}, {}, Bytes::copy(json), {}};
    http::Response response;
    try {
        response = client.exchange(request, target, std::chrono::steady_clock::now() + patience_);
    } catch (const Error& error) {
        if (error.fault != Fault::unavailable || !place_.url.empty()) throw;
        if (isForbidden(place_.socket))
            throw Error(Fault::unavailable, place_.socket, mayNotRead());
        throw Error(Fault::unavailable, place_.socket,
                    isThere(place_.socket)
                        ? Reason{"no gateway answers there: it has ended",
                                 "aucune passerelle ne répond là : elle est arrêtée"}
                        : Reason{"no gateway runs with this configuration (start it: "
                                 "passerelle serve)",
                                 "aucune passerelle ne tourne avec cette configuration (la "
                                 "lancer : passerelle serve)"});
    }
    if (response.status == 200) return std::string(response.body.view());
    const bool readable = response.headers.get("content-type") == "application/json";
    if (!readable)  // refused before it came to the admin interface
        throw Error(faultOf(response.status), where, std::string(response.body.view()));
    const JsonValue said = shownJson(response.body.view());
    const std::string part = asTyped(said["where"].text, json);
    const Reason why{said["error"].text, said["fr"].text};
    if (response.status == 400 && part.starts_with("--")) throw Misuse(part, why);
    throw Error(faultOf(response.status), part, why);
}

JsonValue shownJson(std::string_view answer) {
    JsonValue value = parsedJson(answer);
    show(value);
    return value;
}

std::string escaped(std::string_view text) {
    constexpr char digits[] = "0123456789ABCDEF";
    std::string out;
    for (const char c : text) {
        const auto u = static_cast<unsigned char>(c);
        if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
            c == '-' || c == '.' || c == '_' || c == '~') {
            out += c;
        } else {
            out += '%';
            out += digits[u >> 4];
            out += digits[u & 15];
        }
    }
    return out;
}

std::string userName() { return userName(::geteuid()); }

std::string userName(unsigned uid) {
    const passwd* const user = ::getpwuid(uid);
    return user != nullptr ? user->pw_name : "uid " + std::to_string(uid);
}

}  // namespace gateway
