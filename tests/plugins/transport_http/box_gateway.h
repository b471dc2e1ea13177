/// @file  A gateway with mailboxes in memory, and the FHIR base of the shipped plugin before it.
#pragma once

#include <algorithm>
#include <atomic>
#include <condition_variable>

#include "gateway/mailbox.h"
#include "gateway/notebook.h"
#include "told_gateway.h"

namespace transport_http_test {

/// Two partners, each with the mailboxes "plans" and "more". What is kept outlives it in `Kept`.
class BoxGateway final : public Gateway,
                         public Mailboxes,
                         public Trail,
                         public Notebook,
                         public Directory {
public:
    struct Delivery {
        OfferedDelivery head;
        Bytes body;
        DeliveryState state = DeliveryState::offered;
        Time changed{};
        std::optional<Answer> answer;
        std::string by;
        std::size_t place = 0;  ///< in the order in which it was laid out
    };

    std::shared_ptr<ToldAccess> access_ = std::make_shared<ToldAccess>();
    std::vector<AuditRecord> records;
    bool trailFails = false;
    std::atomic<bool> paused{false};
    std::atomic<int> reads{0};
    std::map<std::string, std::string> notes;

    BoxGateway() {
        for (const char* const name : {"gp", "other"}) {
            Partner partner;
            partner.name = name;
            partner.destinations = {"plans", "more"};
            partners_.push_back(partner);
        }
        for (const char* const name : {"gp", "other"}) {
            Who who;
            who.endpoint = who.partner = name;
            who.proof = Who::Proof::token;
            access_->shown[name] = who;
        }
        access_->rule = [](const Who& who, const Wanted& wanted) -> std::optional<Reason> {
            const bool own = wanted.destination.starts_with(who.partner + "/");
            const bool hook = wanted.address.empty() ||
                              wanted.address.starts_with("https://hooks.example/") ||
                              wanted.address.starts_with("http://127.0.0.1:");
            if (who.known() && own && hook) return std::nullopt;
            return Reason{"not allowed", "pas permis"};
        };
    }

    /// @return its id
    std::string lay(const std::string& body, const std::string& destination = "gp/plans",
                    const std::string& mediaType = "application/fhir+json") {
        std::string id;
        {
            const std::lock_guard lock(mutex_);
            Delivery& one = all_.emplace_back();
            id = "1GZ79" + std::to_string(all_.size());
            one.head.id = id;
            one.head.message = "1GZ79-" + std::to_string(all_.size());
            one.head.destination = destination;
            one.head.partner = destination.substr(0, destination.find('/'));
            one.head.controlId = "C" + id;
            one.head.mediaType = mediaType;
            one.head.plan = "relai/EXC-1";
            one.head.since = one.changed = now();
            one.body = Bytes::copy(body);
            one.place = ++places_;
        }
        announce(destination);
        return id;
    }
    /// Something became of it otherwise.
    void end(const std::string& id, DeliveryState state) {
        const std::lock_guard lock(mutex_);
        Delivery& one = *its(id);
        one.state = state;
        one.changed = now();
    }
    void layAgain(const std::string& id) {
        const std::lock_guard lock(mutex_);
        Delivery& one = *its(id);
        one.state = DeliveryState::offered;
        one.head.since = one.changed = now();
        one.place = ++places_;
    }
    Delivery delivery(const std::string& id) {
        const std::lock_guard lock(mutex_);
        return *its(id);
    }
    std::string logged() const { return log_.text(); }

    Inbox& inbox() override { return inbox_.inbox(); }
    Log& log() override { return log_; }
    std::shared_ptr<const Directory> directory() override {
        return {std::shared_ptr<void>(), static_cast<const Directory*>(this)};
    }
    std::shared_ptr<const Access> access() override { return access_; }
    Trail& trail() override { return *this; }
    Mailboxes& mailboxes() override { return *this; }
    Notebook& notebook() override { return *this; }
    std::optional<MessageView> message(const std::string& id) override {
        const std::lock_guard lock(mutex_);
        const auto found = its(id);
        if (found == all_.end()) return std::nullopt;
        MessageView view;
        view.id = found->head.message;
        DeliveryView& one = view.deliveries.emplace_back();
        one.id = found->head.id;
        one.partner = found->head.partner;
        one.destination = found->head.destination;
        one.controlId = found->head.controlId;
        one.plan = found->head.plan;
        one.state = found->state;
        one.changed = found->changed;
        if (found->answer) one.answer = found->answer;
        view.timeline.push_back({found->changed, one.id, "offered", {}, {}});
        return view;
    }

    std::vector<OfferedDelivery> offered(const std::string& destination, const std::string& after,
                                         std::size_t most) override {
        const std::lock_guard lock(mutex_);
        mayNotBePaused();
        std::vector<OfferedDelivery> all;
        const auto last = its(after);
        std::size_t behind = last == all_.end() ? 0 : last->place;
        while (all.size() < most) {
            const Delivery* next = nullptr;
            for (const Delivery& one : all_)
                if (one.state == DeliveryState::offered && one.head.destination == destination &&
                    one.place > behind && (next == nullptr || one.place < next->place))
                    next = &one;
            if (next == nullptr) break;
            behind = next->place;
            all.push_back(next->head);
        }
        return all;
    }
    Bytes read(const std::string& destination, const std::string& id) override {
        const std::lock_guard lock(mutex_);
        ++reads;
        return waiting(destination, id).body;
    }
    void pickedUp(const std::string& destination, const PickUp& pickUp) override {
        const std::lock_guard lock(mutex_);
        Delivery& one = waiting(destination, pickUp.id);
        one.state = pickUp.state;
        one.by = pickUp.by;
        one.answer = pickUp.answer;
        one.changed = now();
    }
    std::unique_ptr<Watching> watch(Told told) override {
        class Watch final : public Watching {
        public:
            Watch(BoxGateway& gateway, Told told) : gateway_(gateway) {
                const std::lock_guard lock(gateway_.watchMutex_);
                gateway_.watch_ = std::move(told);
            }
            ~Watch() override {
                const std::lock_guard lock(gateway_.watchMutex_);
                gateway_.watch_ = nullptr;
            }

        private:
            BoxGateway& gateway_;
        };
        return std::make_unique<Watch>(*this, std::move(told));
    }

    void write(const AuditRecord& record) override {
        if (trailFails) throw Error(Fault::unavailable, "audit", "cannot be written");
        tell(record);
    }
    void tell(AuditRecord record) noexcept override {
        if (record.what == "sign-in") return;
        const std::lock_guard lock(mutex_);
        records.push_back(std::move(record));
    }
    std::string note(std::string_view key) override {
        const std::lock_guard lock(mutex_);
        return notes[std::string(key)];
    }
    void setNote(std::string_view key, std::string_view text) override {
        const std::lock_guard lock(mutex_);
        notes[std::string(key)] = text;
    }

    const Partner* find(std::string_view name) const override {
        for (const Partner& one : partners_)
            if (one.name == name) return &one;
        return nullptr;
    }
    const Partner* byIdentifier(std::string_view, std::string_view) const override {
        return nullptr;
    }
    const std::vector<Partner>& all() const override { return partners_; }

private:
    std::vector<Delivery>::iterator its(const std::string& id) {
        return std::find_if(all_.begin(), all_.end(),
                            [&](const Delivery& one) { return one.head.id == id; });
    }
    Delivery& waiting(const std::string& destination, const std::string& id) {
        mayNotBePaused();
        const auto one = its(id);
        if (one == all_.end() || one->state != DeliveryState::offered ||
            one->head.destination != destination)
            throw Error(Fault::rejected, id, "does not wait here");
        return *one;
    }
    void mayNotBePaused() const {
        if (paused) throw Error(Fault::unavailable, "mailbox", "paused");
    }
    Time now() { return clock_ += Milliseconds(1); }
    void announce(const std::string& destination) {
        const std::lock_guard lock(watchMutex_);
        if (watch_) watch_(destination);
    }

    std::mutex mutex_;  // guards the next three
    std::vector<Delivery> all_;
    std::size_t places_ = 0;
    Time clock_ = timeFromText("2026-03-01T08:00:00.000Z");
    std::mutex watchMutex_;  // guards watch_
    Told watch_;
    std::vector<Partner> partners_;
    ToldGateway inbox_;
    support::KeptLog log_;
};

/// What an HTTP server answered.
struct Answered {
    int status = 0;
    std::string head, body;
    /// What follows `mark` in the body up to the next quote, from the n-th time on that it stands
    /// there.
    std::string after(const std::string& mark, int n = 1) const {
        std::size_t at = 0;
        for (int i = 0; i < n; ++i) {
            at = body.find(mark, at);
            if (at == body.npos) return {};
            at += mark.size();
        }
        return body.substr(at, body.find('"', at) - at);
    }
    std::string field(const std::string& name) const {
        const std::size_t at = head.find("\r\n" + name + ": ");
        if (at == head.npos) return {};
        const std::size_t begin = at + name.size() + 4;
        return head.substr(begin, head.find("\r\n", begin) - begin);
    }
    int times(const std::string& mark) const {
        int n = 0;
        for (std::size_t at = body.find(mark); at != body.npos; at = body.find(mark, at + 1)) ++n;
        return n;
    }
};

class MailboxDoor : public testing::Test {
protected:
    void SetUp() override { open(); }
    void TearDown() override { close(); }

    void open(const std::vector<std::pair<std::string, ConfigNode>>& more = {}) {
        auto options = more;
        options.emplace_back("listen", support::scalar("127.0.0.1:0"));
        listener_ = plugins_.listener("http", support::map(std::move(options)));
        const ConfigNode source =
            support::map({{"fhir", support::scalar("/fhir")},
                          {"resources", support::list({support::scalar("Bundle")})}});
        Findings findings;
        Config config(source, ".", findings);
        listener_->serve({"gp", {}, Milliseconds(100)}, config);
        listener_->start(gateway_);
    }
    void close() {
        if (listener_) listener_->stop(Milliseconds(1'000));
        listener_.reset();
    }

    Answered ask(const std::string& method, const std::string& path, const std::string& body = {},
                 const std::string& fields = {}, const std::string& who = "gp") {
        std::string request = method + " " + path + " HTTP/1.1\r\nHost: passerelle.example\r\n" +
                              "Connection: close\r\nAuthorization: Bearer " + who + "\r\n" + fields;
        if (!body.empty() || method != "GET")
            request += "Content-Length: " + std::to_string(body.size()) + "\r\n";
        const std::string got = support::converse(listener_->address(), request + "\r\n" + body);
        Answered answered;
        const std::size_t end = std::min(got.find("\r\n\r\n"), got.size());
        answered.head = got.substr(0, end + 2);
        if (got.size() > end + 4) answered.body = got.substr(end + 4);
        if (got.size() > 12) answered.status = std::atoi(got.c_str() + 9);
        return answered;
    }
    Answered get(const std::string& path, const std::string& fields = {},
                 const std::string& who = "gp") {
        return ask("GET", "/fhir/" + path, {}, fields, who);
    }
    Answered post(const std::string& path, const std::string& body, const std::string& type,
                  const std::string& who = "gp") {
        return ask("POST", "/fhir/" + path, body, "Content-Type: " + type + "\r\n", who);
    }
    Answered form(const std::string& type, const std::string& parameters,
                  const std::string& who = "gp") {
        return post(type + "/_search", parameters, "application/x-www-form-urlencoded", who);
    }
    Answered put(const std::string& path, const std::string& body, const std::string& more = {},
                 const std::string& who = "gp") {
        return ask("PUT", "/fhir/" + path, body, "Content-Type: application/fhir+json\r\n" + more,
                   who);
    }

    support::Plugins plugins_{{"transport_http"}};
    BoxGateway gateway_;
    std::unique_ptr<Listener> listener_;
};

inline constexpr const char* kInsSystem = "urn:oid:1.2.250.1.213.1.4.8";

/// A plan of an invented person.
inline std::string plan(const std::string& ins, const std::string& number = "EXC-1",
                        const std::string& status = "active") {
    return R"({"resourceType":"Bundle","id":"inner","type":"collection","entry":[)"
           R"({"fullUrl":"urn:uuid:00000000-0000-4000-8000-000000000001","resource":)"
           R"({"resourceType":"Patient","identifier":[{"system":"urn:oid:1.2.250.1.213.1.4.8",)"
           R"("value":")" +
           ins +
           R"("}],"name":[{"family":"INVENTEE"}]}},)"
           R"({"fullUrl":"urn:uuid:00000000-0000-4000-8000-000000000002","resource":)"
           R"({"resourceType":"CarePlan","identifier":[{"system":"urn:networks:relai","value":")" +
           number + R"("}],"status":")" + status +
           R"(","intent":"plan","subject":)"
           R"({"reference":"urn:uuid:00000000-0000-4000-8000-000000000001"}}}]})";
}

}  // namespace transport_http_test
