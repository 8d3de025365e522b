#include <utility>

#include "services/oss/core/keys.h"
#include "services/oss/core/store.h"

namespace lakeside::oss {
namespace {

// Adds up what a scan passes. Called on a thread of the engine.
class Counter {
 public:
  explicit Counter(BucketStat& stat) : stat_(stat) {}

  engines::ScanStep visit(std::string_view key, std::string_view value) {
    if (left_-- == 0) {
      next_ = key;
      return engines::ScanStep::stop();
    }
    switch (key.front()) {
      case keys::kObjectKind:
        ++stat_.object_count;
        if (decode_listed(value, object_)) stat_.storage += object_.size;
        return engines::ScanStep::next();
      case keys::kPartKind:
        ++stat_.multipart_part_count;
        if (auto part = decode_part(value)) stat_.storage += part->size;
        return engines::ScanStep::next();
      case keys::kUploadKind:
        ++stat_.multipart_upload_count;
        return engines::ScanStep::next();
      case keys::kReferenceKind:
        return engines::ScanStep::seek(std::string(1, keys::kUploadKind));
      default:
        return engines::ScanStep::stop();
    }
  }

  // Where to go on, empty at the end.
  std::string take_next() {
    left_ = kKeysPerScan;
    return std::exchange(next_, {});
  }

 private:
  static constexpr std::size_t kKeysPerScan = 10'000;

  BucketStat& stat_;
  ListedObject object_;
  std::string next_;
  std::size_t left_ = kKeysPerScan;
};

}  // namespace

// Counts by reading every record: nothing keeps a sum, which
// all writers of a bucket would have to take turns at. In several scans, so that none holds a
// snapshot for long; what changes meanwhile may or may not be counted.
Task<OssResult<BucketStat>> Store::bucket_stat(const std::string& name) {
  auto entry = co_await open_bucket(name);
  if (!entry) co_return std::unexpected(std::move(entry.error()));
  BucketStat stat;
  Counter counter(stat);
  engines::ScanVisitor visit = [&counter](std::string_view key, std::string_view value) {
    return counter.visit(key, value);
  };
  static_assert(keys::kObjectKind < keys::kPartKind && keys::kPartKind < keys::kReferenceKind &&
                keys::kReferenceKind < keys::kUploadKind);
  std::string from(1, keys::kObjectKind);
  while (!from.empty()) {
    auto scanned = co_await kv_.scan((*entry)->partition, from, visit);
    if (!scanned) co_return from_engine(std::move(scanned.error()));
    from = counter.take_next();
  }
  if (stat.object_count == 0) {
    auto exists = co_await ensure_exists(**entry);
    if (!exists) co_return std::unexpected(std::move(exists.error()));
  }
  co_return stat;
}

}  // namespace lakeside::oss
