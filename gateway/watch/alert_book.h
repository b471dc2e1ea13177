/// @file  Which alerts are open, and who has been told: kept over restarts, so that a cause is told
/// once and its end too.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "watch/causes.h"

namespace gateway {

struct Alert {
    Reason text;
    int level = 1;
    Time since{}, seen{};
    Time over{};  ///< zero: it lasts
    bool sticky = false;
    Milliseconds calm{0};
    struct Told {
        int level = 0;
        Time at{};
        bool over = false;
    };
    std::map<std::string, Told> told;  ///< by receiver
    bool lasts() const { return over == Time{}; }
};

/// Not for several threads.
class AlertBook {
public:
    using Key = Cause::Key;
    struct Change {
        Key key;
        Alert alert;
    };
    /// @return what began, became worse or ended
    std::vector<Change> update(const std::vector<Cause>& causes, const AlertSetup& setup, Time now);
    /// What lasts until somebody says that it is mended.
    void mended(const std::string& kind, Time now);

    /// What a receiver is to be told next.
    struct Next {
        Key key;
        Notice::State state;
        Alert alert;
    };
    std::optional<Next> next(const std::string& receiver, const AlertSetup& setup, Time now) const;
    void told(const std::string& receiver, const Next& what, Time now);

    bool open(const Key& key) const;
    const std::map<Key, Alert>& all() const { return alerts_; }

    std::string text() const;
    /// As text() had it, looked at from `now` on: what was not seen meanwhile is not over for that.
    /// @throws Error(malformed)
    static AlertBook parsed(std::string_view text, Time now);

private:
    std::map<Key, Alert> alerts_;
};

}  // namespace gateway
