include(CMakePackageConfigHelpers)

set(coffer_config_dir "${CMAKE_INSTALL_LIBDIR}/cmake/coffer")
set(coffer_pkgconfig_dir "${CMAKE_INSTALL_LIBDIR}/pkgconfig")

# Four components: runtime (the shared C++ library), c-runtime (the shared C library), development (everything needed to build),
# and the program.
set(coffer_installed_targets coffer_static coffer_shared)
if(TARGET coffer_http)
  list(APPEND coffer_installed_targets coffer_http)
else()
  set(coffer_headers_left_out PATTERN "http" EXCLUDE)
endif()
install(
  TARGETS ${coffer_installed_targets}
  EXPORT cofferTargets
  ARCHIVE DESTINATION "${CMAKE_INSTALL_LIBDIR}" COMPONENT development
  LIBRARY DESTINATION "${CMAKE_INSTALL_LIBDIR}" COMPONENT runtime NAMELINK_COMPONENT development
  INCLUDES DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}")
install(DIRECTORY "${PROJECT_SOURCE_DIR}/include/coffer" DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}" COMPONENT development
        FILES_MATCHING PATTERN "*.h" ${coffer_headers_left_out})
if(TARGET coffer_c)
  install(
    TARGETS coffer_c
    EXPORT cofferTargets
    LIBRARY DESTINATION "${CMAKE_INSTALL_LIBDIR}" COMPONENT c-runtime NAMELINK_COMPONENT development
    INCLUDES DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}")
  install(FILES "${PROJECT_SOURCE_DIR}/bindings/c/coffer/c.h" DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}/coffer" COMPONENT development)
endif()
install(EXPORT cofferTargets NAMESPACE coffer:: DESTINATION "${coffer_config_dir}" COMPONENT development)

configure_package_config_file(
  "${PROJECT_SOURCE_DIR}/lib/cofferConfig.cmake.in" "${PROJECT_BINARY_DIR}/cofferConfig.cmake"
  INSTALL_DESTINATION "${coffer_config_dir}")
# Before 1.0 a minor version may change the interface.
write_basic_package_version_file("${PROJECT_BINARY_DIR}/cofferConfigVersion.cmake" COMPATIBILITY SameMinorVersion)
install(FILES "${PROJECT_BINARY_DIR}/cofferConfig.cmake" "${PROJECT_BINARY_DIR}/cofferConfigVersion.cmake"
        DESTINATION "${coffer_config_dir}" COMPONENT development)

# coffer_install_pkgconfig(<name>): from lib/<name>.pc.in. Its paths are relative to the file, so that an installed copy can be
# moved.
file(RELATIVE_PATH COFFER_PC_PREFIX "/${coffer_pkgconfig_dir}" "/")
string(REGEX REPLACE "/$" "" COFFER_PC_PREFIX "${COFFER_PC_PREFIX}")
function(coffer_install_pkgconfig name)
  configure_file("${PROJECT_SOURCE_DIR}/lib/${name}.pc.in" "${PROJECT_BINARY_DIR}/${name}.pc" @ONLY)
  install(FILES "${PROJECT_BINARY_DIR}/${name}.pc" DESTINATION "${coffer_pkgconfig_dir}" COMPONENT development)
endfunction()
coffer_install_pkgconfig(coffer)
if(TARGET coffer_c)
  coffer_install_pkgconfig(coffer_c)
endif()
install(FILES "${PROJECT_SOURCE_DIR}/LICENSE" "${PROJECT_SOURCE_DIR}/lib/format/FORMAT.md" DESTINATION "${CMAKE_INSTALL_DOCDIR}" COMPONENT development)

if(TARGET coffer_cli)
  install(TARGETS coffer_cli RUNTIME DESTINATION "${CMAKE_INSTALL_BINDIR}" COMPONENT program)
endif()
