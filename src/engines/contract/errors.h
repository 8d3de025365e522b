// Between error codes and what a simulated disk fails with.
#pragma once

#include <cerrno>
#include <optional>

#include "base/result.h"

namespace lakeside::engines::contract {

inline std::optional<int> to_errno(std::optional<ErrorCode> code) {
  if (!code) return std::nullopt;
  return *code == ErrorCode::kNoSpace ? ENOSPC : EIO;
}

}  // namespace lakeside::engines::contract
