// A request's document, whole.
#pragma once

#include <cstdint>
#include <expected>
#include <string>

#include "base/stream.h"
#include "services/modelstudio/wire/errors.h"

namespace lakeside::modelstudio::wire {

inline constexpr std::uint64_t kMaxBody = 16 << 20;

[[nodiscard]] Task<std::expected<std::string, WireError>> read_body(ByteSource& body,
                                                                    Dialect dialect);

}  // namespace lakeside::modelstudio::wire
