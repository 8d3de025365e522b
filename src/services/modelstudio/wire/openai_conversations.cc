// Conversations as OpenAI has them: platform.openai.com/docs/api-reference/conversations.
#include <utility>

#include "base/crypto.h"
#include "base/encoding.h"
#include "base/log.h"
#include "services/modelstudio/wire/body.h"
#include "services/modelstudio/wire/codecs.h"
#include "services/modelstudio/wire/files.h"
#include "services/modelstudio/wire/openai_response.h"
#include "services/modelstudio/wire/query.h"
#include "services/modelstudio/wire/shapes.h"

namespace lakeside::modelstudio::wire {
namespace {

using Items = std::vector<ConversationItem>;

constexpr std::size_t kMaxItemsAtOnce = 20;  // openai, conversation_create_params.py
constexpr std::uint64_t kUsualItems = 20;
constexpr std::uint64_t kMostItems = 100;

WireError not_found(std::string message) {
  WireError error;
  error.status = 404;
  error.message = std::move(message);
  return error;
}

WireError no_such_conversation(const std::string& id) {
  return not_found("Conversation with id '" + id + "' not found.");
}

WireError no_such_item(const std::string& id) {
  return not_found("Item with id '" + id + "' not found.");
}

WireError refused(std::string param, std::string message) {
  return to_wire(BadInput{std::move(param), std::move(message), "invalid_value"}, Dialect::kOpenAi);
}

WireError failed(const Error& error, const std::string& id) {
  switch (error.code) {
    case ErrorCode::kNotFound:
      return no_such_conversation(id);
    case ErrorCode::kGuardFailed:
      return refused("items", "An item of that id is there already.");
    case ErrorCode::kTooLarge:
      return refused("items", "An item is too large to be kept.");
    case ErrorCode::kInvalid:
      return refused("items", "An item's id has 1 to 128 characters, and no line end.");
    default:
      break;
  }
  log(LogLevel::kError, "conversations failed", {{"why", error.detail}});
  bool later = error.code == ErrorCode::kNoSpace || error.code == ErrorCode::kUnavailable;
  return to_wire(ModelError{later ? ModelFault::kNoMemory : ModelFault::kInternal,
                            later ? "Conversations cannot be kept now; try again later." : "",
                            {}},
                 Dialect::kOpenAi);
}

Json parsed(const std::string& text) { return Json::parse(text, nullptr, false); }

Json conversation_json(const Conversation& conversation) {
  return {{"id", conversation.id},
          {"object", "conversation"},
          {"created_at", unix_seconds(conversation.created)},
          {"metadata", parsed(conversation.metadata)}};
}

Json page_json(const Items& items, bool more) {
  Json data = Json::array();
  for (const ConversationItem& item : items) data.push_back(parsed(item.json));
  Json first = items.empty() ? Json() : Json(items.front().id);
  Json last = items.empty() ? Json() : Json(items.back().id);
  return {{"object", "list"},
          {"data", std::move(data)},
          {"first_id", std::move(first)},
          {"last_id", std::move(last)},
          {"has_more", more}};
}

// The path has two.
struct ItemName {
  std::string conversation;
  std::string item;
};
ItemName item_name(const StudioCall& call) {
  const std::size_t end = std::min(call.id.find('/'), call.id.size());
  return {call.id.substr(0, end), call.id.substr(std::min(end + 1, call.id.size()))};
}

struct Given {
  std::string metadata = "{}";
  Items items;
};

Decoded<Items> read_items(Fields& fields) {
  const Json* given = fields.array("items");
  if (given == nullptr || given->empty()) return Items();
  if (given->size() > kMaxItemsAtOnce) {
    fields.invalid("items", "at most " + std::to_string(kMaxItemsAtOnce) + " items at a time.",
                   "array_above_max_length");
    return Items();
  }
  auto kept = parse_items(*given);
  if (!kept) {
    BadInput bad = std::move(kept.error());
    if (bad.param.starts_with("input")) bad.param.replace(0, 5, "items");
    return std::unexpected(std::move(bad));
  }
  Items items;
  for (const Json& item : *kept) items.push_back({item["id"].get<std::string>(), to_text(item)});
  return items;
}

Decoded<Given> read_given(const std::string& body) {
  auto json = parse_body(body.empty() ? "{}" : body);
  if (!json) return std::unexpected(std::move(json.error()));
  std::optional<BadInput> bad;
  Fields fields(*json, "", bad);
  Given given;
  const Json* metadata = fields.object("metadata");
  check_metadata(fields, metadata);
  if (metadata != nullptr) given.metadata = to_text(*metadata);
  auto items = read_items(fields);
  if (bad) return std::unexpected(std::move(*bad));
  if (!items) return std::unexpected(std::move(items.error()));
  given.items = std::move(*items);
  return given;
}

class CreateConversation final : public gateway::Action {
 public:
  explicit CreateConversation(Given given) : given_(std::move(given)) {}

  Task<http::Response> run(gateway::Call& base) override {
    auto& call = static_cast<StudioCall&>(base);
    Conversation made{.id = "conv_" + to_lower_ascii(random_hex_upper(24)),
                      .workspace = workspace_of(call),
                      .created = call.env.clock.now(),
                      .metadata = given_.metadata};
    Status added = co_await call.env.conversations.add(made, given_.items);
    if (!added) co_return call.error(failed(added.error(), made.id));
    co_return json_response(to_text(conversation_json(made)));
  }

 private:
  Given given_;
};

class RetrieveConversation final : public gateway::Action {
 public:
  Task<http::Response> run(gateway::Call& base) override {
    auto& call = static_cast<StudioCall&>(base);
    auto found = co_await call.env.conversations.find(workspace_of(call), call.id);
    if (!found) co_return call.error(failed(found.error(), call.id));
    co_return json_response(to_text(conversation_json(*found)));
  }
};

class UpdateConversation final : public gateway::Action {
 public:
  explicit UpdateConversation(std::string metadata) : metadata_(std::move(metadata)) {}

  Task<http::Response> run(gateway::Call& base) override {
    auto& call = static_cast<StudioCall&>(base);
    auto changed =
        co_await call.env.conversations.set_metadata(workspace_of(call), call.id, metadata_);
    if (!changed) co_return call.error(failed(changed.error(), call.id));
    co_return json_response(to_text(conversation_json(*changed)));
  }

 private:
  const std::string metadata_;
};

class DeleteConversation final : public gateway::Action {
 public:
  Task<http::Response> run(gateway::Call& base) override {
    auto& call = static_cast<StudioCall&>(base);
    Status removed = co_await call.env.conversations.remove(workspace_of(call), call.id);
    if (!removed) co_return call.error(failed(removed.error(), call.id));
    co_return json_response(
        to_text({{"id", call.id}, {"object", "conversation.deleted"}, {"deleted", true}}));
  }
};

class CreateItems final : public gateway::Action {
 public:
  explicit CreateItems(Items items) : items_(std::move(items)) {}

  Task<http::Response> run(gateway::Call& base) override {
    auto& call = static_cast<StudioCall&>(base);
    Status added = co_await call.env.conversations.append(workspace_of(call), call.id, items_,
                                                          ConversationStore::Known::kRefuse);
    if (!added) co_return call.error(failed(added.error(), call.id));
    co_return json_response(to_text(page_json(items_, false)));
  }

 private:
  const Items items_;
};

class ListItems final : public gateway::Action {
 public:
  explicit ListItems(ConversationStore::ListOptions options) : options_(std::move(options)) {}

  Task<http::Response> run(gateway::Call& base) override {
    auto& call = static_cast<StudioCall&>(base);
    auto page = co_await call.env.conversations.list(workspace_of(call), call.id, options_);
    if (!page && page.error().code == ErrorCode::kInvalid) {
      co_return call.error(
          refused("after", "The conversation has no item '" + options_.after + "'."));
    }
    if (!page) co_return call.error(failed(page.error(), call.id));
    co_return json_response(to_text(page_json(page->items, page->more)));
  }

 private:
  const ConversationStore::ListOptions options_;
};

class RetrieveItem final : public gateway::Action {
 public:
  Task<http::Response> run(gateway::Call& base) override {
    auto& call = static_cast<StudioCall&>(base);
    const ItemName name = item_name(call);
    auto item =
        co_await call.env.conversations.item(workspace_of(call), name.conversation, name.item);
    if (!item) co_return call.error(failed(item.error(), name.conversation));
    if (!*item) co_return call.error(no_such_item(name.item));
    co_return json_response(std::move((*item)->json));
  }
};

class DeleteItem final : public gateway::Action {
 public:
  Task<http::Response> run(gateway::Call& base) override {
    auto& call = static_cast<StudioCall&>(base);
    const ItemName name = item_name(call);
    const std::string& workspace = workspace_of(call);
    auto removed =
        co_await call.env.conversations.remove_item(workspace, name.conversation, name.item);
    if (!removed) co_return call.error(failed(removed.error(), name.conversation));
    if (!*removed) co_return call.error(no_such_item(name.item));
    auto left = co_await call.env.conversations.find(workspace, name.conversation);
    if (!left) co_return call.error(failed(left.error(), name.conversation));
    co_return json_response(to_text(conversation_json(*left)));
  }
};

// What an item does not have here.
Decoded<void> refuse_include(const http::RequestHead& head) {
  for (std::string_view name : {"include", "include[]"}) {
    if (query_text(head, name).empty()) continue;
    return std::unexpected(
        BadInput{"include", "Unsupported parameter: 'include'.", "unsupported_parameter"});
  }
  return {};
}

}  // namespace

Task<std::expected<Json, WireError>> items_of_conversation(StudioCall& call,
                                                           const std::string& id) {
  auto found = co_await call.env.conversations.all(workspace_of(call), id, kMaxBody);
  if (!found && found.error().code == ErrorCode::kTooLarge) {
    const BadInput bad{"conversation", "The conversation is too long to go on from.",
                       "context_length_exceeded"};
    co_return std::unexpected(to_wire(bad, Dialect::kOpenAi));
  }
  if (!found) co_return std::unexpected(failed(found.error(), id));
  Json items = Json::array();
  for (const ConversationItem& item : *found) items.push_back(parsed(item.json));
  co_return items;
}

ActionResult decode_create_conversation(StudioCall&, const std::string& body) {
  auto given = read_given(body);
  if (!given) return std::unexpected(std::move(given.error()));
  return std::make_unique<CreateConversation>(std::move(*given));
}

ActionResult decode_retrieve_conversation(StudioCall&, const std::string&) {
  return std::make_unique<RetrieveConversation>();
}

ActionResult decode_update_conversation(StudioCall&, const std::string& body) {
  auto given = read_given(body);
  if (!given) return std::unexpected(std::move(given.error()));
  return std::make_unique<UpdateConversation>(std::move(given->metadata));
}

ActionResult decode_delete_conversation(StudioCall&, const std::string&) {
  return std::make_unique<DeleteConversation>();
}

ActionResult decode_create_items(StudioCall& call, const std::string& body) {
  if (auto plain = refuse_include(call.head()); !plain) return std::unexpected(plain.error());
  auto given = read_given(body);
  if (!given) return std::unexpected(std::move(given.error()));
  if (given->items.empty()) {
    return std::unexpected(
        BadInput{"items", "Missing required parameter: 'items'.", "missing_required_parameter"});
  }
  return std::make_unique<CreateItems>(std::move(given->items));
}

ActionResult decode_list_items(StudioCall& call, const std::string&) {
  if (auto plain = refuse_include(call.head()); !plain) return std::unexpected(plain.error());
  auto limit = query_number(call.head(), "limit", kUsualItems, kMostItems);
  if (!limit) return std::unexpected(std::move(limit.error()));
  auto newest_first = query_newest_first(call.head());
  if (!newest_first) return std::unexpected(std::move(newest_first.error()));
  ConversationStore::ListOptions options;
  options.after = query_text(call.head(), "after");
  options.limit = *limit;
  options.newest_first = *newest_first;
  return std::make_unique<ListItems>(std::move(options));
}

ActionResult decode_retrieve_item(StudioCall&, const std::string&) {
  return std::make_unique<RetrieveItem>();
}

ActionResult decode_delete_item(StudioCall&, const std::string&) {
  return std::make_unique<DeleteItem>();
}

}  // namespace lakeside::modelstudio::wire
