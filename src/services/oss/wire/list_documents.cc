// The listing of objects: the one document that is written a thousand entries at a time.
#include "services/oss/wire/document_writer.h"
#include "services/oss/wire/documents.h"

namespace lakeside::oss::wire {
namespace {

using Xml = XmlWriter;

// An entry is written in one go: the text grows once for it, and no string is made for a time, a
// number or a digest.
class EntryWriter {
 public:
  EntryWriter(DocumentWriter& doc, const ListObjectsAnswer& answer, Dialect dialect)
      : doc_(doc),
        answer_(answer),
        dialect_(dialect),
        with_owner_(!answer.v2 || answer.fetch_owner) {}

  void contents(const ListPage::Entry& entry) {
    if (with_owner_ && (owner_element_.empty() || entry.owner != owner_)) set_owner(entry.owner);
    std::string_view key = shown(entry.key);
    std::size_t room = kFixedText + Xml::most_escaped(key.size()) + owner_element_.size() +
                       kAlgorithmText * entry.checksum_algorithms.size();
    doc_.xml().append(room, [&](char* to) {
      to = Xml::put(to, "<Contents><Key>");
      to = Xml::put_escaped(to, key);
      to = Xml::put(to, "</Key><LastModified>");
      to = Xml::put(to, time(entry.modified));
      to = Xml::put(to, "</LastModified><ETag>&quot;");
      to = put_etag(to, entry.etag);
      to = Xml::put(to, "&quot;</ETag>");
      to = put_by_dialect(to, entry);
      to = Xml::put(to, "<Size>");
      to = Xml::put_number(to, entry.size);
      to = Xml::put(to, "</Size><StorageClass>");
      to = Xml::put(to, storage_class_text(entry.storage_class, dialect_));
      to = Xml::put(to, "</StorageClass>");
      if (with_owner_) to = Xml::put(to, owner_element_);
      return Xml::put(to, "</Contents>");
    });
  }

  void common_prefix(const ListPage::Entry& entry) {
    doc_.xml().open("CommonPrefixes");
    doc_.name("Prefix", entry.key);
    doc_.xml().close("CommonPrefixes");
  }

 private:
  static constexpr std::size_t kFixedText = 512;  // all tags, and values of bounded length
  static constexpr std::size_t kAlgorithmText = 64;

  std::string_view shown(std::string_view key) {
    if (!answer_.url_encoding) return key;
    encoded_.clear();
    percent_encode_to(encoded_, key);
    return encoded_;
  }
  void set_owner(std::string_view owner) {
    owner_ = owner;
    owner_element_.clear();
    DocumentWriter::owner(owner_element_, "Owner", owner);
  }
  // Neighbours were often written in the same second.
  std::string_view time(Time time) {
    auto second = std::chrono::floor<std::chrono::seconds>(time);
    if (formatted_.empty() || second != formatted_second_) {
      formatted_ = format_iso8601_millis(time);
      formatted_second_ = second;
    }
    return formatted_;
  }
  char* put_etag(char* to, const ETag& etag) {
    to = dialect_ == Dialect::kOss ? put_hex_upper(to, etag.oss) : put_hex_lower(to, etag.s3);
    if (etag.parts == 0) return to;
    *to++ = '-';
    return Xml::put_number(to, etag.parts);
  }
  char* put_by_dialect(char* to, const ListPage::Entry& entry) {
    if (dialect_ == Dialect::kOss) {
      to = Xml::put(to, "<Type>");
      to = Xml::put(to, object_type_text(entry.type));
      return Xml::put(to, "</Type>");
    }
    for (ChecksumAlgorithm algorithm : entry.checksum_algorithms) {
      to = Xml::put(to, "<ChecksumAlgorithm>");
      to = Xml::put(to, checksum_name(algorithm));
      to = Xml::put(to, "</ChecksumAlgorithm>");
    }
    return to;
  }

  DocumentWriter& doc_;
  const ListObjectsAnswer& answer_;
  const Dialect dialect_;
  const bool with_owner_;
  std::string encoded_;
  std::string_view owner_;  // whose element is at hand
  std::string owner_element_;
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
  doc.raw().reserve((8 << 10) + answer.page->entries.size() * 400);
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
