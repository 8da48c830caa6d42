# Installs the built tree into a scratch prefix, then configures, builds and runs the consumer project against it.
file(REMOVE_RECURSE "${SCRATCH}")

function(run)
  execute_process(COMMAND ${ARGN} RESULT_VARIABLE status OUTPUT_VARIABLE output ERROR_VARIABLE output)
  if(NOT status EQUAL 0)
    message(FATAL_ERROR "failed with ${status}: ${ARGN}\n${output}")
  endif()
endfunction()

set(flags "")
if(SANITIZE)
  set(flags "-fsanitize=${SANITIZE}")
endif()
run("${CMAKE_COMMAND}" --install "${BUILD_FOLDER}" --prefix "${SCRATCH}/installed")
# An installed copy can be moved.
file(RENAME "${SCRATCH}/installed" "${SCRATCH}/prefix")
set(libraries "${SCRATCH}/prefix/${LIBDIR}")

# Through the CMake package.
run("${CMAKE_COMMAND}" -S "${CONSUMER}" -B "${SCRATCH}/build" -G "${GENERATOR}" "-DCMAKE_CXX_COMPILER=${CXX}"
    "-DCMAKE_CXX_FLAGS=${flags}" "-DCMAKE_PREFIX_PATH=${SCRATCH}/prefix")
run("${CMAKE_COMMAND}" --build "${SCRATCH}/build")
run("${SCRATCH}/build/consumer" "${SCRATCH}/data")
run("${SCRATCH}/build/shared_consumer" "${SCRATCH}/data")
if(HTTP)
  run("${SCRATCH}/build/http_consumer" "${SCRATCH}/data")
endif()
if(C)
  run("${CMAKE_COMMAND}" -S "${CONSUMER}/../c_consumer" -B "${SCRATCH}/c_build" -G "${GENERATOR}" "-DCMAKE_C_COMPILER=${CC}"
      "-DCMAKE_C_FLAGS=${flags}" "-DCMAKE_PREFIX_PATH=${SCRATCH}/prefix")
  run("${CMAKE_COMMAND}" --build "${SCRATCH}/c_build")
  run("${SCRATCH}/c_build/c_consumer" "${SCRATCH}/data")
endif()

# Through pkg-config, with the shared libraries and with the static one.
set(ENV{PKG_CONFIG_PATH} "${libraries}/pkgconfig")
function(build_by_pkgconfig package program)
  execute_process(COMMAND pkg-config --cflags --libs ${ARGN} ${package} COMMAND_ERROR_IS_FATAL ANY OUTPUT_VARIABLE words
                  OUTPUT_STRIP_TRAILING_WHITESPACE)
  separate_arguments(words UNIX_COMMAND "${words}")
  run(${compiler} ${flags} "${source}" -o "${SCRATCH}/${program}" ${words} "-Wl,-rpath,${libraries}")
  run("${SCRATCH}/${program}" "${SCRATCH}/data")
endfunction()
set(compiler "${CXX}" -std=c++20)
set(source "${CONSUMER}/consumer.cc")
build_by_pkgconfig(coffer shared_by_pkgconfig)
if(C)
  set(compiler "${CC}" -std=c11)
  set(source "${CONSUMER}/../c_consumer/consumer.c")
  build_by_pkgconfig(coffer_c c_by_pkgconfig)
endif()
file(GLOB shared_libraries "${libraries}/libcoffer.so*")
file(REMOVE ${shared_libraries})
set(compiler "${CXX}" -std=c++20)
set(source "${CONSUMER}/consumer.cc")
build_by_pkgconfig(coffer static_by_pkgconfig --static)
