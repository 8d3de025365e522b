#include "serving/llamacpp/simple_tools.h"

#include <algorithm>
#include <cstddef>
#include <exception>

#include <nlohmann/json.hpp>

#include "serving/llamacpp/grammar.h"
#include "serving/llamacpp/schemas.h"

namespace lakeside::serving {
namespace {

using nlohmann::ordered_json;

constexpr std::string_view kArguments = "\"arguments\":";

ordered_json function_of(const ordered_json& tool) { return tool.at("function"); }

// What was called, as the model would have written it.
std::string call_text(const ordered_json& call) {
  const ordered_json& function = call.at("function");
  ordered_json arguments = function.value("arguments", ordered_json::object());
  if (arguments.is_string()) {
    ordered_json parsed = ordered_json::parse(arguments.get<std::string>(), nullptr, false);
    arguments = parsed.is_discarded() ? ordered_json::object() : parsed;
  }
  return ordered_json{{"name", function.at("name")}, {"arguments", arguments}}.dump();
}

std::string text_of(const ordered_json& content) {
  if (content.is_string()) return content.get<std::string>();
  std::string text;
  if (content.is_array()) {
    for (const ordered_json& part : content) text += part.value("text", "");
  }
  return text;
}

ordered_json plain_message(ordered_json message) {
  std::string role = message.value("role", "");
  if (role == "tool") {
    return {
        {"role", "user"},
        {"content", "The function returned: " + text_of(message.value("content", ordered_json()))}};
  }
  if (message.contains("tool_calls") && message["tool_calls"].is_array()) {
    std::string text;
    for (const ordered_json& call : message["tool_calls"]) text += call_text(call);
    message["content"] = text;
    message.erase("tool_calls");
  }
  return message;
}

std::string instruction(const ordered_json& tools, bool must) {
  std::string text = "You can call these functions:\n";
  for (const ordered_json& tool : tools) text += function_of(tool).dump() + "\n";
  text += must ? "Reply with a call of one of them"
               : "To call one, and only when it helps, reply with nothing but a call";
  text += ", as JSON: {\"name\": \"the function\", \"arguments\": {…}}";
  return text;
}

void add_instruction(ordered_json& messages, const std::string& text) {
  if (!messages.empty() && messages[0].value("role", "") == "system") {
    messages[0]["content"] = text_of(messages[0].value("content", ordered_json())) + "\n\n" + text;
    return;
  }
  messages.insert(messages.begin(), ordered_json{{"role", "system"}, {"content", text}});
}

// What tells a call from another answer is its first member.
bool looks_like_a_call(const ordered_json& schema) {
  auto properties = schema.find("properties");
  return properties != schema.end() && properties->is_object() && properties->contains("name");
}

// One of the tools with arguments that it takes.
ordered_json call_schema(const ordered_json& tools) {
  ordered_json calls = ordered_json::array();
  for (const ordered_json& tool : tools) {
    ordered_json function = function_of(tool);
    ordered_json arguments = function.value("parameters", ordered_json());
    if (!arguments.is_object() || arguments.empty()) arguments = {{"type", "object"}};
    arguments = moved_schema(std::move(arguments),
                             "#/anyOf/" + std::to_string(calls.size()) + "/properties/arguments");
    calls.push_back(
        {{"type", "object"},
         {"properties", {{"name", {{"const", function.at("name")}}}, {"arguments", arguments}}},
         {"required", {"name", "arguments"}}});
  }
  return {{"anyOf", calls}};
}

std::string trimmed(std::string_view text) {
  std::size_t begin = text.find_first_not_of(" \t\r\n");
  return begin == std::string_view::npos ? std::string() : std::string(text.substr(begin));
}

// Where `text` goes on with `word` after white space: behind it. Nothing where it does not; the end
// where it may yet.
std::size_t skip(std::string_view text, std::size_t at, std::string_view word) {
  if (at == std::string_view::npos) return at;
  at = std::min(text.find_first_not_of(" \t\r\n", at), text.size());
  std::string_view rest = text.substr(at, word.size());
  if (!word.starts_with(rest)) return std::string_view::npos;
  return at + rest.size();
}

// Where a call begins; with `partial` also what may become one.
std::size_t find_call(std::string_view text, bool partial) {
  for (std::size_t at = 0; (at = text.find('{', at)) != std::string_view::npos; ++at) {
    std::size_t end = skip(text, skip(text, at + 1, "\"name\""), ":");
    if (end == std::string_view::npos) continue;
    if (partial || text[end - 1] == ':') return at;
  }
  return std::string_view::npos;
}

// The name; nothing while its end is not there.
std::string name_in(std::string_view text) {
  std::size_t begin = text.find(':');
  if (begin != std::string_view::npos) begin = text.find('"', begin);
  if (begin == std::string_view::npos) return {};
  std::size_t end = text.find('"', begin + 1);
  if (end == std::string_view::npos) return {};
  return std::string(text.substr(begin + 1, end - begin - 1));
}

std::string without_end(std::string_view text) {
  std::size_t last = text.find_last_not_of(" \t\r\n");
  return std::string(text.substr(0, last == std::string_view::npos ? 0 : last + 1));
}

// Of a whole call, as they were written, so that what a partial reply showed is their beginning.
std::string arguments_in(std::string_view call) {
  std::size_t at = call.find(kArguments);
  std::size_t last = call.rfind('}');
  if (at == std::string_view::npos || last < at) return "{}";
  at += kArguments.size();
  return without_end(trimmed(call.substr(at, last - at)));
}

ChatReply growing_call(const std::string& text) {
  ChatReply reply;
  std::string name = name_in(text);
  if (name.empty()) return reply;
  std::size_t at = text.find(kArguments);
  std::string arguments =
      at == std::string::npos ? "" : trimmed(text.substr(at + kArguments.size()));
  reply.tool_calls.push_back({"", name, arguments});
  return reply;
}

}  // namespace

Result<ChatInput> without_tools(const ChatInput& chat) {
  try {
    ChatInput plain = chat;
    ordered_json messages = ordered_json::array();
    for (const ordered_json& message : ordered_json::parse(chat.messages)) {
      messages.push_back(plain_message(message));
    }
    ordered_json tools = ordered_json::parse(chat.tools);
    if (chat.tool_choice != "none") {
      add_instruction(messages, instruction(tools, chat.tool_choice == "required"));
    }
    plain.messages = messages.dump();
    plain.tools.clear();
    plain.tool_choice = "none";
    return plain;
  } catch (const std::exception& error) {
    return fail(ErrorCode::kInvalid, std::string("tools: ") + error.what());
  }
}

Status add_simple_tools(const ChatInput& chat, ChatPrompt& prompt) {
  if (chat.tool_choice == "none") return {};
  try {
    ordered_json schema = call_schema(ordered_json::parse(chat.tools));
    if (!chat.json_schema.empty()) {
      ordered_json answer = ordered_json::parse(chat.json_schema);
      if (looks_like_a_call(answer)) {
        return fail(ErrorCode::kInvalid,
                    "schema: beside tools, this model's answers cannot have a property 'name'");
      }
      const std::string place = "#/anyOf/" + std::to_string(schema["anyOf"].size());
      schema["anyOf"].push_back(moved_schema(std::move(answer), place));
    }
    auto grammar = grammar_of_schema(schema.dump());
    if (!grammar) return std::unexpected(grammar.error());
    GrammarStart start;
    start.lazy = chat.tool_choice != "required" && chat.json_schema.empty();
    prompt.triggers.clear();
    if (start.lazy) {
      start.triggers = {R"(\{"name":)"};
      prompt.triggers = {"{\"name\":"};
    }
    prompt.grammar = with_start(start, *grammar);
    prompt.grammar_after_trigger = start.lazy;
    prompt.parser = kSimpleToolsParser;
    return {};
  } catch (const std::exception& error) {
    return fail(ErrorCode::kInvalid, std::string("tools: ") + error.what());
  }
}

ChatReply parse_simple_tools(std::string_view text, bool partial) {
  std::size_t begin = find_call(text, partial);
  if (begin == std::string_view::npos) return {std::string(text), "", {}};
  std::string before = without_end(text.substr(0, begin));
  std::string begun(text.substr(begin));
  auto call = ordered_json::parse(begun, nullptr, false);
  ChatReply reply;
  if (call.is_object() && call.contains("name") && call["name"].is_string()) {
    reply.tool_calls.push_back({"", call["name"].get<std::string>(), arguments_in(begun)});
  } else if (partial || call.is_discarded()) {
    reply = growing_call(begun);  // one that was cut off stays what it was shown as
  } else {
    return {std::string(text), "", {}};
  }
  reply.content = before;
  return reply;
}

}  // namespace lakeside::serving
