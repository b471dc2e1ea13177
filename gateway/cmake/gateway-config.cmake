# find_package(gateway): the plugin SDK as gateway::sdk, and gateway_plugin().
include(GNUInstallDirs)
include(${CMAKE_CURRENT_LIST_DIR}/gateway-targets.cmake)
include(${CMAKE_CURRENT_LIST_DIR}/gateway.cmake)
