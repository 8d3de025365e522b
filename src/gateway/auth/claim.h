// Which signature a request carries, and where.
#pragma once

#include <optional>
#include <string_view>

#include "gateway/auth/authenticate.h"

namespace lakeside::auth {

struct Claim {
  Scheme scheme = Scheme::kAnonymous;             // the header's, else the query's
  std::optional<std::string_view> authorization;  // the header's value, also of an unknown scheme
  bool in_query = false;
  bool repeated = false;  // more than one Authorization header
};

[[nodiscard]] Claim find_claim(const http::RequestHead& head);

}  // namespace lakeside::auth
