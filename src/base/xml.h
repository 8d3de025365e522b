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
class XmlWriter {
 public:
  explicit XmlWriter(std::string& out) : out_(out) {}  // writes nothing yet

  // `attributes` is written as given: ` xmlns="…"`.
  void open(std::string_view name, std::string_view attributes = {});
  void close(std::string_view name);
  void text(std::string_view name, std::string_view value);
  void number(std::string_view name, std::uint64_t value);
  void boolean(std::string_view name, bool value);
  void declaration();  // the <?xml …?> line and a line end

 private:
  std::string& out_;
};

// An element of a parsed document; copies are cheap and valid while the document lives.
class XmlDocument;
class XmlElement {
 public:
  [[nodiscard]] std::string_view name() const;           // without namespace prefix
  [[nodiscard]] std::string_view text() const;           // of this element alone
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
