// From the bytes of tokens to text that may go out: whole characters, and nothing of a stop string.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace lakeside::serving {

class ReplyText {
 public:
  explicit ReplyText(std::vector<std::string> stops);

  // Adds bytes; returns what may go out now.
  std::string add(std::string_view bytes);
  // What was held back, at the end of the reply. Nothing follows a stop string.
  std::string finish();
  // A stop string was met: the reply ends here.
  [[nodiscard]] bool stopped() const { return stopped_; }

 private:
  [[nodiscard]] std::size_t held_back() const;

  std::vector<std::string> stops_;
  std::string pending_;
  bool stopped_ = false;
};

}  // namespace lakeside::serving
