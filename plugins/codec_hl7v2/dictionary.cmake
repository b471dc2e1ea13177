# Sets dictionary_text: the source that holds v2.dictionary.
file(READ ${CMAKE_CURRENT_LIST_DIR}/v2.dictionary V2_DICTIONARY)
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${CMAKE_CURRENT_LIST_DIR}/v2.dictionary)
set(dictionary_text ${CMAKE_CURRENT_BINARY_DIR}/dictionary_text.cpp)
configure_file(${CMAKE_CURRENT_LIST_DIR}/dictionary_text.cpp.in ${dictionary_text} @ONLY)
set_source_files_properties(${dictionary_text} PROPERTIES COMPILE_OPTIONS -Wno-overlength-strings)
