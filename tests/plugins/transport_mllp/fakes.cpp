#include "fakes.h"

#include <poll.h>
#include <sys/socket.h>

#include <array>
#include <stdexcept>

#include "support/access.h"

namespace fakes {
using namespace gateway;
using mllp::Clock;
using mllp::Stream;

namespace {

constexpr auto kPatience = 10s;

}  // namespace

Accepted Inbox::accepted(const Arrival&) {
    static std::atomic<int> count{0};
    Accepted accepted;
    accepted.messages.emplace_back().receipt =
        Receipt{"id" + std::to_string(++count), Receipt::Kind::fresh, {}};
    return accepted;
}

Accepted Inbox::refused(const Error& error) {
    Accepted refused;
    refused.messages.emplace_back().error.emplace(error);
    return refused;
}

std::vector<Accepted> Inbox::accept(std::span<const Arrival> arrivals) {
    std::unique_lock lock(mutex_);
    batches_.push_back(arrivals.size());
    arrivals_.insert(arrivals_.end(), arrivals.begin(), arrivals.end());
    changed_.notify_all();
    changed_.wait(lock, [this] { return open_; });
    std::vector<Accepted> results;
    for (const Arrival& arrival : arrivals) results.push_back(behaviour(arrival));
    return results;
}

bool Inbox::answered(const LateAnswer& answer) {
    const bool ours = !known || known(answer);
    const std::lock_guard lock(mutex_);
    lateAnswers_.push_back(answer);
    changed_.notify_all();
    return ours;
}

std::vector<LateAnswer> Inbox::waitForLateAnswers(std::size_t count) {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, kPatience, [&] { return lateAnswers_.size() >= count; });
    return lateAnswers_;
}

std::vector<LateAnswer> Inbox::lateAnswers() {
    const std::lock_guard lock(mutex_);
    return lateAnswers_;
}

Progress Inbox::wait(const std::string&, Stage stage, Time) {
    return progress ? progress(stage) : Progress{true, false, {}};
}

std::vector<Arrival> Inbox::arrivals() {
    const std::lock_guard lock(mutex_);
    return arrivals_;
}

std::vector<std::size_t> Inbox::batches() {
    const std::lock_guard lock(mutex_);
    return batches_;
}

void Inbox::close() {
    const std::lock_guard lock(mutex_);
    open_ = false;
}

void Inbox::open() {
    const std::lock_guard lock(mutex_);
    open_ = true;
    changed_.notify_all();
}

void Inbox::waitForArrivals(std::size_t count) {
    std::unique_lock lock(mutex_);
    if (!changed_.wait_for(lock, kPatience, [&] { return arrivals_.size() >= count; }))
        throw std::runtime_error("too few arrivals");
}

void Log::write(Level, std::string_view event, std::initializer_list<Field> fields) {
    const std::lock_guard lock(mutex_);
    text_ += event;
    for (const Field& field : fields) ((text_ += ' ') += field.name) += "=" + field.text;
    text_ += '\n';
    changed_.notify_all();
}

bool Log::has(const std::string& text) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, kPatience, [&] { return text_.find(text) != text_.npos; });
}

std::string Log::text() {
    const std::lock_guard lock(mutex_);
    return text_;
}

const Partner* Directory::find(std::string_view name) const {
    for (const Partner& partner : all_)
        if (partner.name == name) return &partner;
    return nullptr;
}

const Partner* Directory::byIdentifier(std::string_view scheme, std::string_view value) const {
    for (const Partner& partner : all_)
        for (const auto& [knownScheme, known] : partner.identifiers)
            if (knownScheme == scheme && known == value) return &partner;
    return nullptr;
}

namespace {

/// Of the sources of this test.
support::From& from() {
    static support::From all;
    return all;
}

}  // namespace

std::shared_ptr<const gateway::Access> Gateway::access() {
    return support::accessOf(from(), partners->all(), endpoints);
}

void Trail::write(const gateway::AuditRecord& record) { tell(record); }

void Trail::tell(gateway::AuditRecord record) noexcept {
    const std::lock_guard lock(mutex_);
    records_.push_back(record.what + " " + record.by + " " + record.details["partner"]);
}

std::vector<std::string> Trail::records() {
    const std::lock_guard lock(mutex_);
    return records_;
}

void serve(Listener& listener, const SourceOptions& source, const Options& options) {
    const ConfigNode node = support::map(options);
    Findings findings;
    Config config(node, ".", findings);
    from()[source.name] = config.texts("from");
    listener.serve(source, config);
    config.finish();
    if (findings.failed()) throw std::runtime_error(findings.all().front().text);
}

std::string admission(const std::string& controlId, const std::string& application,
                      const std::string& facility) {
    return "MSH|^~\\&|" + application + "|" + facility +
           "|PASSERELLE|RESO|20250318094210||ADT^A01^ADT_A01|" + controlId +
           "|P|2.5\rEVN||20250318094210\rPID|||1^^^CHU||INVENTED^NAME\r";
}

Client::Client(const std::string& address, const tls::Context* tls)
    : stream_(Stream::connect(mllp::parseAddress(address), tls, Clock::now() + kPatience)) {}

void Client::send(std::string_view bytes) { stream_->write(bytes, Clock::now() + kPatience); }

std::optional<std::string> Client::frame() {
    std::array<char, 4096> buffer;
    for (;;) {
        std::string_view bytes = rest_;
        std::optional<std::string> frame = framer_.take(bytes);
        rest_ = std::string(bytes);
        if (frame) return frame;
        std::size_t got = 0;
        if (stream_->read(buffer.data(), buffer.size(), got, Clock::now() + kPatience) !=
            Stream::Read::data)
            return std::nullopt;
        rest_.assign(buffer.data(), got);
    }
}

std::string Client::ack() {
    const std::optional<std::string> answer = frame();
    if (!answer) return "none";
    const mllp::Ack ack = mllp::parseAck(*answer);
    return ack.code + " " + ack.controlId;
}

bool Client::closed() {
    char byte;
    std::size_t got = 0;
    return stream_->read(&byte, 1, got, Clock::now() + kPatience) == Stream::Read::closed;
}

void Client::closeOutput() { ::shutdown(stream_->socket(), SHUT_WR); }

Peer::Peer(Script script, const tls::Context* tls, const std::string& host)
    : socket_({host, 0}), thread_([this, script = std::move(script), tls] { run(script, tls); }) {}

Peer::~Peer() {
    stopping_ = true;
    ::shutdown(socket_.get(), SHUT_RDWR);
    thread_.join();
}

void Peer::run(const Script& script, const tls::Context* tls) {
    for (;;) {
        pollfd one{socket_.get(), POLLIN, 0};
        ::poll(&one, 1, -1);
        const int socket = ::accept(socket_.get(), nullptr, nullptr);
        if (stopping_ || socket < 0) return;
        const int connection = ++connections_;
        try {
            const auto stream = Stream::accept(socket, tls, Clock::now() + kPatience);
            script(*stream, connection);
        } catch (const Error&) {
            continue;  // the other end has gone, as some tests mean it to
        }
    }
}

std::string Peer::read(Stream& stream) {
    mllp::Framer framer;
    std::array<char, 65536> buffer;
    for (;;) {
        std::size_t got = 0;
        if (stream.read(buffer.data(), buffer.size(), got, Clock::now() + kPatience) !=
            Stream::Read::data)
            throw Error(Fault::unavailable, {}, "the sender has gone");
        std::string_view bytes(buffer.data(), got);
        if (std::optional<std::string> frame = framer.take(bytes)) return *frame;
    }
}

void Peer::answer(Stream& stream, const mllp::Verdict& verdict) {
    const std::string message = read(stream);
    stream.write(mllp::framed(mllp::acknowledgement(mllp::Head(message), verdict, currentTime(),
                                                    mllp::newControlId())),
                 Clock::now() + kPatience);
}

}  // namespace fakes
