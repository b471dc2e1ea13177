#include "host/set_aside.h"

namespace gateway {
namespace {

constexpr const char* kWhy =
    "its configuration is set aside because it is broken; mend it, reload, replay";

class AsideDestination final : public Destination {
public:
    explicit AsideDestination(std::string where) : where_(std::move(where)) {}
    Answer deliver(const Delivery&, Time) override {
        throw Error(Fault::unavailable, where_, kWhy);
    }

private:
    const std::string where_;
};

class AsideMap final : public Transformer {
public:
    explicit AsideMap(std::string where) : where_(std::move(where)) {}
    Document transform(const Document&, const Context&, Report&) const override {
        throw Error(Fault::rejected, where_, kWhy);
    }
    std::string_view version() const override { return "aside"; }

private:
    const std::string where_;
};

class AsideCodec final : public Codec {
public:
    explicit AsideCodec(std::string where) : where_(std::move(where)) {}
    Document decode(Bytes, Issues&) const override { throw Error(Fault::rejected, where_, kWhy); }
    Envelope envelope(const Document&) const override { return {}; }
    void encode(const Document&, Sink&, Issues&) const override {
        throw Error(Fault::rejected, where_, kWhy);
    }

private:
    const std::string where_;
};

}  // namespace

void setAside(DestinationSetup& destination, bool mapIsBroken) {
    const std::string where = "partner " + destination.partner;
    destination.destination = std::make_shared<AsideDestination>(where);
    if (mapIsBroken) destination.map.map = std::make_shared<AsideMap>(where);
    if (destination.codec.codec == nullptr) {
        // The map comes before the codec, and so says it first.
        destination.codec = {"aside", std::make_shared<AsideCodec>(where)};
        if (destination.map.map == nullptr)
            destination.map = {"aside", std::make_shared<AsideMap>(where)};
    }
}

}  // namespace gateway
