// An object as a person names it: oss://bucket/key.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace lakeside::app {

struct ObjectSource {
  std::string bucket;
  std::string key;
  [[nodiscard]] std::string text() const { return "oss://" + bucket + "/" + key; }
};

// Whether it claims to be one.
[[nodiscard]] bool is_object_source(std::string_view text);
// kInvalid for what does not name a .gguf object.
[[nodiscard]] Result<ObjectSource> parse_object_source(std::string_view text);

}  // namespace lakeside::app
