#include "services/oss/core/conditions.h"

#include <algorithm>
#include <chrono>
#include <string>

#include "base/encoding.h"

namespace lakeside::oss {
namespace {

// HTTP dates have no fraction: an object is as old as its Last-Modified header says.
Time shown(Time modified) { return std::chrono::floor<std::chrono::seconds>(modified); }

bool any_matches(const std::vector<std::string>& texts, const ETag& etag) {
  return std::ranges::any_of(texts, [&](const std::string& text) { return matches(text, etag); });
}

enum class Verdict { kGoOn, kFailed, kNotModified };

Verdict evaluate(const Preconditions& conditions, const ObjectInfo& object) {
  if (!conditions.if_match.empty()) {
    if (!any_matches(conditions.if_match, object.etag)) return Verdict::kFailed;
  } else if (conditions.if_unmodified_since &&
             shown(object.modified) > *conditions.if_unmodified_since) {
    return Verdict::kFailed;
  }
  if (!conditions.if_none_match.empty()) {
    if (any_matches(conditions.if_none_match, object.etag)) return Verdict::kNotModified;
  } else if (conditions.if_modified_since &&
             shown(object.modified) <= *conditions.if_modified_since) {
    return Verdict::kNotModified;
  }
  return Verdict::kGoOn;
}

}  // namespace

bool matches(std::string_view text, const ETag& etag) {
  if (text == "*") return true;
  if (text.starts_with("W/")) text.remove_prefix(2);
  std::size_t dash = text.find('-');
  std::uint64_t parts = 0;
  if (dash != std::string_view::npos) {
    auto number = parse_uint(text.substr(dash + 1));
    if (!number || *number == 0) return false;
    parts = *number;
  }
  if (parts != etag.parts) return false;
  auto digest = hex_decode(text.substr(0, dash));
  if (!digest) return false;
  return *digest == as_text(etag.oss) || *digest == as_text(etag.s3);
}

OssStatus check_read(const Preconditions& conditions, const ObjectInfo& object) {
  switch (evaluate(conditions, object)) {
    case Verdict::kGoOn:
      return {};
    case Verdict::kFailed:
      return fail(Errc::kPreconditionFailed);
    case Verdict::kNotModified:
      return std::unexpected(
          OssError{Errc::kNotModified, {}, {}, {}, std::make_shared<ObjectInfo>(object)});
  }
  return {};
}

OssStatus check_write(const Preconditions& conditions, const ObjectInfo* current) {
  if (current == nullptr) {
    if (!conditions.if_match.empty()) return fail(Errc::kNoSuchKey);
    return {};
  }
  if (evaluate(conditions, *current) != Verdict::kGoOn) return fail(Errc::kPreconditionFailed);
  return {};
}

}  // namespace lakeside::oss
