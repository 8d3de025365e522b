// Reading query strings, with complaints that name the parameter. Pure.
#pragma once

#include <cstdint>
#include <string_view>

#include "gateway/http/message.h"
#include "services/modelstudio/wire/fields.h"

namespace lakeside::modelstudio::wire {

// From 1 to `most`; `usual` where there is none, or an empty one.
[[nodiscard]] Decoded<std::uint64_t> query_number(const http::RequestHead& head,
                                                  std::string_view name, std::uint64_t usual,
                                                  std::uint64_t most);
// Empty where there is none.
[[nodiscard]] std::string query_text(const http::RequestHead& head, std::string_view name);
// order=asc|desc: whether the newest come first, which they do by default.
[[nodiscard]] Decoded<bool> query_newest_first(const http::RequestHead& head);

}  // namespace lakeside::modelstudio::wire
