// A request for a response says what a chat completion says, in other words: it is put into those.
#include <array>
#include <set>
#include <string>
#include <utility>

#include "base/crypto.h"
#include "base/encoding.h"
#include "services/modelstudio/wire/chat_fields.h"
#include "services/modelstudio/wire/openai_response.h"

namespace lakeside::modelstudio::wire {
namespace {

// Of one item of the input; an answered or asked call of a tool is an item of its own.
Json chat_message(Fields& item, const Json& json) {
  std::string type = item.text("type").value_or("message");
  if (type == "function_call_output") {
    // A text, or parts of content (openai, types/responses/response_input_item_param.py).
    const Json* output = item.find("output");
    if (output == nullptr) item.missing("output");
    const bool fits = output != nullptr && (output->is_string() || output->is_array());
    if (output != nullptr && !fits) item.wrong_type("output", "a string or an array", *output);
    return {{"role", "tool"},
            {"tool_call_id", item.required_text("call_id")},
            {"content", fits ? *output : Json("")}};
  }
  if (type == "function_call") {
    Json function = {{"name", item.required_text("name")},
                     {"arguments", item.text("arguments").value_or("{}")}};
    Json call = {{"id", item.required_text("call_id")}, {"function", std::move(function)}};
    return {{"role", "assistant"}, {"tool_calls", Json::array({std::move(call)})}};
  }
  if (type != "message") {
    item.invalid("type", "this server does not know such items.", "unsupported_value");
  }
  return json;
}

// Appends the messages of an array of items called `name`.
void add_messages(Fields& fields, const std::string& name, const Json& items, Json& messages) {
  for (std::size_t i = 0; i < items.size(); ++i) {
    std::string path = name + "[" + std::to_string(i) + "]";
    const Json& one = items[i];
    if (!one.is_object()) return fields.wrong_type(path, "an object", one);
    Fields item(one, path, fields.bad());
    if (item.text("type").value_or("") == "reasoning") continue;  // the model's own, of before
    messages.push_back(chat_message(item, one));
  }
}

// The instructions of the responses before are not carried over (openai, response.py).
Json chat_messages(Fields& fields, const Json& history) {
  Json messages = Json::array();
  if (auto text = fields.text("instructions")) {
    messages.push_back({{"role", "system"}, {"content", *text}});
  }
  const char* before = fields.has("conversation") ? "conversation" : "previous_response_id";
  add_messages(fields, before, history, messages);
  const Json* input = fields.find("input");
  if (input == nullptr) {
    fields.missing("input");
  } else if (input->is_string()) {
    messages.push_back({{"role", "user"}, {"content", *input}});
  } else if (!input->is_array()) {
    fields.wrong_type("input", "a string or an array", *input);
  } else {
    add_messages(fields, "input", *input, messages);
  }
  return messages;
}

// {"type", "name", "parameters"} → {"type", "function": {…}}.
Json chat_tools(Fields& fields) {
  Json tools = Json::array();
  const Json* given = fields.array("tools");
  for (std::size_t i = 0; given != nullptr && i < given->size(); ++i) {
    const Json& one = (*given)[i];
    std::string name = "tools[" + std::to_string(i) + "]";
    if (!one.is_object()) {
      fields.wrong_type(name, "an object", one);
      break;
    }
    Fields tool(one, name, fields.bad());
    if (tool.required_text("type") != "function") {
      tool.invalid("type", "only functions are supported.");
    }
    tools.push_back({{"type", "function"}, {"function", one}});
  }
  return tools;
}

// "text": {"format": {…}}, with a schema's members beside its type.
Json chat_format(Fields& fields) {
  const Json* text = fields.object("text");
  if (text == nullptr) return {};
  Fields inner(*text, "text", fields.bad());
  const Json* format = inner.object("format");
  if (format == nullptr) return {};
  Json out = *format;
  if (format->contains("schema")) out["json_schema"] = *format;
  return out;
}

// What would change the answer, or be missing in it.
void refuse_unsupported(Fields& fields) {
  refuse(fields, {"top_logprobs", "context_management", "moderation"});
  if (fields.text("truncation").value_or("disabled") != "disabled") {
    fields.invalid("truncation", "only 'disabled' is supported.", "unsupported_value");
  }
  const Json* include = fields.array("include");
  for (std::size_t i = 0; include != nullptr && i < include->size(); ++i) {
    if ((*include)[i] != "message.output_text.logprobs") continue;
    fields.invalid("include", "logprobs are in chat completions alone.", "unsupported_value");
  }
}

Json as_chat(Fields& fields, const Json& history) {
  Json chat = Json::object();
  chat["messages"] = chat_messages(fields, history);
  chat["tools"] = chat_tools(fields);
  chat["response_format"] = chat_format(fields);
  for (std::string_view name : {"model", "temperature", "top_p", "stream", "parallel_tool_calls",
                                "enable_thinking", "chat_template_kwargs"}) {
    if (const Json* given = fields.find(name)) chat[std::string(name)] = *given;
  }
  if (const Json* most = fields.find("max_output_tokens")) chat["max_completion_tokens"] = *most;
  if (const Json* choice = fields.find("tool_choice")) {
    bool one = choice->is_object() && choice->contains("name");
    chat["tool_choice"] = one ? Json{{"function", {{"name", (*choice)["name"]}}}} : *choice;
  }
  if (fields.has("prompt")) {
    fields.invalid("prompt", "it is not supported; send the input.", "unsupported_parameter");
  }
  if (const Json* reasoning = fields.object("reasoning");
      reasoning && reasoning->contains("effort")) {
    chat["reasoning_effort"] = (*reasoning)["effort"];
  }
  refuse_unsupported(fields);
  return chat;
}

std::string new_item_id(std::string_view type) {
  std::string_view prefix = type == "function_call"          ? "fc_"
                            : type == "function_call_output" ? "fco_"
                                                             : "msg_";
  return std::string(prefix) + to_lower_ascii(random_hex_upper(24));
}

// A member that is a text, where there is one: the other has been refused, or is null.
std::string text_of(const Json& json, const char* name, std::string usual) {
  auto found = json.find(name);
  return found != json.end() && found->is_string() ? found->get<std::string>() : std::move(usual);
}

// The input as a list of items, as the API shows it: with types, ids and parts of content.
Json with_ids(const Json& input) {
  Json given = input;
  if (input.is_string()) given = Json::array({{{"role", "user"}, {"content", input}}});
  Json items = Json::array();
  for (Json& one : given) {
    std::string type = text_of(one, "type", "message");
    std::string id = text_of(one, "id", new_item_id(type));
    Json item = {{"id", ""}, {"type", ""}};
    item.update(one);
    item["id"] = id;
    item["type"] = type;
    if (type == "message" && item.contains("content") && item["content"].is_string()) {
      bool said = text_of(item, "role", "") == "assistant";
      Json part = {{"type", said ? "output_text" : "input_text"}, {"text", item["content"]}};
      if (said) part["annotations"] = Json::array();
      item["content"] = Json::array({std::move(part)});
    }
    if (!item.contains("status")) item["status"] = "completed";
    items.push_back(std::move(item));
  }
  return items;
}

}  // namespace

void check_metadata(Fields& fields, const Json* metadata) {
  if (metadata == nullptr) return;
  bool fits = metadata->size() <= 16;
  for (const auto& [name, value] : metadata->items()) {
    fits = fits && name.size() <= 64 && value.is_string() &&
           value.get_ref<const std::string&>().size() <= 512;
  }
  if (!fits) {
    fields.invalid("metadata",
                   "expected at most 16 strings of at most 512 characters, by names of "
                   "at most 64.");
  }
}

namespace {

// An id, or {"id": …}.
std::string read_conversation(Fields& fields, const std::string& previous) {
  const Json* given = fields.find("conversation");
  if (given == nullptr) return {};
  std::string id;
  if (given->is_object()) {
    Fields inner(*given, "conversation", fields.bad());
    id = inner.required_text("id");
  } else {
    id = fields.required_text("conversation");
  }
  if (!previous.empty()) {
    fields.invalid("conversation", "it cannot be used together with 'previous_response_id'.",
                   "mutually_exclusive_parameters");
  }
  return id;
}

// A complaint is about the chat's words.
BadInput in_own_words(BadInput bad) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 5> kWords = {
      {{"max_completion_tokens", "max_output_tokens"},
       {"reasoning_effort", "reasoning.effort"},
       {"response_format.json_schema.schema", "text.format.schema"},
       {"response_format.json_schema", "text.format"},
       {"response_format", "text.format"}}};
  if (bad.param.starts_with("messages")) {
    // Which of the items it is, the caller counts otherwise.
    constexpr std::string_view kPath = "'messages";
    if (auto at = bad.message.find(kPath); at != std::string::npos) {
      std::size_t end = at + kPath.size();
      if (bad.message.substr(end).starts_with('[')) end = bad.message.find(']', end) + 1;
      bad.message.replace(at, end - at, "'input");
    }
    bad.param = "input";
  }
  for (const auto& [theirs, own] : kWords) {
    if (!bad.param.starts_with(theirs)) continue;
    for (std::string* text : {&bad.message, &bad.param}) {
      if (auto at = text->find(theirs); at != std::string::npos) {
        text->replace(at, theirs.size(), own);
      }
    }
    break;
  }
  return bad;
}

// Before a model computes an answer that could not be kept: a conversation takes no others.
void check_items(Fields& fields, const Json& items) {
  std::set<std::string> ids;
  for (const Json& item : items) {
    const std::string id = item["id"].get<std::string>();
    if (!is_conversation_item_id(id)) {
      fields.invalid("input", "an item's id has 1 to 128 characters, and no line end.",
                     "invalid_value");
    } else if (!ids.insert(id).second) {
      fields.invalid("input", "two items have the id '" + id + "'.", "invalid_value");
    } else if (to_text(item).size() > kMaxConversationItem) {
      fields.invalid("input", "an item is too large to be kept.", "string_above_max_length");
    }
  }
}

// What its response repeats of a request, as it was given or as it is without.
void echo(const Json& request, const char* name, Json usual, Json& out) {
  auto given = request.find(name);
  if (given == request.end() || given->is_null()) {
    out[name] = std::move(usual);
  } else {
    out[name] = *given;
  }
}

void check_background(Fields& fields, const ResponseRequest& request) {
  if (!request.store) {
    fields.invalid("background", "a response in the background needs 'store' to be true.",
                   "unsupported_value");
  }
  if (fields.boolean("stream").value_or(false)) {
    fields.invalid("stream",
                   "a response in the background is not streamed here; ask for it by its id.",
                   "unsupported_value");
  }
}

}  // namespace

Decoded<Json> parse_items(const Json& items) {
  // As the input of a request that has nothing else.
  const Json request = {{"model", "any"}, {"input", items}};
  auto parsed = parse_response(to_text(request), Json::array());
  if (!parsed) return std::unexpected(std::move(parsed.error()));
  return std::move(parsed->input);
}

Decoded<ResponseRequest> parse_response(std::string_view body, const Json& history) {
  auto json = parse_body(body);
  if (!json) return std::unexpected(std::move(json.error()));
  std::optional<BadInput> bad;
  Fields fields(*json, "", bad);
  Json chat = as_chat(fields, history);
  ResponseRequest out;
  out.store = fields.boolean("store").value_or(true);
  out.previous = fields.text("previous_response_id").value_or("");
  const Json* metadata = fields.object("metadata");
  check_metadata(fields, metadata);
  auto instructions = fields.text("instructions");
  out.conversation = read_conversation(fields, out.previous);
  out.background = fields.boolean("background").value_or(false);
  if (out.background) check_background(fields, out);
  if (bad) return std::unexpected(std::move(*bad));
  auto generate = read_chat_completion(chat);
  if (!generate) return std::unexpected(in_own_words(std::move(generate.error())));
  out.generate = std::move(*generate);
  out.input = with_ids(*fields.find("input"));
  if (!out.conversation.empty()) check_items(fields, out.input);
  if (bad) return std::unexpected(std::move(*bad));
  out.echo = {{"background", out.background},
              {"store", out.store},
              {"metadata", metadata ? *metadata : Json::object()}};
  out.echo["previous_response_id"] = out.previous.empty() ? Json() : Json(out.previous);
  out.echo["instructions"] = instructions ? Json(*instructions) : Json();
  out.echo["conversation"] =
      out.conversation.empty() ? Json() : Json::object({{"id", out.conversation}});
  echo(*json, "max_output_tokens", nullptr, out.echo);
  echo(*json, "parallel_tool_calls", false, out.echo);
  echo(*json, "text", {{"format", {{"type", "text"}}}}, out.echo);
  echo(*json, "tool_choice", "auto", out.echo);
  echo(*json, "tools", Json::array(), out.echo);
  return out;
}

}  // namespace lakeside::modelstudio::wire
