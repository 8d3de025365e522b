// What the answers' documents have in common. For the files of this folder only.
#pragma once

#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/encoding.h"
#include "base/xml.h"
#include "services/oss/core/types.h"
#include "services/oss/wire/dialect.h"
#include "services/oss/wire/documents.h"

namespace lakeside::oss::wire {

// A document with its root element open; `finish` closes it and hands the text over.
class DocumentWriter {
 public:
  DocumentWriter(std::string_view root, Dialect dialect, bool url_encoding = false)
      : root_(root), dialect_(dialect), url_encoding_(url_encoding), xml_(text_) {
    xml_.declaration();
    // SDKs for OSS look for bare tags; S3's expect its namespace.
    xml_.open(root_, dialect == Dialect::kOss
                         ? std::string_view{}
                         : R"( xmlns="http://s3.amazonaws.com/doc/2006-03-01/")");
    if (url_encoding_) xml_.text("EncodingType", "url");
  }

  XmlWriter& xml() { return xml_; }
  std::string& raw() { return text_; }

  // A name of an object or part of one: percent-encoded where the client asked for it.
  void name(std::string_view tag, std::string_view value) {
    if (url_encoding_) return xml_.text(tag, percent_encode(value));
    xml_.text(tag, value);
  }
  void time(std::string_view tag, Time value) { xml_.text(tag, format_iso8601_millis(value)); }
  void etag(const ETag& value) { quoted_etag(etag_text(value, dialect_)); }
  void etag(const Md5Digest& value) { quoted_etag(etag_text(value, dialect_)); }
  void owner(std::string_view tag, std::string_view id) { owner(text_, tag, id); }
  static void owner(std::string& out, std::string_view tag, std::string_view id) {
    XmlWriter xml(out);
    xml.open(tag);
    xml.text("ID", id);
    xml.text("DisplayName", id);
    xml.close(tag);
  }
  // S3's <ChecksumCRC32>…; OSS documents have none.
  // `parts`: of the object; a composite one is written with their number.
  void checksums(const std::vector<ObjectChecksum>& all, std::uint32_t parts) {
    if (dialect_ == Dialect::kOss) return;
    for (const ObjectChecksum& checksum : all) {
      std::string value = base64_encode(as_bytes(checksum.value));
      if (checksum.composite) value += "-" + std::to_string(parts);
      xml_.text("Checksum" + std::string(checksum_name(checksum.algorithm)), value);
    }
  }
  std::string finish() {
    xml_.close(root_);
    return std::move(text_);
  }

 private:
  void quoted_etag(const std::string& value) { xml_.text("ETag", '"' + value + '"'); }

  std::string_view root_;
  Dialect dialect_;
  bool url_encoding_;
  std::string text_;
  XmlWriter xml_;
};

}  // namespace lakeside::oss::wire
