#include "base/xml.h"

#include <gtest/gtest.h>

#include "base/bytes.h"

namespace lakeside {
namespace {

using namespace std::string_view_literals;

std::string written(std::string_view text) {
  std::string out;
  XmlWriter(out).text("T", text);
  return out;
}

TEST(XmlWriter, Elements) {
  std::string out;
  XmlWriter xml(out);
  EXPECT_EQ(out, "");
  xml.declaration();
  xml.open("List", R"( xmlns="u")");
  xml.text("Name", "a");
  xml.number("Size", 18446744073709551615U);
  xml.boolean("More", true);
  xml.boolean("Less", false);
  xml.close("List");
  EXPECT_EQ(out,
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
            "<List xmlns=\"u\"><Name>a</Name><Size>18446744073709551615</Size>"
            "<More>true</More><Less>false</Less></List>");
}

TEST(XmlWriter, Escapes) {
  EXPECT_EQ(written(""), "<T></T>");
  EXPECT_EQ(written("a&b<c>d\"e'f"), "<T>a&amp;b&lt;c&gt;d&quot;e&#39;f</T>");
  EXPECT_EQ(written("\t\n\r"), "<T>\t\n&#13;</T>");
  EXPECT_EQ(written("\x01\x1f\x00"sv), "<T>&#x1;&#x1f;&#x0;</T>");
  EXPECT_EQ(written("\u4f60\x7f"), "<T>\u4f60\x7f</T>");
}

TEST(XmlWriter, EscapesAtEveryPosition) {
  for (std::size_t length = 1; length < 80; ++length) {
    for (std::size_t at = 0; at < length; ++at) {
      std::string text(length, 'x');
      text[at] = '&';
      std::string expected = "<T>" + text.substr(0, at) + "&amp;" + text.substr(at + 1) + "</T>";
      ASSERT_EQ(written(text), expected);
    }
  }
}

TEST(XmlWriter, LongTexts) {
  for (std::size_t length : {511u, 512u, 513u, 1024u, 5000u}) {
    for (char c : {'x', '"'}) {
      std::string text(length, c), expected = "<T>";
      for (std::size_t i = 0; i < length; ++i) expected += c == 'x' ? "x" : "&quot;";
      ASSERT_EQ(written(text), expected + "</T>");
    }
  }
}

TEST(XmlDocument, ReadsWhatTheWriterWrote) {
  std::string all;
  for (int c = 1; c < 0x80; ++c) all += static_cast<char>(c);
  auto parsed = XmlDocument::parse(written(all));
  ASSERT_TRUE(parsed) << parsed.error().detail;
  EXPECT_EQ(parsed->root().text(), all);
}

TEST(XmlDocument, Navigation) {
  auto parsed = XmlDocument::parse(
      "\xEF\xBB\xBF<?xml version=\"1.0\"?>\n<!-- c -->\n"
      "<s3:Delete xmlns:s3='u' a='>'>\n  <Quiet>true</Quiet>\n"
      "  <Object><Key>k&amp;1</Key></Object>\n <Object><s3:Key>k2</s3:Key></Object>\n"
      "  <Empty/>\n</s3:Delete>\n");
  ASSERT_TRUE(parsed) << parsed.error().detail;
  XmlDocument document = std::move(*parsed);
  XmlElement root = document.root();
  EXPECT_EQ(root.name(), "Delete");
  EXPECT_EQ(root.text(), "");
  EXPECT_EQ(root.child_text("Quiet"), "true");
  EXPECT_EQ(root.child_text("Empty"), "");
  EXPECT_EQ(root.child_text("Absent"), std::nullopt);
  EXPECT_FALSE(root.child("Absent"));
  auto children = root.children();
  ASSERT_EQ(children.size(), 4u);
  EXPECT_EQ(children[1].child_text("Key"), "k&1");
  EXPECT_EQ(children[2].child_text("Key"), "k2");
  EXPECT_EQ(root.child("Object")->child_text("Key"), "k&1");
}

std::string text_of(std::string_view xml) {
  auto parsed = XmlDocument::parse(xml);
  return parsed ? std::string(parsed->root().text()) : "error: " + parsed.error().detail;
}

TEST(XmlDocument, Text) {
  EXPECT_EQ(text_of("<a>x<!-- no -->y<![CDATA[<&>]]>z<b>not</b>w</a>"), "xy<&>zw");
  EXPECT_EQ(text_of("<a><![CDATA[]]>x</a>"), "x");
  EXPECT_EQ(text_of("<a>&#x4f60;&#65;&lt;&gt;&quot;&apos;&amp;amp;</a>"), "\u4f60A<>\"'&amp;");
  EXPECT_EQ(text_of("<a>&#x1;&#13;</a>"), "\x01\r");
  EXPECT_EQ(text_of("<a>x\r\ny</a>"), "x\ny");
  EXPECT_EQ(text_of("<a> </a>"), " ");  // an object may be named by a space
  EXPECT_EQ(text_of("<a> <b/> </a>"), "");
  EXPECT_EQ(text_of("<a>\n <b/> x</a>"), " x");
  EXPECT_EQ(text_of("<a></a>"), "");
}

TEST(XmlDocument, Refuses) {
  const std::string_view bad[] = {
      "", " ", "text", "<", "<a", "<a>", "</a>", "<a></b>", "<a/><b/>", "<a/>text", "text<a/>",
      "<a><b></a></b>", "<a>&bogus;</a>", "<a>&;</a>", "<a>&amp</a>", "<a>&</a>", "<a>&#0;</a>",
      "<a>&#x0;</a>", "<a>&#xD800;</a>", "<a>&#x110000;</a>", "<a>&#99999999999;</a>",
      "<a>&#-1;</a>", "<a>&#;</a>", "<a>&#x;</a>", "<a b='&x;'/>", "<a b='/>", "<a b=c/>",
      "<!DOCTYPE a><a/>", "<!doctype a><a/>",
      "<!DOCTYPE a [<!ENTITY e SYSTEM 'file:///etc/passwd'>]><a>&e;</a>",
      "<?xml version='1.0'?><!DOCTYPE lolz [<!ENTITY l 'l'><!ENTITY m '&l;&l;'>]><a>&m;</a>",
      "<a><!ENTITY e 'x'></a>", "<a><!ELEMENT a ANY></a>", "<a><!-- </a>", "<a><![CDATA[ </a>",
      "<![CDATA[x]]><a/>", "<?xml <a/>", "<a>\x01</a>", "<a>\x00</a>"sv, "<a/>\0"sv, "<a>\xff</a>",
      "<a>\xc0\x80</a>", "<\xff/>", "<a>\xed\xa0\x80</a>",
      // Other encodings
      "\xFE\xFF\0<\0a\0/\0>"sv, "\xFF\xFE<\0a\0/\0>\0"sv, "<\0a\0/\0>\0"sv};
  for (std::string_view text : bad) {
    auto parsed = XmlDocument::parse(text);
    ASSERT_FALSE(parsed) << text;
    EXPECT_EQ(parsed.error().code, ErrorCode::kInvalid);
  }
}

TEST(XmlDocument, LimitsDepth) {
  auto deep = [](std::size_t depth) {
    std::string text;
    for (std::size_t i = 0; i < depth; ++i) text += "<a>";
    for (std::size_t i = 0; i < depth; ++i) text += "</a>";
    return text;
  };
  EXPECT_TRUE(XmlDocument::parse(deep(32)));
  EXPECT_FALSE(XmlDocument::parse(deep(33)));
  EXPECT_FALSE(XmlDocument::parse(deep(1'000'000)));
}

}  // namespace
}  // namespace lakeside
