#include "watch/watch_listener.h"

#include "watch/metrics.h"

namespace gateway {
namespace {

http::Response response(int status, const char* type, std::string text) {
    return {status, {{"Content-Type", type}}, Bytes(std::move(text))};
}

http::Response metrics(Watch& watch) {
    return response(
        200, kMetricsType,
        metricsText(watch.look(), watch.alerts(), watch.tellings(), watch.readiness().ready()));
}

http::Response answer(Watch& watch, Log& log, const http::Request& request) {
    try {
        if (request.method != "GET" && request.method != "HEAD")
            return {405, {{"Allow", "GET, HEAD"}}, Bytes()};
        if (auto known = watchAnswer(watch, request)) return std::move(*known);
        return response(404, "text/plain; charset=utf-8",
                        "/metrics, /health/live, /health/ready\n");
    } catch (const Error& error) {
        log.warning("metrics-failed", {{"where", error.where}, {"what", error.what()}});
        return response(503, "text/plain; charset=utf-8", std::string(error.what()) + "\n");
    }
}

}  // namespace

std::optional<http::Response> watchAnswer(Watch& watch, const http::Request& request) {
    if (request.path == "/metrics") return metrics(watch);
    if (request.path == "/health/live") return response(200, "application/json", R"({"ok":true})");
    if (request.path != "/health/ready") return {};
    const Readiness readiness = watch.readiness();
    return response(readiness.ready() ? 200 : 503, "application/json", readinessText(readiness));
}

WatchListener::WatchListener(const http::ServerOptions& options, Watch& watch, Log& log)
    : log_(log),
      server_(
          options,
          [&watch, &log](const http::Request& request) { return answer(watch, log, request); },
          log) {}

void WatchListener::start() {
    server_.start();
    log_.info("metrics-listen", {{"listen", server_.address()}});
}

void WatchListener::stop() { server_.stop(Milliseconds(1000)); }

}  // namespace gateway
