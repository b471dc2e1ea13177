/// @file  What is wrong now: each cause once, with its words.
#pragma once

#include <array>
#include <deque>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "gateway/error.h"
#include "watch/alert_setup.h"
#include "watch/habits.h"
#include "watch/sight.h"

namespace gateway {

inline constexpr std::array<std::string_view, 14> kCauseKinds = {
    "queue-age", "breaker",     "silence",       "refusals",       "id-reuse",
    "disk",      "certificate", "configuration", "reconciliation", "damage",
    "store",     "break-glass", "source",        "attention"};

struct Cause {
    std::string kind;  ///< one of them
    std::string end;   ///< source, destination or file; may be empty
    int level = 1;     ///< grows when it becomes worse
    Reason text;
    Milliseconds calm{0};  ///< over when it was not seen for so long
    bool sticky = false;   ///< never over by itself
    using Key = std::pair<std::string, std::string>;
    Key key() const { return {kind, end}; }
};

/// Remembers figures of the past that causes are judged by. One thread.
class Causes {
public:
    /// @param open  whether that is told already: of two alerts of one cause the first stays
    using Open = std::function<bool(const Cause::Key&)>;
    std::vector<Cause> of(const Sight& sight, const AlertSetup& setup,
                          const std::map<std::string, Habit>& habits, const Open& open);

private:
    struct Figures {
        Time at{};
        Traffic::Ins in;
        Traffic::Outs out;
    };
    Time lastQuiet(const std::string& name, const Sight& sight);
    void queues(const Sight& sight, const AlertSetup& setup, const Open& open);
    void attention(const Sight& sight, const AlertSetup& setup, const Open& open);
    void silences(const Sight& sight, const AlertSetup& setup,
                  const std::map<std::string, Habit>& habits, const Open& open);
    void refusals(const Sight& sight, const AlertSetup& setup);
    void reuse(const Sight& sight);
    void disk(const Sight& sight, const AlertSetup& setup);
    void certificates(const Sight& sight);
    void certificate(const std::string& file, const std::string& ends, std::int64_t days);
    void revocations(const std::string& file, const std::string& ends, const Certificate& list,
                     Time now);
    void asides(const Sight& sight);
    void glass(const Sight& sight);
    void troubles(const Sight& sight, const AlertSetup& setup, const Open& open);
    void accounts(const Sight& sight, const Open& open);
    void add(std::string kind, std::string end, Reason text, int level = 1);

    std::vector<Cause> found_;
    std::deque<Figures> past_;  ///< one a minute at most, over the window of refusals
    Traffic::Ins before_;
    std::map<std::string, Time>
        forPeople_;  ///< end → since when something waits for a person there
    std::set<std::string>
        late_;  ///< destinations whose queue is old behind what waits for a person
    std::map<std::string, Time> quiet_;  ///< destination → when it was last seen in quiet hours
};

/// "3 min", "2 h", "4 d".
Reason spanText(Milliseconds span);

}  // namespace gateway
