/// @file  The Tasks of a review: 7 days before, on the day, 15 days after.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "plan/calendar.h"

namespace care_circle {

/// One of the three; codes of pps-due.
struct ReviewStage {
    std::string_view code;
    std::string_view display;
    int days;  ///< from the date of the review
};

/// The last stage that has begun on that day; null: none yet.
const ReviewStage* stageOn(calendar::Day review, calendar::Day today);
/// The first stage after that one ("": after none); null: it was the last.
const ReviewStage* stageAfter(std::string_view code);
/// What the Task says, in French.
std::string textOf(const ReviewStage& stage, std::string_view number, std::string_view review);

}  // namespace care_circle
