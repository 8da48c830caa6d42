if(PROJECT_IS_TOP_LEVEL AND NOT CMAKE_BUILD_TYPE AND NOT CMAKE_CONFIGURATION_TYPES)
  set(CMAKE_BUILD_TYPE Release CACHE STRING "Release, RelWithDebInfo or Debug" FORCE)
endif()

if(COFFER_DEVELOPER)
  set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
  find_program(COFFER_CCACHE ccache)
  mark_as_advanced(COFFER_CCACHE)
  if(COFFER_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
    # ccache accepts a precompiled header only if it may ignore time macros and defines in it. With the base folder a second
    # clone can use what the first one compiled.
    set(CMAKE_CXX_COMPILER_LAUNCHER
        "${CMAKE_COMMAND}" -E env CCACHE_SLOPPINESS=pch_defines,time_macros "CCACHE_BASEDIR=${PROJECT_SOURCE_DIR}" "${COFFER_CCACHE}")
  endif()
  if(COFFER_SANITIZE)
    # The system's RocksDB is not instrumented. Frame pointers keep the reports readable.
    add_compile_options(-fsanitize=${COFFER_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
    add_link_options(-fsanitize=${COFFER_SANITIZE})
  endif()
  if(COFFER_BUILD_FUZZERS)
    if(NOT CMAKE_CXX_COMPILER_ID MATCHES "Clang")
      message(FATAL_ERROR "COFFER_BUILD_FUZZERS needs clang: cmake --preset fuzz")
    endif()
    add_compile_options(-fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer)
    add_link_options(-fsanitize=address,undefined)
  endif()
endif()

# The standard library's headers, and those of a target's main dependency, are precompiled: they took 1.2 of the 2.0 seconds of
# an average file. nlohmann/json is left out, because it costs half a second in each file that does not use it. Coffer's own
# headers are left out too, because a change of one would recompile everything. Sanitizer builds and embedders do not
# precompile, which shows missing includes.
if(COFFER_DEVELOPER AND NOT COFFER_SANITIZE AND NOT COFFER_BUILD_FUZZERS)
  set(coffer_precompile_default ON)
else()
  set(coffer_precompile_default OFF)
endif()
option(COFFER_PRECOMPILE_HEADERS "Compile the headers of other projects once a target" ${coffer_precompile_default})

set(COFFER_STANDARD_HEADERS
    <algorithm> <array> <atomic> <chrono> <condition_variable> <cstdint> <cstring> <functional> <map> <memory> <mutex> <optional> <set>
    <span> <string> <string_view> <thread> <utility> <variant> <vector>)

function(coffer_precompile_options target)
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    # ccache needs it to see the contents of the precompiled header.
    target_compile_options(${target} PRIVATE -fpch-preprocess)
    # With precompiled headers GCC (12, 14) no longer sees that these warnings, false ones of std::string's own code, are the system's.
    target_compile_options(${target} PRIVATE -Wno-array-bounds -Wno-stringop-overflow)
  endif()
endfunction()

# coffer_precompile(<target> <headers…>)
function(coffer_precompile target)
  if(COFFER_PRECOMPILE_HEADERS)
    target_precompile_headers(${target} PRIVATE ${COFFER_STANDARD_HEADERS} ${ARGN})
    coffer_precompile_options(${target})
  endif()
endfunction()

# coffer_precompile_like(<target> <other target>): takes the precompiled headers of a target with the same options.
function(coffer_precompile_like target other)
  if(COFFER_PRECOMPILE_HEADERS)
    target_precompile_headers(${target} REUSE_FROM ${other})
    coffer_precompile_options(${target})
  endif()
endfunction()

# Tests spend their time in the library and the kernel. Optimizing them costs more than it saves.
function(coffer_configure_test_target target)
  coffer_configure_target(${target})
  target_compile_options(${target} PRIVATE $<$<CONFIG:Release>:-O0>)
endfunction()

# Options of all our own targets. Warnings are errors in our own build only.
function(coffer_configure_target target)
  target_compile_features(${target} PUBLIC cxx_std_20)
  set_target_properties(${target} PROPERTIES CXX_EXTENSIONS OFF CXX_VISIBILITY_PRESET hidden VISIBILITY_INLINES_HIDDEN ON)
  if(COFFER_DEVELOPER)
    target_compile_options(${target} PRIVATE -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Werror)
    # The warnings are meant for the compiler that releases are built with; clang has others.
    if(COFFER_BUILD_FUZZERS)
      target_compile_options(${target} PRIVATE -Wno-error)
    endif()
    # GCC 12 warns of overlapping copies inside std::string's own operator+ (GCC bug 105651).
    if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
      target_compile_options(${target} PRIVATE -Wno-restrict)
    endif()
    # With a sanitizer's instrumentation GCC reports false uses of uninitialized members, for example in Boost's optional.
    if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND COFFER_SANITIZE)
      target_compile_options(${target} PRIVATE -Wno-maybe-uninitialized)
    endif()
  endif()
endfunction()
