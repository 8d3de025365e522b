#include "serving/fake/chat.h"

#include <algorithm>
#include <string>
#include <utility>

#include <nlohmann/json.hpp>

#include "serving/fake/grammar.h"
#include "serving/fake/schema.h"
#include "serving/fake/script.h"
#include "serving/fake/vocabulary.h"

namespace lakeside::serving::fake {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::string_view kCall = "<tool_call>";
constexpr std::string_view kTextParser = "text";  // no calls are looked for
constexpr std::string_view kCallEnd = "</tool_call>";
constexpr std::string_view kThink = "<think>";
constexpr std::string_view kThinkEnd = "</think>";

// A message's content: a text, parts of text, or null.
Result<std::string> content_of(const Json& message) {
  auto content = message.find("content");
  if (content == message.end() || content->is_null()) return std::string();
  if (content->is_string()) return content->get<std::string>();
  if (!content->is_array()) return fail(ErrorCode::kInvalid, "content is a text or parts");
  std::string text;
  for (const Json& part : *content) text += part.at("text").get<std::string>();
  return text;
}

Result<Token> heading_of(const std::string& role) {
  if (role == "system" || role == "developer") return kSystem;
  if (role == "user") return kUser;
  if (role == "assistant") return kAssistant;
  if (role == "tool") return kTool;
  return fail(ErrorCode::kInvalid, "unknown role " + role);
}

std::string_view special(Token token) {
  return kSpecials[static_cast<std::size_t>(token - kBegin)];
}

// Writes the messages; leaves the last one's content in `last`.
Status write_messages(const Json& messages, std::string& text, std::string& last) {
  if (!messages.is_array() || messages.empty()) return fail(ErrorCode::kInvalid, "no messages");
  for (const Json& message : messages) {
    auto heading = heading_of(message.at("role").get<std::string>());
    if (!heading) return std::unexpected(std::move(heading.error()));
    auto content = content_of(message);
    if (!content) return std::unexpected(std::move(content.error()));
    last = *content;
    text += special(*heading);
    text += *content;
    for (const Json& call : message.value("tool_calls", Json::array())) {
      const Json& function = call.at("function");
      text += tool_call_text(function.at("name").get<std::string>(),
                             function.at("arguments").get<std::string>());
    }
    text += special(kEnd);
  }
  return {};
}

Result<std::string> call_alternative(const Json& tool, bool free_arguments) {
  const Json& function = tool.at("function");
  const auto name = function.at("name").get<std::string>();
  if (free_arguments) {
    const std::string frame = tool_call_text(name, "\n");
    const std::size_t hole = frame.find('\n');
    return literal(frame.substr(0, hole)) + " [^<]* " + literal(frame.substr(hole + 1));
  }
  auto arguments = least_instance(function.value("parameters", Json::object()).dump());
  if (!arguments) return arguments;
  return literal(tool_call_text(name, *arguments == "null" ? "{}" : *arguments));
}

Status add_tools(const ChatInput& chat, const std::string& last, ChatPrompt& prompt) {
  const Json tools = Json::parse(chat.tools);
  if (!tools.is_array()) return fail(ErrorCode::kInvalid, "tools is an array");
  if (chat.tool_choice == "none") prompt.parser = kTextParser;
  if (tools.empty() || chat.tool_choice == "none") return {};
  prompt.grammar_after_trigger = chat.tool_choice != "required";
  const bool scripted = last.starts_with("call tool ");
  for (const Json& tool : tools) {
    auto alternative = call_alternative(tool, scripted || prompt.grammar_after_trigger);
    if (!alternative) return std::unexpected(std::move(alternative.error()));
    prompt.grammar += prompt.grammar.empty() ? "root ::= " : " | ";
    prompt.grammar += *alternative;
  }
  if (prompt.grammar_after_trigger && chat.parallel_tool_calls) prompt.grammar.clear();
  if (prompt.grammar_after_trigger) prompt.triggers.emplace_back(kCall);
  return {};
}

// Beside tools that may be called, whoever scripts a call gets it.
Status add_schema(const ChatInput& chat, const std::string& last, ChatPrompt& prompt) {
  if (!prompt.triggers.empty() && last.starts_with("call tool ")) return {};
  auto instance = least_instance(chat.json_schema);
  if (!instance) return std::unexpected(std::move(instance.error()));
  prompt.grammar = "root ::= " + literal(*instance);
  prompt.grammar_after_trigger = false;
  prompt.triggers.clear();
  return {};
}

// With `partial`: without an end that may be the beginning of `mark`.
std::string_view without_mark_begun(std::string_view text, std::string_view mark, bool partial) {
  if (!partial) return text;
  for (std::size_t length = std::min(mark.size() - 1, text.size()); length > 0; --length) {
    if (text.ends_with(mark.substr(0, length))) return text.substr(0, text.size() - length);
  }
  return text;
}

// Reads what stands between the marks of a call; nothing while its name is incomplete.
void read_call(std::string_view text, bool complete, std::vector<ToolCall>& calls) {
  constexpr std::string_view kName = "{\"name\": \"";
  constexpr std::string_view kArguments = "\", \"arguments\": ";
  if (!text.starts_with(kName)) return;
  text.remove_prefix(kName.size());
  const std::size_t end = text.find(kArguments);
  if (end == std::string_view::npos) return;
  std::string_view arguments = text.substr(end + kArguments.size());
  if (complete) {
    if (arguments.ends_with('}')) arguments.remove_suffix(1);
  } else {
    arguments = without_mark_begun(arguments, "}</tool_call>", true);
  }
  calls.push_back({{}, std::string(text.substr(0, end)), std::string(arguments)});
}

void take_reasoning(std::string_view& text, bool partial, ChatReply& reply) {
  if (!text.starts_with(kThink)) {
    if (partial && kThink.starts_with(text)) text = {};
    return;
  }
  text.remove_prefix(kThink.size());
  const std::size_t end = text.find(kThinkEnd);
  if (end == std::string_view::npos) {
    reply.reasoning = without_mark_begun(text, kThinkEnd, partial);
    text = {};
    return;
  }
  reply.reasoning = text.substr(0, end);
  text.remove_prefix(end + kThinkEnd.size());
}

}  // namespace

Result<ChatPrompt> render_chat(const ChatInput& chat) {
  try {
    ChatPrompt prompt;
    std::string last;
    if (!chat.tools.empty()) {
      prompt.text += special(kSystem);
      prompt.text += chat.tools;
      prompt.text += special(kEnd);
    }
    Status status = write_messages(Json::parse(chat.messages), prompt.text, last);
    if (!status) return std::unexpected(std::move(status.error()));
    prompt.text += special(kAssistant);
    if (!chat.tools.empty()) status = add_tools(chat, last, prompt);
    if (!status) return std::unexpected(std::move(status.error()));
    if (!chat.json_schema.empty() && (chat.tools.empty() || chat.tool_choice != "required")) {
      status = add_schema(chat, last, prompt);
    }
    if (!status) return std::unexpected(std::move(status.error()));
    return prompt;
  } catch (const Json::exception& problem) {
    return fail(ErrorCode::kInvalid, problem.what());
  }
}

Result<ChatReply> parse_chat_reply(const ChatPrompt& prompt, std::string_view text, bool partial) {
  ChatReply reply;
  take_reasoning(text, partial, reply);
  if (prompt.parser == kTextParser) {
    reply.content = text;
    return reply;
  }
  while (!text.empty()) {
    const std::size_t call = text.find(kCall);
    if (call == std::string_view::npos) {
      reply.content += without_mark_begun(text, kCall, partial);
      break;
    }
    reply.content += text.substr(0, call);
    text.remove_prefix(call + kCall.size());
    const std::size_t end = text.find(kCallEnd);
    const bool complete = end != std::string_view::npos;
    read_call(text.substr(0, end), complete, reply.tool_calls);
    text.remove_prefix(complete ? end + kCallEnd.size() : text.size());
  }
  return reply;
}

}  // namespace lakeside::serving::fake
