#include "gateway/access.h"

namespace gateway {
namespace {

constexpr const char* kEndpoint = "who.endpoint";
constexpr const char* kPartner = "who.partner";
constexpr const char* kNetwork = "who.network";
constexpr const char* kPerson = "who.person";

}  // namespace

Unproven::Unproven(std::string place, const Reason& what)
    : Error(Fault::rejected, std::move(place), what) {}
Unproven::~Unproven() = default;

void note(Facts& facts, const Who& who) {
    for (const auto& [name, value] : {std::pair(kEndpoint, &who.endpoint),
                                      {kPartner, &who.partner},
                                      {kNetwork, &who.network},
                                      {kPerson, &who.person}})
        if (!value->empty()) facts.set(name, *value);
}

bool isFrom(const Facts& facts, const Who& who) {
    return who.known() && facts.get(kEndpoint) == who.endpoint &&
           facts.get(kPartner) == who.partner && facts.get(kNetwork) == who.network;
}

}  // namespace gateway
