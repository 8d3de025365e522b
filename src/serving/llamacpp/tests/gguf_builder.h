// Writes GGUF files, right and wrong ones.
#pragma once

#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

namespace lakeside::serving {

class GgufBuilder {
 public:
  GgufBuilder& u32(std::string_view key, std::uint32_t value) { return pair(key, 4, raw(value)); }
  GgufBuilder& text(std::string_view key, std::string_view value) {
    return pair(key, 8, string(value));
  }
  GgufBuilder& flag(std::string_view key, bool value) {
    return pair(key, 7, std::string(1, value ? '\1' : '\0'));
  }
  // Any type and bytes.
  GgufBuilder& pair(std::string_view key, std::uint32_t type, std::string_view value) {
    pairs_ += string(key) + raw(type) + std::string(value);
    ++pair_count_;
    return *this;
  }
  GgufBuilder& tensor(std::string_view name, const std::vector<std::uint64_t>& sizes,
                      std::uint32_t type, std::uint64_t offset) {
    tensors_ += string(name) + raw(static_cast<std::uint32_t>(sizes.size()));
    for (std::uint64_t size : sizes) tensors_ += raw(size);
    tensors_ += raw(type) + raw(offset);
    ++tensor_count_;
    return *this;
  }

  // What the head says; as many as were added unless set.
  std::uint32_t version = 3;
  std::uint64_t extra_pairs = 0;
  std::uint64_t extra_tensors = 0;

  [[nodiscard]] std::string build(std::size_t data_size, std::size_t alignment = 32) const {
    std::string out = "GGUF" + raw(version) + raw(tensor_count_ + extra_tensors) +
                      raw(pair_count_ + extra_pairs) + pairs_ + tensors_;
    out.resize((out.size() + alignment - 1) / alignment * alignment);
    out.resize(out.size() + data_size);
    return out;
  }

  template <class T>
  static std::string raw(T value) {
    std::string out(sizeof value, '\0');
    std::memcpy(out.data(), &value, sizeof value);
    return out;
  }
  static std::string string(std::string_view text) {
    return raw(static_cast<std::uint64_t>(text.size())) + std::string(text);
  }

 private:
  std::string pairs_;
  std::string tensors_;
  std::uint64_t pair_count_ = 0;
  std::uint64_t tensor_count_ = 0;
};

}  // namespace lakeside::serving
