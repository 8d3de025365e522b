#include "base/xml.h"

#include <array>
#include <charconv>
#include <cstring>
#include <pugixml.hpp>

#include "base/encoding.h"

namespace lakeside {
namespace {

constexpr int kMaxDepth = 32;

// --- Writing ---

// Characters that need an escape in text.
constexpr std::array<bool, 256> kSpecial = [] {
  std::array<bool, 256> table{};
  for (unsigned c = 0; c < 0x20; ++c) table[c] = true;
  table['\t'] = table['\n'] = false;
  for (char c : std::string_view("&<>\"'")) table[static_cast<unsigned char>(c)] = true;
  return table;
}();

bool is_special(char c) { return kSpecial[static_cast<unsigned char>(c)]; }

void append_reference(std::string& out, char c) {
  switch (c) {
    case '&':
      out += "&amp;";
      return;
    case '<':
      out += "&lt;";
      return;
    case '>':
      out += "&gt;";
      return;
    case '"':
      out += "&quot;";
      return;
    case '\'':
      out += "&#39;";
      return;
    case '\r':
      out += "&#13;";
      return;
  }
  std::array<char, 2> digits;
  char* end = std::to_chars(digits.begin(), digits.end(), static_cast<unsigned char>(c), 16).ptr;
  out += "&#x";
  out.append(digits.data(), end);
  out += ';';
}

void append_text(std::string& out, std::string_view text) {
  const char* start = text.data();  // of the run without escapes
  const char* end = start + text.size();
  for (const char* p = start; p < end; ++p) {
    if (!is_special(*p)) continue;
    out.append(start, p);
    append_reference(out, *p);
    start = p + 1;
  }
  out.append(start, end);
}

void append_tag(std::string& out, std::string_view opening, std::string_view name,
                std::string_view closing) {
  out += opening;
  out += name;
  out += closing;
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

void XmlWriter::open(std::string_view name, std::string_view attributes) {
  out_ += '<';
  out_ += name;
  out_ += attributes;
  out_ += '>';
}

void XmlWriter::close(std::string_view name) { append_tag(out_, "</", name, ">"); }

void XmlWriter::text(std::string_view name, std::string_view value) {
  append_tag(out_, "<", name, ">");
  append_text(out_, value);
  append_tag(out_, "</", name, ">");
}

void XmlWriter::number(std::string_view name, std::uint64_t value) {
  std::array<char, 20> digits;
  append_tag(out_, "<", name, ">");
  out_.append(digits.data(), std::to_chars(digits.begin(), digits.end(), value).ptr);
  append_tag(out_, "</", name, ">");
}

void XmlWriter::boolean(std::string_view name, bool value) {
  append_tag(out_, "<", name, value ? ">true</" : ">false</");
  append_tag(out_, {}, name, ">");
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
  pugi::xml_parse_result result = parsed.impl_->document.load_buffer(
      text.data(), text.size(), kOptions, pugi::encoding_utf8);
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
