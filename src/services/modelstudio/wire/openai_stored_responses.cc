// Responses as they are made, kept, read and removed: platform.openai.com/docs/api-reference/
// responses.
#include <algorithm>
#include <array>
#include <set>
#include <utility>

#include "base/crypto.h"
#include "base/encoding.h"
#include "base/log.h"
#include "services/modelstudio/ops/job_runner.h"
#include "services/modelstudio/wire/body.h"
#include "services/modelstudio/wire/codecs.h"
#include "services/modelstudio/wire/files.h"
#include "services/modelstudio/wire/openai_background.h"
#include "services/modelstudio/wire/openai_response.h"
#include "services/modelstudio/wire/query.h"

namespace lakeside::modelstudio::wire {
namespace {

constexpr std::size_t kMaxTurns = 1000;
constexpr std::uint64_t kUsualItems = 20;
constexpr std::uint64_t kMostItems = 100;

WireError no_such_response(std::string_view id) {
  WireError error;
  error.status = 404;
  error.message = "Response with id '" + std::string(id) + "' not found.";
  return error;
}

WireError bad_previous(std::string code, std::string message) {
  return to_wire(BadInput{"previous_response_id", std::move(message), std::move(code)},
                 Dialect::kOpenAi);
}

Json parsed(const std::string& text) { return Json::parse(text, nullptr, false); }

// What is no array, which our records never have, is nothing.
void append(Json& items, Json more) {
  if (!more.is_array()) return;
  for (Json& item : more) items.push_back(std::move(item));
}

// From `id` back to the first, at most kMaxTurns of them and kMaxBody bytes.
Task<std::expected<std::vector<StoredResponse>, WireError>> turns_to(StudioCall& call,
                                                                     std::string id) {
  std::vector<StoredResponse> turns;
  std::size_t bytes = 0;
  while (!id.empty()) {
    auto turn = co_await call.env.responses.find(workspace_of(call), id);
    if (!turn && turn.error().code == ErrorCode::kNotFound) {
      co_return std::unexpected(bad_previous("previous_response_not_found",
                                             "Previous response with id '" + id + "' not found."));
    }
    if (!turn) co_return std::unexpected(response_error(turn.error(), id));
    if (!has_ended(parsed(turn->document))) {
      co_return std::unexpected(
          bad_previous("invalid_value", "Response '" + id + "' has not come to its end yet."));
    }
    bytes += turn->input.size() + turn->document.size();
    if (turns.size() == kMaxTurns || bytes > kMaxBody) {
      co_return std::unexpected(
          bad_previous("context_length_exceeded", "The conversation is too long to go on from."));
    }
    id = turn->previous;
    turns.push_back(std::move(*turn));
  }
  std::ranges::reverse(turns);
  co_return turns;
}

// A response that was not streamed or is: the same, but for its history, which is read first.
class CreateResponse final : public gateway::Action {
 public:
  explicit CreateResponse(std::string body, ResponseRequest request)
      : body_(std::move(body)), request_(std::move(request)) {}

  Task<http::Response> run(gateway::Call& base) override {
    auto& call = static_cast<StudioCall&>(base);
    if (!request_.previous.empty() || !request_.conversation.empty()) {
      auto history = co_await what_was_said(call);
      if (!history) co_return call.error(history.error());
      auto whole = parse_response(body_, *history);
      if (!whole) co_return call.error(to_wire(whole.error(), call.dialect));
      request_ = std::move(*whole);
      if (auto known = known_item(call, *history))
        co_return call.error(to_wire(*known, call.dialect));
    }
    if (request_.background && !call.background) {
      co_return co_await begin_response(call, request_, body_);
    }
    if (request_.background) {
      auto begun = co_await take_up_response(call);
      if (!begun) co_return call.error(begun.error());
      if (!*begun) co_return json_response("{}");
      created_ = *begun;
    }
    body_.clear();
    serving::GenerateRequest& generate = request_.generate.call.request;
    generate.tenant = call.tenant();
    generate.start_within = call.env.start_within;
    GenerateAction action(std::move(request_.generate.call), make_writer(call),
                          request_.generate.stream);
    co_return co_await action.run(call);
  }

 private:
  // An item of an id that the conversation has would not be added to it. A line that is run again
  // finds its own.
  [[nodiscard]] std::optional<BadInput> known_item(const StudioCall& call,
                                                   const Json& history) const {
    if (request_.conversation.empty() || call.background) return std::nullopt;
    std::set<std::string> ids;
    for (const Json& item : history) ids.insert(item.value("id", ""));
    for (const Json& item : request_.input) {
      const auto id = item["id"].get<std::string>();
      if (!ids.contains(id)) continue;
      return BadInput{"input", "The conversation has an item with the id '" + id + "' already.",
                      "invalid_value"};
    }
    return std::nullopt;
  }

  [[nodiscard]] Task<std::expected<Json, WireError>> what_was_said(StudioCall& call) const {
    if (request_.previous.empty()) return items_of_conversation(call, request_.conversation);
    return history_of(call, request_.previous);
  }

  [[nodiscard]] std::unique_ptr<ReplyWriter> make_writer(const StudioCall& call) const {
    StoredResponse head;
    head.id = call.response_id;
    if (head.id.empty()) head.id = "resp_" + to_lower_ascii(random_hex_upper(24));
    head.workspace = workspace_of(call);
    head.previous = request_.previous;
    head.created = created_.value_or(call.env.clock.now());
    if (request_.store) head.input = to_text(request_.input);
    return make_response_writer(request_.store ? &call.env.responses : nullptr,
                                call.env.conversations, std::move(head), request_);
  }

  std::string body_;
  ResponseRequest request_;
  std::optional<Time> created_;  // of one in the background
};

class RetrieveResponse final : public gateway::Action {
 public:
  Task<http::Response> run(gateway::Call& base) override {
    auto& call = static_cast<StudioCall&>(base);
    auto found = co_await call.env.responses.find(workspace_of(call), call.id);
    if (!found) co_return call.error(response_error(found.error(), call.id));
    co_return json_response(std::move(found->document));
  }
};

class DeleteResponse final : public gateway::Action {
 public:
  Task<http::Response> run(gateway::Call& base) override {
    auto& call = static_cast<StudioCall&>(base);
    auto removed = co_await call.env.responses.remove(workspace_of(call), call.id);
    if (!removed) co_return call.error(response_error(removed.error(), call.id));
    call.env.runner->abort(call.id);
    co_return json_response(to_text({{"id", call.id}, {"object", "response"}, {"deleted", true}}));
  }
};

class CancelResponse final : public gateway::Action {
 public:
  Task<http::Response> run(gateway::Call& base) override {
    auto& call = static_cast<StudioCall&>(base);
    auto found = co_await call.env.responses.find(workspace_of(call), call.id);
    if (!found) co_return call.error(response_error(found.error(), call.id));
    Json document = parsed(found->document);
    if (document.is_object() && document.value("background", false)) {
      co_return co_await cancel_response(call);
    }
    // It has come to its end, or it would not be kept.
    co_return call.error(
        to_wire(BadInput{"", "Cannot cancel a synchronous response.", ""}, call.dialect));
  }
};

class ListInputItems final : public gateway::Action {
 public:
  ListInputItems(std::string after, std::uint64_t limit, bool newest_first)
      : after_(std::move(after)), limit_(limit), newest_first_(newest_first) {}

  Task<http::Response> run(gateway::Call& base) override {
    auto& call = static_cast<StudioCall&>(base);
    auto found = co_await call.env.responses.find(workspace_of(call), call.id);
    if (!found) co_return call.error(response_error(found.error(), call.id));
    auto items = co_await items_of(call, *found);
    if (!items) co_return call.error(items.error());
    if (newest_first_) std::reverse(items->begin(), items->end());
    co_return json_response(to_text(page_of(*items)));
  }

 private:
  [[nodiscard]] Json page_of(const Json& items) const {
    std::size_t from = 0;
    for (std::size_t i = 0; !after_.empty() && i < items.size(); ++i) {
      if (items[i]["id"] == after_) from = i + 1;
    }
    Json data = Json::array();
    for (std::size_t i = from; i < items.size() && data.size() < limit_; ++i) {
      data.push_back(items[i]);
    }
    bool more = from + data.size() < items.size();
    Json first = data.empty() ? Json() : data.front()["id"];
    Json last = data.empty() ? Json() : data.back()["id"];
    return {{"object", "list"},
            {"data", std::move(data)},
            {"first_id", std::move(first)},
            {"last_id", std::move(last)},
            {"has_more", more}};
  }

  std::string after_;
  std::uint64_t limit_;
  bool newest_first_;
};

// Refuses what a read of a kept response could ask for and does not get.
Decoded<void> refuse_extras(const http::RequestHead& head) {
  constexpr std::array<std::string_view, 5> kExtras = {
      "include", "include[]", "include_obfuscation", "starting_after", "stream"};
  for (std::string_view name : kExtras) {
    std::string value = query_text(head, name);
    if (value.empty() || value == "false") continue;
    return std::unexpected(BadInput{std::string(name),
                                    "Unsupported parameter: '" + std::string(name) + "'.",
                                    "unsupported_parameter"});
  }
  return {};
}

}  // namespace

WireError response_error(const Error& error, std::string_view id) {
  if (error.code == ErrorCode::kNotFound) return no_such_response(id);
  log(LogLevel::kError, "stored responses failed", {{"why", error.detail}});
  return to_wire(ModelError{ModelFault::kInternal, {}, {}}, Dialect::kOpenAi);
}

Task<std::expected<Json, WireError>> items_of(StudioCall& call, const StoredResponse& last) {
  Json items = Json::array();
  if (!last.previous.empty()) {
    auto before = co_await history_of(call, last.previous);
    if (!before) co_return std::unexpected(std::move(before.error()));
    items = std::move(*before);
  }
  append(items, parsed(last.input));
  co_return items;
}

Task<std::expected<Json, WireError>> history_of(StudioCall& call, const std::string& id) {
  auto turns = co_await turns_to(call, id);
  if (!turns) co_return std::unexpected(std::move(turns.error()));
  Json items = Json::array();
  for (const StoredResponse& turn : *turns) {
    append(items, parsed(turn.input));
    Json document = parsed(turn.document);
    if (document.is_object()) append(items, std::move(document["output"]));
  }
  co_return items;
}

ActionResult decode_create_response(StudioCall& call, const std::string& body) {
  Json none = Json::array();
  auto request = parse_response(body, none);
  if (!request) return std::unexpected(std::move(request.error()));
  if (request->background && call.background && call.response_id.empty()) {
    return std::unexpected(
        BadInput{"background", "It is not supported in the Batch API.", "unsupported_parameter"});
  }
  bool again_needed =
      !request->previous.empty() || !request->conversation.empty() || request->background;
  std::string again = again_needed ? body : std::string();
  return std::make_unique<CreateResponse>(std::move(again), std::move(*request));
}

ActionResult decode_retrieve_response(StudioCall& call, const std::string&) {
  if (auto plain = refuse_extras(call.head()); !plain) return std::unexpected(plain.error());
  return std::make_unique<RetrieveResponse>();
}

ActionResult decode_delete_response(StudioCall&, const std::string&) {
  return std::make_unique<DeleteResponse>();
}

ActionResult decode_cancel_response(StudioCall&, const std::string&) {
  return std::make_unique<CancelResponse>();
}

ActionResult decode_list_input_items(StudioCall& call, const std::string&) {
  if (auto plain = refuse_extras(call.head()); !plain) return std::unexpected(plain.error());
  auto limit = query_number(call.head(), "limit", kUsualItems, kMostItems);
  if (!limit) return std::unexpected(std::move(limit.error()));
  auto newest_first = query_newest_first(call.head());
  if (!newest_first) return std::unexpected(std::move(newest_first.error()));
  return std::make_unique<ListInputItems>(query_text(call.head(), "after"), *limit, *newest_first);
}

}  // namespace lakeside::modelstudio::wire
