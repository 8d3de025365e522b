#include "app/object_source.h"

#include "base/encoding.h"

namespace lakeside::app {

namespace {
constexpr std::string_view kScheme = "oss://";
constexpr std::size_t kMaxKey = 1023;  // OSS's limit
}  // namespace

bool is_object_source(std::string_view text) { return text.starts_with(kScheme); }

Result<ObjectSource> parse_object_source(std::string_view text) {
  std::string_view rest = is_object_source(text) ? text.substr(kScheme.size()) : "";
  const auto slash = rest.find('/');
  const bool good = slash != std::string_view::npos && slash > 0 && slash <= 63 &&
                    rest.size() - slash - 1 <= kMaxKey && to_lower_ascii(rest).ends_with(".gguf") &&
                    rest.find_first_of("\r\n") == std::string_view::npos;
  if (!good) {
    return fail(ErrorCode::kInvalid,
                "\"" + std::string(text.substr(0, 200)) + "\" is not like oss://bucket/model.gguf");
  }
  return ObjectSource{std::string(rest.substr(0, slash)), std::string(rest.substr(slash + 1))};
}

}  // namespace lakeside::app
