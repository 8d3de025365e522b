// Requests for tests: a head without a connection.
#pragma once

#include <cstring>
#include <string>
#include <utility>
#include <vector>

#include "gateway/http/message.h"

namespace lakeside::oss::wire {

// Owns the text that the head's views point into.
class TestHead {
 public:
  // "GET /bucket/key?acl"
  explicit TestHead(std::string line, std::vector<std::pair<std::string, std::string>> headers = {})
      : line_(std::move(line)), headers_(std::move(headers)) {
    std::string_view text = line_;
    std::size_t space = text.find(' ');
    head_.method = text.substr(0, space);
    head_.target = text.substr(space + 1);
    std::size_t mark = head_.target.find('?');
    head_.raw_path = head_.target.substr(0, mark);
    if (mark != std::string_view::npos) head_.raw_query = head_.target.substr(mark + 1);
    head_.query = http::parse_query(head_.raw_query).value();
    for (const auto& [name, value] : headers_) head_.headers.push_back({name, value});
  }
  TestHead(const TestHead&) = delete;
  TestHead& operator=(const TestHead&) = delete;

  [[nodiscard]] const http::RequestHead& get() const { return head_; }
  operator const http::RequestHead&() const { return head_; }

 private:
  std::string line_;
  std::vector<std::pair<std::string, std::string>> headers_;
  http::RequestHead head_;
};

}  // namespace lakeside::oss::wire
