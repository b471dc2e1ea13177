/// @file  What indicators are called, and where their codes are of.
#pragma once

#include <string>
#include <string_view>

#include "gateway/error.h"

namespace care_circle {

/// "plans closed" for "plans-closed"; what has no words is called by its code.
gateway::Reason indicatorWords(std::string_view code);
/// Of a row or column: "late", "carer", "DECES".
gateway::Reason detailWords(std::string_view code);

/// System of the codes in the rows, or the columns, of an indicator; empty: the words say all.
std::string_view rowSystem(std::string_view indicator, std::string_view code);
std::string_view columnSystem(std::string_view indicator);
/// What rows, or columns, are: "approach", "payer".
std::string_view rowKind(std::string_view indicator);
std::string_view columnKind(std::string_view indicator);

}  // namespace care_circle
