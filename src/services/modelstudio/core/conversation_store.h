// Conversations of the OpenAI API: items in their order, which responses go on from and add to.
// docs/formats/model-conversations.md.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "base/task.h"
#include "engines/kv.h"

namespace lakeside::modelstudio {

inline constexpr std::size_t kMaxConversationItem = 8 << 20;
// 1 to 128 bytes, and no line end.
[[nodiscard]] bool is_conversation_item_id(std::string_view id);

struct Conversation {
  std::string id;  // "conv_…"
  std::string workspace;
  Time created;
  std::string metadata;    // JSON
  std::uint64_t next = 0;  // the number of its next item
};

struct ConversationItem {
  std::string id;
  std::string json;
};

// Thread-safe, called on executors. Errors of all: the engine's, and kNotFound where there is no
// such conversation in that workspace.
class ConversationStore {
 public:
  // It outlives it.
  [[nodiscard]] static std::unique_ptr<ConversationStore> create(engines::Kv& kv);
  virtual ~ConversationStore() = default;

  // kGuardFailed: there is one of that id, or two items have the same.
  virtual Task<Status> add(const Conversation& conversation,
                           const std::vector<ConversationItem>& items) = 0;
  virtual Task<Result<Conversation>> find(const std::string& workspace, const std::string& id) = 0;
  virtual Task<Result<Conversation>> set_metadata(const std::string& workspace,
                                                  const std::string& id,
                                                  const std::string& metadata) = 0;
  // With all that it has. What a crash leaves of it can be removed again.
  virtual Task<Status> remove(const std::string& workspace, const std::string& id) = 0;

  enum class Known { kRefuse, kSkip };  // items whose id is there already
  // All at its end, or none. kGuardFailed: an item is known.
  virtual Task<Status> append(const std::string& workspace, const std::string& id,
                              const std::vector<ConversationItem>& items, Known known) = 0;
  struct Page {
    std::vector<ConversationItem> items;
    bool more = false;
  };
  struct ListOptions {
    std::string after;  // the id of the last item of the page before
    std::size_t limit = 20;
    bool newest_first = true;
  };
  // kInvalid: there is no item `after`.
  virtual Task<Result<Page>> list(const std::string& workspace, const std::string& id,
                                  const ListOptions& options) = 0;
  // All of them, oldest first. kTooLarge: they have more bytes than `most`.
  virtual Task<Result<std::vector<ConversationItem>>> all(const std::string& workspace,
                                                          const std::string& id,
                                                          std::size_t most) = 0;
  // Nothing where there is no such item.
  virtual Task<Result<std::optional<ConversationItem>>> item(const std::string& workspace,
                                                             const std::string& id,
                                                             const std::string& item) = 0;
  // False where there is no such item.
  virtual Task<Result<bool>> remove_item(const std::string& workspace, const std::string& id,
                                         const std::string& item) = 0;
  // All records: the whole cloud is reset.
  virtual Task<Status> clear() = 0;
};

}  // namespace lakeside::modelstudio
