#include "services/oss/core/names.h"

#include <algorithm>

#include "base/encoding.h"

namespace lakeside::oss {
namespace {

bool is_letter_or_digit(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }

// Four decimal labels; S3 refuses such names because a virtual host could not tell them from an
// address.
bool is_ipv4(std::string_view name) {
  int labels = 0;
  while (true) {
    std::size_t dot = name.find('.');
    std::string_view label = name.substr(0, dot);
    if (label.empty() || label.size() > 3) return false;
    if (!std::ranges::all_of(label, [](char c) { return c >= '0' && c <= '9'; })) return false;
    ++labels;
    if (dot == std::string_view::npos) return labels == 4;
    name.remove_prefix(dot + 1);
  }
}

}  // namespace

OssStatus check_bucket_name(std::string_view name) {
  auto allowed = [](char c) { return is_letter_or_digit(c) || c == '-' || c == '.'; };
  bool valid = name.size() >= 3 && name.size() <= 63 && std::ranges::all_of(name, allowed) &&
               is_letter_or_digit(name.front()) && is_letter_or_digit(name.back()) &&
               name.find("..") == std::string_view::npos && !is_ipv4(name);
  if (!valid) return fail(Errc::kInvalidBucketName);
  return {};
}

OssStatus check_key(std::string_view key) {
  if (key.size() > kMaxKeyBytes) return fail(Errc::kKeyTooLong);
  if (key.empty() || !is_valid_utf8(key)) return fail(Errc::kInvalidObjectName);
  return {};
}

OssStatus check_headers(const ObjectHeaders& headers) {
  std::size_t size = 0;
  for (const auto& [name, value] : headers.user) size += name.size() + value.size();
  if (size > kMaxUserMetadata) return fail(Errc::kMetadataTooLarge);
  return {};
}

}  // namespace lakeside::oss
