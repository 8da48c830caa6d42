if(PROJECT_IS_TOP_LEVEL AND NOT CMAKE_BUILD_TYPE AND NOT CMAKE_CONFIGURATION_TYPES)
  set(CMAKE_BUILD_TYPE Release CACHE STRING "Release, RelWithDebInfo or Debug" FORCE)
endif()

if(COFFER_DEVELOPER)
  set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
  find_program(COFFER_CCACHE ccache)
  mark_as_advanced(COFFER_CCACHE)
  if(COFFER_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
    set(CMAKE_CXX_COMPILER_LAUNCHER "${COFFER_CCACHE}")
  endif()
  if(COFFER_SANITIZE)
    # RocksDB itself is the system's and not instrumented; frames keep the reports readable.
    add_compile_options(-fsanitize=${COFFER_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
    add_link_options(-fsanitize=${COFFER_SANITIZE})
  endif()
endif()

# What all our own targets share. Warnings stop our own build and nobody else's.
function(coffer_configure_target target)
  target_compile_features(${target} PUBLIC cxx_std_20)
  set_target_properties(${target} PROPERTIES CXX_EXTENSIONS OFF CXX_VISIBILITY_PRESET hidden VISIBILITY_INLINES_HIDDEN ON)
  if(COFFER_DEVELOPER)
    target_compile_options(${target} PRIVATE -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Werror)
    # GCC 12 warns of overlapping copies inside std::string's own operator+ (GCC bug 105651).
    if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
      target_compile_options(${target} PRIVATE -Wno-restrict)
    endif()
    # What sanitizers add to the code makes GCC see uses of members that were never set, inside Boost's optional for one.
    if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND COFFER_SANITIZE)
      target_compile_options(${target} PRIVATE -Wno-maybe-uninitialized)
    endif()
  endif()
endfunction()
