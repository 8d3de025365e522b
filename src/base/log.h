// The program's log on standard error: one line an event, human-readable or JSON.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

namespace lakeside {

enum class LogLevel { kDebug, kInfo, kWarn, kError };
enum class LogFormat { kHuman, kJson };

struct LogField {
  std::string_view key;
  std::string value;
};

// Set once at start, before threads.
void configure_log(LogFormat format, LogLevel least);

// One write(2) a line, so lines of several threads never mix. Control characters are
// escaped. Never pass a secret: there is no redaction to rely on.
void log(LogLevel level, std::string_view message, std::initializer_list<LogField> fields = {});

}  // namespace lakeside
