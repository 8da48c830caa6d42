# Every dependency comes from the system's packages; nothing is downloaded.

# coffer_require(<package> <debian package> <oldest version, or ANY> [words for find_package…])
# For a CONFIG package the version is compared here: the version files of RocksDB and simdjson accept only their own major or
# minor version, so find_package(RocksDB 7.8) refuses RocksDB 9.
macro(coffer_require package debian_package oldest)
  set(coffer_words ${ARGN})
  if("${oldest}" STREQUAL "ANY" OR "CONFIG" IN_LIST coffer_words)
    find_package(${package} ${coffer_words} QUIET)
  else()
    find_package(${package} ${oldest} ${coffer_words} QUIET)
  endif()
  if(NOT ${package}_FOUND)
    message(FATAL_ERROR "Coffer needs ${package} ${oldest}, which was not found. On Debian: apt-get install ${debian_package}")
  endif()
  if("CONFIG" IN_LIST coffer_words AND ${package}_VERSION VERSION_LESS "${oldest}")
    message(FATAL_ERROR "Coffer needs ${package} ${oldest} or newer, found ${${package}_VERSION}. On Debian: apt-get install ${debian_package}")
  endif()
endmacro()

coffer_require(Threads libc6-dev ANY)
coffer_require(RocksDB librocksdb-dev 7.8 CONFIG)
coffer_require(zstd libzstd-dev 1.5 CONFIG)
coffer_require(simdjson libsimdjson-dev 3.0 CONFIG)
coffer_require(nlohmann_json nlohmann-json3-dev 3.11 CONFIG)
coffer_require(OpenSSL libssl-dev 3.0)
coffer_require(LibArchive libarchive-dev 3.6)
coffer_require(ZLIB zlib1g-dev 1.2.9)
coffer_require(Snappy libsnappy-dev 1.1.8 CONFIG)

if(COFFER_HTTP)
  # Debian 12 has Boost 1.74 as libboost-dev, and 1.81 under its own name; Debian 13 has 1.83 as libboost-dev.
  coffer_require(Boost "libboost-url-dev, on Debian 12 libboost1.81-dev libboost-url1.81-dev" 1.81 COMPONENTS url)
endif()

# xxHash is used inline and never linked; Debian ships no CMake package for it.
find_path(COFFER_XXHASH_INCLUDE_DIR xxhash.h)
mark_as_advanced(COFFER_XXHASH_INCLUDE_DIR)
if(NOT COFFER_XXHASH_INCLUDE_DIR)
  message(FATAL_ERROR "Coffer needs xxhash.h, which was not found. On Debian: apt-get install libxxhash-dev")
endif()

# Debian's static RocksDB needs six more libraries at link time, and each program would carry its own copy.
if(TARGET RocksDB::rocksdb-shared)
  set(COFFER_ROCKSDB_TARGET RocksDB::rocksdb-shared)
else()
  set(COFFER_ROCKSDB_TARGET RocksDB::rocksdb)
endif()

if(COFFER_DEVELOPER)
  coffer_require(CLI11 libcli11-dev 2.1 CONFIG)
endif()
if(COFFER_DEVELOPER AND COFFER_TESTS)
  coffer_require(GTest libgtest-dev 1.12 CONFIG)
  coffer_require(benchmark libbenchmark-dev 1.7 CONFIG)
  coffer_require(SQLite3 libsqlite3-dev 3.35)
endif()
