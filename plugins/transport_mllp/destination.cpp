#include "destination.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <iterator>
#include <utility>

#include "mllp/framer.h"
#include "mllp/head.h"
#include "several.h"

namespace transport_mllp {
using namespace gateway;
using mllp::Clock;

namespace {

mllp::Address readAddress(Config& config) {
    if (config.has("address") || !config.has("host")) {
        auto [host, port] = config.address("address");
        return {std::move(host), port};
    }
    const std::string host = config.text("host");
    return {host, static_cast<std::uint16_t>(config.integer("port", 2575, 1, 65535))};
}

/// Null: plain TCP.
std::shared_ptr<const tls::Context> contextOf(const std::shared_ptr<tls::Credentials>& files) {
    if (!files) return nullptr;
    std::shared_ptr<const tls::Context> context = files->current();
    if (!context)
        throw Error(
            Fault::unavailable, files->options().where.text(),
            {"the files of its `tls` are not good", "les fichiers de son `tls` ne sont pas bons"});
    return context;
}

/// Of the peer, as a listener would see it.
std::string hostOf(const mllp::Stream& stream) {
    gateway::net::SocketAddress peer;
    peer.length = sizeof peer.storage;
    const bool known = ::getpeername(stream.socket(), peer.get(), &peer.length) == 0;
    return known ? mllp::Address::of(peer).host : std::string();
}

/// Null: that gateway has none.
Notebook* notebookOf(Gateway& gateway) try {
    return &gateway.notebook();
} catch (const Error& error) {
    if (error.fault != Fault::unsupported) throw;
    return nullptr;
}

/// All that have started, the last to start at the end.
std::mutex startedMutex;  // guards started; taken before those of a destination
std::vector<MllpDestination*> started;

/// What an answer names: the id in the bytes, which is the sender's own when no map wrote another.
std::string answeredId(const mllp::Head& head, const Delivery& delivery) {
    const std::string_view written = head.answeredId();
    return written.empty() ? delivery.controlId : std::string(written);
}

}  // namespace

/// The right to use one connection, given back at the end.
class MllpDestination::Slot {
public:
    Slot(MllpDestination& of, Clock::time_point deadline) : of_(of) {
        std::unique_lock lock(of_.mutex_);
        if (!of_.freed_.wait_until(lock, deadline, [&] { return of_.busy_ < of_.connections_; }))
            throw Error(Fault::unavailable, of_.manners_.peer,
                        say("all {0} connections are busy", "les {0} connexions sont occupées",
                            {std::to_string(of_.connections_)}));
        ++of_.busy_;
        generation_ = of_.generation_;
        // A peer may serve one connection at a time: what a reload has left is used as well.
        std::vector<LinkPtr>& from = of_.idle_.empty() ? of_.inherited_ : of_.idle_;
        if (from.empty()) return;
        link = std::move(from.back());
        from.pop_back();
    }
    ~Slot() {
        LinkPtr closed;  // closes outside of the lock
        {
            const std::lock_guard lock(of_.mutex_);
            --of_.busy_;
            if (link && generation_ == of_.generation_)
                of_.idle_.push_back(std::move(link));
            else
                closed = std::move(link);
            of_.freed_.notify_one();
        }
        of_.listenToIdle();
    }
    Slot(const Slot&) = delete;
    Slot& operator=(const Slot&) = delete;

    LinkPtr link;

private:
    MllpDestination& of_;
    unsigned generation_ = 0;
};

MllpDestination::MllpDestination(Config& config)
    : address_(readAddress(config)), wake_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
    if (config.has("tls"))
        tls_ = std::make_shared<tls::Credentials>(tls::Role::client, config.section("tls"));
    else if (!config.flag("insecure", false) && !address_.loopback())
        config.fail(config.has("host") ? "host" : "address",
                    {"without 'tls' only this machine can be reached; 'insecure: true' allows it",
                     "sans « tls », seule cette machine peut être jointe ; « insecure: true » le "
                     "permet"});
    if (config.has("tls")) config.flag("insecure", false);
    connections_ = static_cast<std::size_t>(config.integer("connections", 4, 1, 256));
    connectWithin_ = config.duration("connect_within", Milliseconds{5000});
    keep_ = config.flag("keep", true);
    manners_.peer = address_.text();
    manners_.commit = config.flag("commit", false);
    manners_.meanings.read(config.section("answers"));
    manners_.late = &late_;
}

MllpDestination::~MllpDestination() {
    handOver();
    ::close(wake_);
}

void MllpDestination::start(Gateway& gateway) {
    const std::lock_guard lockAll(startedMutex);
    gateway_ = &gateway;
    std::erase(started, this);
    started.push_back(this);
    if (tls_) tls_->tell(gateway.log());
    late_.start(gateway);
    notebook_ = notebookOf(gateway);
    const std::lock_guard lock(mutex_);
    started_ = true;
}

std::vector<Certificate> MllpDestination::certificates() const {
    return tls_ ? tls_->certificates() : std::vector<Certificate>();
}

MllpDestination::LinkPtr MllpDestination::connect(Clock::time_point deadline) const {
    const std::shared_ptr<const tls::Context> context = contextOf(tls_);
    try {
        return std::make_unique<Link>(mllp::Stream::connect(
            address_, context.get(), std::min(deadline, Clock::now() + connectWithin_)));
    } catch (const Error& error) {
        throw Error(Fault::unavailable, manners_.peer, error.reason());
    }
}

Answer MllpDestination::deliver(const Delivery& delivery, Time deadline) {
    const Clock::time_point begun = Clock::now(), free = mllp::steady(deadline);
    late_.speakWith(delivery.partner);
    Slot slot(*this, free);
    // Who had to wait for a connection gives the peer all of its time all the same: what is not
    // answered in time is sent again.
    const Clock::time_point until = Clock::now() + (free - begun);
    const std::vector<std::string_view> messages = mllp::messagesIn(delivery.body.view());
    if (messages.size() == 1) return deliver(slot, {delivery, messages[0], {}}, until);
    mllp::checkFramable(delivery.body.view());
    const std::string first = answeredId(mllp::Head(messages[0]), delivery);
    TakenMessages taken(notebook_, delivery.id, messages.size());
    return sendEach(taken, manners_.peer, [&](std::size_t at) {
        return deliver(slot, {delivery, messages[at], first}, until);
    });
}

Answer MllpDestination::deliver(Slot& slot, const Part& part, Clock::time_point until) {
    // Files that have changed may have changed whom we believe.
    const std::shared_ptr<const tls::Context> context = contextOf(tls_);
    if (slot.link && (!slot.link->stream().madeBy(context.get()) || !tidy(*slot.link, manners_)))
        slot.link.reset();
    bool kept = slot.link != nullptr;
    for (;;) {
        if (!slot.link) slot.link = connect(until);
        try {
            Answer answer = send(slot, part, until);
            if (!keep_) slot.link.reset();
            return answer;
        } catch (const Refused&) {
            if (!keep_) slot.link.reset();
            throw;  // the connection is as good as before
        } catch (const Later&) {
            if (!keep_) slot.link.reset();
            throw;
        } catch (const Error& error) {
            slot.link.reset();
            if (!kept || error.fault != Fault::unavailable) throw;
            kept = false;  // the peer had closed it meanwhile: once more on a new one
        }
    }
}

Answer MllpDestination::send(Slot& slot, const Part& part, Clock::time_point until) {
    const Delivery& delivery = part.delivery;
    const mllp::Head head(part.body);
    const std::string id = answeredId(head, delivery);
    const Asked asked(head);
    Awaited awaited;
    awaited.partOf = part.of;
    awaited.partner = delivery.partner;
    awaited.delivery = delivery.id;
    awaited.to = Speaker::sentTo(head, hostOf(slot.link->stream()));
    // Before the first byte: what is only answered when it is refused may be so at any time, and a
    // yes to one of several must be known for what it is.
    awaited.due = !asked.answer && asked.refusal;
    if (awaited.due || !part.of.empty()) late_.await(id, awaited);
    Answer answer = exchange(*slot.link, manners_, part.body, id, asked, until, delivery.id);
    if (asked.enhanced && answer.summary == "CA") {
        awaited.due = awaited.certain = asked.application;
        late_.await(id, std::move(awaited));
    } else if (answer.summary == "AA") {
        late_.answered(id, std::move(awaited));
    }
    // What came in one piece with the answer.
    if (slot.link->hasMore() && !tidy(*slot.link, manners_)) slot.link.reset();
    return answer;
}

void MllpDestination::listenToIdle() {
    if (!late_.due() && !late_.unsaved()) return;
    const std::lock_guard lock(mutex_);
    if (!started_ || stopping_) return;
    if (!listener_.joinable()) try {
            listener_ = std::thread([this] { listen(); });
        } catch (const std::system_error&) {  // no thread: whoever is next at the connection reads
            return;
        }
    const std::uint64_t one = 1;
    static_cast<void>(::write(wake_, &one, sizeof one));
}

void MllpDestination::listen() {
    for (;;) {
        std::vector<int> sockets;
        {
            const std::lock_guard lock(mutex_);
            if (stopping_) return;
            if (!late_.due()) inherited_.clear();
            for (const auto* const links : {&idle_, &inherited_})
                for (const LinkPtr& link : *links)
                    if (late_.due()) sockets.push_back(link->stream().socket());
        }
        const bool again = late_.unsaved() && late_.retry();
        for (const int socket : waitForBytes(sockets, again)) {
            if (listenToInherited(socket)) continue;
            LinkPtr link = takeIdle(socket);
            if (!link) continue;
            const bool good = tidy(*link, manners_);
            const std::lock_guard lock(mutex_);
            --busy_;
            if (good && !stopping_) idle_.push_back(std::move(link));
            freed_.notify_one();
        }
    }
}

std::vector<int> MllpDestination::waitForBytes(const std::vector<int>& sockets, bool again) const {
    constexpr int kAgain = 1000;  // ms
    std::vector<pollfd> all{{wake_, POLLIN, 0}};
    for (const int socket : sockets) all.push_back({socket, POLLIN, 0});
    ::poll(all.data(), all.size(), again ? kAgain : -1);
    std::uint64_t wakes = 0;
    static_cast<void>(::read(wake_, &wakes, sizeof wakes));
    std::vector<int> ready;
    for (std::size_t i = 1; i < all.size(); ++i)
        if (all[i].revents != 0) ready.push_back(all[i].fd);
    return ready;
}

/// A link that is used meanwhile, or is another by now under that number, is let alone: it has then
/// been looked at by its user.
MllpDestination::LinkPtr MllpDestination::takeIdle(int socket) {
    const std::lock_guard lock(mutex_);
    const auto found = std::find_if(idle_.begin(), idle_.end(), [&](const LinkPtr& link) {
        return link->stream().socket() == socket;
    });
    if (found == idle_.end() || busy_ == connections_) return nullptr;
    LinkPtr link = std::move(*found);
    idle_.erase(found);
    ++busy_;
    return link;
}

/// @return whether it is one of those
bool MllpDestination::listenToInherited(int socket) {
    LinkPtr link;
    {
        const std::lock_guard lock(mutex_);
        const auto found =
            std::find_if(inherited_.begin(), inherited_.end(),
                         [&](const LinkPtr& one) { return one->stream().socket() == socket; });
        if (found == inherited_.end()) return false;
        link = std::move(*found);
        inherited_.erase(found);
    }
    if (!tidy(*link, manners_)) return true;
    const std::lock_guard lock(mutex_);
    inherited_.push_back(std::move(link));
    return true;
}

std::vector<MllpDestination::LinkPtr> MllpDestination::leave() {
    std::thread listener;
    {
        const std::lock_guard lock(mutex_);
        ++generation_;
        stopping_ = true;
        listener.swap(listener_);
    }
    const std::uint64_t one = 1;
    static_cast<void>(::write(wake_, &one, sizeof one));
    if (listener.joinable()) listener.join();
    const std::lock_guard lock(mutex_);
    stopping_ = false;
    std::vector<LinkPtr> links = std::exchange(inherited_, {});
    std::move(idle_.begin(), idle_.end(), std::back_inserter(links));
    idle_.clear();
    return links;
}

void MllpDestination::stop() noexcept { leave(); }

/// Answers that are due go to whoever sends to the same peer now.
void MllpDestination::handOver() {
    const std::lock_guard lockAll(startedMutex);
    std::erase(started, this);
    std::vector<LinkPtr> links = leave();
    if (!late_.due() && !late_.unsaved()) return;
    const auto heir =
        std::find_if(started.rbegin(), started.rend(), [&](const MllpDestination* other) {
            return other->gateway_ == gateway_ && other->manners_.peer == manners_.peer &&
                   (other->tls_ == nullptr) == (tls_ == nullptr);
        });
    if (heir != started.rend()) (*heir)->inherit(std::move(links), late_);
}

void MllpDestination::inherit(std::vector<LinkPtr> links, LateAnswers& late) {
    late_.inherit(late);
    if (links.empty()) return;
    {
        const std::lock_guard lock(mutex_);
        std::move(links.begin(), links.end(), std::back_inserter(inherited_));
        if (inherited_.size() > connections_)
            inherited_.erase(inherited_.begin(),
                             inherited_.end() - static_cast<std::ptrdiff_t>(connections_));
    }
    listenToIdle();
}

MllpSender::MllpSender(Config& config, bool secure) {
    auto [host, port] = config.address("address");
    address_ = {std::move(host), port};
    const tls::Options options = tls::readOptions(tls::Role::client, config);
    if (!secure || config.findings().failed()) return;
    try {
        tls_ = std::make_shared<tls::Credentials>(tls::Role::client, options);
    } catch (const Error& error) {
        config.fail("", error.reason());
    }
}

Answer MllpSender::send(const Bytes& body, const std::string&, Time deadline) {
    const Clock::time_point until = mllp::steady(deadline);
    Manners manners;
    manners.peer = address_.text();
    std::unique_ptr<mllp::Stream> stream;
    const std::shared_ptr<const tls::Context> context = contextOf(tls_);
    try {
        stream = mllp::Stream::connect(address_, context.get(), until);
    } catch (const Error& error) {
        throw Error(Fault::unavailable, manners.peer, error.reason());
    }
    Link link(std::move(stream));
    const mllp::Head head(body.view());
    return exchange(link, manners, body.view(), std::string(head.answeredId()), Asked(head), until);
}

}  // namespace transport_mllp
