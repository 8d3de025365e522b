#include "serving/llamacpp/chat.h"

#include <exception>
#include <string>
#include <utility>

#include <common/chat.h>
#include <common/json.h>
#include <nlohmann/json.hpp>

#include "serving/llamacpp/grammar.h"
#include "serving/llamacpp/schemas.h"
#include "serving/llamacpp/simple_tools.h"

namespace lakeside::serving {
namespace {

using Templates = std::unique_ptr<common_chat_templates, void (*)(common_chat_templates*)>;

bool is_array(std::string_view json) {
  return nlohmann::json::accept(json) && nlohmann::json::parse(json).is_array();
}

Status check_cost_of_tools(const ChatInput& chat) {
  if (chat.tools.empty()) return {};
  for (const auto& tool : nlohmann::ordered_json::parse(chat.tools)) {
    const auto function = tool.value("function", nlohmann::ordered_json::object());
    Status checked = check_cost(function.value("parameters", nlohmann::ordered_json::object()));
    if (!checked) return fail(ErrorCode::kInvalid, "schema: " + checked.error().detail);
  }
  return {};
}

Status check_input(const ChatInput& chat) {
  for (const std::string* json : {&chat.messages, &chat.tools, &chat.json_schema}) {
    if (!shallow_json(*json)) return fail(ErrorCode::kInvalid, "a chat nested too deep");
  }
  if (!is_array(chat.messages)) return fail(ErrorCode::kInvalid, "messages: they are no array");
  if (!chat.tools.empty() && !is_array(chat.tools)) {
    return fail(ErrorCode::kInvalid, "tools: they are no array");
  }
  return check_cost_of_tools(chat);
}

bool has_tools(const ChatInput& chat) {
  return !chat.tools.empty() && !nlohmann::json::parse(chat.tools).empty();
}

// A reply that must be a call has no form of its own, and one that may be none is not offered any.
ChatInput one_form(ChatInput chat) {
  if (chat.tool_choice == "none") chat.tools.clear();
  if (chat.tool_choice == "required") chat.json_schema.clear();
  return chat;
}

Result<GrammarSchema> schema_of(const ChatInput& chat) {
  if (chat.json_schema.empty()) return GrammarSchema{};
  auto schema = grammar_schema(nlohmann::ordered_json::parse(chat.json_schema));
  if (!schema) return fail(ErrorCode::kInvalid, "schema: " + schema.error().detail);
  return schema;
}

common_chat_templates_inputs inputs_of(const ChatInput& chat, const GrammarSchema& schema) {
  common_chat_templates_inputs inputs;
  inputs.messages = common_chat_msgs_parse_oaicompat(common_json::parse(chat.messages));
  if (has_tools(chat)) {
    inputs.tools = common_chat_tools_parse_oaicompat(common_json::parse(chat.tools));
    inputs.tool_choice = common_chat_tool_choice_parse_oaicompat(chat.tool_choice);
  }
  inputs.parallel_tool_calls = chat.parallel_tool_calls;
  // It is for the grammar alone: no template shows it to the model.
  if (!chat.json_schema.empty()) inputs.json_schema = schema.schema.dump();
  inputs.reasoning_format = COMMON_REASONING_FORMAT_DEEPSEEK;
  if (chat.template_arguments.empty()) return inputs;
  const auto arguments = nlohmann::json::parse(chat.template_arguments);
  for (const auto& [name, value] : arguments.items()) {
    inputs.chat_template_kwargs[name] = value.dump();
    if (name == "enable_thinking" && value.is_boolean()) inputs.enable_thinking = value;
  }
  return inputs;
}

std::string escaped(std::string_view word) {
  std::string out;
  for (char c : word) {
    if (std::string_view(R"([](){}*+?.|^$\-)").contains(c)) out += '\\';
    out += c;
  }
  return out;
}

GrammarStart start_of(const common_chat_params& params) {
  GrammarStart start;
  start.lazy = params.grammar_lazy;
  if (!start.lazy) start.prefill = params.generation_prompt;
  for (const common_grammar_trigger& trigger : params.grammar_triggers) {
    switch (trigger.type) {
      case COMMON_GRAMMAR_TRIGGER_TYPE_TOKEN:
        start.token_triggers.push_back(trigger.token);
        break;
      case COMMON_GRAMMAR_TRIGGER_TYPE_WORD:
        start.triggers.push_back(escaped(trigger.value));
        break;
      case COMMON_GRAMMAR_TRIGGER_TYPE_PATTERN:
        start.triggers.push_back(trigger.value);
        break;
      case COMMON_GRAMMAR_TRIGGER_TYPE_PATTERN_FULL:
        start.triggers.push_back("^(?:" + trigger.value + ")$");
        break;
    }
  }
  return start;
}

// For parse_chat_reply(): what llama.cpp keeps for it.
std::string parser_of(const common_chat_params& params) {
  nlohmann::json json = {{"format", static_cast<int>(params.format)},
                         {"generation_prompt", params.generation_prompt},
                         {"parser", params.parser}};
  return json.dump();
}

ChatPrompt prompt_of(const common_chat_params& params) {
  ChatPrompt prompt;
  prompt.text = params.prompt;
  if (!params.grammar.empty()) prompt.grammar = with_start(start_of(params), params.grammar);
  prompt.grammar_after_trigger = params.grammar_lazy;
  for (const common_grammar_trigger& trigger : params.grammar_triggers) {
    prompt.triggers.push_back(trigger.value);
  }
  prompt.stops = params.additional_stops;
  prompt.parser = parser_of(params);
  return prompt;
}

// The schema alone: llama.cpp's own grammar would let the model wrap the JSON in a code block,
// which a client that streams would see.
void use_alone(std::string grammar, ChatPrompt& prompt) {
  prompt.grammar = std::move(grammar);
  prompt.grammar_after_trigger = false;
  prompt.triggers.clear();
  prompt.parser.clear();
}

Result<ChatPrompt> render_by(const common_chat_templates* templates, const ChatInput& chat) {
  try {
    auto schema = schema_of(chat);
    if (!schema) return std::unexpected(std::move(schema.error()));
    const bool answers_by_schema = !chat.json_schema.empty() && !has_tools(chat);
    // First, since the template's complaints about a schema are about the template.
    Result<std::string> alone = std::string();
    if (answers_by_schema) alone = grammar_of_schema(chat.json_schema);
    if (!alone) return std::unexpected(std::move(alone.error()));
    common_chat_params params = common_chat_templates_apply(templates, inputs_of(chat, *schema));
    params.grammar = with_rules(std::move(params.grammar), *schema);
    ChatPrompt prompt = prompt_of(params);
    // A model that thinks does so before the JSON.
    if (answers_by_schema && !params.supports_thinking) use_alone(std::move(*alone), prompt);
    return prompt;
  } catch (const std::exception& error) {
    return fail(ErrorCode::kInvalid, std::string("chat: ") + error.what());
  }
}

// A parser is large and a reply is taken apart for each piece that comes, so the last one stays.
const common_chat_parser_params& parser_params(const std::string& parser) {
  struct Last {
    std::string text;
    common_chat_parser_params params;
  };
  thread_local Last last;
  if (last.text == parser && !parser.empty()) return last.params;
  auto json = nlohmann::json::parse(parser);
  common_chat_parser_params params;
  params.format = static_cast<common_chat_format>(json.at("format").get<int>());
  params.generation_prompt = json.at("generation_prompt").get<std::string>();
  params.reasoning_format = COMMON_REASONING_FORMAT_DEEPSEEK;
  auto arena = json.at("parser").get<std::string>();
  if (!arena.empty()) params.parser.load(arena);
  last = {parser, std::move(params)};
  return last.params;
}

ChatReply reply_of(const common_chat_msg& message) {
  ChatReply reply;
  reply.content = message.content;
  reply.reasoning = message.reasoning_content;
  for (const common_chat_tool_call& call : message.tool_calls) {
    reply.tool_calls.push_back({call.id, call.name, call.arguments});
  }
  return reply;
}

}  // namespace

ChatTemplate::ChatTemplate(Templates t) : templates_(std::move(t)) {}
ChatTemplate::ChatTemplate(ChatTemplate&&) noexcept = default;
ChatTemplate& ChatTemplate::operator=(ChatTemplate&&) noexcept = default;
ChatTemplate::~ChatTemplate() = default;

Result<ChatTemplate> ChatTemplate::of(const llama_model* model) {
  if (llama_model_chat_template(model, nullptr) == nullptr) {
    return fail(ErrorCode::kUnsupported, "the model has no chat template");
  }
  try {
    ChatTemplate out(
        Templates(common_chat_templates_init(model, "").release(), common_chat_templates_free));
    auto abilities = common_chat_templates_get_caps(out.templates_.get());
    out.tools_ = abilities["supports_tools"] || abilities["supports_tool_calls"];
    return out;
  } catch (const std::exception& error) {
    return fail(ErrorCode::kUnsupported, std::string("chat template: ") + error.what());
  }
}

Result<ChatPrompt> ChatTemplate::render(const ChatInput& chat) const {
  if (Status checked = check_input(chat); !checked) return std::unexpected(checked.error());
  if (has_tools(chat) && !chat.json_schema.empty() && chat.tool_choice != "auto") {
    return render(one_form(chat));
  }
  if (tools_ || !has_tools(chat)) return render_by(templates_.get(), chat);
  Result<ChatInput> plain = without_tools(chat);
  if (!plain) return std::unexpected(plain.error());
  Result<ChatPrompt> prompt = render_by(templates_.get(), *plain);
  if (!prompt) return prompt;
  if (Status added = add_simple_tools(chat, *prompt); !added) {
    return std::unexpected(added.error());
  }
  return prompt;
}

Result<ChatReply> parse_chat_reply(const ChatPrompt& prompt, std::string_view text, bool partial) {
  if (prompt.parser.empty()) return ChatReply{std::string(text), "", {}};
  if (prompt.parser == kSimpleToolsParser) return parse_simple_tools(text, partial);
  try {
    return reply_of(common_chat_parse(std::string(text), partial, parser_params(prompt.parser)));
  } catch (const std::exception& error) {
    if (partial) return fail(ErrorCode::kInvalid, std::string("reply: ") + error.what());
    // Cut off in the middle of its form, or not in it: then the caller still gets what was said.
    auto cut = parse_chat_reply(prompt, text, true);
    return cut ? cut : ChatReply{std::string(text), "", {}};
  }
}

}  // namespace lakeside::serving
