#include "gateway/http/multipart.h"

#include <vector>

#include <gtest/gtest.h>

#include "base/stream_readers.h"

namespace lakeside::http {
namespace {

// A body in pieces of `step` bytes.
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

// "name=text;" for each part, "!CODE" where it fails, and "." at the end.
Task<std::string> read_form(std::string_view body, std::size_t step, std::size_t max_text) {
  Pieces pieces(body, step);
  MultipartReader reader("B", pieces, max_text);
  std::string out;
  while (true) {
    auto part = co_await reader.next();
    if (!part) co_return out + "!" + std::string(to_string(part.error().code));
    if (!*part) co_return out + ".";
    out += (*part)->name;
    if ((*part)->file_name) out += "(" + *(*part)->file_name + " " + (*part)->content_type + ")";
    auto text = co_await reader.text();
    if (!text) co_return out + "!" + std::string(to_string(text.error().code));
    out += "=" + *text + ";";
  }
}

std::string read_all(std::string_view body, std::size_t max_text = 1000) {
  std::string whole = run_blocking(read_form(body, body.size() + 1, max_text));
  for (std::size_t step = 1; step < 20; ++step) {
    EXPECT_EQ(run_blocking(read_form(body, step, max_text)), whole) << step;
  }
  return whole;
}

constexpr std::string_view kForm =
    "--B\r\nContent-Disposition: form-data; name=\"purpose\"\r\n\r\nbatch\r\n"
    "--B\r\ncontent-disposition: form-data; name=\"file\"; filename=\"a b.txt\"\r\n"
    "Content-Type: text/plain\r\n\r\nline\r\n--\r\n-- B\r\n"
    "--B\r\nContent-Disposition: form-data; name=empty\r\n\r\n\r\n--B--";

TEST(Multipart, ReadsPartsHoweverTheyCome) {
  EXPECT_EQ(read_all(kForm), "purpose=batch;file(a b.txt text/plain)=line\r\n--\r\n-- B;empty=;.");
  EXPECT_EQ(read_all("before\r\n--B--\r\nafter"), ".");
  EXPECT_EQ(read_all("--B  \r\nContent-Disposition: form-data; name=a\r\n\r\n1\r\n--B--\r\n"),
            "a=1;.");
}

TEST(Multipart, RefusesWhatIsNone) {
  EXPECT_EQ(read_all(""), "!invalid");
  EXPECT_EQ(read_all("--B"), "!invalid");
  EXPECT_EQ(read_all("--B\r\n\r\n\r\n--B--"), "!invalid");
  EXPECT_EQ(read_all("--B\r\nContent-Disposition: form-data\r\n\r\n1\r\n--B--"), "!invalid");
  EXPECT_EQ(read_all("--B\r\nContent-Disposition: x; name=a\r\n\r\n1\r\n--"), "a!invalid");
}

TEST(Multipart, BoundsWhatItKeeps) {
  EXPECT_EQ(read_all(kForm, 20), "!too_large");
  EXPECT_EQ(read_all(kForm, 70), "purpose=batch;!too_large");
}

TEST(Multipart, StreamsAPartAndSkipsTheRest) {
  StringReader body(kForm);
  MultipartReader reader("B", body, 1000);
  ASSERT_TRUE(*run_blocking(reader.next()));
  ASSERT_TRUE(*run_blocking(reader.next()));  // past a text that nobody read
  PartSource source(reader);
  std::byte buffer[4];
  EXPECT_EQ(run_blocking(source.read(buffer)), 4U);
  EXPECT_EQ(as_text(buffer), "line");
  auto last = run_blocking(reader.next());
  EXPECT_EQ((*last)->name, "empty");
  EXPECT_EQ(run_blocking(source.read(buffer)), 0U);
  EXPECT_EQ(run_blocking(source.read(buffer)), 0U);
  EXPECT_FALSE(*run_blocking(reader.next()));
  EXPECT_FALSE(*run_blocking(reader.next()));
}

TEST(Multipart, DropsWhatFollowsUpToABound) {
  StringReader body(kForm);
  MultipartReader reader("B", body, 1000);
  ASSERT_TRUE(*run_blocking(reader.next()));
  EXPECT_EQ(run_blocking(reader.drop_rest(10)), false);
  StringReader again(kForm);
  MultipartReader another("B", again, 1000);
  EXPECT_EQ(run_blocking(another.drop_rest(1000)), true);
  EXPECT_FALSE(*run_blocking(another.next()));
}

TEST(Multipart, FindsTheBoundary) {
  EXPECT_EQ(form_boundary("multipart/form-data; boundary=abc"), "abc");
  EXPECT_EQ(form_boundary("Multipart/Form-Data; charset=x; boundary=\"a b\""), "a b");
  EXPECT_EQ(form_boundary("multipart/form-data"), std::nullopt);
  EXPECT_EQ(form_boundary("multipart/form-data; boundary="), std::nullopt);
  EXPECT_EQ(form_boundary("application/json; boundary=abc"), std::nullopt);
  EXPECT_EQ(form_boundary("multipart/form-data; boundary=" + std::string(201, 'a')), std::nullopt);
}

}  // namespace
}  // namespace lakeside::http
