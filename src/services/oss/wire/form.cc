#include "services/oss/wire/form.h"

#include <algorithm>

#include "base/encoding.h"

namespace lakeside::oss::wire {
namespace {

constexpr std::size_t kMaxRest = 64 << 10;  // what may follow the file

OssError malformed() {
  return {Errc::kInvalidRequest,
          "The body of your POST request is not well-formed multipart/form-data.",
          {{"Code", "MalformedPOSTRequest"}},
          {}};
}

// Of a form whose file has not begun: what is no form, and fields that are too long.
std::unexpected<OssError> refusal(Error error) {
  if (error.code == ErrorCode::kInvalid || error.code == ErrorCode::kTooLarge) {
    return std::unexpected(malformed());
  }
  return from_engine(std::move(error));
}

}  // namespace

const std::string* PostForm::find(std::string_view name) const {
  auto found = std::ranges::find(fields_, name, &Fields::value_type::first);
  return found == fields_.end() ? nullptr : &found->second;
}

Task<OssStatus> PostForm::read_all_fields() {
  while (true) {
    auto part = co_await reader_.next();
    if (!part) co_return refusal(std::move(part.error()));
    if (!*part) {
      co_return fail(Errc::kInvalidArgument, "POST requires exactly one file upload per request.");
    }
    std::string name = to_lower_ascii((*part)->name);
    if (name == "file") {
      file_name_ = (*part)->file_name.value_or("");
      file_content_type_ = std::move((*part)->content_type);
      co_return OssStatus{};
    }
    auto text = co_await reader_.text();
    if (!text) co_return refusal(std::move(text.error()));
    // Of two fields of one name the policy would see the one, and we might use the other.
    if (find(name) != nullptr) co_return std::unexpected(malformed());
    fields_.emplace_back(std::move(name), std::move(*text));
  }
}

Task<OssResult<std::unique_ptr<PostForm>>> PostForm::read_fields(const std::string& boundary,
                                                                 ByteSource& body) {
  std::unique_ptr<PostForm> form(new PostForm(boundary, body));
  auto done = co_await form->read_all_fields();
  if (!done) co_return std::unexpected(std::move(done.error()));
  co_return form;
}

Task<Result<std::size_t>> PostForm::read(MutableBytes into) {
  if (!file_ended_) {
    auto n = co_await reader_.read(into);
    if (!n) {
      if (n.error().code == ErrorCode::kInvalid) fault_ = Fault::kMalformed;
      co_return n;
    }
    file_size_ += *n;
    if (file_size_ > most_) {
      fault_ = Fault::kTooLarge;
      co_return fail(ErrorCode::kInvalid, "the file is longer than the policy allows");
    }
    if (*n > 0) co_return n;
    file_ended_ = true;
  }
  if (file_size_ < least_) {
    fault_ = Fault::kTooSmall;
    co_return fail(ErrorCode::kInvalid, "the file is shorter than the policy allows");
  }
  auto whole = co_await reader_.drop_rest(kMaxRest);
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
