// The files of the web console that are in this binary.
#pragma once

#include <span>
#include <string_view>

namespace lakeside::app {

// A file that the page loads. Its name has a digest of what is in it.
struct ConsoleAsset {
  std::string_view path;  // "/_lakeside/console/assets/index-CYnMC0np.css"
  std::string_view content_type;
  std::string_view etag;  // without its quotes
  std::string_view brotli;
  std::string_view gzip;
};

// Without a page there is no console.
struct ConsoleFiles {
  std::string_view page;  // HTML with the places of console_service.cc to fill in
  std::span<const ConsoleAsset> assets;
};

[[nodiscard]] ConsoleFiles console_files();

}  // namespace lakeside::app
