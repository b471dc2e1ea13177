#include "pipeline/register_of_batch.h"

#include <algorithm>

namespace gateway {

void RegisterOfBatch::settle(const Fits& fits) const {
    const bool any = std::any_of(batch_.begin(), batch_.end(), [&](const Translation& one) {
        return std::any_of(one.changes.begin(), one.changes.end(),
                           [&](const RegisterChange& change) { return fits(change.entry); });
    });
    if (any) commit_();
}

/// What is known of a plan's deliveries changes with them too.
void RegisterOfBatch::settle(std::string_view key) const {
    settle([&](const RegisterEntry& entry) { return entry.key == key; });
    const bool any = std::any_of(batch_.begin(), batch_.end(), [&](const Translation& one) {
        return std::any_of(one.deliveries.begin(), one.deliveries.end(),
                           [&](const NewDelivery& delivery) { return delivery.plan == key; }) ||
               std::any_of(one.ends.begin(), one.ends.end(),
                           [&](const DeliveryEnd& end) { return end.plan == key; });
    });
    if (any) commit_();
}

std::vector<RegisterEntry> RegisterOfBatch::entries(
    const Fits& fits, const std::function<std::vector<RegisterEntry>()>& read) const {
    settle(fits);
    std::vector<RegisterEntry> found = read();
    const std::size_t before = batch_.size();
    settle([&](const RegisterEntry& changed) {  // it may be found so no more
        return std::any_of(found.begin(), found.end(),
                           [&](const RegisterEntry& one) { return one.key == changed.key; });
    });
    return batch_.size() == before ? found : read();
}

std::optional<RegisterEntry> RegisterOfBatch::find(std::string_view key) const {
    settle([&](const RegisterEntry& entry) { return entry.key == key; });
    return committed_.find(key);
}

std::vector<RegisterReceipt> RegisterOfBatch::receipts(std::string_view key) const {
    settle(key);
    return committed_.receipts(key);
}

std::vector<Register::Waiting> RegisterOfBatch::waiting(std::string_view key) const {
    settle(key);
    return committed_.waiting(key);
}

std::vector<RegisterEntry> RegisterOfBatch::dueBefore(Time instant, std::size_t most) const {
    return entries([&](const RegisterEntry& entry) { return entry.due && *entry.due < instant; },
                   [&] { return committed_.dueBefore(instant, most); });
}

std::vector<RegisterEntry> RegisterOfBatch::known(std::string_view subjectOrLabel, std::size_t most,
                                                  std::string_view after) const {
    const auto has = [&](const std::vector<std::string>& texts) {
        return std::find(texts.begin(), texts.end(), subjectOrLabel) != texts.end();
    };
    return entries(
        [&](const RegisterEntry& entry) { return has(entry.subjects) || has(entry.labels); },
        [&] { return committed_.known(subjectOrLabel, most, after); });
}

std::vector<RegisterEntry> RegisterOfBatch::ofNetwork(std::string_view network, std::size_t most,
                                                      std::string_view after) const {
    return entries(
        [&](const RegisterEntry& entry) { return network.empty() || entry.network == network; },
        [&] { return committed_.ofNetwork(network, most, after); });
}

}  // namespace gateway
