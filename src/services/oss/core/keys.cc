#include "services/oss/core/keys.h"

#include <utility>

namespace lakeside::oss::keys {
namespace {

constexpr char kEscape = '\0';
constexpr char kEscapedNul = '\xFF';
constexpr char kEnd = '\x01';
constexpr char kPastEnd = '\x02';  // above every id of a key, below every longer key

std::string with_kind(char kind, std::string_view rest) {
  std::string key;
  key.reserve(1 + rest.size());
  key.push_back(kind);
  key += rest;
  return key;
}

template <class T>
void append_big_endian(std::string& out, T value) {
  for (std::size_t i = sizeof(T); i-- > 0;) out.push_back(static_cast<char>(value >> (8 * i)));
}

template <class T>
T read_big_endian(std::string_view bytes) {
  T value = 0;
  for (char c : bytes) value = static_cast<T>(value << 8 | static_cast<std::uint8_t>(c));
  return value;
}

std::string escaped_upload_key(std::string_view key) {
  std::string out(1, kUploadKind);
  for (char c : key) {
    out.push_back(c);
    if (c == kEscape) out.push_back(kEscapedNul);
  }
  return out;
}

}  // namespace

const engines::Partition& buckets_partition() {
  static const engines::Partition partition{"buckets"};
  return partition;
}

std::string account(std::string_view id) { return with_kind(kAccountKind, id); }
std::string bucket(std::string_view name) { return with_kind(kBucketKind, name); }
std::string sweep(std::string_view bucket_id) { return with_kind(kSweepKind, bucket_id); }
std::string object(std::string_view key) { return with_kind(kObjectKind, key); }
std::string data(std::string_view key) { return with_kind(kDataKind, key); }
std::string manifest(std::string_view key) { return with_kind(kManifestKind, key); }

std::string upload(std::string_view key, std::string_view upload_id) {
  std::string out = escaped_upload_key(key);
  out += {kEscape, kEnd};
  out += upload_id;
  return out;
}

std::string uploads_from_prefix(std::string_view key_prefix) {
  return escaped_upload_key(key_prefix);
}

std::string uploads_after_key(std::string_view key) {
  std::string out = escaped_upload_key(key);
  out += {kEscape, kPastEnd};
  return out;
}

std::optional<UploadName> parse_upload(std::string_view record_key) {
  UploadName name;
  std::size_t i = 1;
  for (; i < record_key.size(); ++i) {
    if (record_key[i] == kEscape) {
      if (i + 1 == record_key.size()) return std::nullopt;
      ++i;
      if (record_key[i] == kEnd) break;
      if (record_key[i] != kEscapedNul) return std::nullopt;
      name.key.push_back(kEscape);
    } else {
      name.key.push_back(record_key[i]);
    }
  }
  if (i >= record_key.size()) return std::nullopt;
  name.upload_id = record_key.substr(i + 1);
  if (name.upload_id.empty()) return std::nullopt;
  return name;
}

std::string part(std::string_view upload_id, std::uint32_t number) {
  std::string out = with_kind(kPartKind, upload_id);
  append_big_endian(out, static_cast<std::uint16_t>(number));
  return out;
}

std::string parts_of(std::string_view upload_id) { return with_kind(kPartKind, upload_id); }

std::optional<std::uint32_t> parse_part_number(std::string_view record_key) {
  if (record_key.size() != 1 + kUploadIdBytes + sizeof(std::uint16_t)) return std::nullopt;
  return read_big_endian<std::uint16_t>(record_key.substr(1 + kUploadIdBytes));
}

std::string reference(std::string_view blob_name) { return with_kind(kReferenceKind, blob_name); }

std::string_view parse_reference(std::string_view record_key) { return record_key.substr(1); }

engines::BlobId blob_id(std::string_view bucket_id, std::string_view blob_name) {
  std::string id;
  id.reserve(bucket_id.size() + 1 + blob_name.size());
  id += bucket_id;
  id.push_back('/');
  id += blob_name;
  return {std::move(id)};
}

std::string_view blob_name(const engines::BlobId& id) {
  return std::string_view(id.value).substr(id.group().size() + 1);
}

std::string garbage(Time time, std::string_view unique) {
  std::string out(1, kGarbageKind);
  append_big_endian(out, static_cast<std::uint64_t>(time.time_since_epoch().count()));
  out += unique;
  return out;
}

std::optional<Time> parse_garbage_time(std::string_view record_key) {
  if (record_key.size() < 1 + sizeof(std::uint64_t)) return std::nullopt;
  auto micros = read_big_endian<std::uint64_t>(record_key.substr(1, sizeof(std::uint64_t)));
  return Time(std::chrono::microseconds(static_cast<std::int64_t>(micros)));
}

std::string after_prefix(std::string_view prefix) {
  while (!prefix.empty() && prefix.back() == '\xFF') prefix.remove_suffix(1);
  std::string out(prefix);
  if (!out.empty()) out.back() = static_cast<char>(static_cast<std::uint8_t>(out.back()) + 1);
  return out;
}

}  // namespace lakeside::oss::keys
