#include "services/oss/wire/form.h"

#include <algorithm>
#include <cstring>

#include "base/encoding.h"

namespace lakeside::oss::wire {
namespace {

constexpr std::size_t kStep = 64 << 10;
constexpr std::size_t kMaxRest = 64 << 10;  // what may follow the file

OssError malformed() {
  return {Errc::kInvalidRequest,
          "The body of your POST request is not well-formed multipart/form-data.",
          {{"Code", "MalformedPOSTRequest"}},
          {}};
}

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

}  // namespace

std::optional<std::string> form_boundary(std::string_view content_type) {
  std::string_view type = trim(content_type.substr(0, content_type.find(';')));
  if (!equals_ignore_case(type, "multipart/form-data")) return std::nullopt;
  auto boundary = header_parameter(content_type, "boundary");
  if (!boundary || boundary->empty() || boundary->size() > 200) return std::nullopt;
  return boundary;
}

// The delimiter begins with a line end; the first one has none before it.
PostForm::PostForm(const std::string& boundary, ByteSource& body)
    : delimiter_("\r\n--" + boundary), body_(body), buffer_("\r\n") {}

const std::string* PostForm::find(std::string_view name) const {
  auto found = std::ranges::find(fields_, name, &Fields::value_type::first);
  return found == fields_.end() ? nullptr : &found->second;
}

Task<Result<bool>> PostForm::fill() {
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

Task<Result<std::optional<std::string>>> PostForm::until(std::string_view mark) {
  std::size_t searched = 0;
  while (true) {
    std::size_t found = unread().find(mark, searched);
    std::size_t taken = found == std::string_view::npos ? unread().size() : found;
    if (spent_on_fields_ + taken > kMaxFields) co_return std::nullopt;
    if (found != std::string_view::npos) {
      std::string text(unread().substr(0, found));
      at_ += found + mark.size();
      spent_on_fields_ += found + mark.size();
      co_return text;
    }
    searched = taken - std::min(taken, mark.size() - 1);
    auto more = co_await fill();
    if (!more) co_return std::unexpected(std::move(more.error()));
    if (!*more) co_return std::nullopt;
  }
}

std::optional<PostForm::PartHead> PostForm::parse_part_head(std::string_view text) {
  PartHead head;
  bool named = false;
  while (!text.empty()) {
    std::string_view line = text.substr(0, text.find("\r\n"));
    text.remove_prefix(std::min(line.size() + 2, text.size()));
    std::size_t colon = line.find(':');
    if (colon == std::string_view::npos) continue;
    std::string_view name = trim(line.substr(0, colon));
    std::string_view value = trim(line.substr(colon + 1));
    if (equals_ignore_case(name, "Content-Type")) head.content_type = value;
    if (!equals_ignore_case(name, "Content-Disposition")) continue;
    auto field = header_parameter(value, "name");
    if (!field) return std::nullopt;
    named = true;
    head.name = to_lower_ascii(*field);
    head.file_name = header_parameter(value, "filename").value_or("");
  }
  if (!named) return std::nullopt;
  head.is_file = head.name == "file";
  return head;
}

Task<OssStatus> PostForm::read_all_fields() {
  // What stands before the first delimiter belongs to nobody.
  auto text = co_await until(delimiter_);
  while (true) {
    if (!text) co_return from_engine(std::move(text.error()));
    if (!*text) co_return std::unexpected(malformed());
    auto after = co_await until("\r\n");
    if (!after) co_return from_engine(std::move(after.error()));
    if (!*after) co_return std::unexpected(malformed());
    if ((*after)->starts_with("--")) {
      co_return fail(Errc::kInvalidArgument, "POST requires exactly one file upload per request.");
    }
    auto head_text = co_await until("\r\n\r\n");
    if (!head_text) co_return from_engine(std::move(head_text.error()));
    auto head = *head_text ? parse_part_head(**head_text) : std::nullopt;
    if (!head) co_return std::unexpected(malformed());
    if (head->is_file) {
      file_name_ = std::move(head->file_name);
      file_content_type_ = std::move(head->content_type);
      co_return OssStatus{};
    }
    text = co_await until(delimiter_);
    // Of two fields of one name the policy would see the one, and we might use the other.
    if (find(head->name) != nullptr) co_return std::unexpected(malformed());
    if (text && *text) fields_.emplace_back(std::move(head->name), std::move(**text));
  }
}

Task<OssResult<std::unique_ptr<PostForm>>> PostForm::read_fields(const std::string& boundary,
                                                                 ByteSource& body) {
  std::unique_ptr<PostForm> form(new PostForm(boundary, body));
  auto done = co_await form->read_all_fields();
  if (!done) co_return std::unexpected(std::move(done.error()));
  co_return form;
}

Task<Result<bool>> PostForm::drop_rest() {
  std::size_t dropped = 0;
  while (true) {
    dropped += unread().size();
    at_ = buffer_.size();
    if (dropped > kMaxRest) co_return false;
    auto more = co_await fill();
    if (!more) co_return std::unexpected(std::move(more.error()));
    if (!*more) co_return true;
  }
}

Task<Result<std::size_t>> PostForm::read(MutableBytes into) {
  while (!file_ended_) {
    std::size_t found = unread().find(delimiter_);
    // Without a delimiter, what could be the beginning of one must wait.
    std::size_t keep = std::min(unread().size(), delimiter_.size() - 1);
    std::size_t ready = found != std::string_view::npos ? found : unread().size() - keep;
    if (ready > 0) {
      std::size_t n = std::min(ready, into.size());
      std::memcpy(into.data(), unread().data(), n);
      at_ += n;
      file_size_ += n;
      if (file_size_ > most_) {
        fault_ = Fault::kTooLarge;
        co_return fail(ErrorCode::kInvalid, "the file is longer than the policy allows");
      }
      co_return n;
    }
    if (found != std::string_view::npos) {
      file_ended_ = true;
      break;
    }
    auto more = co_await fill();
    if (!more) co_return std::unexpected(std::move(more.error()));
    if (!*more) {
      fault_ = Fault::kMalformed;
      co_return fail(ErrorCode::kInvalid, "the form ends inside its file");
    }
  }
  if (file_size_ < least_) {
    fault_ = Fault::kTooSmall;
    co_return fail(ErrorCode::kInvalid, "the file is shorter than the policy allows");
  }
  auto whole = co_await drop_rest();
  if (!whole) co_return std::unexpected(std::move(whole.error()));
  if (!*whole) {
    fault_ = Fault::kMalformed;
    co_return fail(ErrorCode::kInvalid, "too much follows the form's file");
  }
  co_return std::size_t{0};
}

OssError PostForm::explain(Error error) const {
  switch (fault_) {
    case Fault::kMalformed:
      return malformed();
    case Fault::kTooSmall:
      return {Errc::kEntityTooSmall, {}, {}, {}};
    case Fault::kTooLarge:
      return {Errc::kEntityTooLarge, {}, {}, {}};
    case Fault::kNone:
      break;
  }
  return from_engine(std::move(error)).error();
}

}  // namespace lakeside::oss::wire
