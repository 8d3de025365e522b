// The headers that an OSS V2 or V4 client signs beyond the usual ones.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace lakeside::auth {

class AdditionalHeaders {
 public:
  // "host;range", in any order and case: oss2 sorts the list only in the string to sign.
  explicit AdditionalHeaders(std::string_view list);
  AdditionalHeaders(const AdditionalHeaders&) = delete;
  AdditionalHeaders& operator=(const AdditionalHeaders&) = delete;

  [[nodiscard]] bool contains(std::string_view lower_name) const;
  // Sorted and joined with ';'.
  [[nodiscard]] std::string joined() const;

 private:
  std::string lower_;
  std::vector<std::string_view> names_;  // into lower_
};

}  // namespace lakeside::auth
