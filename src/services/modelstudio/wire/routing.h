// From a request's path to its operation. Pure.
#pragma once

#include <expected>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "services/modelstudio/wire/call.h"

namespace lakeside::modelstudio::wire {

struct Address {
  Dialect dialect;
  std::string_view path;  // after the prefix: "/chat/completions"
};
// By the prefix; nothing for a path that is not this service's.
[[nodiscard]] std::optional<Address> find_address(std::string_view raw_path);

// What a pattern's {…} stands for in `path`, decoded; nothing where they do not match.
[[nodiscard]] std::optional<std::string> match(std::string_view pattern, std::string_view path);

struct Found {
  const Row* row = nullptr;
  std::string id;
  bool path_known = false;  // where there is no row: with another method there is one
};
[[nodiscard]] Found find_row(std::span<const Row> rows, const Address& address,
                             std::string_view method);

}  // namespace lakeside::modelstudio::wire
