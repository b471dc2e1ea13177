#include "pipeline/recheck.h"

#include <new>

namespace gateway {

Rechecked recheck(const Setup& setup, const Register& plans, const DeliveryHead& delivery) {
    if (!setup.recheck || delivery.plan.empty()) return {};
    try {
        Decision decision = setup.recheck->recheck(delivery, *setup.directory, plans);
        return {decision.send, DeliveryState::closed, std::move(decision.reason)};
    } catch (const Error& error) {
        if (error.fault == Fault::unavailable) throw;
        return {false, DeliveryState::setAside,
                say("the policy could not be asked: {0}", "la règle n'a pu être consultée : {0}",
                    {error.reason()})};
    } catch (const std::bad_alloc&) {
        throw;  // there will be memory when others are done
    } catch (const std::exception&) {
        return {false,
                DeliveryState::setAside,
                {"the policy could not be asked: internal failure",
                 "la règle n'a pu être consultée : erreur interne"}};
    }
}

}  // namespace gateway
