// XmlDocument::parse on anything: it must hold what xml.h promises about what it accepts.
#include <cstdint>
#include <cstdlib>

#include "base/bytes.h"
#include "base/encoding.h"
#include "base/xml.h"

namespace {

using lakeside::XmlElement;

void require(bool condition) {
  if (!condition) std::abort();
}

void walk(const XmlElement& element, int depth) {
  require(depth <= 32);
  require(lakeside::is_valid_utf8(element.name()));
  require(lakeside::is_valid_utf8(element.text()));
  for (const XmlElement& child : element.children()) {
    require(element.child(child.name()).has_value());
    walk(child, depth + 1);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view text(reinterpret_cast<const char*>(data), size);
  if (auto document = lakeside::XmlDocument::parse(text)) {
    require(lakeside::is_valid_utf8(text));
    walk(document->root(), 1);
  }

  // What the writer makes of any text without NUL can be read back.
  if (lakeside::is_valid_utf8(text) && text.find('\0') == std::string_view::npos) {
    std::string out;
    lakeside::XmlWriter(out).text("T", text);
    auto again = lakeside::XmlDocument::parse(out);
    require(again && again->root().text() == text);
  }
  return 0;
}
