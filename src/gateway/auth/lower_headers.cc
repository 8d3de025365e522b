#include "gateway/auth/lower_headers.h"

namespace lakeside::auth {

LowerHeaders::LowerHeaders(const http::RequestHead& head) {
  std::size_t bytes = 0;
  for (const http::Header& header : head.headers) bytes += header.name.size();
  names_.reserve(bytes);
  for (const http::Header& header : head.headers) names_.append(header.name);
  for (char& c : names_) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c | 0x20);
  }
  headers_.reserve(head.headers.size());
  std::string_view rest = names_;
  for (const http::Header& header : head.headers) {
    headers_.push_back({rest.substr(0, header.name.size()), header.value});
    rest.remove_prefix(header.name.size());
  }
}

std::optional<std::string_view> LowerHeaders::find(std::string_view lower_name) const {
  for (const http::Header& header : headers_) {
    if (header.name == lower_name) return header.value;
  }
  return std::nullopt;
}

}  // namespace lakeside::auth
