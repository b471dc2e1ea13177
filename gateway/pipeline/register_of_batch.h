/// @file  The register as the messages translated before leave it, also those whose translations
/// are not committed yet.
#pragma once

#include <functional>
#include <span>

#include "gateway/register.h"
#include "gateway/store.h"

namespace gateway {

/// For one worker. Who reads what a translation in its hands changes makes it commit those first.
class RegisterOfBatch final : public Register {
public:
    /// @param batch  what is not committed yet
    /// @param commit  commits them and empties the batch
    RegisterOfBatch(const Register& committed, const std::vector<Translation>& batch,
                    std::function<void()> commit)
        : committed_(committed), batch_(batch), commit_(std::move(commit)) {}

    std::optional<RegisterEntry> find(std::string_view key) const override;
    std::vector<RegisterReceipt> receipts(std::string_view key) const override;
    std::vector<RegisterEntry> dueBefore(Time instant, std::size_t most) const override;
    std::vector<RegisterEntry> known(std::string_view subjectOrLabel, std::size_t most,
                                     std::string_view after) const override;
    std::vector<RegisterEntry> ofNetwork(std::string_view network, std::size_t most,
                                         std::string_view after) const override;
    std::vector<Waiting> waiting(std::string_view key) const override;

private:
    using Fits = std::function<bool(const RegisterEntry&)>;
    /// Commits when an entry that is changed fits.
    void settle(const Fits& fits) const;
    void settle(std::string_view key) const;
    /// As settle(), then `read` once more when it found an entry that is changed.
    std::vector<RegisterEntry> entries(
        const Fits& fits, const std::function<std::vector<RegisterEntry>()>& read) const;

    const Register& committed_;
    const std::vector<Translation>& batch_;
    const std::function<void()> commit_;
};

}  // namespace gateway
