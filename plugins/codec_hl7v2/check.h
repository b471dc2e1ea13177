/// @file  Checks of messages against the standard and a profile, and the option that asks for them.
///
///   check: none                                       # the default
///   check: dictionary                                 # the standard of the message's version
///   check: pam-fr-2.11                                # the standard and a profile that is shipped
///   check: {profile: profiles/site.yaml, on_error: warn}   # a file; findings are warnings only
#pragma once

#include <memory>

#include "common/check/check.h"
#include "gateway/codec.h"
#include "gateway/config.h"
#include "profile.h"

namespace gateway::hl7v2 {

class MessageChecker final : public Checker {
public:
    /// @param profile  null: the standard alone
    explicit MessageChecker(std::shared_ptr<const Profile> profile = nullptr);
    void check(const Document& tree, Issues& issues) const override;

private:
    std::shared_ptr<const Profile> profile_;
};

/// What `check:` says.
class CheckOption {
public:
    explicit CheckOption(Config& config);

    const Checker& checker() const { return checker_; }
    /// Of a message that was read. Findings go to `issues`, as warnings when that is the setting;
    /// those that are mere information are left out: its sender cannot do anything about them.
    /// @throws Error(rejected, or unsupported for a type or version) at the first error otherwise
    void read(const Document& tree, Issues& issues) const;
    /// Of a tree that is to be written and does not stand as it was read. Without a check: warnings
    /// for what every MSH must have.
    /// @throws Error as read() does
    void written(const Document& tree, Issues& issues) const;

private:
    CheckOption(const check::Asked& asked, Config& config);

    MessageChecker checker_;
    check::OnError onError_;
};

}  // namespace gateway::hl7v2
