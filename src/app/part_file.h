// A file that is being fetched: what is there already, what is expected of the whole, and the
// running hash. One process at a time writes it.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/crypto.h"
#include "base/result.h"

namespace lakeside::app {

struct Expected {
  std::string source;  // an address
  std::uint64_t bytes = 0;
  std::string sha256;  // lower case; empty: nobody said
  std::string etag;    // of the answer that the bytes came with
};

class PartFile {
 public:
  // Opens or makes it. What is there is kept, and hashed, where the note beside it says that it is
  // the beginning of the same file; else it is emptied. Errors: kUnavailable (another process
  // writes it), kIo, kNoSpace.
  [[nodiscard]] static Result<std::unique_ptr<PartFile>> open(std::filesystem::path path,
                                                              Expected expected);
  ~PartFile();
  PartFile(const PartFile&) = delete;
  PartFile& operator=(const PartFile&) = delete;

  [[nodiscard]] std::uint64_t size() const { return size_; }
  [[nodiscard]] const Expected& expected() const { return expected_; }
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

  // What is learnt on the way goes into the note too.
  [[nodiscard]] Status expect(Expected expected);
  // kTooLarge for more than is expected.
  [[nodiscard]] Status append(std::string_view data);
  [[nodiscard]] Status restart();
  // Whether the whole is what was expected. kCorrupt; the part is then removed.
  [[nodiscard]] Status verify();
  void remove();
  // After the file was renamed.
  void forget_note();

 private:
  PartFile(std::filesystem::path path, int descriptor, Expected expected);
  [[nodiscard]] std::filesystem::path note() const;
  [[nodiscard]] Status take_over();
  [[nodiscard]] Status flush();

  const std::filesystem::path path_;
  const int descriptor_;
  Expected expected_;
  std::uint64_t size_ = 0;
  std::string buffer_;  // of size_, not yet in the file
  Hasher hasher_{HashKind::kSha256};
};

}  // namespace lakeside::app
