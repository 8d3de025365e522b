#include "serving/runtime/reply_text.h"

#include <gtest/gtest.h>

namespace lakeside::serving {
namespace {

// Byte by byte, and all at once.
std::string in_bytes(std::string_view text, std::vector<std::string> stops = {}) {
  ReplyText reply(std::move(stops));
  std::string out;
  for (char c : text) {
    if (!reply.stopped()) out += reply.add(std::string_view(&c, 1));
  }
  return out + reply.finish();
}

TEST(ReplyText, GivesWholeCharacters) {
  ReplyText reply({});
  EXPECT_EQ(reply.add("a\xE2\x82"), "a");
  EXPECT_EQ(reply.add("\xAC!"), "€!");
  EXPECT_EQ(reply.finish(), "");
  EXPECT_EQ(in_bytes("grüße 你好 🎉"), "grüße 你好 🎉");
}

TEST(ReplyText, ReplacesWhatIsNoCharacter) {
  EXPECT_EQ(in_bytes("a\xFF"
                     "b"),
            "a\uFFFDb");
  EXPECT_EQ(in_bytes("a\xE2\x82"), "a\uFFFD");                // broken off by the end
  EXPECT_EQ(in_bytes("\xE2\x82z"), "\uFFFDz");                // or by another
  EXPECT_EQ(in_bytes("\xC0\x80"), "\uFFFD\uFFFD");            // overlong
  EXPECT_EQ(in_bytes("\xED\xA0\x80"), "\uFFFD\uFFFD\uFFFD");  // a surrogate
}

TEST(ReplyText, EndsBeforeAStop) {
  ReplyText reply({"STOP", "\n\n"});
  EXPECT_EQ(reply.add("one ST"), "one ");
  EXPECT_EQ(reply.add("ART ST"), "START ");
  EXPECT_FALSE(reply.stopped());
  EXPECT_EQ(reply.add("OP two"), "");
  EXPECT_TRUE(reply.stopped());
  EXPECT_EQ(reply.finish(), "");
  EXPECT_EQ(in_bytes("a\nb\n\nc", {"STOP", "\n\n"}), "a\nb");
  EXPECT_EQ(in_bytes("the first of ab and b", {"b", "ab"}), "the first of ");
  EXPECT_EQ(in_bytes("aaab", {"aab"}), "a");
  EXPECT_EQ(in_bytes("no stop S", {"STOP", ""}), "no stop S");
}

}  // namespace
}  // namespace lakeside::serving
