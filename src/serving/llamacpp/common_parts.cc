// What the parts of llama.cpp's `common` that are linked ask of those that are not: its common.cpp
// brings samplers and downloads along, its log.cpp a thread that writes to standard output.
#include <algorithm>
#include <cstdarg>
#include <cstdio>
#include <string>
#include <vector>

#include <common/common.h>
#include <common/log.h>

#include "serving/llamacpp/library.h"
#include "serving/llamacpp/text.h"

int common_log_get_verbosity_thold() { return LOG_LEVEL_WARN; }
common_log* common_log_main() { return nullptr; }
void common_log_add(common_log* /*log*/, ggml_log_level /*level*/, const char* fmt, ...) {
  constexpr std::size_t kLongest = 512;
  char text[kLongest];
  va_list arguments;
  va_start(arguments, fmt);
  int length = std::vsnprintf(text, sizeof text, fmt, arguments);
  va_end(arguments);
  if (length <= 0) return;
  lakeside::serving::log_llamacpp({text, std::min<std::size_t>(length, sizeof text - 1)});
}

std::vector<llama_token> common_tokenize(const llama_vocab* vocab, const std::string& text,
                                         bool add_special, bool parse_special) {
  return lakeside::serving::tokens_of(vocab, text, add_special, parse_special);
}

std::string common_token_to_piece(const llama_vocab* vocab, llama_token token, bool special) {
  return lakeside::serving::piece_of(vocab, token, special);
}

std::string string_join(const std::vector<std::string>& values, const std::string& separator) {
  std::string out;
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (i > 0) out += separator;
    out += values[i];
  }
  return out;
}

std::vector<std::string> string_split(const std::string& str, const std::string& delimiter) {
  std::vector<std::string> parts;
  std::size_t begin = 0;
  for (std::size_t end = 0; (end = str.find(delimiter, begin)) != std::string::npos;) {
    parts.push_back(str.substr(begin, end - begin));
    begin = end + delimiter.size();
  }
  parts.push_back(str.substr(begin));
  return parts;
}

std::string string_repeat(const std::string& str, std::size_t n) {
  std::string out;
  for (std::size_t i = 0; i < n; ++i) out += str;
  return out;
}

void string_replace_all(std::string& s, const std::string& search, const std::string& replace) {
  if (search.empty()) return;
  for (std::size_t at = 0; (at = s.find(search, at)) != std::string::npos; at += replace.size()) {
    s.replace(at, search.size(), replace);
  }
}
