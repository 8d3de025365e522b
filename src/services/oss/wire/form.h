// multipart/form-data as browsers and SDKs post objects: some fields, then a file, which stays a
// stream. What follows the file is dropped, as both vendors do.
#pragma once

#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/stream.h"
#include "gateway/http/multipart.h"
#include "services/oss/core/errors.h"

namespace lakeside::oss::wire {

// As a ByteSource it is the file.
class PostForm final : public ByteSource {
 public:
  using Fields = std::vector<std::pair<std::string, std::string>>;
  static constexpr std::size_t kMaxFields = 256 << 10;  // names, values and part headers together

  // Reads `body`, which outlives the form, up to the file's first byte. MalformedPOSTRequest for
  // what is no form, InvalidArgument where it has no file.
  [[nodiscard]] static Task<OssResult<std::unique_ptr<PostForm>>> read_fields(
      const std::string& boundary, ByteSource& body);

  [[nodiscard]] const Fields& fields() const { return fields_; }  // names in lower case
  [[nodiscard]] const std::string* find(std::string_view name) const;
  [[nodiscard]] const std::string& file_name() const { return file_name_; }
  [[nodiscard]] const std::string& file_content_type() const { return file_content_type_; }

  // The policy's content-length-range: kInvalid from `read` where the file does not fit.
  void limit(std::uint64_t least, std::uint64_t most) {
    least_ = least;
    most_ = most;
  }
  // What the dialects say of a failed `read`.
  [[nodiscard]] OssError explain(Error error) const;

  Task<Result<std::size_t>> read(MutableBytes into) override;
  [[nodiscard]] std::optional<std::uint64_t> length() const override { return std::nullopt; }

 private:
  enum class Fault { kNone, kMalformed, kTooSmall, kTooLarge };

  PostForm(const std::string& boundary, ByteSource& body) : reader_(boundary, body, kMaxFields) {}

  Task<OssStatus> read_all_fields();

  http::MultipartReader reader_;
  Fields fields_;
  std::string file_name_, file_content_type_;
  std::uint64_t least_ = 0;
  std::uint64_t most_ = std::numeric_limits<std::uint64_t>::max();
  std::uint64_t file_size_ = 0;
  bool file_ended_ = false;
  Fault fault_ = Fault::kNone;
};

}  // namespace lakeside::oss::wire
