# Every library that is not ours, as one target each. All of them are Debian packages, listed and
# pinned in tools/deps/.

find_package(Threads REQUIRED)
find_package(OpenSSL 3.0 REQUIRED)              # OpenSSL::Crypto, OpenSSL::SSL
find_package(PkgConfig REQUIRED)
find_package(pugixml REQUIRED CONFIG)           # pugixml::pugixml
set_target_properties(pugixml::pugixml PROPERTIES INTERFACE_LINK_LIBRARIES pugixml::static)
find_package(nlohmann_json REQUIRED CONFIG)     # nlohmann_json::nlohmann_json
find_package(tomlplusplus REQUIRED CONFIG)      # tomlplusplus::tomlplusplus
pkg_check_modules(isal REQUIRED IMPORTED_TARGET GLOBAL libisal)
pkg_check_modules(liburing REQUIRED IMPORTED_TARGET GLOBAL liburing)
add_library(liburing::liburing ALIAS PkgConfig::liburing)
add_library(isal::isal ALIAS PkgConfig::isal)

pkg_check_modules(httplib REQUIRED IMPORTED_TARGET GLOBAL cpp-httplib)
add_library(httplib::httplib ALIAS PkgConfig::httplib)

# The allocator of the program, where no sanitizer brings its own. The coroutines of requests that
# came in together allocate many frames of a size and free them together, for which glibc's
# caches of seven are too short: a 4 KiB GET spent a sixth of its instructions there.
add_library(allocator INTERFACE)
if(CMAKE_BUILD_TYPE MATCHES "^(Release|Dev)$")
  find_package(mimalloc 2.0 REQUIRED CONFIG)    # mimalloc
  target_link_libraries(allocator INTERFACE mimalloc)
endif()
add_library(allocator::allocator ALIAS allocator)

if(LAKESIDE_TESTS)
  find_package(GTest)                           # GTest::gtest_main
  if(GTest_FOUND)
    include(GoogleTest)
  else()
    # `make run` installs only what a build needs. ctest fails when there are no tests.
    message(STATUS "libgtest-dev is not installed: the tests are left out")
    set(LAKESIDE_TESTS OFF)
  endif()
endif()

find_path(CLI11_INCLUDE_DIR CLI/CLI.hpp REQUIRED)
add_library(CLI11::CLI11 INTERFACE IMPORTED GLOBAL)
target_include_directories(CLI11::CLI11 INTERFACE ${CLI11_INCLUDE_DIR})

# llhttp: the C parser that Debian ships as source in node-llhttp.
find_path(LLHTTP_INCLUDE_DIR llhttp.h PATHS /usr/share/include/llhttp REQUIRED)
find_path(LLHTTP_SOURCE_DIR llhttp.c PATHS /usr/share/llhttp REQUIRED)
add_library(llhttp STATIC
  ${LLHTTP_SOURCE_DIR}/api.c ${LLHTTP_SOURCE_DIR}/http.c ${LLHTTP_SOURCE_DIR}/llhttp.c)
target_include_directories(llhttp SYSTEM PUBLIC ${LLHTTP_INCLUDE_DIR})
target_compile_options(llhttp PRIVATE -w)
add_library(llhttp::llhttp ALIAS llhttp)

# RocksDB, linked statically: the program starts in 2 ms instead of 4.
if(CMAKE_BUILD_TYPE STREQUAL "Tsan")
  # It is not instrumented: engines/rocksdb/tsan_reports.cc must tell its calls from ours.
  find_library(ROCKSDB_LIBRARY NAMES librocksdb.so REQUIRED)
  add_library(rocksdb SHARED IMPORTED GLOBAL)
else()
  find_library(ROCKSDB_LIBRARY NAMES librocksdb.a REQUIRED)
  add_library(rocksdb STATIC IMPORTED GLOBAL)
  foreach(part snappy lz4 zstd bz2 z)
    find_library(ROCKSDB_${part} NAMES lib${part}.a REQUIRED)
    target_link_libraries(rocksdb INTERFACE ${ROCKSDB_${part}})
  endforeach()
endif()
set_target_properties(rocksdb PROPERTIES IMPORTED_LOCATION ${ROCKSDB_LIBRARY})
target_link_libraries(rocksdb INTERFACE Threads::Threads ${CMAKE_DL_LIBS})
add_library(RocksDB::rocksdb ALIAS rocksdb)
