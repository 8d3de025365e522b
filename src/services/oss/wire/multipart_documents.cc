// Documents about multipart uploads and copies.
#include "services/oss/wire/document_writer.h"
#include "services/oss/wire/documents.h"

namespace lakeside::oss::wire {

std::string initiate_result(std::string_view bucket, const Upload& upload, bool url_encoding,
                            Dialect dialect) {
  DocumentWriter doc("InitiateMultipartUploadResult", dialect, url_encoding);
  doc.xml().text("Bucket", bucket);
  doc.name("Key", upload.key);
  doc.xml().text("UploadId", upload.upload_id);
  return doc.finish();
}

std::string complete_result(std::string_view bucket, std::string_view location,
                            const ObjectInfo& object, bool url_encoding, Dialect dialect) {
  DocumentWriter doc("CompleteMultipartUploadResult", dialect, url_encoding);
  doc.xml().text("Location", location);
  doc.xml().text("Bucket", bucket);
  doc.name("Key", object.key);
  doc.etag(object.etag);
  doc.checksums(object.checksums, object.etag.parts);
  if (dialect == Dialect::kS3 && !object.checksums.empty()) {
    doc.xml().text("ChecksumType",
                   object.checksums.front().composite ? "COMPOSITE" : "FULL_OBJECT");
  }
  return doc.finish();
}

std::string copy_object_result(const ObjectInfo& object, Dialect dialect) {
  DocumentWriter doc("CopyObjectResult", dialect);
  doc.time("LastModified", object.modified);
  doc.etag(object.etag);
  doc.checksums(object.checksums, object.etag.parts);
  return doc.finish();
}

std::string copy_part_result(const Part& part, Dialect dialect) {
  DocumentWriter doc("CopyPartResult", dialect);
  doc.time("LastModified", part.modified);
  doc.etag(part.etag);
  doc.checksums(part.checksums, 0);
  return doc.finish();
}

namespace {

void write_part(DocumentWriter& doc, const Part& part, Dialect dialect) {
  XmlWriter& xml = doc.xml();
  xml.open("Part");
  xml.number("PartNumber", part.number);
  doc.time("LastModified", part.modified);
  doc.etag(part.etag);
  if (dialect == Dialect::kOss) xml.number("HashCrc64ecma", part.crc64);
  xml.number("Size", part.size);
  doc.checksums(part.checksums, 0);
  xml.close("Part");
}

void write_s3_upload(DocumentWriter& doc, const Upload& upload) {
  doc.owner("Initiator", upload.owner);
  doc.owner("Owner", upload.owner);
  if (upload.checksum_algorithm) {
    doc.xml().text("ChecksumAlgorithm", checksum_name(*upload.checksum_algorithm));
  }
}

}  // namespace

std::string list_parts(const ListPartsAnswer& answer, Dialect dialect) {
  const PartsPage& page = *answer.page;
  DocumentWriter doc("ListPartsResult", dialect, answer.url_encoding);
  XmlWriter& xml = doc.xml();
  xml.text("Bucket", answer.bucket);
  doc.name("Key", page.upload.key);
  xml.text("UploadId", page.upload.upload_id);
  xml.text("StorageClass", storage_class_text(page.upload.storage_class, dialect));
  xml.number("PartNumberMarker", answer.after_number);
  // oss2 reads the next marker even of the last page.
  xml.number("NextPartNumberMarker", page.next_part_number_marker);
  xml.number("MaxParts", answer.max_parts);
  xml.boolean("IsTruncated", page.truncated);
  if (dialect == Dialect::kS3) write_s3_upload(doc, page.upload);
  for (const Part& part : page.parts) write_part(doc, part, dialect);
  return doc.finish();
}

std::string list_uploads(const ListUploadsAnswer& answer, Dialect dialect) {
  const UploadsPage& page = *answer.page;
  DocumentWriter doc("ListMultipartUploadsResult", dialect, answer.url_encoding);
  XmlWriter& xml = doc.xml();
  xml.text("Bucket", answer.bucket);
  doc.name("KeyMarker", answer.asked.key_marker);
  xml.text("UploadIdMarker", answer.asked.upload_id_marker);
  // oss2 reads the next markers even of the last page.
  doc.name("NextKeyMarker", page.next_key_marker);
  xml.text("NextUploadIdMarker", page.next_upload_id_marker);
  doc.name("Delimiter", answer.asked.delimiter);
  doc.name("Prefix", answer.asked.prefix);
  xml.number("MaxUploads", answer.asked.max_uploads);
  xml.boolean("IsTruncated", page.truncated);
  for (const Upload& upload : page.uploads) {
    xml.open("Upload");
    doc.name("Key", upload.key);
    xml.text("UploadId", upload.upload_id);
    xml.text("StorageClass", storage_class_text(upload.storage_class, dialect));
    doc.time("Initiated", upload.initiated);
    if (dialect == Dialect::kS3) write_s3_upload(doc, upload);
    xml.close("Upload");
  }
  for (const std::string& prefix : page.common_prefixes) {
    xml.open("CommonPrefixes");
    doc.name("Prefix", prefix);
    xml.close("CommonPrefixes");
  }
  return doc.finish();
}

}  // namespace lakeside::oss::wire
