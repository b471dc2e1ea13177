/// @file  A whole pipeline on a store in a temporary folder, with partners that do as they are
/// told.
#pragma once

#include <condition_variable>
#include <deque>
#include <filesystem>
#include <functional>
#include <mutex>
#include <set>

#include "pipeline/made_by.h"
#include "pipeline/pipeline.h"
#include "store/sqlite_store.h"
#include "support/plugins.h"

namespace pipeline_test {
using namespace gateway;
using namespace std::chrono_literals;

/// Remembers the names of what happened.
class EventLog final : public Log {
public:
    void write(Level, std::string_view event, std::initializer_list<Field>) override {
        const std::lock_guard lock(mutex_);
        events_.emplace(event);
    }
    bool has(const std::string& event) {
        const std::lock_guard lock(mutex_);
        return events_.contains(event);
    }

private:
    std::mutex mutex_;  // guards events_
    std::set<std::string> events_;
};

/// Records what arrives; each delivery is answered by `script` (default: accepted).
class FakePartner final : public Destination {
public:
    using Script = std::function<Answer(const Delivery&)>;

    Answer deliver(const Delivery& delivery, Time) override {
        Script script;
        {
            const std::lock_guard lock(mutex_);
            ++tries_;
            script = script_;
            changed_.notify_all();
        }
        Answer answer = script ? script(delivery) : Answer{Bytes::copy("ok"), "AA"};
        const std::lock_guard lock(mutex_);
        bodies_.emplace_back(delivery.body.view());
        ids_.push_back(delivery.controlId);
        changed_.notify_all();
        return answer;
    }
    void answer(Script script) {
        const std::lock_guard lock(mutex_);
        script_ = std::move(script);
    }
    /// Waits for that many accepted deliveries.
    std::vector<std::string> wait(std::size_t count) {
        std::unique_lock lock(mutex_);
        changed_.wait_for(lock, 20s, [&] { return bodies_.size() >= count; });
        return bodies_;
    }
    void waitForTries(int count) {
        std::unique_lock lock(mutex_);
        changed_.wait_for(lock, 20s, [&] { return tries_ >= count; });
    }
    std::vector<std::string> ids() {
        const std::lock_guard lock(mutex_);
        return ids_;
    }

private:
    std::mutex mutex_;
    std::condition_variable changed_;
    Script script_;
    int tries_ = 0;
    std::vector<std::string> bodies_, ids_;
};

/// The first line's text up to ':' (order key), or whatever a test wants to know of a tree.
class FakeExpression final : public Expression {
public:
    using Ask = std::function<std::string(Node)>;
    explicit FakeExpression(Ask ask) : ask_(std::move(ask)) {}
    bool holds(const Document& in, const Context&) const override {
        return ask_(in.root()) == "true";
    }
    std::vector<std::string> texts(const Document& in, const Context&) const override {
        const std::string text = ask_(in.root());
        return text.empty() ? std::vector<std::string>() : std::vector<std::string>{text};
    }

private:
    Ask ask_;
};

/// Fails on trees whose first line says so, else copies.
class FakeMap final : public Transformer {
public:
    explicit FakeMap(std::string failsOn, std::string version = "1")
        : failsOn_(std::move(failsOn)), version_(std::move(version)) {}
    Document transform(const Document& in, const Context&, Report& report) const override {
        Builder tree("lines");
        for (const Node line : in.root().children()) {
            if (!failsOn_.empty() && line.text() == failsOn_)
                report.issues.add(Severity::error, "line 1",
                                  {"cannot be carried", "ne peut être repris"});
            tree.text(tree.add(tree.root(), "line"), line.text());
        }
        return tree.finish();
    }
    std::string_view version() const override { return version_; }
    const MapFacts& facts() const override { return facts_; }
    void deliverWithErrors() { facts_.deliversWithErrors = true; }

private:
    std::string failsOn_, version_;
    MapFacts facts_;
};

class FakeDirectory final : public Directory {
public:
    explicit FakeDirectory(std::vector<Partner> partners) : partners_(std::move(partners)) {}
    const Partner* find(std::string_view name) const override {
        for (const Partner& partner : partners_)
            if (partner.name == name) return &partner;
        return nullptr;
    }
    const Partner* byIdentifier(std::string_view, std::string_view) const override {
        return nullptr;
    }
    const std::vector<Partner>& all() const override { return partners_; }

private:
    std::vector<Partner> partners_;
};

class PipelineTest : public testing::Test {
protected:
    PipelineTest() {
        char name[] = "/tmp/pipeline_test_XXXXXX";
        folder_ = mkdtemp(name);
        open();
    }
    ~PipelineTest() override {
        pipeline_.reset();
        store_.reset();
        std::filesystem::remove_all(folder_);
    }

    void open() {
        SqliteOptions options;
        options.path = folder_ + "/store.db";
        store_ = openSqliteStore(options, &log_);
        pipeline_ = std::make_unique<Pipeline>(*store_, log_);
    }

    /// A configuration with source "in" and these partners ("a" → destination "a/d"), one route to
    /// all.
    std::shared_ptr<gateway::Setup> setup(const std::vector<std::string>& partners) {
        auto setup = std::make_shared<gateway::Setup>();
        setup->version = "test";
        SourceSetup source;
        source.name = "in";
        source.codec = {"lines", lines_};
        source.orderKeys = std::make_shared<FakeExpression>([](Node root) {
            const std::string_view line = root.firstChild().text();
            return std::string(line.substr(0, line.find(':')));
        });
        setup->sources["in"] = source;
        std::vector<Partner> all;
        RouteSetup route;
        route.name = "all";
        route.from = {"in"};
        for (const std::string& name : partners) {
            Partner& partner = all.emplace_back();
            partner.name = name;
            partner.destinations = {"d"};
            if (!partners_[name]) partners_[name] = std::make_shared<FakePartner>();
            DestinationSetup destination;
            destination.name = name + "/d";
            destination.partner = name;
            destination.destination = partners_[name];
            destination.codec = {"lines", lines_};
            destination.concurrency = 2;
            destination.patience.first = 5ms;
            destination.patience.most = 20ms;
            setup->destinations[destination.name] = destination;
            route.to.push_back(destination.name);
        }
        setup->routes.push_back(route);
        setup->directory = std::make_shared<FakeDirectory>(all);
        return setup;
    }

    void run(std::shared_ptr<const gateway::Setup> with) {
        pipeline_->use(std::move(with));
        pipeline_->start();
    }

    Accepted accept(const std::string& text, bool attended = true) {
        const Arrival arrival{"in", Bytes::copy(text), {}, attended};
        return pipeline_->inbox().accept(std::span(&arrival, 1)).front();
    }
    std::string acceptId(const std::string& text) {
        return accept(text).messages.front().receipt.value().id;
    }

    /// Waits until the pipeline says that this stage is reached.
    Progress reach(const std::string& id, Stage stage) {
        return pipeline_->inbox().wait(id, stage, currentTime() + 20s);
    }
    std::vector<std::string> states(const std::string& id) {
        std::vector<std::string> states;
        const MessageView message = store_->show(id).value();
        for (const EventView& event : message.timeline) states.push_back(event.what);
        return states;
    }

    std::string folder_;
    EventLog log_;
    support::Plugins plugins_{{"codec_lines"}};
    std::shared_ptr<const Codec> lines_ = plugins_.codec("lines");
    std::map<std::string, std::shared_ptr<FakePartner>> partners_;
    std::unique_ptr<Store> store_;
    std::unique_ptr<Pipeline> pipeline_;
};

}  // namespace pipeline_test
