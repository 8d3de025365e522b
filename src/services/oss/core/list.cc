#include <algorithm>
#include <utility>

#include "services/oss/core/keys.h"
#include "services/oss/core/store.h"

namespace lakeside::oss {
namespace {

// Makes one page out of the keys of a scan. Called on a thread of the engine.
class Lister {
 public:
  Lister(const ListOptions& options, ListPage& page) : options_(options), page_(page) {
    page_.entries.reserve(std::min<std::size_t>(options.max_keys, 1000));
    page_.names = std::make_unique<std::pmr::monotonic_buffer_resource>();
  }

  // Where the scan begins: past `after`, and past the common prefix that `after` lies in.
  [[nodiscard]] std::string first_key() const {
    const std::string& after = options_.after;
    std::string from = keys::object(options_.prefix);
    if (after.empty()) return from;
    std::string past = keys::object(after) + '\0';
    if (auto group = common_prefix(after)) past = keys::after_prefix(keys::object(*group));
    return std::max(from, past);
  }

  engines::ScanStep visit(std::string_view record_key, std::string_view value) {
    if (record_key.front() != keys::kObjectKind) return engines::ScanStep::stop();
    std::string_view key = record_key.substr(1);
    if (!group_.empty() && key.starts_with(group_)) return skip_group();
    if (!key.starts_with(options_.prefix)) return engines::ScanStep::stop();
    if (page_.entries.size() >= options_.max_keys) {
      page_.truncated = true;
      page_.next_after = page_.entries.back().key;
      return engines::ScanStep::stop();
    }
    if (auto group = common_prefix(key)) {
      group_ = *group;
      skipped_ = 0;
      page_.entries.emplace_back().key = keep(group_);
      page_.entries.back().is_prefix = true;
      return engines::ScanStep::next();
    }
    return add(key, value);
  }

  [[nodiscard]] const Status& status() const { return status_; }

 private:
  // A seek costs more than a step: small groups are walked through.
  static constexpr int kStepsBeforeSeek = 8;

  // What `key` is rolled up to, if the delimiter occurs behind the prefix.
  [[nodiscard]] std::optional<std::string_view> common_prefix(std::string_view key) const {
    if (options_.delimiter.empty() || !key.starts_with(options_.prefix)) return std::nullopt;
    std::size_t at = key.find(options_.delimiter, options_.prefix.size());
    if (at == std::string_view::npos) return std::nullopt;
    return key.substr(0, at + options_.delimiter.size());
  }

  engines::ScanStep skip_group() {
    if (++skipped_ < kStepsBeforeSeek) return engines::ScanStep::next();
    return engines::ScanStep::seek(keys::after_prefix(keys::object(group_)));
  }

  engines::ScanStep add(std::string_view key, std::string_view value) {
    if (Status decoded = decode_listed(value, object_); !decoded) {
      status_ = std::move(decoded);
      status_.error().detail += ", key " + std::string(key);
      return engines::ScanStep::stop();
    }
    if (owner_ != object_.owner) owner_ = keep(object_.owner);
    ListPage::Entry& entry = page_.entries.emplace_back();
    entry.key = keep(key);
    entry.size = object_.size;
    entry.modified = object_.modified;
    entry.etag = object_.etag;
    entry.type = object_.type;
    entry.storage_class = object_.storage_class;
    entry.owner = owner_;
    entry.checksum_algorithms = object_.checksum_algorithms;
    return engines::ScanStep::next();
  }

  std::string_view keep(std::string_view text) {
    if (text.empty()) return {};
    auto* kept = static_cast<char*>(page_.names->allocate(text.size(), 1));
    text.copy(kept, text.size());
    return {kept, text.size()};
  }

  const ListOptions& options_;
  ListPage& page_;
  ListedObject object_;
  std::string_view owner_;  // of the last object: mostly that of the next one too
  std::string group_;       // the common prefix that was last put on the page
  int skipped_ = 0;
  Status status_;
};

}  // namespace

Task<OssResult<ListPage>> Store::list(const std::string& bucket, const ListOptions& options) {
  auto entry = co_await open_bucket(bucket);
  if (!entry) co_return std::unexpected(std::move(entry.error()));
  ListPage page;
  if (options.max_keys != 0) {
    Lister lister(options, page);
    std::string from = lister.first_key();
    engines::ScanVisitor visit = [&lister](std::string_view key, std::string_view value) {
      return lister.visit(key, value);
    };
    auto scanned = co_await kv_.scan((*entry)->partition, from, visit);
    if (!scanned) co_return from_engine(std::move(scanned.error()));
    if (!lister.status()) co_return from_engine(lister.status().error());
  }
  if (page.entries.empty()) {
    auto exists = co_await ensure_exists(**entry);
    if (!exists) co_return std::unexpected(std::move(exists.error()));
  }
  co_return page;
}

}  // namespace lakeside::oss
