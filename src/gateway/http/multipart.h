// multipart/form-data, part after part: small parts are read as text, the data of a large one is a
// stream. RFC 7578.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/stream.h"

namespace lakeside::http {

// The boundary of a multipart/form-data Content-Type.
[[nodiscard]] std::optional<std::string> form_boundary(std::string_view content_type);

struct FormPart {
  std::string name;
  std::optional<std::string> file_name;
  std::string content_type;
};

// Errors of all methods: kInvalid for what is no form, kTooLarge, and what the body says. After an
// error it is not used again.
class MultipartReader {
 public:
  // `body` outlives it. `max_text`: of everything but streamed data together.
  MultipartReader(std::string_view boundary, ByteSource& body, std::size_t max_text);

  // Goes to the next part, past what is left of this one; nothing: that was the last.
  Task<Result<std::optional<FormPart>>> next();
  // The part's data as a stream; 0 at its end.
  Task<Result<std::size_t>> read(MutableBytes into);
  // The part's data as a text.
  Task<Result<std::string>> text();
  // Drops everything to the body's end: false if that is more than `most`.
  Task<Result<bool>> drop_rest(std::size_t most);

 private:
  enum class At { kStart, kData, kBetween, kEnd };

  // Reads more of the body behind what is unread; false at its end.
  Task<Result<bool>> fill();
  // What comes before `mark`; goes on behind it.
  Task<Result<std::string>> until(std::string_view mark);
  Task<Status> skip_data();
  [[nodiscard]] std::string_view unread() const { return std::string_view(buffer_).substr(at_); }

  std::string delimiter_;  // "\r\n--BOUNDARY"
  ByteSource& body_;
  std::size_t max_text_;
  std::string buffer_;
  std::size_t at_ = 0;
  At state_ = At::kStart;
};

// The data of a reader's present part as a body.
class PartSource final : public ByteSource {
 public:
  explicit PartSource(MultipartReader& reader) : reader_(reader) {}
  Task<Result<std::size_t>> read(MutableBytes into) override { return reader_.read(into); }
  [[nodiscard]] std::optional<std::uint64_t> length() const override { return std::nullopt; }

 private:
  MultipartReader& reader_;
};

}  // namespace lakeside::http
