// XML as the APIs use it: elements and text, no namespaces, no attributes worth reading.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace lakeside {

// Appends well-formed XML to a string. Text is escaped; characters that XML 1.0 cannot
// carry are written as numeric references, as OSS and S3 do for odd keys.
//
// Inline because a listing has ten elements an object: with literal names a tag becomes a few
// stores. An element grows the string once, by the worst case, since every change of the
// string's length waits for the one before.
class XmlWriter {
 public:
  explicit XmlWriter(std::string& out) : out_(out) {}  // writes nothing yet

  void declaration();  // the <?xml …?> line and its line end
  // `attributes` is written as given: ` xmlns="…"`.
  void open(std::string_view name, std::string_view attributes = {}) {
    append(name.size() + attributes.size() + 2, [&](char* to) {
      *to++ = '<';
      to = put(to, name);
      to = put(to, attributes);
      *to++ = '>';
      return to;
    });
  }
  void close(std::string_view name) {
    append(name.size() + 3, [&](char* to) { return put_end_tag(to, name); });
  }
  void text(std::string_view name, std::string_view value) {
    if (value.size() > kShortText) return long_text(name, value);
    element(name, most_escaped(value.size()), [&](char* to) { return put_escaped(to, value); });
  }
  void number(std::string_view name, std::uint64_t value) {
    element(name, kMostDigits, [&](char* to) { return put_number(to, value); });
  }
  void boolean(std::string_view name, bool value) {
    element(name, 5, [&](char* to) { return value ? put(to, "true") : put(to, "false"); });
  }

  // Several elements at once: `write(to)` puts at most `room` characters, with put() and its
  // likes, and returns where it ended.
  template <class Write>
  void append(std::size_t room, Write write) {
    const std::size_t size = out_.size();
    out_.resize_and_overwrite(size + room, [&](char* data, std::size_t) {
      return static_cast<std::size_t>(write(data + size) - data);
    });
  }
  static char* put(char* to, std::string_view text) { return to + text.copy(to, text.size()); }
  // Within most_escaped(text.size()) characters.
  static char* put_escaped(char* to, std::string_view text);
  // Within kMostDigits.
  static char* put_number(char* to, std::uint64_t value);
  static constexpr std::size_t kMostDigits = 20;
  // The longest reference has 6 characters; copying is in blocks of 16.
  static constexpr std::size_t most_escaped(std::size_t size) { return 6 * size + 16; }

 private:
  static constexpr std::size_t kShortText = 512;
  template <class Write>
  void element(std::string_view name, std::size_t room, Write write) {
    append(2 * name.size() + 5 + room, [&](char* to) {
      *to++ = '<';
      to = put(to, name);
      *to++ = '>';
      return put_end_tag(write(to), name);
    });
  }
  static char* put_end_tag(char* to, std::string_view name) {
    to = put(to, "</");
    to = put(to, name);
    *to++ = '>';
    return to;
  }
  void long_text(std::string_view name, std::string_view value);

  std::string& out_;
};

// An element of a parsed document; copies are cheap and valid while the document lives.
class XmlDocument;
class XmlElement {
 public:
  [[nodiscard]] std::string_view name() const;  // without namespace prefix
  [[nodiscard]] std::string_view text() const;  // of this element alone
  [[nodiscard]] std::optional<XmlElement> child(std::string_view name) const;
  [[nodiscard]] std::vector<XmlElement> children() const;
  [[nodiscard]] std::optional<std::string_view> child_text(std::string_view name) const;

 private:
  friend class XmlDocument;
  void* node_ = nullptr;
};

class XmlDocument {
 public:
  // Errors: kInvalid for malformed text, a document type declaration, or nesting beyond 32
  // levels. The caller limits the size.
  [[nodiscard]] static Result<XmlDocument> parse(std::string_view text);
  [[nodiscard]] XmlElement root() const;

  XmlDocument(XmlDocument&&) noexcept;
  XmlDocument& operator=(XmlDocument&&) noexcept;
  ~XmlDocument();

 private:
  XmlDocument();
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace lakeside
