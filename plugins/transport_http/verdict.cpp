#include "verdict.h"

#include <optional>
#include <vector>

#include "common/json/json.h"

namespace transport_http {
using namespace gateway;

namespace {

bool isDestinationsFault(int status) {
    switch (status) {
        case 401:
        case 403:
        case 404:
        case 405:
        case 407:
        case 408:
        case 421:
        case 425:
        case 429: return true;
        default: return status >= 500 || (status >= 300 && status < 400);
    }
}

/// Follows a JSON text and keeps what the root says of itself and the status of each entry.
class BundleAnswer final : public json::Events {
public:
    bool isBundle() const { return resource_ == "Bundle" && type_.ends_with("-response"); }
    /// The place of the first entry that was not taken.
    std::optional<std::size_t> failed() const { return failed_; }

    void beginObject(std::uint32_t) override {
        if (inEntries()) taken_ = false;
        enter();
    }
    void endObject(std::uint32_t) override {
        leave();
        if (!inEntries()) return;
        if (!taken_ && !failed_) failed_ = entry_;
        ++entry_;
    }
    void beginArray(std::uint32_t) override { enter(); }
    void endArray(std::uint32_t) override { leave(); }
    void key(const json::Text& name) override { name_ = name.view; }
    void value(const json::Text& text, Kind) override {
        if (path_.size() == 1 && name_ == "resourceType") resource_ = text.view;
        if (path_.size() == 1 && name_ == "type") type_ = text.view;
        if (path_.size() == 4 && path_[1] == "entry" && path_[3] == "response" && name_ == "status")
            taken_ = text.view.starts_with("2");
    }

private:
    /// Between two items of the root's list of entries.
    bool inEntries() const { return path_.size() == 2 && path_[1] == "entry"; }
    void enter() {
        path_.push_back(name_);
        name_.clear();
    }
    void leave() {
        path_.pop_back();
        name_.clear();
    }

    /// Keys from the root to what is open: the root's own is "", an item's too.
    std::vector<std::string> path_;
    std::string name_;
    std::string resource_;
    std::string type_;
    std::size_t entry_ = 0;
    std::optional<std::size_t> failed_;
    bool taken_ = false;
};

bool saysJson(const http::Response& response) {
    const std::string type = http::mediaTypeOf(response.headers.get("content-type"));
    return type == "application/json" || type.ends_with("+json");
}

/// @throws Error(uncertain) when it says JSON and is none
std::optional<std::size_t> failedEntry(const http::Response& response, const std::string& peer) {
    if (response.body.empty() || !saysJson(response)) return std::nullopt;
    BundleAnswer bundle;
    try {
        json::parse(response.body.view(), bundle);
    } catch (const Error& error) {
        throw Error(Fault::uncertain, peer,
                    "HTTP " + std::to_string(response.status) + ", but no JSON can be read at " +
                        error.where);
    }
    return bundle.isBundle() ? bundle.failed() : std::nullopt;
}

}  // namespace

Answer judged(http::Response response, const std::string& peer) {
    const int status = response.status;
    const std::string said = "HTTP " + std::to_string(status);
    Answer answer{response.body, std::to_string(status)};
    if (isDestinationsFault(status)) throw Error(Fault::unavailable, peer, "answers " + said);
    if (status >= 300) throw Refused(peer, said, std::move(answer));
    if (const auto entry = failedEntry(response, peer))
        throw Refused("Bundle.entry[" + std::to_string(*entry) + "]",
                      said + ", but this entry was not taken", std::move(answer));
    return answer;
}

}  // namespace transport_http
