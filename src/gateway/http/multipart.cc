#include "gateway/http/multipart.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "base/encoding.h"

namespace lakeside::http {
namespace {

constexpr std::size_t kStep = 64 << 10;
constexpr std::size_t kMaxBoundary = 200;

// The value of `name="…"` or `name=…` among the parameters of a header.
std::optional<std::string> header_parameter(std::string_view header, std::string_view name) {
  std::size_t at = header.find(';');
  while (at != std::string_view::npos) {
    std::string_view rest = trim(header.substr(at + 1));
    std::size_t equals = rest.find('=');
    if (equals == std::string_view::npos) return std::nullopt;
    bool found = equals_ignore_case(trim(rest.substr(0, equals)), name);
    std::string_view value = rest.substr(equals + 1);
    bool quoted = value.starts_with('"');
    if (quoted) value.remove_prefix(1);
    // Browsers write a quote inside as %22, so that the next one ends the value.
    std::size_t end = value.find(quoted ? '"' : ';');
    if (quoted && end == std::string_view::npos) return std::nullopt;
    std::string_view text = value.substr(0, end);
    if (found) return std::string(quoted ? text : trim(text));
    header = end == std::string_view::npos ? std::string_view{} : value.substr(end);
    at = header.find(';');
  }
  return std::nullopt;
}

// What a part's headers say; nothing where they name no field.
std::optional<FormPart> parse_part_head(std::string_view text) {
  FormPart part;
  bool named = false;
  while (!text.empty()) {
    std::string_view line = text.substr(0, text.find("\r\n"));
    text.remove_prefix(std::min(line.size() + 2, text.size()));
    std::size_t colon = line.find(':');
    if (colon == std::string_view::npos) continue;
    std::string_view name = trim(line.substr(0, colon));
    std::string_view value = trim(line.substr(colon + 1));
    if (equals_ignore_case(name, "Content-Type")) part.content_type = value;
    if (!equals_ignore_case(name, "Content-Disposition")) continue;
    auto field = header_parameter(value, "name");
    if (!field) return std::nullopt;
    named = true;
    part.name = std::move(*field);
    part.file_name = header_parameter(value, "filename");
  }
  if (!named) return std::nullopt;
  return part;
}

std::unexpected<Error> malformed() {
  return fail(ErrorCode::kInvalid, "not well-formed multipart/form-data");
}

}  // namespace

std::optional<std::string> form_boundary(std::string_view content_type) {
  std::string_view type = trim(content_type.substr(0, content_type.find(';')));
  if (!equals_ignore_case(type, "multipart/form-data")) return std::nullopt;
  auto boundary = header_parameter(content_type, "boundary");
  if (!boundary || boundary->empty() || boundary->size() > kMaxBoundary) return std::nullopt;
  return boundary;
}

// The delimiter begins with a line end; the first one has none before it.
MultipartReader::MultipartReader(std::string_view boundary, ByteSource& body, std::size_t max_text)
    : delimiter_("\r\n--" + std::string(boundary)),
      body_(body),
      max_text_(max_text),
      buffer_("\r\n") {}

Task<Result<bool>> MultipartReader::fill() {
  buffer_.erase(0, at_);
  at_ = 0;
  std::size_t used = buffer_.size();
  buffer_.resize(used + kStep);
  MutableBytes into{reinterpret_cast<std::byte*>(buffer_.data()) + used, kStep};
  auto n = co_await body_.read(into);
  buffer_.resize(used + n.value_or(0));
  if (!n) co_return std::unexpected(std::move(n.error()));
  co_return *n > 0;
}

Task<Result<std::string>> MultipartReader::until(std::string_view mark) {
  std::size_t searched = 0;
  while (true) {
    std::size_t found = unread().find(mark, searched);
    // Without a mark, what could be the beginning of one must wait.
    std::size_t keep = std::min(unread().size(), mark.size() - 1);
    std::size_t taken = found == std::string_view::npos ? unread().size() - keep : found;
    if (taken > max_text_) co_return fail(ErrorCode::kTooLarge, "the fields of a form");
    if (found != std::string_view::npos) {
      std::string text(unread().substr(0, found));
      at_ += found + mark.size();
      max_text_ -= std::min(max_text_, found + mark.size());
      co_return text;
    }
    searched = taken;
    auto more = co_await fill();
    if (!more) co_return std::unexpected(std::move(more.error()));
    if (!*more) co_return malformed();
  }
}

Task<Status> MultipartReader::skip_data() {
  std::string buffer(kStep, '\0');
  MutableBytes into{reinterpret_cast<std::byte*>(buffer.data()), buffer.size()};
  while (state_ == At::kData) {
    auto n = co_await read(into);
    if (!n) co_return std::unexpected(std::move(n.error()));
  }
  co_return Status{};
}

Task<Result<std::optional<FormPart>>> MultipartReader::next() {
  if (state_ == At::kData) {
    Status skipped = co_await skip_data();
    if (!skipped) co_return std::unexpected(std::move(skipped.error()));
  }
  if (state_ == At::kStart) {
    // What stands before the first delimiter belongs to nobody.
    auto preamble = co_await until(delimiter_);
    if (!preamble) co_return std::unexpected(std::move(preamble.error()));
    state_ = At::kBetween;
  }
  while (state_ == At::kBetween && unread().size() < 2) {
    auto more = co_await fill();
    if (!more) co_return std::unexpected(std::move(more.error()));
    if (!*more) co_return malformed();
  }
  if (state_ == At::kBetween && unread().starts_with("--")) state_ = At::kEnd;
  if (state_ == At::kEnd) co_return std::optional<FormPart>();
  auto padding = co_await until("\r\n");
  if (!padding) co_return std::unexpected(std::move(padding.error()));
  auto head = co_await until("\r\n\r\n");
  if (!head) co_return std::unexpected(std::move(head.error()));
  auto part = parse_part_head(*head);
  if (!part) co_return malformed();
  state_ = At::kData;
  co_return std::move(part);
}

Task<Result<std::size_t>> MultipartReader::read(MutableBytes into) {
  while (state_ == At::kData) {
    std::size_t found = unread().find(delimiter_);
    // Without a delimiter, what could be the beginning of one must wait.
    std::size_t keep = std::min(unread().size(), delimiter_.size() - 1);
    std::size_t ready = found != std::string_view::npos ? found : unread().size() - keep;
    if (ready > 0) {
      std::size_t n = std::min(ready, into.size());
      std::memcpy(into.data(), unread().data(), n);
      at_ += n;
      co_return n;
    }
    if (found != std::string_view::npos) {
      at_ += delimiter_.size();
      state_ = At::kBetween;
      break;
    }
    auto more = co_await fill();
    if (!more) co_return std::unexpected(std::move(more.error()));
    if (!*more) co_return malformed();
  }
  co_return std::size_t{0};
}

Task<Result<std::string>> MultipartReader::text() {
  auto text = co_await until(delimiter_);
  if (text) state_ = At::kBetween;
  co_return text;
}

Task<Result<bool>> MultipartReader::drop_rest(std::size_t most) {
  std::size_t dropped = 0;
  state_ = At::kEnd;
  while (true) {
    dropped += unread().size();
    at_ = buffer_.size();
    if (dropped > most) co_return false;
    auto more = co_await fill();
    if (!more) co_return std::unexpected(std::move(more.error()));
    if (!*more) co_return true;
  }
}

}  // namespace lakeside::http
