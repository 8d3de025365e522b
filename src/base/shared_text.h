// A text that may have several owners, none of whom changes it.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace lakeside {

class SharedText {
 public:
  SharedText() = default;
  // `text` lives as long as `owner`.
  SharedText(std::shared_ptr<const void> owner, std::string_view text)
      : owner_(std::move(owner)), text_(text) {}

  [[nodiscard]] std::string_view view() const { return text_; }

 private:
  std::shared_ptr<const void> owner_;
  std::string_view text_;
};

}  // namespace lakeside
