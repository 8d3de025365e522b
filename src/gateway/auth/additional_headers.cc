#include "gateway/auth/additional_headers.h"

#include <algorithm>

#include "base/encoding.h"
#include "gateway/auth/canonical.h"

namespace lakeside::auth {

AdditionalHeaders::AdditionalHeaders(std::string_view list) : lower_(to_lower_ascii(list)) {
  if (lower_.empty()) return;
  names_ = split(lower_, ';');
  for (std::string_view& name : names_) name = trim(name);
  std::ranges::sort(names_);
}

bool AdditionalHeaders::contains(std::string_view lower_name) const {
  return std::ranges::find(names_, lower_name) != names_.end();
}

std::string AdditionalHeaders::joined() const {
  std::string out;
  out.reserve(lower_.size());
  for (std::size_t i = 0; i < names_.size(); ++i) {
    if (i > 0) out.push_back(';');
    out.append(names_[i]);
  }
  return out;
}

}  // namespace lakeside::auth
