#include "watch/alert_setup.h"

namespace gateway {
namespace {

constexpr Milliseconds kLeastEvery{100};

Receiver readReceiver(const std::string& name, Config config) {
    Receiver receiver;
    receiver.name = name;
    receiver.language =
        config.choice("language", {"en", "fr"}) == "fr" ? Spoken::french : Spoken::english;
    const bool webhook = config.has("webhook"), mail = config.has("mail");
    if (webhook == mail)
        config.fail("", {"expected either 'webhook' or 'mail'", "attendu « webhook » ou « mail »"});
    if (webhook) receiver.messenger = webhookMessenger(config.section("webhook"));
    if (mail) receiver.messenger = mailMessenger(config.section("mail"));
    receiver.kind = webhook ? "webhook" : "mail";
    config.finish();
    return receiver;
}

}  // namespace

AlertSetup readAlerts(Config section) {
    AlertSetup setup;
    setup.queueAge = section.duration("queue_age", setup.queueAge);
    setup.breaker = section.duration("breaker", setup.breaker);
    setup.attention = section.duration("attention", setup.attention);
    Config refusals = section.section("refusals");
    setup.refusals.percent =
        static_cast<unsigned>(refusals.integer("share", setup.refusals.percent, 1, 100));
    setup.refusals.least = static_cast<std::uint64_t>(refusals.integer(
        "least", static_cast<std::int64_t>(setup.refusals.least), 1, 1'000'000'000));
    setup.refusals.within = refusals.duration("within", setup.refusals.within);
    refusals.finish();
    setup.disk = section.size("disk", setup.disk);
    setup.silence = section.choice("silence", {"on", "off"}) == "on";
    setup.remind = section.duration("remind", setup.remind);
    setup.calm = section.duration("calm", setup.calm);
    setup.every = section.duration("every", setup.every);
    if (setup.every < kLeastEvery)
        section.fail("every", {"expected 100 ms or more", "attendu 100 ms ou plus"});
    for (auto& [name, receiver] : section.section("receivers").sections())
        setup.receivers.push_back(readReceiver(name, std::move(receiver)));
    section.finish();
    return setup;
}

std::string_view toText(Notice::State state) {
    constexpr std::string_view names[] = {"open", "worse", "reminder", "over", "test"};
    return names[static_cast<std::size_t>(state)];
}

}  // namespace gateway
