#include "serving/fake/script.h"

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <cstdint>

#include "serving/fake/vocabulary.h"

namespace lakeside::serving::fake {
namespace {

// Separates a plain prompt from its reply.
constexpr std::string_view kArrow = "=> ";

Token byte_token(char c) { return static_cast<Token>(static_cast<unsigned char>(c)); }

std::string text_of(std::span<const Token> tokens) {
  std::string text;
  for (Token token : tokens) {
    if (is_byte(token)) text += static_cast<char>(token);
  }
  return text;
}

// Takes `command` and the space after it from the front of `text`.
bool take(std::string_view& text, std::string_view command) {
  if (!text.starts_with(command)) return false;
  text.remove_prefix(command.size());
  return true;
}

std::string_view take_word(std::string_view& text) {
  const std::size_t end = std::min(text.find(' '), text.size());
  std::string_view word = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return word;
}

std::string call_tools(std::string_view text) {
  std::string reply;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (!take(line, "call tool ")) continue;
    std::string_view name = take_word(line);
    reply += tool_call_text(name, line.empty() ? "{}" : line);
  }
  return reply;
}

Token at(std::string_view reply, std::size_t index) {
  return index < reply.size() ? byte_token(reply[index]) : kEnd;
}

// The token at `index` of the reply.
Token reply_token(std::string_view message, std::size_t index) {
  std::string_view rest = message;
  if (!take(rest, "repeat ")) return at(reply_to(message), index);
  std::string_view number = take_word(rest);
  std::uint64_t count = 0;
  std::from_chars(number.data(), number.data() + number.size(), count);
  const std::string_view word = rest.empty() ? std::string_view("word") : rest;
  if (count == 0 || index >= count * (word.size() + 1) - 1) return kEnd;
  const std::size_t in_word = index % (word.size() + 1);
  return in_word < word.size() ? byte_token(word[in_word]) : byte_token(' ');
}

Token after_plain(std::span<const Token> tokens) {
  const std::string text = text_of(tokens);
  const std::size_t arrow = text.find(kArrow);
  if (arrow != std::string::npos) {
    return reply_token(std::string_view(text).substr(0, arrow),
                       text.size() - arrow - kArrow.size());
  }
  for (std::size_t length = kArrow.size() - 1; length > 0; --length) {
    if (text.ends_with(kArrow.substr(0, length))) return byte_token(kArrow[length]);
  }
  return byte_token(kArrow.front());
}

}  // namespace

std::string tool_call_text(std::string_view name, std::string_view arguments) {
  std::string text = "<tool_call>{\"name\": \"";
  text += name;
  text += "\", \"arguments\": ";
  text += arguments;
  text += "}</tool_call>";
  return text;
}

std::string reply_to(std::string_view message) {
  std::string_view rest = message;
  if (rest == "say json") return R"({"answer": 42})";
  if (take(rest, "say ")) return std::string(rest);
  if (take(rest, "think ")) return "<think>" + std::string(rest) + "</think>" + std::string(rest);
  if (rest.starts_with("call tool ")) return call_tools(rest);
  return std::string(message);
}

Token next_token(std::span<const Token> tokens) {
  auto last = std::find(tokens.rbegin(), tokens.rend(), kAssistant);
  if (last == tokens.rend()) return after_plain(tokens);
  const auto begin = static_cast<std::size_t>(tokens.rend() - last);  // of the reply
  std::span<const Token> prompt = tokens.first(begin - 1);
  auto heading = std::find_if(prompt.rbegin(), prompt.rend(),
                              [](Token token) { return token == kUser || token == kTool; });
  const auto message = static_cast<std::size_t>(prompt.rend() - heading);
  return reply_token(text_of(prompt.subspan(message)), tokens.size() - begin);
}

}  // namespace lakeside::serving::fake
