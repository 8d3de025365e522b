#include "services/modelstudio/core/conversation_store.h"

#include <algorithm>
#include <cstdio>
#include <set>
#include <utility>

#include <nlohmann/json.hpp>

#include "base/encoding.h"
#include "services/modelstudio/core/clear.h"

namespace lakeside::modelstudio {
namespace {

using Json = nlohmann::json;

constexpr std::size_t kMaxId = 128;
constexpr std::size_t kRemovedAtOnce = 1000;

const engines::Partition& partition() {
  static const engines::Partition conversations{"modelstudio.conversations"};
  return conversations;
}

// A workspace's name has no '/', nor has an id of ours; what clients call items may have one.
std::string record_key(const std::string& workspace, const std::string& id) {
  return "c/" + workspace + "/" + id;
}
std::string items_prefix(const std::string& id) { return "i/" + id + "/"; }
std::string names_prefix(const std::string& id) { return "n/" + id + "/"; }
std::string name_key(const std::string& id, const std::string& item) {
  return names_prefix(id) + item;
}
std::string item_key(const std::string& id, std::uint64_t number) {
  char digits[24];
  std::snprintf(digits, sizeof digits, "%012llu", static_cast<unsigned long long>(number));
  return items_prefix(id) + digits;
}

std::string text_of(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::string encode(const Conversation& conversation) {
  return text_of({{"v", 1},
                  {"created", conversation.created.time_since_epoch().count()},
                  {"metadata", conversation.metadata},
                  {"next", conversation.next}});
}

Result<Conversation> decode(std::string_view record) {
  try {
    Json json = Json::parse(record);
    if (json.at("v").get<int>() != 1) {
      return fail(ErrorCode::kCorrupt, "a conversation of a later version");
    }
    Conversation conversation;
    conversation.created = Time(std::chrono::microseconds(json.at("created").get<std::int64_t>()));
    conversation.metadata = json.at("metadata").get<std::string>();
    conversation.next = json.at("next").get<std::uint64_t>();
    return conversation;
  } catch (const Json::exception& error) {
    return fail(ErrorCode::kCorrupt, std::string("a conversation's record: ") + error.what());
  }
}

// The id, a line feed, the item.
std::string encode_item(const ConversationItem& item) { return item.id + "\n" + item.json; }
ConversationItem decode_item(std::string_view record) {
  const std::size_t end = std::min(record.find('\n'), record.size());
  return {std::string(record.substr(0, end)),
          std::string(record.substr(std::min(end + 1, record.size())))};
}

class Conversations final : public ConversationStore {
 public:
  explicit Conversations(engines::Kv& kv) : kv_(kv) {}

  Task<Status> add(const Conversation& conversation,
                   const std::vector<ConversationItem>& items) override;
  Task<Result<Conversation>> find(const std::string& workspace, const std::string& id) override;
  Task<Result<Conversation>> set_metadata(const std::string& workspace, const std::string& id,
                                          const std::string& metadata) override;
  Task<Status> remove(const std::string& workspace, const std::string& id) override;
  Task<Status> append(const std::string& workspace, const std::string& id,
                      const std::vector<ConversationItem>& items, Known known) override;
  Task<Result<Page>> list(const std::string& workspace, const std::string& id,
                          const ListOptions& options) override;
  Task<Result<std::vector<ConversationItem>>> all(const std::string& workspace,
                                                  const std::string& id, std::size_t most) override;
  Task<Result<std::optional<ConversationItem>>> item(const std::string& workspace,
                                                     const std::string& id,
                                                     const std::string& item) override;
  Task<Result<bool>> remove_item(const std::string& workspace, const std::string& id,
                                 const std::string& item) override;
  Task<Status> clear() override { co_return co_await modelstudio::clear(kv_, partition()); }

 private:
  // A record as it was read: what is written next requires that it still is so.
  struct Found {
    Conversation conversation;
    std::string record;
  };
  Task<Result<Found>> read(const std::string& workspace, const std::string& id);
  // The key of an item; empty where there is none.
  Task<Result<std::string>> key_of(const std::string& id, const std::string& item);
  // Those that are not there.
  Task<Result<std::vector<ConversationItem>>> unknown(const std::string& id,
                                                      const std::vector<ConversationItem>& items);
  Task<Status> remove_under(const std::string& prefix);

  engines::Kv& kv_;
};

// Refuses two of one id.
void put_items(engines::Batch& batch, Conversation& conversation,
               const std::vector<ConversationItem>& items) {
  for (const ConversationItem& item : items) {
    std::string key = item_key(conversation.id, conversation.next++);
    std::string name = name_key(conversation.id, item.id);
    batch.require_absent(name);
    batch.put(std::move(name), key);
    batch.put(std::move(key), encode_item(item));
  }
}

Status check_items(const std::vector<ConversationItem>& items) {
  std::set<std::string_view> ids;
  for (const ConversationItem& item : items) {
    if (!is_conversation_item_id(item.id)) return fail(ErrorCode::kInvalid, "an item's id");
    if (item.json.size() > kMaxConversationItem) return fail(ErrorCode::kTooLarge, "an item");
    if (!ids.insert(item.id).second) return fail(ErrorCode::kGuardFailed, "two items of one id");
  }
  return {};
}

// ---- conversations ------------------------------------------------------------------------

Task<Status> Conversations::add(const Conversation& conversation,
                                const std::vector<ConversationItem>& items) {
  if (Status checked = check_items(items); !checked) co_return checked;
  std::string key = record_key(conversation.workspace, conversation.id);
  Conversation made = conversation;
  engines::Batch batch;
  batch.require_absent(key);
  put_items(batch, made, items);
  batch.put(key, encode(made));
  co_return co_await kv_.commit(partition(), batch);
}

Task<Result<Conversations::Found>> Conversations::read(const std::string& workspace,
                                                       const std::string& id) {
  if (!is_conversation_item_id(id)) co_return fail(ErrorCode::kNotFound, "no such conversation");
  auto record = co_await engines::get_one(kv_, partition(), record_key(workspace, id));
  if (!record) co_return std::unexpected(std::move(record.error()));
  if (!*record) co_return fail(ErrorCode::kNotFound, "no such conversation");
  auto conversation = decode(**record);
  if (!conversation) co_return std::unexpected(std::move(conversation.error()));
  conversation->workspace = workspace;
  conversation->id = id;
  co_return Found{std::move(*conversation), std::move(**record)};
}

Task<Result<Conversation>> Conversations::find(const std::string& workspace,
                                               const std::string& id) {
  auto found = co_await read(workspace, id);
  if (!found) co_return std::unexpected(std::move(found.error()));
  co_return std::move(found->conversation);
}

Task<Result<Conversation>> Conversations::set_metadata(const std::string& workspace,
                                                       const std::string& id,
                                                       const std::string& metadata) {
  while (true) {
    auto found = co_await read(workspace, id);
    if (!found) co_return std::unexpected(std::move(found.error()));
    found->conversation.metadata = metadata;
    std::string key = record_key(workspace, id);
    engines::Batch batch;
    batch.require(key, std::move(found->record));
    batch.put(key, encode(found->conversation));
    Status written = co_await kv_.commit(partition(), batch);
    if (written) co_return std::move(found->conversation);
    if (written.error().code != ErrorCode::kGuardFailed) {
      co_return std::unexpected(std::move(written.error()));
    }
  }
}

Task<Status> Conversations::remove_under(const std::string& prefix) {
  while (true) {
    engines::Batch batch;
    engines::ScanVisitor visitor = [&](std::string_view key, std::string_view) {
      if (!key.starts_with(prefix)) return engines::ScanStep::stop();
      batch.remove(std::string(key));
      return batch.writes().size() == kRemovedAtOnce ? engines::ScanStep::stop()
                                                     : engines::ScanStep::next();
    };
    Status scanned = co_await kv_.scan(partition(), prefix, visitor);
    if (!scanned || batch.writes().empty()) co_return scanned;
    Status removed = co_await kv_.commit(partition(), batch);
    if (!removed) co_return removed;
  }
}

// The record last: until then it can be found, and removed again.
Task<Status> Conversations::remove(const std::string& workspace, const std::string& id) {
  while (true) {
    auto found = co_await read(workspace, id);
    if (!found) co_return std::unexpected(std::move(found.error()));
    for (const std::string& prefix : {items_prefix(id), names_prefix(id)}) {
      Status removed = co_await remove_under(prefix);
      if (!removed) co_return removed;
    }
    std::string key = record_key(workspace, id);
    engines::Batch batch;
    batch.require(key, std::move(found->record));
    batch.remove(key);
    Status removed = co_await kv_.commit(partition(), batch);
    // Somebody added to it meanwhile: that goes, too.
    if (removed || removed.error().code != ErrorCode::kGuardFailed) co_return removed;
  }
}

// ---- items --------------------------------------------------------------------------------

Task<Result<std::vector<ConversationItem>>> Conversations::unknown(
    const std::string& id, const std::vector<ConversationItem>& items) {
  std::vector<std::string> keys;
  for (const ConversationItem& item : items) keys.push_back(name_key(id, item.id));
  std::vector<ConversationItem> left;
  if (keys.empty()) co_return left;
  auto known = co_await kv_.get(partition(), keys);
  if (!known) co_return std::unexpected(std::move(known.error()));
  for (std::size_t i = 0; i < items.size(); ++i) {
    if (!(*known)[i]) left.push_back(items[i]);
  }
  co_return left;
}

Task<Status> Conversations::append(const std::string& workspace, const std::string& id,
                                   const std::vector<ConversationItem>& items, Known known) {
  if (Status checked = check_items(items); !checked) co_return checked;
  while (true) {
    auto found = co_await read(workspace, id);
    if (!found) co_return std::unexpected(std::move(found.error()));
    auto left = co_await unknown(id, items);
    if (!left) co_return std::unexpected(std::move(left.error()));
    if (known == Known::kRefuse && left->size() < items.size()) {
      co_return fail(ErrorCode::kGuardFailed, "an item is there already");
    }
    if (left->empty()) co_return Status{};
    std::string key = record_key(workspace, id);
    engines::Batch batch;
    batch.require(key, std::move(found->record));
    put_items(batch, found->conversation, *left);
    batch.put(key, encode(found->conversation));
    Status written = co_await kv_.commit(partition(), batch);
    if (written || written.error().code != ErrorCode::kGuardFailed) co_return written;
  }
}

Task<Result<std::string>> Conversations::key_of(const std::string& id, const std::string& item) {
  if (!is_conversation_item_id(item)) co_return std::string();
  auto key = co_await engines::get_one(kv_, partition(), name_key(id, item));
  if (!key) co_return std::unexpected(std::move(key.error()));
  co_return std::move(*key).value_or("");
}

// Keys are read alone before the items of a page are: a scan goes forward only.
Task<Result<ConversationStore::Page>> Conversations::list(const std::string& workspace,
                                                          const std::string& id,
                                                          const ListOptions& options) {
  auto found = co_await read(workspace, id);
  if (!found) co_return std::unexpected(std::move(found.error()));
  std::string after;
  if (!options.after.empty()) {
    auto key = co_await key_of(id, options.after);
    if (!key) co_return std::unexpected(std::move(key.error()));
    if (key->empty()) co_return fail(ErrorCode::kInvalid, "no such item");
    after = std::move(*key);
  }
  const std::string prefix = items_prefix(id);
  std::vector<std::string> keys;
  engines::ScanVisitor visitor = [&](std::string_view key, std::string_view) {
    if (!key.starts_with(prefix)) return engines::ScanStep::stop();
    if (options.newest_first && !after.empty() && key >= after) return engines::ScanStep::stop();
    if (!options.newest_first && key == after) return engines::ScanStep::next();
    keys.emplace_back(key);
    const bool enough = !options.newest_first && keys.size() > options.limit;
    return enough ? engines::ScanStep::stop() : engines::ScanStep::next();
  };
  const std::string& from = !options.newest_first && !after.empty() ? after : prefix;
  Status scanned = co_await kv_.scan(partition(), from, visitor);
  if (!scanned) co_return std::unexpected(std::move(scanned.error()));
  if (options.newest_first) std::ranges::reverse(keys);
  Page page;
  page.more = keys.size() > options.limit;
  if (page.more) keys.resize(options.limit);
  if (keys.empty()) co_return page;
  auto records = co_await kv_.get(partition(), keys);
  if (!records) co_return std::unexpected(std::move(records.error()));
  for (const auto& record : *records) {
    if (record) page.items.push_back(decode_item(*record));
  }
  co_return page;
}

Task<Result<std::vector<ConversationItem>>> Conversations::all(const std::string& workspace,
                                                               const std::string& id,
                                                               std::size_t most) {
  auto found = co_await read(workspace, id);
  if (!found) co_return std::unexpected(std::move(found.error()));
  const std::string prefix = items_prefix(id);
  std::vector<ConversationItem> items;
  std::size_t bytes = 0;
  engines::ScanVisitor visitor = [&](std::string_view key, std::string_view record) {
    if (!key.starts_with(prefix)) return engines::ScanStep::stop();
    bytes += record.size();
    if (bytes > most) return engines::ScanStep::stop();
    items.push_back(decode_item(record));
    return engines::ScanStep::next();
  };
  Status scanned = co_await kv_.scan(partition(), prefix, visitor);
  if (!scanned) co_return std::unexpected(std::move(scanned.error()));
  if (bytes > most) co_return fail(ErrorCode::kTooLarge, "a conversation");
  co_return items;
}

Task<Result<std::optional<ConversationItem>>> Conversations::item(const std::string& workspace,
                                                                  const std::string& id,
                                                                  const std::string& item) {
  auto found = co_await read(workspace, id);
  if (!found) co_return std::unexpected(std::move(found.error()));
  auto key = co_await key_of(id, item);
  if (!key) co_return std::unexpected(std::move(key.error()));
  if (key->empty()) co_return std::nullopt;
  auto record = co_await engines::get_one(kv_, partition(), *key);
  if (!record) co_return std::unexpected(std::move(record.error()));
  if (!*record) co_return std::nullopt;
  co_return decode_item(**record);
}

Task<Result<bool>> Conversations::remove_item(const std::string& workspace, const std::string& id,
                                              const std::string& item) {
  auto found = co_await read(workspace, id);
  if (!found) co_return std::unexpected(std::move(found.error()));
  auto key = co_await key_of(id, item);
  if (!key) co_return std::unexpected(std::move(key.error()));
  if (key->empty()) co_return false;
  engines::Batch batch;
  batch.remove(*key);
  batch.remove(name_key(id, item));
  Status removed = co_await kv_.commit(partition(), batch);
  if (!removed) co_return std::unexpected(std::move(removed.error()));
  co_return true;
}

}  // namespace

bool is_conversation_item_id(std::string_view id) {
  return !id.empty() && id.size() <= kMaxId && id.find('\n') == std::string_view::npos;
}

std::unique_ptr<ConversationStore> ConversationStore::create(engines::Kv& kv) {
  return std::make_unique<Conversations>(kv);
}

}  // namespace lakeside::modelstudio
