#include "services/oss/core/records.h"

#include <algorithm>
#include <limits>

#include "services/oss/core/record_io.h"

namespace lakeside::oss {
namespace {

constexpr std::uint8_t kMostAcl = static_cast<std::uint8_t>(Acl::kPublicReadWrite);
constexpr std::uint8_t kMostStorageClass =
    static_cast<std::uint8_t>(StorageClass::kDeepColdArchive);
constexpr std::uint8_t kMostType = static_cast<std::uint8_t>(ObjectType::kAppendable);
constexpr std::uint8_t kMostAlgorithm = static_cast<std::uint8_t>(ChecksumAlgorithm::kSha256);
constexpr std::uint8_t kComposite = 0x80;
constexpr std::uint8_t kNoAlgorithm = 0xFF;

template <class E>
std::uint8_t number(E value) {
  return static_cast<std::uint8_t>(value);
}
template <class E>
E enumerator(RecordReader& in, std::uint8_t most) {
  return static_cast<E>(in.u8_up_to(most));
}

void put_time(RecordWriter& out, Time time) {
  out.varint(
      static_cast<std::uint64_t>(std::max<std::int64_t>(time.time_since_epoch().count(), 0)));
}
Time get_time(RecordReader& in) {
  std::uint64_t micros = in.varint_up_to(std::numeric_limits<std::int64_t>::max());
  return Time(std::chrono::microseconds(static_cast<std::int64_t>(micros)));
}

void put_checksums(RecordWriter& out, const std::vector<ObjectChecksum>& checksums) {
  out.varint(checksums.size());
  for (const ObjectChecksum& checksum : checksums) {
    out.u8(number(checksum.algorithm) | (checksum.composite ? kComposite : 0));
    out.text(checksum.value);
  }
}
ChecksumAlgorithm get_algorithm(RecordReader& in, bool& composite) {
  std::uint8_t byte = in.u8();
  composite = (byte & kComposite) != 0;
  byte &= static_cast<std::uint8_t>(~kComposite);
  in.refuse_if(byte > kMostAlgorithm);
  return static_cast<ChecksumAlgorithm>(std::min(byte, kMostAlgorithm));
}
std::vector<ObjectChecksum> get_checksums(RecordReader& in) {
  std::vector<ObjectChecksum> checksums(in.count(2));
  for (ObjectChecksum& checksum : checksums) {
    checksum.algorithm = get_algorithm(in, checksum.composite);
    checksum.value = in.text();
  }
  return checksums;
}

void put_headers(RecordWriter& out, const ObjectHeaders& headers) {
  out.text(headers.content_type);
  out.text(headers.cache_control);
  out.text(headers.content_disposition);
  out.text(headers.content_encoding);
  out.text(headers.content_language);
  out.text(headers.expires);
  out.varint(headers.user.size());
  for (const auto& [name, value] : headers.user) {
    out.text(name);
    out.text(value);
  }
}
ObjectHeaders get_headers(RecordReader& in) {
  ObjectHeaders headers;
  headers.content_type = in.text();
  headers.cache_control = in.text();
  headers.content_disposition = in.text();
  headers.content_encoding = in.text();
  headers.content_language = in.text();
  headers.expires = in.text();
  headers.user.resize(in.count(2));
  for (auto& [name, value] : headers.user) {
    name = in.text();
    value = in.text();
  }
  return headers;
}

void put_slices(RecordWriter& out, const std::vector<BlobSlice>& slices) {
  out.varint(slices.size());
  for (const BlobSlice& slice : slices) {
    out.text(slice.blob);
    out.varint(slice.offset);
    out.varint(slice.length);
  }
}
std::vector<BlobSlice> get_slices(RecordReader& in) {
  std::vector<BlobSlice> slices(in.count(3));
  for (BlobSlice& slice : slices) {
    slice.blob = in.text();
    slice.offset = in.varint_up_to(kMaxObject);
    slice.length = in.varint_up_to(kMaxObject);
    in.refuse_if(slice.blob.empty() || slice.length == 0);
  }
  return slices;
}

// The front of an object's record, which is all that a listing reads.
void put_listed(RecordWriter& out, const ObjectInfo& info) {
  out.u8(number(info.type));
  out.u8(number(info.storage_class));
  out.varint(info.size);
  put_time(out, info.modified);
  out.bytes(info.etag.oss);
  out.varint(info.etag.parts);
  if (info.etag.parts != 0) out.bytes(info.etag.s3);
  out.text(info.owner);
}
template <class Object>
void get_listed(RecordReader& in, Object& object) {
  object.type = enumerator<ObjectType>(in, kMostType);
  object.storage_class = enumerator<StorageClass>(in, kMostStorageClass);
  object.size = in.varint_up_to(kMaxObject);
  object.modified = get_time(in);
  object.etag.oss = in.array<16>();
  object.etag.parts = static_cast<std::uint32_t>(in.varint_up_to(kMaxPartNumber));
  object.etag.s3 = object.etag.parts != 0 ? in.array<16>() : object.etag.oss;
  object.owner = in.text();
}

// A bucket's record is of version 2 where it has settings: an older build would not heed them.
constexpr std::uint8_t kSettingsVersion = 2;
enum class Setting : std::uint8_t { kOssPolicy = 1, kS3Policy = 2, kPublicAccessBlock = 3 };

std::uint8_t bits_of(const PublicAccessBlock& block) {
  return static_cast<std::uint8_t>((block.block_acls ? 1 : 0) | (block.ignore_acls ? 2 : 0) |
                                   (block.block_policy ? 4 : 0) | (block.ignore_policy ? 8 : 0) |
                                   (block.restrict_buckets ? 16 : 0));
}
PublicAccessBlock get_block(RecordReader& in) {
  std::uint8_t bits = in.u8_up_to(31);
  return {(bits & 1) != 0, (bits & 2) != 0, (bits & 4) != 0, (bits & 8) != 0, (bits & 16) != 0};
}

void put_settings(RecordWriter& out, const Bucket& bucket) {
  out.varint((bucket.policy.document.empty() ? 0U : 1U) + (bucket.public_access_block ? 1U : 0U));
  if (!bucket.policy.document.empty()) {
    bool s3 = bucket.policy.language == PolicyLanguage::kS3;
    out.u8(number(s3 ? Setting::kS3Policy : Setting::kOssPolicy));
    out.text(bucket.policy.document);
  }
  if (bucket.public_access_block) {
    out.u8(number(Setting::kPublicAccessBlock));
    out.u8(bits_of(*bucket.public_access_block));
  }
}
// In the order in which they are written, each at most once.
void get_settings(RecordReader& in, Bucket& bucket) {
  std::uint64_t count = in.count(2);
  in.refuse_if(count == 0);
  std::uint8_t last = 0;
  for (; count > 0 && !in.failed(); --count) {
    std::uint8_t setting = in.u8();
    in.refuse_if(setting <= last || (setting == 2 && last == 1));
    last = setting;
    switch (static_cast<Setting>(setting)) {
      case Setting::kOssPolicy:
      case Setting::kS3Policy:
        bucket.policy.document = in.text();
        bucket.policy.language =
            setting == number(Setting::kS3Policy) ? PolicyLanguage::kS3 : PolicyLanguage::kOss;
        in.refuse_if(bucket.policy.document.empty());
        break;
      case Setting::kPublicAccessBlock:
        bucket.public_access_block = get_block(in);
        break;
      default:
        in.refuse_if(true);
    }
  }
}

// `value` where everything in the record was as it should be.
template <class T>
Result<T> checked(const RecordReader& in, T value) {
  if (auto ok = in.ok(); !ok) return std::unexpected(ok.error());
  return value;
}

}  // namespace

// ---- buckets ---------------------------------------------------------------------------

std::string encode(const BucketRecord& record) {
  const Bucket& bucket = record.bucket;
  bool settings = !bucket.policy.document.empty() || bucket.public_access_block.has_value();
  RecordWriter out(80 + bucket.policy.document.size(),
                   settings ? kSettingsVersion : kRecordVersion);
  out.text(record.bucket.id);
  out.text(record.bucket.owner);
  put_time(out, record.bucket.created);
  out.u8(number(record.bucket.acl));
  out.u8(number(record.bucket.storage_class));
  out.varint(record.epoch);
  if (settings) put_settings(out, bucket);
  return out.finish();
}

Result<BucketRecord> decode_bucket(std::string_view name, std::string_view record) {
  auto in = RecordReader::open(record, kSettingsVersion);
  if (!in) return std::unexpected(in.error());
  BucketRecord result;
  result.bucket.name = name;
  result.bucket.id = in->text();
  result.bucket.owner = in->text();
  result.bucket.created = get_time(*in);
  result.bucket.acl = enumerator<Acl>(*in, kMostAcl);
  result.bucket.storage_class = enumerator<StorageClass>(*in, kMostStorageClass);
  result.epoch = in->varint();
  if (in->version() == kSettingsVersion) get_settings(*in, result.bucket);
  return checked(*in, std::move(result));
}

std::string encode(const AccountRecord& record) {
  RecordWriter out(8);
  out.u8(bits_of(record.public_access_block));
  return out.finish();
}

Result<AccountRecord> decode_account(std::string_view record) {
  auto in = RecordReader::open(record);
  if (!in) return std::unexpected(in.error());
  AccountRecord result{get_block(*in)};
  return checked(*in, result);
}

std::string encode(const BucketState& record) {
  RecordWriter out(16);
  out.u8(record.deleting ? 1 : 0);
  if (record.deleting) out.fixed(record.nonce);
  return out.finish();
}

Result<BucketState> decode_state(std::string_view record) {
  auto in = RecordReader::open(record);
  if (!in) return std::unexpected(in.error());
  BucketState result;
  result.deleting = in->u8_up_to(1) == 1;
  if (result.deleting) result.nonce = in->fixed<std::uint64_t>();
  return checked(*in, result);
}

std::string encode(const SweepRecord& record) {
  RecordWriter out(16);
  out.u8(record.creating ? 1 : 0);
  put_time(out, record.since);
  return out.finish();
}

Result<SweepRecord> decode_sweep(std::string_view record) {
  auto in = RecordReader::open(record);
  if (!in) return std::unexpected(in.error());
  SweepRecord result;
  result.creating = in->u8_up_to(1) == 1;
  result.since = get_time(*in);
  return checked(*in, result);
}

// ---- objects ---------------------------------------------------------------------------

std::string encode(const ObjectRecord& record) {
  RecordWriter out(192);
  put_listed(out, record.info);
  put_checksums(out, record.info.checksums);
  out.u8(number(record.info.acl));
  out.fixed(record.info.crc64);
  out.u8(record.in_manifest ? 1 : 0);
  if (!record.in_manifest) put_slices(out, record.slices);
  out.varint(record.tail);
  if (record.tail != 0 && record.has_slices()) out.fixed(record.tail_crc64);
  put_headers(out, record.info.headers);
  return out.finish();
}

Result<ObjectRecord> decode_object(std::string_view key, std::string_view record) {
  auto in = RecordReader::open(record);
  if (!in) return std::unexpected(in.error());
  ObjectRecord result;
  ObjectInfo& info = result.info;
  info.key = key;
  get_listed(*in, info);
  info.checksums = get_checksums(*in);
  info.acl = enumerator<Acl>(*in, kMostAcl);
  info.crc64 = in->fixed<std::uint64_t>();
  result.in_manifest = in->u8_up_to(1) == 1;
  if (!result.in_manifest) result.slices = get_slices(*in);
  result.tail = in->varint_up_to(info.size);
  result.tail_crc64 = info.crc64;
  if (result.tail != 0 && result.has_slices()) result.tail_crc64 = in->fixed<std::uint64_t>();
  info.headers = get_headers(*in);
  if (!result.in_manifest) {
    std::uint64_t rest = info.size - result.tail;
    for (const BlobSlice& slice : result.slices) {
      in->refuse_if(slice.length > rest);
      rest -= slice.length;
    }
    in->refuse_if(rest != 0);
  }
  return checked(*in, std::move(result));
}

Status decode_listed(std::string_view record, ListedObject& object) {
  auto in = RecordReader::open(record);
  if (!in) return std::unexpected(in.error());
  get_listed(*in, object);
  object.checksum_algorithms.clear();
  std::uint64_t count = in->count(2);
  for (std::uint64_t i = 0; i < count; ++i) {
    bool composite;
    object.checksum_algorithms.push_back(get_algorithm(*in, composite));
    static_cast<void>(in->text());
  }
  if (in->failed()) return fail(ErrorCode::kCorrupt, "record: malformed");
  return {};
}

std::string encode(const Manifest& record) {
  RecordWriter out(record.slices.size() * 48 + 16);
  put_slices(out, record.slices);
  return out.finish();
}

Result<Manifest> decode_manifest(std::string_view record) {
  auto in = RecordReader::open(record);
  if (!in) return std::unexpected(in.error());
  Manifest result{get_slices(*in)};
  return checked(*in, std::move(result));
}

// ---- uploads ---------------------------------------------------------------------------

std::string encode(const UploadRecord& record) {
  RecordWriter out(192);
  put_time(out, record.initiated);
  out.u8(number(record.storage_class));
  out.u8(number(record.acl));
  out.text(record.owner);
  if (record.checksum_algorithm) {
    out.u8(number(*record.checksum_algorithm) | (record.checksum_composite ? kComposite : 0));
  } else {
    out.u8(kNoAlgorithm);
  }
  out.fixed(record.completing);
  put_headers(out, record.headers);
  return out.finish();
}

Result<UploadRecord> decode_upload(std::string_view record) {
  auto in = RecordReader::open(record);
  if (!in) return std::unexpected(in.error());
  UploadRecord result;
  result.initiated = get_time(*in);
  result.storage_class = enumerator<StorageClass>(*in, kMostStorageClass);
  result.acl = enumerator<Acl>(*in, kMostAcl);
  result.owner = in->text();
  if (std::uint8_t byte = in->u8(); byte != kNoAlgorithm) {
    std::uint8_t algorithm = byte & static_cast<std::uint8_t>(~kComposite);
    in->refuse_if(algorithm > kMostAlgorithm);
    result.checksum_algorithm = static_cast<ChecksumAlgorithm>(std::min(algorithm, kMostAlgorithm));
    result.checksum_composite = (byte & kComposite) != 0;
  }
  result.completing = in->fixed<std::uint64_t>();
  result.headers = get_headers(*in);
  return checked(*in, std::move(result));
}

std::string encode(const PartRecord& record) {
  RecordWriter out(96);
  out.varint(record.size);
  put_time(out, record.modified);
  out.bytes(record.md5);
  out.fixed(record.crc64);
  put_checksums(out, record.checksums);
  out.text(record.blob);
  return out.finish();
}

Result<PartRecord> decode_part(std::string_view record) {
  auto in = RecordReader::open(record);
  if (!in) return std::unexpected(in.error());
  PartRecord result;
  result.size = in->varint_up_to(kMaxPart);
  result.modified = get_time(*in);
  result.md5 = in->array<16>();
  result.crc64 = in->fixed<std::uint64_t>();
  result.checksums = get_checksums(*in);
  result.blob = in->text();
  in->refuse_if((result.size == 0) != result.blob.empty());
  return checked(*in, std::move(result));
}

std::string encode(const GarbageRecord& record) {
  RecordWriter out(record.blobs.size() * 40 + 48);
  out.varint(record.blobs.size());
  for (const std::string& blob : record.blobs) out.text(blob);
  out.text(record.upload_id);
  return out.finish();
}

Result<GarbageRecord> decode_garbage(std::string_view record) {
  auto in = RecordReader::open(record);
  if (!in) return std::unexpected(in.error());
  GarbageRecord result;
  result.blobs.resize(in->count(1));
  for (std::string& blob : result.blobs) blob = in->text();
  result.upload_id = in->text();
  return checked(*in, std::move(result));
}

}  // namespace lakeside::oss
