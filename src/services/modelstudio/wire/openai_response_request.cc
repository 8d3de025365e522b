// A request for a response says what a chat completion says, in other words: it is put into those.
#include <utility>

#include "services/modelstudio/wire/openai_chat.h"

namespace lakeside::modelstudio::wire {
namespace {

// Of one item of the input; an answered or asked call of a tool is an item of its own.
Json chat_message(Fields& item, const Json& json) {
  std::string type = item.text("type").value_or("message");
  if (type == "function_call_output") {
    return {{"role", "tool"},
            {"tool_call_id", item.required_text("call_id")},
            {"content", item.required_text("output")}};
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

Json chat_messages(Fields& fields) {
  Json messages = Json::array();
  if (auto text = fields.text("instructions")) {
    messages.push_back({{"role", "system"}, {"content", *text}});
  }
  const Json* input = fields.find("input");
  if (input == nullptr) {
    fields.missing("input");
  } else if (input->is_string()) {
    messages.push_back({{"role", "user"}, {"content", *input}});
  } else if (!input->is_array()) {
    fields.wrong_type("input", "a string or an array", *input);
  }
  for (std::size_t i = 0; input != nullptr && input->is_array() && i < input->size(); ++i) {
    std::string name = "input[" + std::to_string(i) + "]";
    const Json& one = (*input)[i];
    if (!one.is_object()) {
      fields.wrong_type(name, "an object", one);
      break;
    }
    Fields item(one, name, fields.bad());
    if (item.text("type").value_or("") == "reasoning") continue;  // the model's own, of before
    messages.push_back(chat_message(item, one));
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

Json as_chat(Fields& fields) {
  Json chat = Json::object();
  chat["messages"] = chat_messages(fields);
  chat["tools"] = chat_tools(fields);
  chat["response_format"] = chat_format(fields);
  for (std::string_view name : {"model", "temperature", "top_p", "stream", "parallel_tool_calls"}) {
    if (const Json* given = fields.find(name)) chat[std::string(name)] = *given;
  }
  if (const Json* most = fields.find("max_output_tokens")) chat["max_completion_tokens"] = *most;
  if (const Json* choice = fields.find("tool_choice")) {
    bool one = choice->is_object() && choice->contains("name");
    chat["tool_choice"] = one ? Json{{"function", {{"name", (*choice)["name"]}}}} : *choice;
  }
  for (std::string_view name : {"previous_response_id", "conversation", "prompt"}) {
    if (fields.has(name)) {
      fields.invalid(name, "this server keeps no responses; send the whole input.",
                     "unsupported_parameter");
    }
  }
  if (fields.boolean("background").value_or(false)) {
    fields.invalid("background", "it is not supported.", "unsupported_parameter");
  }
  return chat;
}

}  // namespace

Decoded<OpenAiGenerate> parse_response(std::string_view body) {
  auto json = parse_body(body);
  if (!json) return std::unexpected(std::move(json.error()));
  std::optional<BadInput> bad;
  Fields fields(*json, "", bad);
  Json chat = as_chat(fields);
  if (bad) return std::unexpected(std::move(*bad));
  auto out = read_chat_completion(chat);
  // The complaint is about the chat's words.
  if (!out && out.error().param.starts_with("messages")) out.error().param = "input";
  return out;
}

}  // namespace lakeside::modelstudio::wire
