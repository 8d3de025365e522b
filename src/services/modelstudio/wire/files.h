// What the files of both dialects have in common.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "services/modelstudio/core/file_store.h"
#include "services/modelstudio/wire/call.h"

namespace lakeside::modelstudio::wire {

inline constexpr std::uint64_t kMaxFileBytes = 512ULL << 20;  // OpenAI: 512 MB a file

// `id` is the file that was asked for; empty where there is none yet. Logs what is internal.
[[nodiscard]] WireError to_wire(const ObjectError& error, std::string_view id, Dialect dialect);

[[nodiscard]] inline const std::string& workspace_of(const StudioCall& call) {
  return call.key->settings.workspace;
}

}  // namespace lakeside::modelstudio::wire
