#include "serving/runtime/reply_text.h"

#include <algorithm>
#include <cstddef>
#include <utility>

namespace lakeside::serving {
namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";  // U+FFFD

bool continues(char c) { return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U; }

// How long the character is that begins with this byte; 0: none does.
std::size_t character_length(char first) {
  const auto byte = static_cast<unsigned char>(first);
  if (byte < 0x80) return 1;
  if (byte >= 0xC2 && byte <= 0xDF) return 2;
  if (byte >= 0xE0 && byte <= 0xEF) return 3;
  if (byte >= 0xF0 && byte <= 0xF4) return 4;
  return 0;
}

// The second byte rules out overlong forms, surrogates and what is beyond U+10FFFF.
bool second_fits(char first, char second) {
  const auto byte = static_cast<unsigned char>(second);
  switch (static_cast<unsigned char>(first)) {
    case 0xE0:
      return byte >= 0xA0;
    case 0xED:
      return byte < 0xA0;
    case 0xF0:
      return byte >= 0x90;
    case 0xF4:
      return byte < 0x90;
    default:
      return true;
  }
}

// How many bytes at the front of `text` belong to its first character so far: all of `length`,
// fewer where it is broken off or at the text's end.
std::size_t fitting_bytes(std::string_view text, std::size_t length) {
  std::size_t count = 1;
  while (count < std::min(length, text.size()) && continues(text[count]) &&
         (count > 1 || second_fits(text[0], text[1]))) {
    ++count;
  }
  return count;
}

// Moves whole characters from `bytes` to the result; what can be none becomes U+FFFD.
std::string take_characters(std::string& bytes, bool all) {
  std::string text;
  std::size_t at = 0;
  while (at < bytes.size()) {
    const std::string_view rest = std::string_view(bytes).substr(at);
    const std::size_t length = character_length(rest.front());
    const std::size_t fitting = length == 0 ? 1 : fitting_bytes(rest, length);
    if (length != 0 && fitting == length) {
      text += rest.substr(0, length);
    } else if (length != 0 && fitting == rest.size() && !all) {
      break;  // the rest of the character is still to come
    } else {
      text += kReplacement;
    }
    at += fitting;
  }
  bytes.erase(0, at);
  return text;
}

}  // namespace

ReplyText::ReplyText(std::vector<std::string> stops) : stops_(std::move(stops)) {
  std::erase(stops_, std::string());
}

std::string ReplyText::add(std::string_view bytes) {
  if (stopped_) return {};
  pending_ += bytes;
  std::size_t first = std::string::npos;
  for (const std::string& stop : stops_) first = std::min(first, pending_.find(stop));
  if (first != std::string::npos) {
    stopped_ = true;
    pending_.resize(first);
    return take_characters(pending_, true);
  }
  const std::size_t held = held_back();
  std::string free = pending_.substr(0, pending_.size() - held);
  std::string text = take_characters(free, false);
  pending_.erase(0, pending_.size() - held - free.size());
  return text;
}

// The longest end of what is pending that a stop string may begin with.
std::size_t ReplyText::held_back() const {
  std::size_t held = 0;
  for (const std::string& stop : stops_) {
    for (std::size_t length = std::min(stop.size() - 1, pending_.size()); length > held; --length) {
      if (std::string_view(pending_).ends_with(std::string_view(stop).substr(0, length))) {
        held = length;
      }
    }
  }
  return held;
}

std::string ReplyText::finish() {
  if (stopped_) return {};
  return take_characters(pending_, true);
}

}  // namespace lakeside::serving
