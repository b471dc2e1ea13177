/// @file  News from hospitals: whether a network that follows the person is told, and the GP.
#pragma once

#include "question.h"

namespace care_circle {

bool isHospitalNews(gateway::Node pivot);
gateway::Decisions decideHospitalNews(const Question& question);
/// Of a delivery whose plan is the key of a notice.
gateway::Decision recheckNotice(const gateway::DeliveryHead& delivery,
                                const gateway::Directory& partners, const gateway::Register& plans);

}  // namespace care_circle
