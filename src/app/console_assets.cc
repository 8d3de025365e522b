#include "app/console_assets.h"

#include <cstddef>

#ifdef LAKESIDE_CONSOLE

// console_pack.S
extern "C" const char lakeside_console_pack[];

namespace lakeside::app {
namespace {

std::string_view piece(std::size_t at, std::size_t size) {
  return {lakeside_console_pack + at, size};
}

}  // namespace

ConsoleFiles console_files() {
#define PAGE(at, size) static const std::string_view page = piece(at, size);
#define ASSET(path, type, etag, brotli_at, brotli_size, gzip_at, gzip_size)
#include <table.inc>  // made by tools/build-console
#undef PAGE
#undef ASSET
#define PAGE(at, size)
#define ASSET(path, type, etag, brotli_at, brotli_size, gzip_at, gzip_size) \
  {path, type, etag, piece(brotli_at, brotli_size), piece(gzip_at, gzip_size)},
  static const ConsoleAsset assets[] = {
#include <table.inc>  // made by tools/build-console
  };
  return {page, assets};
}

}  // namespace lakeside::app

#else

namespace lakeside::app {

ConsoleFiles console_files() { return {}; }

}  // namespace lakeside::app

#endif
