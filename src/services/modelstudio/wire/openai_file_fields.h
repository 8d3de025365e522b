// What files and uploads of the OpenAI API have in common. Pure.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "services/modelstudio/core/file_store.h"
#include "services/modelstudio/wire/fields.h"

namespace lakeside::modelstudio::wire {

inline constexpr std::uint64_t kLeastFileSeconds = 3600;
inline constexpr std::uint64_t kMostFileSeconds = 2'592'000;

[[nodiscard]] Json file_json(const StoredFile& file);
// '…'
[[nodiscard]] std::string in_quotes(std::string_view text);
// Whether there is such a purpose, and a file of that name can serve it.
[[nodiscard]] Decoded<void> check_purpose(const std::string& purpose, const std::string& filename);
// After which time a file expires whose maker did not say.
[[nodiscard]] std::optional<std::chrono::seconds> usual_expiry(const std::string& purpose);

}  // namespace lakeside::modelstudio::wire
