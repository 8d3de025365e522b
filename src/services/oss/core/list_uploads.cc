#include <algorithm>
#include <utility>

#include "services/oss/core/keys.h"
#include "services/oss/core/store.h"

namespace lakeside::oss {
namespace {

// Makes one page of uploads and common prefixes. Called on a thread of the engine.
class UploadLister {
 public:
  UploadLister(const UploadsOptions& options, UploadsPage& page) : options_(options), page_(page) {}

  // Where the scan begins: behind the markers, and behind the common prefix that the key marker
  // lies in. An upload-id-marker counts only together with a key-marker.
  [[nodiscard]] std::string first_key() const {
    const std::string& marker = options_.key_marker;
    std::string from = keys::uploads_from_prefix(options_.prefix);
    if (marker.empty()) return from;
    std::string past;
    if (auto group = common_prefix(marker)) {
      past = keys::after_prefix(keys::uploads_from_prefix(*group));
    } else if (options_.upload_id_marker.empty()) {
      past = keys::uploads_after_key(marker);
    } else {
      past = keys::upload(marker, options_.upload_id_marker) + '\0';
    }
    return std::max(from, past);
  }

  engines::ScanStep visit(std::string_view record_key, std::string_view value) {
    if (record_key.front() != keys::kUploadKind) return engines::ScanStep::stop();
    auto name = keys::parse_upload(record_key);
    if (!name) return stop_with({ErrorCode::kCorrupt, "upload key"});
    if (!name->key.starts_with(options_.prefix)) return engines::ScanStep::stop();
    if (page_.uploads.size() + page_.common_prefixes.size() >= options_.max_uploads) {
      page_.truncated = true;
      return engines::ScanStep::stop();
    }
    if (auto group = common_prefix(name->key)) {
      std::string past = keys::after_prefix(keys::uploads_from_prefix(*group));
      page_.next_key_marker = *group;
      page_.next_upload_id_marker.clear();
      page_.common_prefixes.emplace_back(*group);
      return engines::ScanStep::seek(std::move(past));
    }
    auto record = decode_upload(value);
    if (!record) return stop_with(std::move(record.error()));
    page_.next_key_marker = name->key;
    page_.next_upload_id_marker = name->upload_id;
    page_.uploads.push_back({std::move(name->key), page_.next_upload_id_marker, record->initiated,
                             record->storage_class, std::move(record->owner),
                             record->checksum_algorithm});
    return engines::ScanStep::next();
  }

  [[nodiscard]] const Status& status() const { return status_; }

 private:
  [[nodiscard]] std::optional<std::string_view> common_prefix(std::string_view key) const {
    if (options_.delimiter.empty() || !key.starts_with(options_.prefix)) return std::nullopt;
    std::size_t at = key.find(options_.delimiter, options_.prefix.size());
    if (at == std::string_view::npos) return std::nullopt;
    return key.substr(0, at + options_.delimiter.size());
  }

  engines::ScanStep stop_with(Error error) {
    status_ = std::unexpected(std::move(error));
    return engines::ScanStep::stop();
  }

  const UploadsOptions& options_;
  UploadsPage& page_;
  Status status_;
};

}  // namespace

Task<OssResult<UploadsPage>> Store::list_uploads(const std::string& bucket,
                                                 const UploadsOptions& options) {
  auto entry = co_await open_bucket(bucket);
  if (!entry) co_return std::unexpected(std::move(entry.error()));
  UploadsPage page;
  if (options.max_uploads != 0) {
    UploadLister lister(options, page);
    std::string from = lister.first_key();
    engines::ScanVisitor visit = [&lister](std::string_view key, std::string_view value) {
      return lister.visit(key, value);
    };
    auto scanned = co_await kv_.scan((*entry)->partition, from, visit);
    if (!scanned) co_return from_engine(std::move(scanned.error()));
    if (!lister.status()) co_return from_engine(lister.status().error());
  }
  if (!page.truncated) {
    page.next_key_marker.clear();
    page.next_upload_id_marker.clear();
  }
  if (page.uploads.empty() && page.common_prefixes.empty()) {
    auto exists = co_await ensure_exists(**entry);
    if (!exists) co_return std::unexpected(std::move(exists.error()));
  }
  co_return page;
}

}  // namespace lakeside::oss
