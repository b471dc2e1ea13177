#include "load.h"

#include <algorithm>
#include <memory>

#include "support/mllp_peers.h"

namespace faults {
using Clock = std::chrono::steady_clock;
using namespace std::chrono_literals;

namespace {

std::int64_t milliseconds() {
    return std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now().time_since_epoch())
        .count();
}

}  // namespace

double percentile(const std::vector<double>& sorted, double p) {
    if (sorted.empty()) return 0;
    const auto at = static_cast<std::size_t>(p * static_cast<double>(sorted.size()));
    return sorted[std::min(sorted.size() - 1, at)];
}

Load::Load(Oracle& oracle, LoadShape shape)
    : oracle_(oracle), shape_(shape), running_(shape.connections) {
    for (int i = 0; i < shape.connections; ++i) threads_.emplace_back([this, i] { run(i); });
}

Load::~Load() { stop(0ms); }

void Load::stop(std::chrono::milliseconds grace) {
    giveUp_ = milliseconds() + grace.count();
    stopping_ = true;
    for (std::thread& thread : threads_) thread.join();
    threads_.clear();
}

bool Load::over() const { return milliseconds() > giveUp_; }

std::vector<double> Load::latencies() {
    const std::lock_guard lock(mutex_);
    std::vector<double> all;
    all.swap(latencies_);
    std::sort(all.begin(), all.end());
    return all;
}

void Load::run(int connection) {
    std::vector<int> serials(static_cast<std::size_t>(shape_.lanes / shape_.connections + 1));
    std::unique_ptr<support::Client> client;
    for (std::size_t turn = 0; !stopping_; ++turn) {
        const std::uint64_t number = next_++;
        if (shape_.most > 0 && number >= shape_.most) break;
        // Lanes: connection, connection + connections, …, so that one lane has one sender.
        const int mine = (shape_.lanes - connection + shape_.connections - 1) / shape_.connections;
        if (mine < 1) break;
        const int slot = static_cast<int>(turn % static_cast<std::size_t>(mine));
        const Numbered one{shape_.firstLane + connection + slot * shape_.connections,
                           ++serials[static_cast<std::size_t>(slot)]};
        const std::string body = admissionOf(one, shape_.bytes), id = one.id();
        Clock::time_point due = Clock::now();
        if (shape_.perSecond > 0) {
            due =
                begun_ + std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(
                             static_cast<double>(number) / shape_.perSecond));
            std::this_thread::sleep_until(due);
        }
        oracle_.sent(id, body);
        bool acknowledged = false;
        for (std::uint16_t to = 0; !acknowledged && !over();) {
            const std::uint16_t port = port_;
            if (port == 0 || (client && port != to && to != 0)) client.reset();
            if (port == 0) {
                std::this_thread::sleep_for(1ms);
                continue;
            }
            to = port;
            if (!client) client = std::make_unique<support::Client>(port);
            const std::string answer = client->exchange(body);
            leaked_ += leaks(answer) ? 1 : 0;
            if (answer.find("MSA|AA|" + id) != answer.npos) {
                acknowledged = true;
            } else if (answer.empty()) {
                ++broken_;
                client.reset();
                std::this_thread::sleep_for(1ms);
            } else {
                ++(answer.find("MSA|AR|" + id) != answer.npos ? later_ : refused_);
                std::this_thread::sleep_for(10ms);
            }
        }
        if (!acknowledged) break;
        oracle_.acknowledged(id);
        ++acknowledged_;
        const std::lock_guard lock(mutex_);
        latencies_.push_back(std::chrono::duration<double, std::milli>(Clock::now() - due).count());
    }
    --running_;
}

}  // namespace faults
