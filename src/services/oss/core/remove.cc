#include <algorithm>
#include <array>
#include <utility>

#include "services/oss/core/keys.h"
#include "services/oss/core/names.h"
#include "services/oss/core/store.h"

namespace lakeside::oss {

Task<OssStatus> Store::remove(const std::string& bucket, const std::string& key) {
  if (auto valid = check_key(key); !valid) co_return valid;
  auto entry = co_await open_bucket(bucket);
  if (!entry) co_return std::unexpected(std::move(entry.error()));
  KeyLocks::Held held = co_await lock(**entry, key);
  for (int attempt = 0; attempt < kMaxAttempts; ++attempt) {
    auto current = co_await read_current(**entry, key);
    if (!current) co_return std::unexpected(std::move(current.error()));
    if (!current->exists()) co_return co_await ensure_exists(**entry);
    engines::Batch batch;
    begin(batch);
    erase(batch, key, *current);
    auto done = co_await commit(**entry, batch);
    if (!done) co_return std::unexpected(std::move(done.error()));
    if (*done) co_return OssStatus{};
  }
  co_return fail(Errc::kServiceUnavailable, "Too many writers of one key.");
}

Task<OssStatus> Store::remove_many(const std::string& bucket,
                                   const std::vector<std::string>& wanted) {
  for (const std::string& key : wanted) {
    if (auto valid = check_key(key); !valid) co_return valid;
  }
  auto entry = co_await open_bucket(bucket);
  if (!entry) co_return std::unexpected(std::move(entry.error()));
  std::vector<std::string> names = wanted;
  std::ranges::sort(names);
  const auto [first, last] = std::ranges::unique(names);
  names.erase(first, last);
  std::vector<std::string> object_keys;
  std::vector<KeyLocks::Slot> slots;
  for (const std::string& name : names) {
    object_keys.push_back(keys::object(name));
    slots.push_back(KeyLocks::slot_of((*entry)->id(), name));
  }
  std::vector<KeyLocks::Held> held = co_await locks_.acquire_all(std::move(slots));

  for (int attempt = 0; attempt < kMaxAttempts; ++attempt) {
    auto values = co_await kv_.get((*entry)->partition, object_keys);
    if (!values) co_return from_engine(std::move(values.error()));
    engines::Batch batch;
    begin(batch);
    for (std::size_t i = 0; i < names.size(); ++i) {
      if (!(*values)[i]) continue;
      Current current{std::move((*values)[i]), std::nullopt};
      if (auto record = decode_object(names[i], *current.bytes)) {
        auto loaded = co_await load_manifest(**entry, names[i], *record);
        if (!loaded) co_return loaded;
        current.record = std::move(*record);
      } else if (record.error().code == ErrorCode::kUnsupported) {
        co_return from_engine(std::move(record.error()));
      }
      erase(batch, names[i], current);
    }
    if (batch.writes().empty()) co_return co_await ensure_exists(**entry);
    auto done = co_await commit(**entry, batch);
    if (!done) co_return std::unexpected(std::move(done.error()));
    if (*done) co_return OssStatus{};
  }
  co_return fail(Errc::kServiceUnavailable, "Too many writers of these keys.");
}

}  // namespace lakeside::oss
