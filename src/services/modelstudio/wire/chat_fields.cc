#include "services/modelstudio/wire/chat_fields.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "base/encoding.h"
#include "services/modelstudio/wire/strict_schema.h"

namespace lakeside::modelstudio::wire {
namespace {

constexpr std::size_t kMaxSchema = 256 << 10;

std::string element(std::string_view name, std::size_t index) {
  return std::string(name) + "[" + std::to_string(index) + "]";
}

void read_logit_bias(Fields& fields, serving::Sampling& sampling) {
  const Json* biases = fields.object("logit_bias");
  if (biases == nullptr) return;
  Fields inner(*biases, fields.path_of("logit_bias"), fields.bad());
  for (const auto& [token, bias] : biases->items()) {
    auto id = parse_uint(token);
    if (!id || *id > INT32_MAX) {
      fields.invalid("logit_bias", "its names must be the numbers of tokens.");
      return;
    }
    auto value = inner.number(token, -100, 100);
    if (!value) {
      if (!fields.failed()) inner.wrong_type(token, "a decimal", bias);
      return;
    }
    sampling.logit_bias.emplace_back(static_cast<serving::Token>(*id), static_cast<float>(*value));
  }
}

// A text, or parts of type text, which become one.
std::optional<std::string> content_text(Fields& message) {
  const Json* content = message.find("content");
  if (content == nullptr) return std::nullopt;
  if (content->is_string()) return content->get<std::string>();
  if (!content->is_array()) {
    message.wrong_type("content", "a string or an array of parts", *content);
    return std::nullopt;
  }
  std::string all;
  for (std::size_t i = 0; i < content->size() && !message.failed(); ++i) {
    const Json& part = (*content)[i];
    std::string name = element("content", i);
    if (!part.is_object()) {
      message.wrong_type(name, "an object", part);
      break;
    }
    Fields fields(part, message.path_of(name), message.bad());
    // Model Studio's multimodal parts have no type: {"text": …}.
    std::string type = fields.text("type").value_or(part.contains("text") ? "text" : "");
    if (type == "refusal") {
      all += fields.required_text("refusal");
      continue;
    }
    if (type != "text" && type != "input_text" && type != "output_text") {
      fields.invalid("type", "this model takes text only.", "unsupported_content_type");
      break;
    }
    auto text = fields.text("text");
    if (!text) fields.missing("text");
    if (i > 0) all += '\n';
    all += text.value_or("");
  }
  return all;
}

Json read_tool_calls(Fields& message) {
  Json calls = Json::array();
  const Json* given = message.array("tool_calls");
  for (std::size_t i = 0; given != nullptr && i < given->size() && !message.failed(); ++i) {
    std::string name = element("tool_calls", i);
    if (!(*given)[i].is_object()) {
      message.wrong_type(name, "an object", (*given)[i]);
      break;
    }
    Fields call((*given)[i], message.path_of(name), message.bad());
    const Json* function = call.object("function");
    if (function == nullptr) {
      call.missing("function");
      break;
    }
    Fields inner(*function, call.path_of("function"), message.bad());
    calls.push_back({{"id", call.text("id").value_or("")},
                     {"type", "function"},
                     {"function",
                      {{"name", inner.required_text("name")},
                       {"arguments", inner.text("arguments").value_or("{}")}}}});
  }
  return calls;
}

std::string read_role(Fields& message) {
  std::string role = message.required_text("role");
  if (role == "developer") return "system";
  if (role == "function") return "tool";
  constexpr std::array<std::string_view, 4> kRoles = {"system", "user", "assistant", "tool"};
  if (std::ranges::find(kRoles, role) == kRoles.end()) {
    message.invalid("role",
                    "Supported values are: 'system', 'developer', 'user', 'assistant' and 'tool'.");
  }
  return role;
}

Json read_message(Fields& message) {
  Json out = Json::object();
  std::string role = read_role(message);
  auto content = content_text(message);
  Json calls = role == "assistant" ? read_tool_calls(message) : Json::array();
  if (!content && role == "assistant") content = message.text("refusal");
  if (!content && calls.empty()) message.missing("content");
  out["role"] = role;
  out["content"] = content.value_or("");
  if (!calls.empty()) out["tool_calls"] = std::move(calls);
  if (auto name = message.text("name")) out["name"] = *name;
  if (auto id = message.text("tool_call_id")) out["tool_call_id"] = *id;
  if (auto thought = message.text("reasoning_content")) out["reasoning_content"] = *thought;
  return out;
}

// As OpenAI has it; a grammar and a reply carry it between quotation marks.
bool is_tool_name(std::string_view name) {
  return !name.empty() && name.size() <= 64 && std::ranges::all_of(name, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '-';
  });
}

Json read_tool(Fields& tool) {
  std::string type = tool.text("type").value_or("function");
  if (type != "function") tool.invalid("type", "only functions are supported.");
  const Json* function = tool.object("function");
  if (function == nullptr) {
    tool.missing("function");
    return {};
  }
  Fields inner(*function, tool.path_of("function"), tool.bad());
  Json out = Json::object();
  const std::string name = inner.required_text("name");
  if (!is_tool_name(name)) {
    inner.invalid("name", "it has 1 to 64 letters, digits, '_' and '-'.");
  }
  out["name"] = name;
  if (auto text = inner.text("description")) out["description"] = *text;
  const Json* parameters = inner.object("parameters");
  if (parameters != nullptr) check_strict(inner, "parameters", *parameters);
  out["parameters"] = parameters != nullptr
                          ? *parameters
                          : Json{{"type", "object"}, {"properties", Json::object()}};
  return {{"type", "function"}, {"function", std::move(out)}};
}

// {"type": "function", "function": {"name": …}}: only that one, and it must be called.
void choose_one_tool(Fields& fields, const Json& choice, Json& tools, serving::ChatInput& chat) {
  Fields outer(choice, fields.path_of("tool_choice"), fields.bad());
  const Json* function = outer.object("function");
  if (function == nullptr) return outer.missing("function");
  Fields inner(*function, outer.path_of("function"), fields.bad());
  std::string name = inner.required_text("name");
  auto found = std::ranges::find_if(
      tools, [&](const Json& tool) { return tool["function"]["name"] == name; });
  if (found == tools.end()) return inner.invalid("name", "no tool has this name.");
  tools = Json::array({Json(*found)});
  chat.tool_choice = "required";
}

void read_tool_choice(Fields& fields, Json& tools, serving::ChatInput& chat) {
  const Json* choice = fields.find("tool_choice");
  if (choice == nullptr) return;
  if (choice->is_object()) return choose_one_tool(fields, *choice, tools, chat);
  if (!choice->is_string()) {
    return fields.wrong_type("tool_choice", "a string or an object", *choice);
  }
  chat.tool_choice = choice->get<std::string>();
  if (chat.tool_choice != "auto" && chat.tool_choice != "none" && chat.tool_choice != "required") {
    fields.invalid("tool_choice", "Supported values are: 'none', 'auto' and 'required'.");
  }
}

}  // namespace

void refuse(Fields& fields, std::initializer_list<std::string_view> names) {
  for (std::string_view name : names) {
    const Json* given = fields.find(name);
    const bool nothing = given == nullptr || *given == false || *given == 0 ||
                         (given->is_structured() && given->empty());
    if (!nothing) fields.invalid(name, "it is not supported.", "unsupported_parameter");
  }
}

void read_template_arguments(Fields& fields, serving::ChatInput& chat) {
  Json arguments = Json::object();
  if (const Json* given = fields.object("chat_template_kwargs")) arguments = *given;
  if (auto thinks = fields.boolean("enable_thinking")) arguments["enable_thinking"] = *thinks;
  // Models here think or do not; how much, only OpenAI's know.
  if (auto effort = fields.text("reasoning_effort")) {
    constexpr std::array<std::string_view, 7> kEfforts = {"none", "minimal", "low", "medium",
                                                          "high", "xhigh",   "max"};
    if (std::ranges::find(kEfforts, *effort) == kEfforts.end()) {
      fields.invalid("reasoning_effort", "it is none of OpenAI's values.");
    }
    if (*effort == "none") arguments["enable_thinking"] = false;
  }
  if (!arguments.empty()) chat.template_arguments = to_text(arguments);
}

void read_sampling(Fields& fields, serving::Sampling& sampling) {
  auto set = [&](std::string_view name, double least, double most, float& value) {
    if (auto given = fields.number(name, least, most)) value = static_cast<float>(*given);
  };
  set("temperature", 0, 2, sampling.temperature);
  set("top_p", 0, 1, sampling.top_p);
  set("min_p", 0, 1, sampling.min_p);
  set("presence_penalty", -2, 2, sampling.presence_penalty);
  set("frequency_penalty", -2, 2, sampling.frequency_penalty);
  set("repetition_penalty", 0.01, 10, sampling.repetition_penalty);
  if (auto top_k = fields.integer("top_k", -1, 1'000'000)) {
    sampling.top_k = static_cast<std::int32_t>(std::max<std::int64_t>(*top_k, 0));
  }
  if (auto seed = fields.integer("seed", INT64_MIN, INT64_MAX)) {
    sampling.seed = static_cast<std::uint64_t>(*seed);
  }
  read_logit_bias(fields, sampling);
}

void read_bounds(Fields& fields, serving::GenerateRequest& request) {
  for (std::string_view name : {"max_tokens", "max_completion_tokens"}) {
    if (auto most = fields.integer(name, 1, INT32_MAX)) {
      request.max_tokens = static_cast<std::uint32_t>(*most);
    }
  }
  const Json* stop = fields.find("stop");
  if (stop == nullptr || (stop->is_array() && stop->empty())) return;
  request.stops = fields.texts("stop", kMaxStops);
  for (const std::string& text : request.stops) {
    if (text.empty()) fields.invalid("stop", "a stop sequence may not be empty.");
  }
}

void read_logprobs(Fields& fields, serving::GenerateRequest& request) {
  bool wanted = fields.boolean("logprobs").value_or(false);
  auto top = fields.integer("top_logprobs", 0, 20);
  if (top && *top > 0 && !wanted) {
    fields.invalid("top_logprobs", "'logprobs' must be true where 'top_logprobs' is given.");
  }
  if (wanted) request.logprobs = static_cast<std::uint32_t>(top.value_or(0));
}

void read_messages(Fields& fields, serving::ChatInput& chat) {
  const Json* messages = fields.array("messages");
  if (messages == nullptr) return fields.missing("messages");
  if (messages->empty()) return fields.invalid("messages", "an empty array.", "empty_array");
  if (messages->size() > kMaxMessages) {
    return fields.invalid("messages",
                          "array too long. Expected at most " + std::to_string(kMaxMessages) +
                              " messages, but got " + std::to_string(messages->size()) + ".",
                          "array_above_max_length");
  }
  Json out = Json::array();
  for (std::size_t i = 0; i < messages->size() && !fields.failed(); ++i) {
    std::string name = element("messages", i);
    const Json& one = (*messages)[i];
    if (!one.is_object()) return fields.wrong_type(name, "an object", one);
    Fields message(one, fields.path_of(name), fields.bad());
    out.push_back(read_message(message));
  }
  chat.messages = to_text(out);
}

void read_tools(Fields& fields, serving::ChatInput& chat) {
  Json tools = Json::array();
  const Json* given = fields.array("tools");
  if (given != nullptr && given->size() > kMaxTools) {
    return fields.invalid("tools", "at most " + std::to_string(kMaxTools) + " tools.",
                          "array_above_max_length");
  }
  for (std::size_t i = 0; given != nullptr && i < given->size() && !fields.failed(); ++i) {
    std::string name = element("tools", i);
    if (!(*given)[i].is_object()) return fields.wrong_type(name, "an object", (*given)[i]);
    Fields tool((*given)[i], fields.path_of(name), fields.bad());
    tools.push_back(read_tool(tool));
  }
  if (fields.failed()) return;
  read_tool_choice(fields, tools, chat);
  if (chat.tool_choice == "required" && tools.empty()) {
    fields.invalid("tool_choice", "it is only allowed where 'tools' are given.");
  }
  chat.parallel_tool_calls = fields.boolean("parallel_tool_calls").value_or(false);
  if (!tools.empty()) chat.tools = to_text(tools);
}

std::string read_response_format(Fields& fields) {
  const Json* format = fields.object("response_format");
  if (format == nullptr) return {};
  Fields inner(*format, fields.path_of("response_format"), fields.bad());
  std::string type = inner.required_text("type");
  if (type == "text") return {};
  if (type == "json_object") return R"({"type":"object"})";
  if (type != "json_schema") {
    inner.invalid("type", "Supported values are: 'text', 'json_object' and 'json_schema'.");
    return {};
  }
  const Json* described = inner.object("json_schema");
  if (described == nullptr) {
    inner.missing("json_schema");
    return {};
  }
  Fields schema(*described, inner.path_of("json_schema"), fields.bad());
  const Json* found = schema.object("schema");
  if (found == nullptr) {
    schema.missing("schema");
    return {};
  }
  check_strict(schema, "schema", *found);
  std::string text = to_text(*found);
  if (text.size() > kMaxSchema) schema.invalid("schema", "it is too long.");
  return text;
}

std::string joined_texts(const serving::ChatInput& chat) {
  std::string all;
  Json messages = Json::parse(chat.messages, nullptr, false);
  for (const Json& message : messages) {
    if (!all.empty()) all += '\n';
    all += message["content"].get<std::string>();
  }
  return all;
}

}  // namespace lakeside::modelstudio::wire
