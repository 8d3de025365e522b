// Any bytes as a request's head: no crash, and what is accepted can be read in one way only.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "gateway/http/head_parser.h"

namespace {

using namespace lakeside::http;

void require(bool condition) {
  if (!condition) std::abort();
}

bool inside(std::string_view part, std::string_view whole) {
  return part.empty() || part == "/" ||
         (part.data() >= whole.data() && part.data() + part.size() <= whole.data() + whole.size());
}

// Writes the head out again from what was understood.
std::string canonical(const RequestHead& head, bool http10) {
  std::string out(head.method);
  out += ' ';
  out += head.target;
  out += http10 ? " HTTP/1.0\r\n" : " HTTP/1.1\r\n";
  for (const Header& h : head.headers) {
    out += h.name;
    out += ": ";
    out += h.value;
    out += "\r\n";
  }
  return out + "\r\n";
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view all(reinterpret_cast<const char*>(data), size);
  // The same outcome however the bytes arrive.
  HeadScanner whole;
  HeadScanner::Outcome outcome = whole.scan(all);
  HeadScanner bytewise;
  HeadScanner::Outcome stepped = HeadScanner::Outcome::kIncomplete;
  for (std::size_t n = 1; n <= size && stepped == HeadScanner::Outcome::kIncomplete; ++n) {
    stepped = bytewise.scan(all.substr(0, n));
  }
  require(outcome == stepped);
  if (outcome != HeadScanner::Outcome::kComplete) return 0;
  require(whole.begin() == bytewise.begin() && whole.end() == bytewise.end());

  constexpr HeadLimits kLimits{.header_count = 50, .body_bytes = 1 << 30};
  std::string text(all.substr(whole.begin(), whole.end() - whole.begin()));
  RequestHead head;
  auto framing = parse_head(text, kLimits, head);
  if (!framing) return 0;
  require(head.headers.size() <= kLimits.header_count && head.raw_path.starts_with('/'));
  require(inside(head.raw_path, text) && inside(head.raw_query, text));
  for (const Header& h : head.headers) {
    require(inside(h.name, text) && inside(h.value, text) && !h.name.empty());
    require(h.name.find_first_of(" \t:\r\n") == std::string_view::npos);
    require(h.value.find_first_of(std::string_view("\r\n\0", 3)) == std::string_view::npos);
  }
  require(static_cast<std::size_t>(std::ranges::count(text, '\n')) == head.headers.size() + 2);

  std::string again = canonical(head, framing->http10);
  RequestHead second;
  auto same = parse_head(again, kLimits, second);
  require(same && same->body == framing->body && same->content_length == framing->content_length &&
          same->keep_alive == framing->keep_alive && second.headers.size() == head.headers.size());
  return 0;
}
