// Any bytes as a form: no crash, and the same parts however the bytes are split and
// whether a part is read as a text or as a stream.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "base/stream_readers.h"
#include "gateway/http/multipart.h"

namespace {

using namespace lakeside;

constexpr std::size_t kMaxInput = 4096;

class Pieces final : public ByteSource {
 public:
  Pieces(std::string_view text, std::size_t step) : reader_(text), step_(step) {}
  Task<Result<std::size_t>> read(MutableBytes into) override {
    return reader_.read(into.first(std::min(into.size(), step_)));
  }
  [[nodiscard]] std::optional<std::uint64_t> length() const override { return std::nullopt; }

 private:
  StringReader reader_;
  std::size_t step_;
};

Task<Result<std::string>> read_stream(http::MultipartReader& reader) {
  std::string text;
  std::byte buffer[7];
  while (true) {
    auto n = co_await reader.read(buffer);
    if (!n) co_return std::unexpected(n.error());
    if (*n == 0) co_return text;
    text += as_text({buffer, *n});
  }
}

// Nothing where it fails.
Task<std::string> read_form(std::string_view body, std::size_t step, bool stream) {
  Pieces pieces(body, step);
  http::MultipartReader reader("B", pieces, 2 * kMaxInput);
  std::string out;
  while (true) {
    auto part = co_await reader.next();
    if (!part) co_return std::string();
    if (!*part) co_return out + ".";
    out += (*part)->name + "|" + (*part)->file_name.value_or("-") + "|" + (*part)->content_type;
    Result<std::string> text;
    if (stream) {
      text = co_await read_stream(reader);
    } else {
      text = co_await reader.text();
    }
    if (!text) co_return std::string();
    out += "=" + *text + ";";
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2 || size > kMaxInput) return 0;
  std::size_t step = data[0] % 17 + 1U;
  std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  (void)http::form_boundary(text);
  std::string whole = run_blocking(read_form(text, text.size(), false));
  if (run_blocking(read_form(text, step, false)) != whole) std::abort();
  if (run_blocking(read_form(text, step, true)) != whole) std::abort();
  return 0;
}
