#include "host/set_aside.h"

namespace gateway {
namespace {

const Reason kWhy{"its configuration is set aside because it is broken; mend it, reload, replay",
                  "sa configuration est mise de côté car elle comporte une erreur ; la corriger, "
                  "recharger, rejouer"};

class AsideDestination final : public Destination {
public:
    AsideDestination(std::string where, std::vector<Certificate> certificates)
        : where_(std::move(where)), certificates_(std::move(certificates)) {}
    Answer deliver(const Delivery&, Time) override {
        throw Error(Fault::unavailable, where_, kWhy);
    }
    std::vector<Certificate> certificates() const override { return certificates_; }

private:
    const std::string where_;
    const std::vector<Certificate> certificates_;  ///< one of them may be what is broken
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

std::shared_ptr<const Transformer> asideMap(const std::string& where) {
    return std::make_shared<AsideMap>(where);
}

void setAside(DestinationSetup& destination, bool mapIsBroken) {
    const std::string where = "partner " + destination.partner;
    std::vector<Certificate> certificates;
    if (destination.destination) certificates = destination.destination->certificates();
    destination.destination = std::make_shared<AsideDestination>(where, std::move(certificates));
    if (mapIsBroken) destination.map = {destination.map.name, asideMap(where), {}};
    if (destination.codec.codec == nullptr) {
        // The map comes before the codec, and so says it first.
        destination.codec = {"aside", std::make_shared<AsideCodec>(where)};
        if (destination.map.map == nullptr) destination.map = {"aside", asideMap(where), {}};
    }
}

}  // namespace gateway
