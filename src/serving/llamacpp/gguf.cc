#include "serving/llamacpp/gguf.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <concepts>
#include <cstddef>
#include <cstring>
#include <limits>
#include <set>
#include <unordered_set>
#include <utility>
#include <vector>

namespace lakeside::serving {
namespace {

constexpr std::string_view kMagic = "GGUF";
// A later one may mean something else by the same bytes. 1 had other sizes and is gone.
constexpr std::uint32_t kOldestVersion = 2;
constexpr std::uint32_t kNewestVersion = 3;

constexpr std::uint64_t kMostPairs = 1 << 16;
constexpr std::uint64_t kMostTensors = 1 << 16;
constexpr std::uint64_t kMostElements = std::uint64_t{1} << 40;
constexpr std::uint64_t kLongestKeptString = std::uint64_t{1} << 20;
constexpr std::uint64_t kLongestKey = 1 << 16;
constexpr std::uint64_t kLongestTensorName = 63;  // GGML_MAX_NAME less the zero
constexpr std::uint32_t kMostDimensions = 4;
constexpr std::uint32_t kDefaultAlignment = 32;
constexpr std::uint32_t kLargestAlignment = 1 << 20;

enum class Kind : std::uint32_t {
  kU8,
  kI8,
  kU16,
  kI16,
  kU32,
  kI32,
  kF32,
  kBool,
  kString,
  kArray,
  kU64,
  kI64,
  kF64,
};

// Bytes of a value; 0 for strings and arrays.
constexpr std::array<std::uint8_t, 13> kKindSizes = {1, 1, 2, 2, 4, 4, 4, 1, 0, 0, 8, 8, 8};

// The tensor types of ggml.h: elements and bytes of a block. {0, 0}: removed from the format.
struct Block {
  std::uint16_t elements = 0;
  std::uint16_t bytes = 0;
};
constexpr std::array<Block, 43> kBlocks = {{
    {1, 4},    {1, 2},    {32, 18},  {32, 20},   {0, 0},     {0, 0},     {32, 22},   {32, 24},
    {32, 34},  {32, 36},  {256, 84}, {256, 110}, {256, 144}, {256, 176}, {256, 210}, {256, 292},
    {256, 66}, {256, 74}, {256, 98}, {256, 50},  {32, 18},   {256, 110}, {256, 82},  {256, 136},
    {1, 1},    {1, 2},    {1, 4},    {1, 8},     {1, 8},     {256, 56},  {1, 2},     {0, 0},
    {0, 0},    {0, 0},    {256, 54}, {256, 66},  {0, 0},     {0, 0},     {0, 0},     {32, 17},
    {64, 36},  {128, 18}, {64, 18},
}};

std::unexpected<Error> corrupt(std::string what) {
  return fail(ErrorCode::kCorrupt, "GGUF: " + std::move(what));
}

// Takes little-endian values from the front of the file. After a failure it stays failed and gives
// zeros, so that only the ends of steps need to look.
class Reader {
 public:
  explicit Reader(ByteView file) : file_(file) {}

  [[nodiscard]] bool failed() const { return failed_; }
  [[nodiscard]] std::uint64_t left() const { return file_.size() - at_; }
  [[nodiscard]] std::uint64_t position() const { return at_; }

  template <class T>
  T take() {
    T value{};
    if (ByteView bytes = take_bytes(sizeof(T)); !failed_) {
      std::memcpy(&value, bytes.data(), sizeof(T));
    }
    return value;
  }

  std::string_view take_string(std::uint64_t longest) {
    auto size = take<std::uint64_t>();
    if (size > longest) failed_ = true;
    return as_text(take_bytes(size));
  }

  ByteView take_bytes(std::uint64_t size) {
    if (failed_ || size > left()) {
      failed_ = true;
      return {};
    }
    ByteView bytes = file_.subspan(at_, size);
    at_ += size;
    return bytes;
  }

 private:
  ByteView file_;
  std::uint64_t at_ = 0;
  bool failed_ = false;
};

template <class T>
std::string decimal(Reader& reader) {
  return std::to_string(reader.take<T>());
}

// A value that is neither string nor array.
std::string scalar(Reader& reader, Kind kind) {
  switch (kind) {
    case Kind::kU8:
      return decimal<std::uint8_t>(reader);
    case Kind::kI8:
      return decimal<std::int8_t>(reader);
    case Kind::kU16:
      return decimal<std::uint16_t>(reader);
    case Kind::kI16:
      return decimal<std::int16_t>(reader);
    case Kind::kU32:
      return decimal<std::uint32_t>(reader);
    case Kind::kI32:
      return decimal<std::int32_t>(reader);
    case Kind::kF32:
      return decimal<float>(reader);
    case Kind::kBool:
      return reader.take<std::uint8_t>() != 0 ? "true" : "false";
    case Kind::kU64:
      return decimal<std::uint64_t>(reader);
    case Kind::kI64:
      return decimal<std::int64_t>(reader);
    case Kind::kF64:
      return decimal<double>(reader);
    case Kind::kString:
    case Kind::kArray:
      break;
  }
  return {};
}

// llama.cpp ends the process where a vocabulary has a token twice. Empty ones it names itself.
constexpr std::string_view kVocabulary = "tokenizer.ggml.tokens";

Status skip_strings(Reader& reader, std::uint64_t count, bool once) {
  std::unordered_set<std::string_view> seen;
  for (std::uint64_t i = 0; i < count && !reader.failed(); ++i) {
    std::string_view text = reader.take_string(kLongestKeptString);
    if (once && !text.empty() && !seen.insert(text).second) return corrupt("a token comes twice");
  }
  return {};
}

// No allocation follows from the count: every element must be there.
Status skip_array(Reader& reader, std::string_view key) {
  auto type = reader.take<std::uint32_t>();
  auto count = reader.take<std::uint64_t>();
  if (type >= kKindSizes.size()) return corrupt("an array of unknown type");
  auto kind = static_cast<Kind>(type);
  if (kind == Kind::kArray) return corrupt("an array of arrays");
  if (kind == Kind::kString) return skip_strings(reader, count, key == kVocabulary);
  if (count > reader.left() / kKindSizes[type]) return corrupt("an array beyond the end");
  reader.take_bytes(count * kKindSizes[type]);
  return {};
}

Status read_pair(Reader& reader, GgufFile& out) {
  std::string key(reader.take_string(kLongestKey));
  auto type = reader.take<std::uint32_t>();
  if (reader.failed()) return corrupt("metadata cut short");
  if (key.empty()) return corrupt("metadata without a key");
  if (type >= kKindSizes.size()) return corrupt("metadata of unknown type: " + key);
  auto kind = static_cast<Kind>(type);
  std::string value;
  if (kind == Kind::kArray) {
    if (Status skipped = skip_array(reader, key); !skipped) return skipped;
  } else if (kind == Kind::kString) {
    value = std::string(reader.take_string(std::numeric_limits<std::uint64_t>::max()));
    if (value.size() > kLongestKeptString) value.clear();
  } else {
    value = scalar(reader, kind);
  }
  if (reader.failed()) return corrupt("metadata cut short: " + key);
  // Arrays too, with an empty value: a key that comes twice ends llama.cpp's reading with an abort.
  if (!out.values.emplace(std::move(key), std::move(value)).second) {
    return corrupt("a key comes twice");
  }
  return {};
}

struct Tensor {
  std::uint64_t offset = 0;
  std::uint64_t bytes = 0;
};

// Elements of all dimensions; 0 for what cannot be.
std::uint64_t elements_of(const std::array<std::uint64_t, kMostDimensions>& sizes) {
  std::uint64_t elements = 1;
  for (std::uint64_t size : sizes) {
    if (size == 0 || size > kMostElements / elements) return 0;
    elements *= size;
  }
  return elements;
}

Result<Tensor> read_tensor(Reader& reader, GgufFile& out, std::set<std::string_view>& names) {
  std::string_view name = reader.take_string(kLongestTensorName);
  auto dimensions = reader.take<std::uint32_t>();
  if (reader.failed() || dimensions > kMostDimensions) return corrupt("no description of a tensor");
  if (!names.insert(name).second) return corrupt("a tensor comes twice");
  std::array<std::uint64_t, kMostDimensions> sizes = {1, 1, 1, 1};
  for (std::uint32_t i = 0; i < dimensions; ++i) sizes[i] = reader.take<std::uint64_t>();
  auto type = reader.take<std::uint32_t>();
  Tensor tensor;
  tensor.offset = reader.take<std::uint64_t>();
  if (reader.failed()) return corrupt("tensors cut short");
  if (type >= kBlocks.size() || kBlocks[type].elements == 0) {
    return fail(ErrorCode::kUnsupported, "GGUF: a tensor of unknown type " + std::to_string(type));
  }
  std::uint64_t elements = elements_of(sizes);
  const Block& block = kBlocks[type];
  if (elements == 0 || sizes[0] % block.elements != 0) return corrupt("a tensor of absurd size");
  tensor.bytes = elements / block.elements * block.bytes;
  out.parameters += elements;
  return tensor;
}

Result<std::uint32_t> alignment_of(const GgufFile& out) {
  auto found = out.values.find("general.alignment");
  if (found == out.values.end()) return kDefaultAlignment;
  constexpr std::size_t kLongestNumber = 10;
  const std::string& text = found->second;
  if (text.empty() || text.size() > kLongestNumber ||
      !std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; })) {
    return corrupt("no alignment");
  }
  std::uint64_t value = std::stoull(text);
  if (value == 0 || value > kLargestAlignment || (value & (value - 1)) != 0) {
    return corrupt("no alignment");
  }
  return static_cast<std::uint32_t>(value);
}

Status check_places(const std::vector<Tensor>& tensors, std::uint64_t data_size,
                    std::uint32_t alignment) {
  for (const Tensor& tensor : tensors) {
    if (tensor.offset % alignment != 0) return corrupt("a tensor that is not aligned");
    if (tensor.offset > data_size || tensor.bytes > data_size - tensor.offset) {
      return corrupt("a tensor beyond the end; is the file whole?");
    }
  }
  return {};
}

Status read_head(Reader& reader, GgufFile& out, std::uint64_t& pairs) {
  if (as_text(reader.take_bytes(kMagic.size())) != kMagic) return corrupt("it does not begin so");
  out.version = reader.take<std::uint32_t>();
  out.tensors = reader.take<std::uint64_t>();
  pairs = reader.take<std::uint64_t>();
  if (reader.failed()) return corrupt("cut short");
  if (out.version < kOldestVersion || out.version > kNewestVersion) {
    return fail(ErrorCode::kUnsupported, "GGUF: version " + std::to_string(out.version));
  }
  if (pairs > kMostPairs || out.tensors > kMostTensors) return corrupt("absurd counts");
  return {};
}

Status read_tensors(Reader& reader, ByteView file, GgufFile& out) {
  std::vector<Tensor> tensors;
  std::set<std::string_view> names;
  for (std::uint64_t i = 0; i < out.tensors; ++i) {
    Result<Tensor> tensor = read_tensor(reader, out, names);
    if (!tensor) return std::unexpected(tensor.error());
    tensors.push_back(*tensor);
  }
  Result<std::uint32_t> alignment = alignment_of(out);
  if (!alignment) return std::unexpected(alignment.error());
  std::uint64_t padding = (*alignment - reader.position() % *alignment) % *alignment;
  out.data_offset = reader.position() + padding;
  if (padding > reader.left()) return corrupt("cut short");
  return check_places(tensors, file.size() - out.data_offset, *alignment);
}

// The file's bytes for as long as this lives.
class Mapping {
 public:
  Mapping() = default;
  ~Mapping() {
    if (address_ != MAP_FAILED) ::munmap(address_, size_);
    if (descriptor_ >= 0) ::close(descriptor_);
  }
  Mapping(const Mapping&) = delete;
  Mapping& operator=(const Mapping&) = delete;

  Status open(const std::string& path) {
    descriptor_ = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (descriptor_ < 0) return fail_errno("open " + path, errno);
    struct stat status{};
    if (::fstat(descriptor_, &status) != 0) return fail_errno("stat " + path, errno);
    if (!S_ISREG(status.st_mode)) return fail(ErrorCode::kCorrupt, path + " is no file");
    size_ = static_cast<std::size_t>(status.st_size);
    if (size_ == 0) return fail(ErrorCode::kCorrupt, path + " is empty");
    address_ = ::mmap(nullptr, size_, PROT_READ, MAP_PRIVATE, descriptor_, 0);
    if (address_ == MAP_FAILED) return fail_errno("map " + path, errno);
    return {};
  }
  [[nodiscard]] ByteView bytes() const { return {static_cast<const std::byte*>(address_), size_}; }

 private:
  int descriptor_ = -1;
  void* address_ = MAP_FAILED;
  std::size_t size_ = 0;
};

}  // namespace

std::string GgufFile::value(std::string_view key) const {
  auto found = values.find(key);
  return found == values.end() ? std::string() : found->second;
}

std::string GgufFile::of(std::string_view key) const {
  return value(architecture + "." + std::string(key));
}

Result<GgufFile> parse_gguf(ByteView file) {
  Reader reader(file);
  GgufFile out;
  std::uint64_t pairs = 0;
  if (Status head = read_head(reader, out, pairs); !head) return std::unexpected(head.error());
  for (std::uint64_t i = 0; i < pairs; ++i) {
    if (Status pair = read_pair(reader, out); !pair) return std::unexpected(pair.error());
  }
  if (Status tensors = read_tensors(reader, file, out); !tensors) {
    return std::unexpected(tensors.error());
  }
  out.architecture = out.value("general.architecture");
  if (out.architecture.empty()) return corrupt("no architecture");
  return out;
}

Result<GgufFile> read_gguf(const std::string& path) {
  Mapping mapping;
  if (Status opened = mapping.open(path); !opened) return std::unexpected(opened.error());
  return parse_gguf(mapping.bytes());
}

}  // namespace lakeside::serving
