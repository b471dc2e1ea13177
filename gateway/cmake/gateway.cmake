# What every target of this project has in common, and the function that plugins use. Installed with the SDK.

# Warnings, sanitizers: for our own code.
function(gateway_options target)
  target_compile_options(${target} PRIVATE -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Werror)
  if(GATEWAY_SANITIZE)
    target_compile_options(${target} PRIVATE -fsanitize=${GATEWAY_SANITIZE} -fno-omit-frame-pointer
                                             -fno-sanitize-recover=all)
    if(GATEWAY_SANITIZE MATCHES "undefined")
      target_compile_options(${target} PRIVATE -fno-sanitize=pointer-overflow)  # RapidJSON's stack.h
    endif()
    if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")  # sees what is not there in <regex> of sanitized code
      target_compile_options(${target} PRIVATE -Wno-maybe-uninitialized)
    endif()
    target_link_options(${target} PRIVATE -fsanitize=${GATEWAY_SANITIZE})
  endif()
  if(GATEWAY_FUZZ)
    target_compile_options(${target} PRIVATE -fsanitize=fuzzer-no-link -O1)
  endif()
endfunction()

# gateway_plugin(codec_x plugin.cpp more.cpp LIBS library…): one plugin, built to plugins/codec_x.so
function(gateway_plugin name)
  cmake_parse_arguments(plugin "" "" "LIBS" ${ARGN})
  add_library(${name} MODULE ${plugin_UNPARSED_ARGUMENTS})
  set_target_properties(${name} PROPERTIES PREFIX "" CXX_VISIBILITY_PRESET hidden VISIBILITY_INLINES_HIDDEN ON
                        LIBRARY_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/plugins INSTALL_RPATH "$ORIGIN/../..")
  target_link_libraries(${name} PRIVATE gateway::sdk ${plugin_LIBS})
  target_include_directories(${name} PRIVATE ${CMAKE_CURRENT_SOURCE_DIR})
  set_property(GLOBAL APPEND PROPERTY GATEWAY_PLUGINS ${name})
  if(COMMAND gateway_options)
    gateway_options(${name})
  endif()
  install(TARGETS ${name} LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR}/passerelle/plugins COMPONENT gateway)
endfunction()
