// What a GGUF file says of itself, read before llama.cpp sees the file.
//
// llama.cpp trusts model files more than a server may that takes them from strangers: a size in the
// header can make it allocate that much, and some contradictions end the process. So everything
// that follows from the header is checked here first: counts, sizes, types, and that each tensor
// lies within the file.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/result.h"

namespace lakeside::serving {

struct GgufFile {
  std::uint32_t version = 0;
  std::uint64_t tensors = 0;
  std::uint64_t parameters = 0;   // elements of all tensors
  std::uint64_t data_offset = 0;  // where the tensors begin
  std::string architecture;       // "llama", "bert"
  // All values but arrays, and of strings those up to 1 MiB: numbers in decimal, "true", "false".
  std::map<std::string, std::string, std::less<>> values;

  // "": there is none.
  [[nodiscard]] std::string value(std::string_view key) const;
  // A value of the architecture's own: of("context_length") is llama.context_length.
  [[nodiscard]] std::string of(std::string_view key) const;
};

// `file` is the whole file; only the header is looked at. Errors: kCorrupt for what is no GGUF file
// or contradicts itself or its size, kUnsupported for a version or type not known.
[[nodiscard]] Result<GgufFile> parse_gguf(ByteView file);

// Errors as parse_gguf, or the system's.
[[nodiscard]] Result<GgufFile> read_gguf(const std::string& path);

}  // namespace lakeside::serving
