// Serves the web console: its page to browsers that open the server's address, and the assets that
// the page loads. It has no say of its own: the page calls the public APIs as every client does.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "app/console_assets.h"
#include "gateway/http/message.h"
#include "gateway/pipeline/service.h"

namespace lakeside::app {

struct ConsoleOptions {
  std::string region;
  std::string version;
};

[[nodiscard]] std::unique_ptr<gateway::Service> make_console_service(ConsoleFiles files,
                                                                     ConsoleOptions options);

// Whether a request is at the console's origin: its host names no bucket. `domains` as for object
// storage.
[[nodiscard]] bool is_console_origin(const http::RequestHead& head,
                                     const std::vector<std::string>& domains);
// Whether it is for the console: an asset, or a person's browser that opens the address. Clients of
// object storage that ask unsigned for `/` do not accept HTML.
[[nodiscard]] bool is_console_request(const http::RequestHead& head,
                                      const std::vector<std::string>& domains);

}  // namespace lakeside::app
