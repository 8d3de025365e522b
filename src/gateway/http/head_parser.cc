#include "gateway/http/head_parser.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <optional>

#include <llhttp.h>

#include "base/encoding.h"

namespace lakeside::http {
namespace {

constexpr std::string_view kTokenPunctuation = "!#$%&'*+-.^_`|~";

constexpr std::array<bool, 256> kIsToken = [] {
  std::array<bool, 256> table{};
  for (unsigned c = 0; c < 256; ++c) {
    table[c] = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
  }
  for (char c : kTokenPunctuation) table[static_cast<unsigned char>(c)] = true;
  return table;
}();

bool is_token(std::string_view text) {
  return !text.empty() &&
         std::ranges::all_of(text, [](char c) { return kIsToken[static_cast<unsigned char>(c)]; });
}

// --- the request line -------------------------------------------------------------------
// Read by hand: llhttp knows a fixed list of methods, and which ones exist is not for it to say.

std::optional<Refusal> parse_version(std::string_view version, Framing& framing) {
  auto digit = [](char c) { return c >= '0' && c <= '9'; };
  if (version.size() != 8 || !version.starts_with("HTTP/") || !digit(version[5]) ||
      version[6] != '.' || !digit(version[7])) {
    return Refusal::kMalformed;
  }
  if (version[5] != '1') return Refusal::kVersion;
  framing.http10 = version[7] == '0';
  return std::nullopt;
}

// What stands before the path of "http://host:port/path", also where the path is missing.
std::size_t scheme_and_authority(std::string_view target) {
  for (std::string_view scheme : {"http://", "https://"}) {
    if (equals_ignore_case(target.substr(0, scheme.size()), scheme)) {
      return std::min(target.find_first_of("/?", scheme.size()), target.size());
    }
  }
  return 0;
}

std::optional<Refusal> parse_target(RequestHead& into) {
  auto forbidden = [](char c) {
    return static_cast<unsigned char>(c) <= 0x20 || static_cast<unsigned char>(c) == 0x7f;
  };
  if (into.target.empty() || std::ranges::any_of(into.target, forbidden)) {
    return Refusal::kMalformed;
  }
  std::string_view rest = into.target;
  if (rest.front() != '/') {
    std::size_t skip = rest == "*" ? 1 : scheme_and_authority(rest);
    if (skip == 0) return Refusal::kMalformed;
    rest.remove_prefix(skip);
  }
  std::size_t question = rest.find('?');
  into.raw_path = rest.substr(0, question);
  if (into.raw_path.empty()) into.raw_path = "/";
  into.raw_query = question == std::string_view::npos ? "" : rest.substr(question + 1);

  into.query.clear();
  if (into.raw_query.empty()) return std::nullopt;
  auto query = parse_query(into.raw_query);
  if (!query) return Refusal::kBadQuery;
  into.query = std::move(*query);
  return std::nullopt;
}

std::optional<Refusal> parse_request_line(std::string_view line, RequestHead& into,
                                          Framing& framing) {
  std::size_t first = line.find(' ');
  std::size_t last = line.rfind(' ');
  if (first == std::string_view::npos || last == first) return Refusal::kMalformed;
  into.method = line.substr(0, first);
  into.target = line.substr(first + 1, last - first - 1);
  if (!is_token(into.method)) return Refusal::kMalformed;
  if (auto refusal = parse_version(line.substr(last + 1), framing)) return refusal;
  return parse_target(into);
}

// --- header fields, by llhttp -----------------------------------------------------------

struct FieldSink {
  std::vector<Header>& headers;
  std::size_t limit;
  bool too_many = false;
};

// llhttp also takes spaces within and behind a name, which others read differently.
int on_header_field(llhttp_t* parser, const char* at, std::size_t size) {
  auto& sink = *static_cast<FieldSink*>(parser->data);
  std::string_view name(at, size);
  if (!is_token(name) || at[-1] != '\n' || at[size] != ':') return -1;
  if (sink.headers.size() == sink.limit) {
    sink.too_many = true;
    return -1;
  }
  sink.headers.push_back({name, {}});
  return 0;
}

int on_header_value(llhttp_t* parser, const char* at, std::size_t size) {
  auto& sink = *static_cast<FieldSink*>(parser->data);
  if (sink.headers.empty() || !sink.headers.back().value.empty()) return size == 0 ? 0 : -1;
  sink.headers.back().value = trim({at, size});
  return 0;
}

int on_headers_complete(llhttp_t*) { return HPE_PAUSED; }

const llhttp_settings_t& settings() {
  static const llhttp_settings_t instance = [] {
    llhttp_settings_t s{};
    s.on_header_field = on_header_field;
    s.on_header_value = on_header_value;
    s.on_headers_complete = on_headers_complete;
    return s;
  }();
  return instance;
}

// A parser that has read a request line and waits for the first header.
const llhttp_t& parser_at_headers() {
  static const llhttp_t instance = [] {
    llhttp_t parser;
    llhttp_init(&parser, HTTP_REQUEST, &settings());
    constexpr std::string_view kLine = "PUT / HTTP/1.1\r\n";
    llhttp_execute(&parser, kLine.data(), kLine.size());
    return parser;
  }();
  return instance;
}

std::optional<Refusal> parse_fields(std::string_view fields, std::size_t limit,
                                    std::vector<Header>& headers) {
  headers.clear();
  if (headers.capacity() == 0) headers.reserve(24);
  FieldSink sink{headers, limit};
  llhttp_t parser = parser_at_headers();
  parser.data = &sink;
  switch (llhttp_execute(&parser, fields.data(), fields.size())) {
    case HPE_PAUSED:
      return std::nullopt;
    case HPE_UNEXPECTED_CONTENT_LENGTH:
    case HPE_INVALID_CONTENT_LENGTH:
    case HPE_INVALID_TRANSFER_ENCODING:
      return Refusal::kFraming;
    default:
      return sink.too_many ? Refusal::kTooManyHeaders : Refusal::kMalformed;
  }
}

// --- what the headers say about the connection ------------------------------------------

struct FramingHeaders {
  std::optional<std::string_view> content_length;
  std::optional<std::string_view> transfer_encoding;
  std::optional<std::string_view> host;
  std::optional<std::string_view> expect;
  bool repeated = false;  // one of the above stood there twice
  bool repeated_host = false;
  bool close = false;
  bool keep_alive = false;
};

void note_connection_options(std::string_view value, FramingHeaders& found) {
  while (!value.empty()) {
    std::string_view option = value.substr(0, value.find(','));
    value.remove_prefix(std::min(option.size() + 1, value.size()));
    if (equals_ignore_case(trim(option), "close")) found.close = true;
    if (equals_ignore_case(trim(option), "keep-alive")) found.keep_alive = true;
  }
}

bool set_once(std::optional<std::string_view>& slot, std::string_view value) {
  if (slot) return false;
  slot = value;
  return true;
}

FramingHeaders collect(const std::vector<Header>& headers) {
  FramingHeaders found;
  for (const Header& h : headers) {
    switch (h.name.size()) {  // most names are ruled out by their length
      case 4:
        if (equals_ignore_case(h.name, "host")) {
          found.repeated_host |= !set_once(found.host, h.value);
        }
        break;
      case 6:
        if (equals_ignore_case(h.name, "expect")) set_once(found.expect, h.value);
        break;
      case 10:
        if (equals_ignore_case(h.name, "connection")) note_connection_options(h.value, found);
        break;
      case 14:
        if (equals_ignore_case(h.name, "content-length")) {
          found.repeated |= !set_once(found.content_length, h.value);
        }
        break;
      case 17:
        if (equals_ignore_case(h.name, "transfer-encoding")) {
          found.repeated |= !set_once(found.transfer_encoding, h.value);
        }
        break;
      default:
        break;
    }
  }
  return found;
}

std::optional<Refusal> decide_body(const FramingHeaders& found, std::uint64_t limit,
                                   Framing& framing) {
  if (found.repeated) return Refusal::kFraming;
  if (found.transfer_encoding) {
    if (found.content_length || framing.http10 ||
        !equals_ignore_case(*found.transfer_encoding, "chunked")) {
      return Refusal::kFraming;
    }
    framing.body = Framing::Body::kChunked;
    return std::nullopt;
  }
  if (!found.content_length) return std::nullopt;
  auto length = parse_uint(*found.content_length);
  if (!length) return Refusal::kFraming;
  if (*length > limit) return Refusal::kBodyTooLarge;
  framing.content_length = *length;
  framing.body = *length == 0 ? Framing::Body::kNone : Framing::Body::kLength;
  return std::nullopt;
}

std::optional<Refusal> decide(const FramingHeaders& found, std::uint64_t body_limit,
                              Framing& framing) {
  if (auto refusal = decide_body(found, body_limit, framing)) return refusal;
  if (found.repeated_host || (!found.host && !framing.http10)) return Refusal::kMissingHost;
  if (found.expect && !framing.http10) {
    if (!equals_ignore_case(*found.expect, "100-continue")) return Refusal::kExpectation;
    framing.expect_continue = true;
  }
  framing.keep_alive = framing.http10 ? found.keep_alive && !found.close : !found.close;
  return std::nullopt;
}

}  // namespace

HeadScanner::Outcome HeadScanner::scan(std::string_view bytes) {
  while (true) {
    std::size_t feed = bytes.find('\n', searched_);
    if (feed == std::string_view::npos) {
      searched_ = bytes.size();
      return Outcome::kIncomplete;
    }
    std::string_view line = bytes.substr(line_, feed - line_);  // with its CR
    if (line.empty() || line.find('\r') != line.size() - 1 ||
        line.find('\0') != std::string_view::npos) {
      return Outcome::kMalformed;
    }
    bool first = line_ == begin_;
    line_ = searched_ = feed + 1;
    if (line.size() == 1) {
      if (!first) return Outcome::kComplete;
      begin_ = line_;  // empty lines before a request are left-overs of sloppy clients
    } else if (line.front() == ' ' || line.front() == '\t') {
      return Outcome::kMalformed;
    }
  }
}

std::expected<Framing, Refusal> parse_head(std::string_view head, const HeadLimits& limits,
                                           RequestHead& into) {
  Framing framing;
  std::size_t line_end = head.find("\r\n");
  if (line_end == std::string_view::npos) return std::unexpected(Refusal::kMalformed);
  if (auto refusal = parse_request_line(head.substr(0, line_end), into, framing)) {
    return std::unexpected(*refusal);
  }
  if (auto refusal = parse_fields(head.substr(line_end + 2), limits.header_count, into.headers)) {
    return std::unexpected(*refusal);
  }
  if (auto refusal = decide(collect(into.headers), limits.body_bytes, framing)) {
    return std::unexpected(*refusal);
  }
  return framing;
}

}  // namespace lakeside::http
