#include <functional>
#include <utility>

#include "base/log.h"
#include "services/modelstudio/wire/openai_response.h"
#include "services/modelstudio/wire/shapes.h"

namespace lakeside::modelstudio::wire {
namespace {

Json usage_json(const serving::Usage& usage) {
  return {{"input_tokens", usage.prompt_tokens},
          {"input_tokens_details", {{"cached_tokens", usage.cached_tokens}}},
          {"output_tokens", usage.completion_tokens},
          {"output_tokens_details", {{"reasoning_tokens", 0}}},
          {"total_tokens", usage.prompt_tokens + usage.completion_tokens}};
}

Json text_part(const std::string& text) {
  return {{"type", "output_text"},
          {"text", text},
          {"annotations", Json::array()},
          {"logprobs", Json::array()}};
}

std::string_view end_status(const ops::Reply& reply) {
  return reply.end == ops::End::kLength ? "incomplete" : "completed";
}

std::unexpected<ModelError> not_kept(const Error& error) {
  if (error.code == ErrorCode::kTooLarge) {
    return std::unexpected(ModelError{
        ModelFault::kInvalid, "The response is too large to be kept: set 'store' to false.", {}});
  }
  log(LogLevel::kError, "a response was not kept", {{"why", error.detail}});
  bool later = error.code == ErrorCode::kNoSpace || error.code == ErrorCode::kUnavailable;
  return std::unexpected(ModelError{
      later ? ModelFault::kNoMemory : ModelFault::kInternal,
      later ? "The response cannot be kept now; try again later, or set 'store' to false." : "",
      {}});
}

// One response: a message, where there is text, and calls of tools, in the order in which they
// began.
class ResponseWriter final : public ReplyWriter {
 public:
  ResponseWriter(ResponseStore* store, ConversationStore& conversations, StoredResponse head,
                 const ResponseRequest& request)
      : store_(store),
        conversations_(conversations),
        head_(std::move(head)),
        begun_(response_document(head_, request, "in_progress")),
        conversation_(request.conversation),
        input_(request.conversation.empty() ? Json() : request.input),
        background_(request.background) {}

  Task<ModelResult<void>> keep(const ops::Choices& choices) override {
    if (items_ == 0) open_items(choices.reply(0));
    const Json document = response(choices);
    head_.document = to_text(document);
    if (background_ && !co_await is_wanted()) co_return ModelResult<void>{};
    Status kept;
    if (!conversation_.empty()) kept = co_await add_to_conversation(document["output"]);
    if (kept && store_ != nullptr) {
      // One by one: g++ 12 makes both of a conditional's tasks.
      if (background_) kept = co_await end();
      if (!background_) kept = co_await store_->add(head_);
    }
    if (kept) co_return ModelResult<void>{};
    co_return not_kept(kept.error());
  }

  std::string whole(const ops::Choices& choices) override { return to_text(response(choices)); }

  std::string change(const ops::Choices& choices, const ops::Change& change) override {
    std::string events;
    if (events_ == 0) {
      events += event("response.created", {{"response", begun_}});
      events += event("response.in_progress", {{"response", begun_}});
    }
    if (!change.content.empty()) {
      if (message_ == kNone) events += open_message();
      events += event("response.output_text.delta", {{"item_id", message_id()},
                                                     {"output_index", message_},
                                                     {"content_index", 0},
                                                     {"delta", change.content},
                                                     {"logprobs", Json::array()}});
    }
    for (const ops::ToolCallChange& call : change.tool_calls) {
      if (call.begins) events += open_call(call);
      if (call.call.arguments.empty()) continue;
      events +=
          event("response.function_call_arguments.delta", {{"item_id", call_id(call.index)},
                                                           {"output_index", calls_[call.index]},
                                                           {"delta", call.call.arguments}});
    }
    if (change.end) events += close_items(choices.reply(0));
    return events;
  }

  std::string ending(const ops::Choices& choices) override {
    bool cut = choices.reply(0).end == ops::End::kLength;
    return event(cut ? "response.incomplete" : "response.completed",
                 {{"response", response(choices)}});
  }

  std::string failure(const ModelError& error) override {
    WireError wire = to_wire(error, Dialect::kOpenAi);
    return event("error", {{"code", wire.code}, {"message", wire.message}, {"param", nullptr}});
  }

 private:
  static constexpr std::size_t kNone = SIZE_MAX;

  // Who cancelled or removed it meanwhile wants nothing of it in the conversation either.
  Task<bool> is_wanted() {
    auto found = co_await store_->find(head_.workspace, head_.id);
    co_return found && !has_ended(Json::parse(found->document, nullptr, false));
  }

  // Before the response is kept: what is done again after a crash has the same ids.
  Task<Status> add_to_conversation(const Json& output) {
    std::vector<ConversationItem> items;
    for (const Json* of : {&input_, &output}) {
      for (const Json& item : *of) items.push_back({item["id"].get<std::string>(), to_text(item)});
    }
    Status added = co_await conversations_.append(head_.workspace, conversation_, items,
                                                  ConversationStore::Known::kSkip);
    // It was removed meanwhile.
    if (!added && added.error().code == ErrorCode::kNotFound) co_return Status{};
    co_return added;
  }

  // Who cancelled or removed it meanwhile was first.
  Task<Status> end() {
    std::function<bool(StoredResponse&)> edit = [this](StoredResponse& response) {
      if (has_ended(Json::parse(response.document, nullptr, false))) return false;
      response.document = head_.document;
      return true;
    };
    auto ended = co_await store_->change(head_.workspace, head_.id, edit);
    if (ended || ended.error().code == ErrorCode::kNotFound) co_return Status{};
    co_return std::unexpected(std::move(ended.error()));
  }

  [[nodiscard]] std::string message_id() const { return "msg_" + head_.id.substr(5); }
  [[nodiscard]] std::string call_id(std::size_t index) const {
    return "fc_" + head_.id.substr(5) + std::to_string(index);
  }

  std::string event(const std::string& name, Json members) {
    Json json = {{"type", name}, {"sequence_number", events_++}};
    json.update(members);
    return "event: " + name + "\ndata: " + to_text(json) + "\n\n";
  }

  [[nodiscard]] Json message_item(std::string_view status, Json content) const {
    return {{"id", message_id()},
            {"type", "message"},
            {"status", status},
            {"role", "assistant"},
            {"content", std::move(content)}};
  }
  [[nodiscard]] Json call_item(std::size_t index, std::string_view status,
                               const serving::ToolCall& call) const {
    return {{"id", call_id(index)}, {"type", "function_call"}, {"status", status},
            {"call_id", call.id},   {"name", call.name},       {"arguments", call.arguments}};
  }

  std::string open_message() {
    message_ = items_++;
    // One after the other: each takes its number.
    std::string events =
        event("response.output_item.added",
              {{"output_index", message_}, {"item", message_item("in_progress", Json::array())}});
    return events += event("response.content_part.added", {{"item_id", message_id()},
                                                           {"output_index", message_},
                                                           {"content_index", 0},
                                                           {"part", text_part("")}});
  }
  std::string open_call(const ops::ToolCallChange& change) {
    calls_.push_back(items_++);
    serving::ToolCall call{change.call.id, change.call.name, {}};
    return event(
        "response.output_item.added",
        {{"output_index", calls_.back()}, {"item", call_item(change.index, "in_progress", call)}});
  }
  // Of a reply that is not streamed.
  void open_items(const ops::Reply& reply) {
    if (!reply.content.empty() || reply.tool_calls.empty()) message_ = items_++;
    while (calls_.size() < reply.tool_calls.size()) calls_.push_back(items_++);
  }

  std::string close_items(const ops::Reply& reply) {
    std::string events;
    if (message_ == kNone && calls_.empty()) events += open_message();
    if (message_ != kNone) {
      Json where = {{"item_id", message_id()}, {"output_index", message_}, {"content_index", 0}};
      Json text = where;
      text["text"] = reply.content;
      text["logprobs"] = Json::array();
      events += event("response.output_text.done", std::move(text));
      where["part"] = text_part(reply.content);
      events += event("response.content_part.done", std::move(where));
      Json content = Json::array({text_part(reply.content)});
      events += event("response.output_item.done",
                      {{"output_index", message_},
                       {"item", message_item(end_status(reply), std::move(content))}});
    }
    for (std::size_t i = 0; i < calls_.size(); ++i) {
      const serving::ToolCall& call = reply.tool_calls[i];
      events += event("response.function_call_arguments.done", {{"item_id", call_id(i)},
                                                                {"output_index", calls_[i]},
                                                                {"name", call.name},
                                                                {"arguments", call.arguments}});
      events +=
          event("response.output_item.done",
                {{"output_index", calls_[i]}, {"item", call_item(i, end_status(reply), call)}});
    }
    return events;
  }

  [[nodiscard]] Json response(const ops::Choices& choices) const {
    const ops::Reply& reply = choices.reply(0);
    Json output(items_, Json());
    if (message_ != kNone) {
      output[message_] = message_item(end_status(reply), Json::array({text_part(reply.content)}));
    }
    for (std::size_t i = 0; i < calls_.size(); ++i) {
      output[calls_[i]] = call_item(i, end_status(reply), reply.tool_calls[i]);
    }
    Json json = begun_;
    json["status"] = "completed";
    if (reply.end == ops::End::kLength) {
      json["status"] = "incomplete";
      json["incomplete_details"] = {{"reason", "max_output_tokens"}};
    }
    json["output"] = std::move(output);
    json["usage"] = usage_json(choices.usage());
    return json;
  }

  ResponseStore* const store_;
  ConversationStore& conversations_;
  StoredResponse head_;
  const Json begun_;
  const std::string conversation_;
  const Json input_;  // for the conversation
  const bool background_;
  std::uint64_t events_ = 0;
  std::size_t items_ = 0;
  std::size_t message_ = kNone;     // its place among the items
  std::vector<std::size_t> calls_;  // theirs
};

}  // namespace

Json response_document(const StoredResponse& head, const ResponseRequest& request,
                       std::string_view status) {
  const serving::GenerateRequest& generate = request.generate.call.request;
  Json json = {{"id", head.id}, {"object", "response"}, {"created_at", unix_seconds(head.created)}};
  json["status"] = status;
  json["error"] = nullptr;
  json["incomplete_details"] = nullptr;
  json["model"] = generate.model;
  json["output"] = Json::array();
  json["temperature"] = generate.sampling.temperature;
  json["top_p"] = generate.sampling.top_p;
  json.update(request.echo);
  json["usage"] = nullptr;
  return json;
}

bool has_ended(const Json& document) {
  if (!document.is_object()) return true;
  const std::string status = document.value("status", "");
  return status != "queued" && status != "in_progress";
}

std::unique_ptr<ReplyWriter> make_response_writer(ResponseStore* store,
                                                  ConversationStore& conversations,
                                                  StoredResponse head,
                                                  const ResponseRequest& request) {
  return std::make_unique<ResponseWriter>(store, conversations, std::move(head), request);
}

}  // namespace lakeside::modelstudio::wire
