# Sets profile_texts: the source that holds every profiles/*.yaml.
file(GLOB profile_files CONFIGURE_DEPENDS ${CMAKE_CURRENT_LIST_DIR}/profiles/*.yaml)
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${profile_files})
set(PROFILE_TEXTS "")
foreach(file IN LISTS profile_files)
  get_filename_component(name ${file} NAME_WLE)
  file(READ ${file} text)
  string(APPEND PROFILE_TEXTS "    {\"${name}\", R\"profile(${text})profile\"},\n")
endforeach()
set(profile_texts ${CMAKE_CURRENT_BINARY_DIR}/profile_texts.cpp)
file(CONFIGURE OUTPUT ${profile_texts} @ONLY CONTENT [[#include "profile_shipped.h"

namespace gateway::hl7v2 {
namespace {
constexpr ShippedProfile kAll[] = {
@PROFILE_TEXTS@};
}  // namespace

const std::span<const ShippedProfile> kShippedProfiles(kAll);

}  // namespace gateway::hl7v2
]])
