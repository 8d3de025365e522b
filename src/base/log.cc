#include "base/log.h"

#include <unistd.h>

#include <cerrno>

#include "base/clock.h"
#include "base/encoding.h"

namespace lakeside {
namespace {

struct Settings {
  LogFormat format = LogFormat::kHuman;
  LogLevel least = LogLevel::kInfo;
};

Settings& settings() {
  static Settings current;
  return current;
}

std::string_view level_name(LogLevel level) {
  switch (level) {
    case LogLevel::kDebug:
      return "debug";
    case LogLevel::kInfo:
      return "info";
    case LogLevel::kWarn:
      return "warn";
    case LogLevel::kError:
      return "error";
  }
  return "?";
}

void append_escaped(std::string& out, std::string_view text, bool quotes) {
  // A line of the log stays valid UTF-8 whatever a client sent.
  bool utf8 = is_valid_utf8(text);
  for (char c : text) {
    auto value = static_cast<unsigned char>(c);
    if (value < 0x20 || value == 0x7F) {
      if (c == '\n') {
        out += "\\n";
      } else {
        std::byte byte{value};
        out += "\\u00";
        out += hex_lower({&byte, 1});
      }
    } else if (quotes && (c == '"' || c == '\\')) {
      out += '\\';
      out += c;
    } else if (value >= 0x80 && !utf8) {
      out += "\\ufffd";
    } else {
      out += c;
    }
  }
}

void append_json(std::string& out, std::string_view key, std::string_view value) {
  out += out.empty() ? "{\"" : ",\"";
  append_escaped(out, key, true);
  out += "\":\"";
  append_escaped(out, value, true);
  out += '"';
}

// Bare where the end of the value is plain to see, else quoted.
void append_human(std::string& out, std::string_view value) {
  bool quote = value.empty() || value.find_first_of(" \"=\\") != std::string_view::npos;
  if (quote) out += '"';
  append_escaped(out, value, quote);
  if (quote) out += '"';
}

}  // namespace

void configure_log(LogFormat format, LogLevel least) {
  settings() = {.format = format, .least = least};
}

void log(LogLevel level, std::string_view message, std::initializer_list<LogField> fields) {
  if (level < settings().least) return;
  std::string line;
  if (settings().format == LogFormat::kJson) {
    std::string time;
    time += format_log_time(system_clock().now());
    append_json(line, "time", time);
    append_json(line, "level", level_name(level));
    append_json(line, "message", message);
    for (const LogField& field : fields) append_json(line, field.key, field.value);
    line += "}\n";
  } else {
    line += format_log_time(system_clock().now());
    line += ' ';
    line += level_name(level);
    line.append(6 - level_name(level).size(), ' ');
    append_escaped(line, message, false);
    for (const LogField& field : fields) {
      line += ' ';
      append_escaped(line, field.key, false);
      line += '=';
      append_human(line, field.value);
    }
    line += '\n';
  }
  // A log that cannot be written is no reason to fail; an interrupted one is tried again.
  while (write(STDERR_FILENO, line.data(), line.size()) < 0 && errno == EINTR) {
  }
}

}  // namespace lakeside
