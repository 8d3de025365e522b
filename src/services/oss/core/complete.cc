// Completing an upload: its parts become the object's slices, no byte is copied.
//
// The parts are read before the commit that uses them, and there may be 10,000: too many for a
// guard each. Instead the upload's record is marked with a random number first, and whoever
// commits a part into a marked upload takes the mark away. So the last commit, guarded by the
// mark, fails if any part came or changed since. A mark that stays behind harms nobody.
#include <algorithm>
#include <unordered_set>
#include <utility>

#include "base/encoding.h"
#include "services/oss/core/keys.h"
#include "services/oss/core/names.h"
#include "services/oss/core/store.h"

namespace lakeside::oss {
namespace {

using NumberedParts = std::vector<std::pair<std::uint32_t, PartRecord>>;

OssStatus check_order(const CompleteOptions& options) {
  if (options.all_parts) return {};
  if (options.parts.empty()) return fail(Errc::kMalformedXml);
  std::uint32_t last = 0;
  for (const CompletePart& part : options.parts) {
    if (part.number <= last) return fail(Errc::kInvalidPartOrder);
    last = part.number;
  }
  return {};
}

// Makes the completed object from the parts that were uploaded. Pure; it may take tens of
// milliseconds for 10,000 parts.
class Assembler {
 public:
  Assembler(const UploadRecord& upload, const CompleteOptions& options,
            const NumberedParts& uploaded)
      : upload_(upload), options_(options), uploaded_(uploaded) {}

  OssResult<ObjectRecord> run() {
    if (auto chosen = choose(); !chosen) return std::unexpected(std::move(chosen.error()));
    if (auto good = check_sizes(); !good) return std::unexpected(std::move(good.error()));
    compute_etag();
    compute_crc64();
    if (auto good = compute_checksum(); !good) return std::unexpected(std::move(good.error()));
    if (auto good = check_expected(); !good) return std::unexpected(std::move(good.error()));
    ObjectInfo& info = object_.info;
    info.type = ObjectType::kMultipart;
    info.storage_class = upload_.storage_class;
    info.acl = options_.acl.value_or(upload_.acl);
    info.owner = upload_.owner;
    info.headers = upload_.headers;
    return std::move(object_);
  }

 private:
  OssStatus choose() {
    if (options_.all_parts) {
      for (const auto& [number, part] : uploaded_) chosen_.push_back(&part);
      if (chosen_.empty()) return fail(Errc::kInvalidPart);
      return {};
    }
    auto at = uploaded_.begin();
    for (const CompletePart& wanted : options_.parts) {
      at = std::find_if(at, uploaded_.end(),
                        [&](const auto& part) { return part.first == wanted.number; });
      if (at == uploaded_.end() || !agrees(wanted, at->second)) {
        OssError error{Errc::kInvalidPart, {}, {}, {}};
        error.details.emplace_back("PartNumber", std::to_string(wanted.number));
        error.details.emplace_back("ETag", wanted.etag);
        return std::unexpected(std::move(error));
      }
      chosen_.push_back(&at->second);
    }
    return {};
  }

  static bool agrees(const CompletePart& wanted, const PartRecord& part) {
    if (!equals_ignore_case(wanted.etag, hex_upper(part.md5))) return false;
    return std::ranges::all_of(wanted.checksums, [&](const ObjectChecksum& given) {
      return std::ranges::any_of(part.checksums, [&](const ObjectChecksum& stored) {
        return stored.algorithm == given.algorithm && stored.value == given.value;
      });
    });
  }

  OssStatus check_sizes() {
    for (const PartRecord* part : chosen_) {
      if (part != chosen_.back() && part->size < options_.min_part_size) {
        return fail(Errc::kEntityTooSmall);
      }
      object_.info.size += part->size;
      if (object_.info.size > kMaxObject) return fail(Errc::kEntityTooLarge);
      if (part->size != 0) object_.slices.push_back({part->blob, 0, part->size});
    }
    return {};
  }

  // protocols.md §2: OSS hashes the parts' digests as upper-case hex, S3 as bytes.
  void compute_etag() {
    std::string hex;
    std::string binary;
    for (const PartRecord* part : chosen_) {
      hex += hex_upper(part->md5);
      binary += as_text(part->md5);
    }
    object_.info.etag = {md5(as_bytes(hex)), md5(as_bytes(binary)),
                         static_cast<std::uint32_t>(chosen_.size())};
  }

  void compute_crc64() {
    for (const PartRecord* part : chosen_) {
      object_.info.crc64 = crc64_ecma_combine(object_.info.crc64, part->crc64, part->size);
    }
  }

  OssStatus compute_checksum() {
    if (!upload_.checksum_algorithm) return {};
    ChecksumAlgorithm algorithm = *upload_.checksum_algorithm;
    std::string value;
    for (const PartRecord* part : chosen_) {
      auto found = std::ranges::find(part->checksums, algorithm, &ObjectChecksum::algorithm);
      if (found == part->checksums.end()) {
        return fail(Errc::kInvalidRequest,
                    "The upload was created with a checksum algorithm, and a part was uploaded "
                    "without its checksum.");
      }
      if (upload_.checksum_composite) {
        value += found->value;
      } else if (value.empty()) {
        value = found->value;
      } else {
        value = combine_crc(algorithm, value, found->value, part->size);
      }
    }
    if (upload_.checksum_composite) value = checksum_of(algorithm, value);
    object_.info.checksums.push_back({algorithm, std::move(value), upload_.checksum_composite});
    return {};
  }

  OssStatus check_expected() const {
    for (const ObjectChecksum& expected : options_.expected_checksums) {
      const auto& known = object_.info.checksums;
      auto found = std::ranges::find(known, expected.algorithm, &ObjectChecksum::algorithm);
      if (found == known.end() || found->composite != expected.composite) {
        // We have no such checksum of the parts, so it cannot be verified, and nothing
        // unverified is stored.
        return fail(Errc::kInvalidRequest,
                    "The checksum's algorithm or type is not the one that the upload was created "
                    "with.");
      }
      if (found->value != expected.value) return fail(Errc::kBadDigest);
    }
    return {};
  }

  const UploadRecord& upload_;
  const CompleteOptions& options_;
  const NumberedParts& uploaded_;
  std::vector<const PartRecord*> chosen_;
  ObjectRecord object_;
};

// The blobs of parts that did not become part of the object.
std::vector<std::string> unused_blobs(const NumberedParts& uploaded, const ObjectRecord& object) {
  std::unordered_set<std::string_view> used;
  for (const BlobSlice& slice : object.slices) used.insert(slice.blob);
  std::vector<std::string> unused;
  for (const auto& [number, part] : uploaded) {
    if (!part.blob.empty() && !used.contains(part.blob)) unused.push_back(part.blob);
  }
  return unused;
}

}  // namespace

Task<OssResult<ObjectInfo>> Store::complete(const std::string& bucket, const std::string& key,
                                            const std::string& upload_id,
                                            const CompleteOptions& options) {
  if (auto valid = check_key(key); !valid) co_return std::unexpected(std::move(valid.error()));
  if (auto valid = check_order(options); !valid) {
    co_return std::unexpected(std::move(valid.error()));
  }
  auto entry = co_await open_bucket(bucket);
  if (!entry) co_return std::unexpected(std::move(entry.error()));
  std::vector<KeyLocks::Slot> slots{KeyLocks::slot_of((*entry)->id(), key),
                                    KeyLocks::slot_of((*entry)->id(), upload_id)};
  std::vector<KeyLocks::Held> held = co_await locks_.acquire_all(std::move(slots));
  for (int attempt = 0; attempt < kMaxAttempts; ++attempt) {
    auto done = co_await try_complete(**entry, key, upload_id, options);
    if (!done) co_return std::unexpected(std::move(done.error()));
    if (*done) co_return std::move(**done);
  }
  co_return fail(Errc::kServiceUnavailable, "The upload's parts keep changing.");
}

Task<OssResult<std::optional<ObjectInfo>>> Store::try_complete(const BucketEntry& bucket,
                                                               const std::string& key,
                                                               const std::string& upload_id,
                                                               const CompleteOptions& options) {
  auto upload = co_await read_upload(bucket, key, upload_id);
  if (!upload) co_return std::unexpected(std::move(upload.error()));
  std::string upload_key = keys::upload(key, upload_id);
  upload->record.completing = random_nonce();
  std::string marked = encode(upload->record);
  engines::Batch mark;
  begin(mark);
  mark.require(upload_key, upload->bytes);
  mark.put(upload_key, marked);
  auto done = co_await commit(bucket, mark);
  if (!done) co_return std::unexpected(std::move(done.error()));
  if (!*done) co_return std::nullopt;

  auto uploaded = co_await read_parts(bucket, upload_id, 0, kMaxPartNumber);
  if (!uploaded) co_return std::unexpected(std::move(uploaded.error()));
  Assembler assembler(upload->record, options, *uploaded);
  OssResult<ObjectRecord> object;
  if (uploaded->size() < 100) {
    object = assembler.run();
  } else {
    object = co_await run_on(pool_, [&assembler] { return assembler.run(); });
  }
  if (!object) co_return std::unexpected(std::move(object.error()));
  auto current = co_await read_current(bucket, key);
  if (!current) co_return std::unexpected(std::move(current.error()));
  auto allowed = may_write(*current, options.forbid_overwrite, options.conditions);
  if (!allowed) co_return std::unexpected(std::move(allowed.error()));

  object->info.key = key;
  object->info.modified = clock_.now();
  engines::Batch batch;
  begin(batch);
  batch.require(upload_key, std::move(marked));
  batch.remove(upload_key);
  for (const auto& [number, part] : *uploaded) batch.remove(keys::part(upload_id, number));
  const std::string no_tail;
  replace(batch, key, *current, {*object, &no_tail, {}});
  discard(batch, unused_blobs(*uploaded, *object));
  done = co_await commit(bucket, batch);
  if (!done) co_return std::unexpected(std::move(done.error()));
  if (!*done) co_return std::nullopt;
  co_return std::move(object->info);
}

}  // namespace lakeside::oss
