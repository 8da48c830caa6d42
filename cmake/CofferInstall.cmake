include(CMakePackageConfigHelpers)
include(GNUInstallDirs)

set(coffer_config_dir "${CMAKE_INSTALL_LIBDIR}/cmake/coffer")

set(coffer_installed_targets ${COFFER_LIBRARY})
if(TARGET coffer_http)
  list(APPEND coffer_installed_targets coffer_http)
else()
  set(coffer_headers_left_out PATTERN "http" EXCLUDE)
endif()
install(
  TARGETS ${coffer_installed_targets}
  EXPORT cofferTargets
  ARCHIVE DESTINATION "${CMAKE_INSTALL_LIBDIR}"
  LIBRARY DESTINATION "${CMAKE_INSTALL_LIBDIR}"
  INCLUDES DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}")
install(DIRECTORY "${PROJECT_SOURCE_DIR}/include/coffer" DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}" FILES_MATCHING PATTERN "*.h"
        ${coffer_headers_left_out})
install(EXPORT cofferTargets NAMESPACE coffer:: DESTINATION "${coffer_config_dir}")

configure_package_config_file(
  "${PROJECT_SOURCE_DIR}/lib/cofferConfig.cmake.in" "${PROJECT_BINARY_DIR}/cofferConfig.cmake"
  INSTALL_DESTINATION "${coffer_config_dir}")
# Before 1.0 a minor version may change the interface.
write_basic_package_version_file("${PROJECT_BINARY_DIR}/cofferConfigVersion.cmake" COMPATIBILITY SameMinorVersion)
install(FILES "${PROJECT_BINARY_DIR}/cofferConfig.cmake" "${PROJECT_BINARY_DIR}/cofferConfigVersion.cmake"
        DESTINATION "${coffer_config_dir}")

if(COFFER_LIBRARY STREQUAL "coffer_static")
  set(COFFER_PC_CFLAGS "-DCOFFER_STATIC")
  # A static library does not carry what it needs with it.
  set(COFFER_PC_LIBS "-lrocksdb -lzstd -lsimdjson -lcrypto -larchive -lz -lsnappy -lstdc++ -lpthread")
endif()
configure_file("${PROJECT_SOURCE_DIR}/lib/coffer.pc.in" "${PROJECT_BINARY_DIR}/coffer.pc" @ONLY)
install(FILES "${PROJECT_BINARY_DIR}/coffer.pc" DESTINATION "${CMAKE_INSTALL_LIBDIR}/pkgconfig")
install(FILES "${PROJECT_SOURCE_DIR}/LICENSE" DESTINATION "${CMAKE_INSTALL_DOCDIR}")

if(TARGET coffer_cli)
  install(TARGETS coffer_cli RUNTIME DESTINATION "${CMAKE_INSTALL_BINDIR}")
endif()
