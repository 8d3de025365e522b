// A request's headers with their names in lower case, made once, as every scheme signs them.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/http/message.h"

namespace lakeside::auth {

class LowerHeaders {
 public:
  explicit LowerHeaders(const http::RequestHead& head);
  LowerHeaders(const LowerHeaders&) = delete;
  LowerHeaders& operator=(const LowerHeaders&) = delete;

  [[nodiscard]] const std::vector<http::Header>& all() const { return headers_; }
  // The first of that name.
  [[nodiscard]] std::optional<std::string_view> find(std::string_view lower_name) const;
  // As find, with "" for a header that did not come.
  [[nodiscard]] std::string_view get(std::string_view lower_name) const {
    return find(lower_name).value_or(std::string_view());
  }

 private:
  std::string names_;
  std::vector<http::Header> headers_;  // names in names_, values in the head's buffer
};

}  // namespace lakeside::auth
