// The listing of objects: the one document that is written a thousand entries at a time.
#include <charconv>

#include "services/oss/wire/document_writer.h"
#include "services/oss/wire/documents.h"

namespace lakeside::oss::wire {
namespace {

void append_number(std::string& out, std::uint64_t value) {
  char digits[20];
  out.append(digits, std::to_chars(digits, digits + sizeof digits, value).ptr);
}

void append_hex(std::string& out, const Md5Digest& digest, std::string_view alphabet) {
  char text[32];
  for (std::size_t i = 0; i < digest.size(); ++i) {
    auto byte = std::to_integer<unsigned>(digest[i]);
    text[2 * i] = alphabet[byte >> 4];
    text[2 * i + 1] = alphabet[byte & 15];
  }
  out.append(text, sizeof text);
}

// Entries go straight into the text: no string is made for a time, a number or a digest.
class EntryWriter {
 public:
  EntryWriter(DocumentWriter& doc, const ListObjectsAnswer& answer, Dialect dialect)
      : doc_(doc), out_(doc.raw()), answer_(answer), dialect_(dialect) {}

  void contents(const ListPage::Entry& entry) {
    out_ += "<Contents>";
    doc_.name("Key", entry.key);
    out_ += "<LastModified>";
    append_time(entry.modified);
    out_ += "</LastModified><ETag>&quot;";
    append_etag(entry.etag);
    out_ += "&quot;</ETag>";
    if (dialect_ == Dialect::kOss) doc_.xml().text("Type", object_type_text(entry.type));
    if (dialect_ == Dialect::kS3) {
      for (ChecksumAlgorithm a : entry.checksum_algorithms) {
        doc_.xml().text("ChecksumAlgorithm", checksum_name(a));
      }
    }
    out_ += "<Size>";
    append_number(out_, entry.size);
    out_ += "</Size><StorageClass>";
    out_ += storage_class_text(entry.storage_class, dialect_);
    out_ += "</StorageClass>";
    if (!answer_.v2 || answer_.fetch_owner) doc_.owner("Owner", entry.owner);
    out_ += "</Contents>";
  }

  void common_prefix(const ListPage::Entry& entry) {
    out_ += "<CommonPrefixes>";
    doc_.name("Prefix", entry.key);
    out_ += "</CommonPrefixes>";
  }

 private:
  // Neighbours were often written in the same second.
  void append_time(Time time) {
    auto second = std::chrono::floor<std::chrono::seconds>(time);
    if (formatted_.empty() || second != formatted_second_) {
      formatted_ = format_iso8601_millis(time);
      formatted_second_ = second;
    }
    out_ += formatted_;
  }
  void append_etag(const ETag& etag) {
    if (dialect_ == Dialect::kOss) {
      append_hex(out_, etag.oss, "0123456789ABCDEF");
    } else {
      append_hex(out_, etag.s3, "0123456789abcdef");
    }
    if (etag.parts != 0) {
      out_ += '-';
      append_number(out_, etag.parts);
    }
  }

  DocumentWriter& doc_;
  std::string& out_;
  const ListObjectsAnswer& answer_;
  const Dialect dialect_;
  std::string formatted_;
  std::chrono::sys_seconds formatted_second_{};
};

void write_v1_paging(DocumentWriter& doc, const ListObjectsAnswer& answer) {
  doc.name("Marker", answer.marker);
  if (answer.page->truncated) doc.name("NextMarker", answer.page->next_after);
}

void write_v2_paging(DocumentWriter& doc, const ListObjectsAnswer& answer) {
  if (answer.continuation_token) doc.xml().text("ContinuationToken", *answer.continuation_token);
  if (answer.page->truncated) {
    doc.xml().text("NextContinuationToken", encode_token(answer.page->next_after));
  }
  if (answer.start_after) doc.name("StartAfter", *answer.start_after);
  doc.xml().number("KeyCount", answer.page->entries.size());
}

}  // namespace

std::string list_objects(const ListObjectsAnswer& answer, Dialect dialect) {
  DocumentWriter doc("ListBucketResult", dialect, answer.url_encoding);
  doc.raw().reserve(1024 + answer.page->entries.size() * 400);
  XmlWriter& xml = doc.xml();
  xml.text("Name", answer.bucket);
  doc.name("Prefix", answer.prefix);
  if (answer.echo_delimiter) doc.name("Delimiter", answer.delimiter);
  xml.number("MaxKeys", answer.max_keys);
  xml.boolean("IsTruncated", answer.page->truncated);
  if (answer.v2) {
    write_v2_paging(doc, answer);
  } else {
    write_v1_paging(doc, answer);
  }

  EntryWriter entries(doc, answer, dialect);
  for (const ListPage::Entry& entry : answer.page->entries) {
    if (!entry.is_prefix) entries.contents(entry);
  }
  for (const ListPage::Entry& entry : answer.page->entries) {
    if (entry.is_prefix) entries.common_prefix(entry);
  }
  return doc.finish();
}

}  // namespace lakeside::oss::wire
