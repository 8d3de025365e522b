// Bytes that are overwritten when they are no longer needed: key material and plaintext.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace lakeside::kms {

// Overwrites what a string has, which was handed out by something that knows no Wiped.
void wipe(std::string& text);

// Never grows, and moves by pointer: no copy is left behind, which a short std::string would leave.
class Wiped {
 public:
  Wiped() = default;
  explicit Wiped(std::size_t size) : bytes_(size) {}
  explicit Wiped(std::string_view text) : bytes_(text.begin(), text.end()) {}
  // Takes `text` over and leaves nothing in it.
  [[nodiscard]] static Wiped taken(std::string&& text);
  [[nodiscard]] static Wiped random(std::size_t size);
  ~Wiped();
  Wiped(Wiped&& other) noexcept : bytes_(std::exchange(other.bytes_, {})) {}
  Wiped& operator=(Wiped&& other) noexcept {
    std::swap(bytes_, other.bytes_);
    return *this;
  }

  [[nodiscard]] char* data() { return bytes_.data(); }
  [[nodiscard]] std::size_t size() const { return bytes_.size(); }
  [[nodiscard]] std::string_view view() const { return {bytes_.data(), bytes_.size()}; }
  // Wipes what it gives up.
  void shrink(std::size_t size);

 private:
  std::vector<char> bytes_;
};

}  // namespace lakeside::kms
