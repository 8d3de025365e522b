// Whether a caller may read an object by its own rights: asked where it has this service read one.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/principal.h"
#include "base/task.h"
#include "services/modelstudio/core/objects.h"
#include "services/ram/service.h"

namespace lakeside::modelstudio {

inline constexpr std::string_view kReadObject = "oss:GetObject";

struct ReadDenied {
  std::string resource;  // "acs:oss:*:ACCOUNT:bucket/key"
  ram::Denial denial;
};

class ObjectAccess {
 public:
  virtual ~ObjectAccess() = default;
  // As GetObject asks: policies, the bucket's policy, access lists. Nothing: it may, or there is no
  // such object and it may know. Arguments live until the awaiting coroutine resumes.
  [[nodiscard]] virtual Task<std::optional<ReadDenied>> ask_read(
      const Principal& caller, const ObjectName& object,
      const ram::ContextSource& context) const = 0;
};

}  // namespace lakeside::modelstudio
