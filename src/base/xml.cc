#include "base/xml.h"

#include <array>
#include <bit>
#include <charconv>
#include <cstring>

#include <emmintrin.h>
#include <pugixml.hpp>

#include "base/encoding.h"

namespace lakeside {
namespace {

constexpr int kMaxDepth = 32;

// --- Writing ---

// What stands for a character of text. Padded, so that a copy needs no length.
struct Reference {
  std::array<char, 7> text{};
  std::uint8_t length = 0;
};
constexpr std::array<Reference, 64> kReferences = [] {
  std::array<Reference, 64> table{};
  auto set = [&](unsigned c, std::string_view text) {
    for (std::size_t i = 0; i < text.size(); ++i) table[c].text[i] = text[i];
    table[c].length = static_cast<std::uint8_t>(text.size());
  };
  // XML 1.0 has no way to carry these; a reader that is lenient gets the key back.
  constexpr std::string_view kControls =
      "&#x0; &#x1; &#x2; &#x3; &#x4; &#x5; &#x6; &#x7; &#x8; &#x9; &#xa; &#xb; &#xc; &#xd; "
      "&#xe; &#xf; &#x10;&#x11;&#x12;&#x13;&#x14;&#x15;&#x16;&#x17;&#x18;&#x19;&#x1a;&#x1b;"
      "&#x1c;&#x1d;&#x1e;&#x1f;";
  for (unsigned c = 0; c < 0x20; ++c) set(c, kControls.substr(c * 6, c < 0x10 ? 5 : 6));
  set('\t', "\t");
  set('\n', "\n");
  set('\r', "&#13;");
  set('&', "&amp;");
  set('<', "&lt;");
  set('>', "&gt;");
  set('"', "&quot;");
  set('\'', "&#39;");
  return table;
}();

// One bit for each of the 16 characters that may need a reference (tabs and line ends too).
unsigned special_mask(__m128i block) {
  auto is = [](__m128i a, char c) { return _mm_cmpeq_epi8(a, _mm_set1_epi8(c)); };
  __m128i control = _mm_cmpeq_epi8(_mm_min_epu8(block, _mm_set1_epi8(0x1F)), block);
  __m128i apostrophe_or_and = is(_mm_or_si128(block, _mm_set1_epi8('&' ^ '\'')), '\'');
  __m128i less_or_greater = is(_mm_or_si128(block, _mm_set1_epi8('<' ^ '>')), '>');
  __m128i special = _mm_or_si128(_mm_or_si128(control, is(block, '"')),
                                 _mm_or_si128(apostrophe_or_and, less_or_greater));
  return static_cast<unsigned>(_mm_movemask_epi8(special));
}

constexpr std::size_t kBlock = sizeof(__m128i);

// The last `size` < 16 characters of a text, without reading beyond it.
__m128i load_tail(const char* from, std::size_t size) {
  auto overlapping = [&]<class Word>(Word) -> std::uint64_t {
    Word first, last;
    std::memcpy(&first, from, sizeof first);
    std::memcpy(&last, from + size - sizeof last, sizeof last);
    return first | std::uint64_t{last} << (8 * (size - sizeof last));
  };
  if (size >= 8) {
    std::uint64_t first, last;
    std::memcpy(&first, from, 8);
    std::memcpy(&last, from + size - 8, 8);
    // The part of `last` that is not in `first`; in two steps since a shift by 64 is none.
    std::uint64_t rest = last >> (8 * (15 - size)) >> 8;
    return _mm_set_epi64x(static_cast<long long>(rest), static_cast<long long>(first));
  }
  std::uint64_t word = 0;
  if (size >= 4) {
    word = overlapping(std::uint32_t{});
  } else if (size >= 2) {
    word = overlapping(std::uint16_t{});
  } else if (size == 1) {
    word = static_cast<unsigned char>(*from);
  }
  return _mm_set_epi64x(0, static_cast<long long>(word));
}

// --- Reading ---

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

// pugixml is lenient; this refuses what it lets pass: document types (and with them
// entities), undefined references, references to characters that are none, text outside
// the root element, a second root, deep nesting, raw control characters.
class Checker {
 public:
  explicit Checker(std::string_view text) : rest_(text) {}

  [[nodiscard]] const char* problem() {
    if (!is_valid_utf8(rest_)) return "not UTF-8";
    for (char c : rest_) {
      if (static_cast<unsigned char>(c) < 0x20 && !is_space(c)) return "control character";
    }
    if (rest_.starts_with("\xEF\xBB\xBF")) rest_.remove_prefix(3);
    int depth = 0;
    bool had_root = false;
    while (!rest_.empty()) {
      if (!rest_.starts_with('<')) {
        std::string_view text = rest_.substr(0, rest_.find('<'));
        rest_.remove_prefix(text.size());
        if (depth == 0) {
          for (char c : text) {
            if (!is_space(c)) return "text outside the root element";
          }
        } else if (!references_are_good(text)) {
          return "bad reference";
        }
      } else if (skip("<!--")) {
        if (!skip_past("-->")) return "unfinished comment";
      } else if (skip("<?")) {
        if (!skip_past("?>")) return "unfinished instruction";
      } else if (skip("<![CDATA[")) {
        if (depth == 0) return "text outside the root element";
        if (!skip_past("]]>")) return "unfinished CDATA";
      } else if (rest_.starts_with("<!")) {
        return "document type declaration";
      } else if (skip("</")) {
        if (!skip_past(">")) return "unfinished tag";
        if (--depth < 0) return "unmatched end tag";
      } else {
        if (depth == 0 && had_root) return "more than one root element";
        had_root = true;
        std::string_view tag = take_start_tag();
        if (tag.empty()) return "unfinished tag";
        if (!references_are_good(tag)) return "bad reference";
        if (!tag.ends_with("/>") && ++depth > kMaxDepth) return "nested too deeply";
      }
    }
    return had_root ? nullptr : "no element";
  }

 private:
  bool skip(std::string_view prefix) {
    if (!rest_.starts_with(prefix)) return false;
    rest_.remove_prefix(prefix.size());
    return true;
  }
  bool skip_past(std::string_view end) {
    auto at = rest_.find(end);
    if (at == std::string_view::npos) return false;
    rest_.remove_prefix(at + end.size());
    return true;
  }
  // `<name a="…">`; a '>' between quotes does not end it.
  std::string_view take_start_tag() {
    char quote = 0;
    for (std::size_t i = 1; i < rest_.size(); ++i) {
      char c = rest_[i];
      if (quote != 0) {
        if (c == quote) quote = 0;
      } else if (c == '"' || c == '\'') {
        quote = c;
      } else if (c == '>') {
        std::string_view tag = rest_.substr(0, i + 1);
        rest_.remove_prefix(i + 1);
        return tag;
      }
    }
    return {};
  }
  static bool references_are_good(std::string_view text) {
    for (auto at = text.find('&'); at != std::string_view::npos; at = text.find('&')) {
      text.remove_prefix(at + 1);
      auto end = text.find(';');
      if (end == std::string_view::npos || !is_reference(text.substr(0, end))) return false;
      text.remove_prefix(end + 1);
    }
    return true;
  }
  static bool is_reference(std::string_view name) {
    if (!name.starts_with('#')) {
      return name == "amp" || name == "lt" || name == "gt" || name == "quot" || name == "apos";
    }
    name.remove_prefix(1);
    int base = 10;
    if (name.starts_with('x')) {
      name.remove_prefix(1);
      base = 16;
    }
    std::uint32_t code = 0;
    auto [end, error] = std::from_chars(name.begin(), name.end(), code, base);
    bool whole = error == std::errc() && end == name.end();
    return whole && code != 0 && code <= 0x10FFFF && (code < 0xD800 || code > 0xDFFF);
  }

  std::string_view rest_;
};

bool is_text(pugi::xml_node node) {
  return node.type() == pugi::node_pcdata || node.type() == pugi::node_cdata;
}

// Joins the pieces of each element's text in its first one, so that text() can be a view.
void join_text(pugi::xml_node element) {
  pugi::xml_node first, next;
  std::string joined;
  for (pugi::xml_node child = element.first_child(); child; child = next) {
    next = child.next_sibling();
    if (child.type() == pugi::node_element) {
      join_text(child);  // at most kMaxDepth deep
    } else if (is_text(child)) {
      if (!first) {
        first = child;
        continue;
      }
      if (joined.empty()) joined = first.value();
      joined += child.value();
      element.remove_child(child);
    }
  }
  if (!joined.empty()) first.set_value(joined.c_str());
}

std::string_view local_name(const char* name) {
  const char* colon = std::strchr(name, ':');
  return colon ? colon + 1 : name;
}

pugi::xml_node to_node(void* node) {
  return pugi::xml_node(static_cast<pugi::xml_node_struct*>(node));
}

}  // namespace

void XmlWriter::declaration() { out_ += "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"; }

// Copies a block at a time, each up to its first character that needs a reference.
char* XmlWriter::put_escaped(char* to, std::string_view text) {
  const char* from = text.data();
  const char* const end = from + text.size();
  while (from < end) {
    const auto left = static_cast<std::size_t>(end - from);
    const bool whole = left >= kBlock;
    __m128i block =
        whole ? _mm_loadu_si128(reinterpret_cast<const __m128i*>(from)) : load_tail(from, left);
    _mm_storeu_si128(reinterpret_cast<__m128i*>(to), block);
    const std::size_t length = whole ? kBlock : left;
    unsigned special = special_mask(block) & ((1U << length) - 1);
    if (special == 0) {
      from += length;
      to += length;
      continue;
    }
    auto plain = std::countr_zero(special);
    from += plain;
    to += plain;
    const Reference& instead = kReferences[static_cast<unsigned char>(*from)];
    std::memcpy(to, instead.text.data(), instead.text.size());
    to += instead.length;
    ++from;
  }
  return to;
}

char* XmlWriter::put_number(char* to, std::uint64_t value) {
  return std::to_chars(to, to + kMostDigits, value).ptr;
}

void XmlWriter::long_text(std::string_view name, std::string_view value) {
  open(name);
  while (!value.empty()) {
    std::string_view piece = value.substr(0, kShortText);
    append(most_escaped(piece.size()), [&](char* to) { return put_escaped(to, piece); });
    value.remove_prefix(piece.size());
  }
  close(name);
}

struct XmlDocument::Impl {
  pugi::xml_document document;
};

std::string_view XmlElement::name() const { return local_name(to_node(node_).name()); }

std::string_view XmlElement::text() const {
  for (pugi::xml_node child : to_node(node_)) {
    if (is_text(child)) return child.value();
  }
  return {};
}

std::optional<XmlElement> XmlElement::child(std::string_view name) const {
  for (pugi::xml_node child : to_node(node_)) {
    if (child.type() == pugi::node_element && local_name(child.name()) == name) {
      XmlElement element;
      element.node_ = child.internal_object();
      return element;
    }
  }
  return std::nullopt;
}

std::vector<XmlElement> XmlElement::children() const {
  std::vector<XmlElement> elements;
  for (pugi::xml_node child : to_node(node_)) {
    if (child.type() == pugi::node_element) {
      elements.emplace_back().node_ = child.internal_object();
    }
  }
  return elements;
}

std::optional<std::string_view> XmlElement::child_text(std::string_view name) const {
  auto element = child(name);
  if (!element) return std::nullopt;
  return element->text();
}

Result<XmlDocument> XmlDocument::parse(std::string_view text) {
  if (const char* problem = Checker(text).problem()) {
    return fail(ErrorCode::kInvalid, std::string("XML: ") + problem);
  }
  // Space that is all of an element's text is kept: a key may be a single space. Space
  // between elements is not.
  constexpr unsigned kOptions = pugi::parse_default | pugi::parse_ws_pcdata_single;
  XmlDocument parsed;
  pugi::xml_parse_result result =
      parsed.impl_->document.load_buffer(text.data(), text.size(), kOptions, pugi::encoding_utf8);
  if (!result) return fail(ErrorCode::kInvalid, std::string("XML: ") + result.description());
  join_text(parsed.impl_->document.document_element());
  return parsed;
}

XmlElement XmlDocument::root() const {
  XmlElement element;
  element.node_ = impl_->document.document_element().internal_object();
  return element;
}

XmlDocument::XmlDocument() : impl_(std::make_unique<Impl>()) {}
XmlDocument::XmlDocument(XmlDocument&&) noexcept = default;
XmlDocument& XmlDocument::operator=(XmlDocument&&) noexcept = default;
XmlDocument::~XmlDocument() = default;

}  // namespace lakeside
