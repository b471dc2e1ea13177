#include "store/store_suite.h"

#include "gateway/error.h"

namespace store_suite {

using namespace gateway;

Incoming incoming(const std::string& text) {
    Incoming in;
    in.source = "feed";
    in.codec = "lines";
    in.body = Bytes::copy(text);
    in.facts.set("peer", "127.0.0.1:4711");
    in.received = Time(Milliseconds(1'749'999'999'000));
    in.type = "note";
    if (const auto slash = text.find('/'); slash != text.npos)
        in.orderKeys = {text.substr(0, slash)};
    return in;
}

NewDelivery newDelivery(Store& store, const std::string& lane, const std::string& body,
                        const std::string& destination) {
    NewDelivery delivery;
    delivery.id = store.reserve(1).at(0);
    delivery.controlId = delivery.id;
    delivery.partner = "partner-of-" + destination;
    delivery.destination = destination;
    delivery.codec = "lines";
    delivery.mediaType = "text/plain";
    delivery.extension = "txt";
    delivery.lane = lane;
    delivery.body = Bytes::copy(body);
    return delivery;
}

std::string StoreSuite::put(const std::string& text) {
    return store_->put(std::vector{incoming(text)}).at(0).id;
}

std::vector<std::string> StoreSuite::claim(std::size_t most) {
    std::vector<std::string> texts;
    for (const auto& claim : store_->claimMessages(most, {})) texts.emplace_back(claim.body.view());
    return texts;
}

MessageClaim StoreSuite::claimOne() {
    const auto claims = store_->claimMessages(1, {});
    if (claims.empty()) throw std::runtime_error("no message to claim");
    return claims[0];
}

Settled StoreSuite::translate(const MessageClaim& claim, const std::vector<std::string>& lanes,
                              const std::string& destination) {
    Translation translation;
    translation.id = claim.id;
    translation.epoch = claim.epoch;
    translation.configVersion = "v1";
    for (const auto& lane : lanes)
        translation.deliveries.push_back(newDelivery(
            *store_, lane, "to " + lane + ": " + std::string(claim.body.view()), destination));
    return store_->translated(std::vector{translation}).at(0);
}

std::string StoreSuite::deliverable(const std::string& text, const std::string& lane) {
    put(text);
    const auto claim = claimOne();
    EXPECT_EQ(Settled::done, translate(claim, {lane}));
    return store_->show(claim.id)->deliveries.at(0).id;
}

LaneClaim StoreSuite::claimLane(std::size_t most, const std::string& destination) {
    const auto lanes = store_->claimLanes(destination, 1, most, {});
    return lanes.empty() ? LaneClaim() : lanes[0];
}

Settled StoreSuite::send(const DeliveryClaim& claim) {
    return store_->inflight(std::vector{ClaimId{claim.id, claim.epoch}}).at(0);
}

Settled StoreSuite::settle(const DeliveryClaim& claim, DeliveryState state) {
    Outcome outcome;
    outcome.id = claim.id;
    outcome.epoch = claim.epoch;
    outcome.state = state;
    if (state == DeliveryState::delivered) outcome.answer = Answer{Bytes::copy("thanks"), "AA"};
    return store_->settle(std::vector{outcome}).at(0);
}

std::string StoreSuite::putNow(const std::string& text, const std::string& repeatKey) {
    Incoming in = incoming(text);
    in.received = clock_.now();
    in.subjects = {"patient-of-" + text};
    in.repeatKey = repeatKey;
    in.content = "content of " + text;
    return store_->put(std::vector{in}).at(0).id;
}

std::string StoreSuite::finished(const std::string& text) {
    const std::string id = putNow(text);
    translate(claimOne());
    const auto lane = claimLane();
    send(lane.deliveries.at(0));
    settle(lane.deliveries.at(0), DeliveryState::delivered);
    return id;
}

std::size_t StoreSuite::purge(Milliseconds body, Milliseconds metadata, const char* source) {
    const std::vector<Keep> keep{{source, body, metadata}};
    std::size_t all = 0, touched = 0;
    do all += touched = store_->purge(clock_.now(), keep, 16);
    while (touched == 16);
    return all;
}

DeliveryState StoreSuite::stateOf(const std::string& message, std::size_t delivery) {
    return store_->show(message)->deliveries.at(delivery).state;
}

std::vector<std::string> StoreSuite::timeline(const std::string& message) {
    std::vector<std::string> words;
    const auto view = store_->show(message);
    for (const auto& event : view->timeline) words.push_back(event.what);
    return words;
}

}  // namespace store_suite
