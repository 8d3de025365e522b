#include "base/log.h"

#include <algorithm>

#include <gtest/gtest.h>

namespace lakeside {
namespace {

std::string logged(LogFormat format, LogLevel level, std::string_view message,
                   std::initializer_list<LogField> fields = {}) {
  configure_log(format, LogLevel::kInfo);
  testing::internal::CaptureStderr();
  log(level, message, fields);
  std::string line = testing::internal::GetCapturedStderr();
  configure_log(LogFormat::kHuman, LogLevel::kInfo);
  return line;
}

TEST(Log, Human) {
  std::string line = logged(LogFormat::kHuman, LogLevel::kWarn, "disk slow",
                            {{"path", "/data"}, {"what", "a \"b\"\n"}, {"none", ""}});
  ASSERT_GT(line.size(), 25u);
  EXPECT_EQ(line[10], 'T');
  EXPECT_EQ(line.substr(23), "Z warn  disk slow path=/data what=\"a \\\"b\\\"\\n\" none=\"\"\n");
}

TEST(Log, Json) {
  std::string line = logged(LogFormat::kJson, LogLevel::kError, "say \"hi\"\\\x01\x7f",
                            {{"key", "\u4f60\t"}, {"bad", "\xff"}});
  EXPECT_TRUE(line.starts_with("{\"time\":\"20")) << line;
  EXPECT_EQ(line.substr(line.find(",\"level\"")),
            ",\"level\":\"error\",\"message\":\"say \\\"hi\\\"\\\\\\u0001\\u007f\","
            "\"key\":\"\u4f60\\u0009\",\"bad\":\"\\ufffd\"}\n");
}

TEST(Log, NoForgedLines) {
  std::string line = logged(LogFormat::kHuman, LogLevel::kInfo, "a\nb\r\x1b[31m");
  EXPECT_EQ(std::ranges::count(line, '\n'), 1);
  EXPECT_EQ(line.find('\x1b'), std::string::npos);
}

TEST(Log, BelowTheLeastLevel) { EXPECT_EQ(logged(LogFormat::kHuman, LogLevel::kDebug, "x"), ""); }

}  // namespace
}  // namespace lakeside
