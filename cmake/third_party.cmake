# Every library that is not ours, as one target each. All of them are Debian packages, listed and
# pinned in tools/deps/.

find_package(Threads REQUIRED)
find_package(OpenSSL 3.0 REQUIRED)              # OpenSSL::Crypto, OpenSSL::SSL
find_package(Boost 1.81 REQUIRED)               # Boost::headers; for Asio link `asio` below
find_package(PkgConfig REQUIRED)
find_package(pugixml REQUIRED CONFIG)           # pugixml::pugixml
find_package(nlohmann_json REQUIRED CONFIG)     # nlohmann_json::nlohmann_json
find_package(tomlplusplus REQUIRED CONFIG)      # tomlplusplus::tomlplusplus
pkg_check_modules(isal REQUIRED IMPORTED_TARGET GLOBAL libisal)
add_library(isal::isal ALIAS PkgConfig::isal)
pkg_check_modules(liburing REQUIRED IMPORTED_TARGET GLOBAL liburing)
add_library(liburing::liburing ALIAS PkgConfig::liburing)

if(LAKESIDE_TESTS)
  find_package(GTest REQUIRED)                  # GTest::gtest_main, GTest::gmock
  include(GoogleTest)
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

# Asio's own code compiled once instead of in every file that includes it.
add_library(asio STATIC ${CMAKE_SOURCE_DIR}/cmake/asio.cc)
target_compile_definitions(asio PUBLIC BOOST_ASIO_SEPARATE_COMPILATION BOOST_ASIO_NO_DEPRECATED)
target_link_libraries(asio PUBLIC Boost::headers Threads::Threads)
add_library(asio::asio ALIAS asio)

# RocksDB as a shared library.
find_library(ROCKSDB_LIBRARY rocksdb REQUIRED)
add_library(RocksDB::rocksdb UNKNOWN IMPORTED GLOBAL)
set_target_properties(RocksDB::rocksdb PROPERTIES IMPORTED_LOCATION ${ROCKSDB_LIBRARY})
