/// @file  The committed register, read from the store.
#pragma once

#include "gateway/register.h"
#include "store/ids.h"
#include "store/reader.h"

namespace gateway {

class PlanRegister final : public Register {
public:
    PlanRegister(Readers& readers, const Ids& ids) : readers_(readers), ids_(ids) {}

    std::optional<RegisterEntry> find(std::string_view key) const override;
    std::vector<RegisterReceipt> receipts(std::string_view key) const override;
    std::vector<RegisterEntry> dueBefore(Time instant, std::size_t most) const override;

private:
    Readers& readers_;
    const Ids& ids_;
};

}  // namespace gateway
