# Everything comes from packages of the system; nothing is downloaded.

# coffer_require(<package> <debian package> <words for find_package…>)
macro(coffer_require package debian_package)
  find_package(${package} ${ARGN} QUIET)
  if(NOT ${package}_FOUND)
    message(FATAL_ERROR "Coffer needs ${package}, which was not found. On Debian: apt-get install ${debian_package}")
  endif()
endmacro()

coffer_require(Threads libc6-dev)
coffer_require(RocksDB librocksdb-dev 7.8 CONFIG)
coffer_require(zstd libzstd-dev CONFIG)
coffer_require(simdjson libsimdjson-dev 3.0 CONFIG)
coffer_require(nlohmann_json nlohmann-json3-dev 3.11 CONFIG)
coffer_require(OpenSSL libssl-dev 3.0)
coffer_require(LibArchive libarchive-dev 3.6)
coffer_require(ZLIB zlib1g-dev 1.2.9)
coffer_require(Snappy libsnappy-dev 1.1.8 CONFIG)

if(COFFER_HTTP)
  coffer_require(Boost "libboost1.81-dev libboost-url1.81-dev" 1.81 COMPONENTS url)
endif()

# xxHash is used inline and never linked; Debian ships no CMake package for it.
find_path(COFFER_XXHASH_INCLUDE_DIR xxhash.h)
mark_as_advanced(COFFER_XXHASH_INCLUDE_DIR)
if(NOT COFFER_XXHASH_INCLUDE_DIR)
  message(FATAL_ERROR "Coffer needs xxhash.h, which was not found. On Debian: apt-get install libxxhash-dev")
endif()

# Debian's static RocksDB wants six more libraries at link time, and each program would carry its own copy.
if(TARGET RocksDB::rocksdb-shared)
  set(COFFER_ROCKSDB_TARGET RocksDB::rocksdb-shared)
else()
  set(COFFER_ROCKSDB_TARGET RocksDB::rocksdb)
endif()

if(COFFER_DEVELOPER)
  coffer_require(CLI11 libcli11-dev 2.1 CONFIG)
  coffer_require(GTest libgtest-dev 1.12 CONFIG)
  coffer_require(benchmark libbenchmark-dev 1.7 CONFIG)
  coffer_require(SQLite3 libsqlite3-dev 3.35)
endif()
