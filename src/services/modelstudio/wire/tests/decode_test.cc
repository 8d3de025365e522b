// Bodies in, structs or complaints out.
#include <gtest/gtest.h>

#include "services/modelstudio/wire/chat_fields.h"
#include "services/modelstudio/wire/dashscope_generation.h"
#include "services/modelstudio/wire/openai_chat.h"
#include "services/modelstudio/wire/vectors.h"

namespace lakeside::modelstudio::wire {
namespace {

// A chat with further members, as text.
std::string chat(const std::string& more = {}) {
  return R"({"model":"m","messages":[{"role":"user","content":"Hi"}])" +
         (more.empty() ? "" : "," + more) + "}";
}

const serving::ChatInput& chat_of(const OpenAiGenerate& request) {
  return std::get<serving::ChatInput>(request.call.request.input);
}

// "param|code" of the complaint, or "fine".
std::string complaint(const std::string& body) {
  auto request = parse_chat_completion(body);
  return request ? "fine" : request.error().param + "|" + request.error().code;
}

TEST(ChatCompletion, ReadsEveryParameter) {
  auto request = parse_chat_completion(chat(
      R"("temperature":0.5,"top_p":0.9,"top_k":40,"min_p":0.1,"presence_penalty":1,
         "frequency_penalty":-1,"repetition_penalty":1.1,"seed":-1,"logit_bias":{"7":-100},
         "max_completion_tokens":12,"stop":"END","logprobs":true,"top_logprobs":3,"n":2,
         "stream":true,"stream_options":{"include_usage":true},"user":"ignored")"));
  ASSERT_TRUE(request) << request.error().message;
  const serving::GenerateRequest& generate = request->call.request;
  EXPECT_EQ(generate.model, "m");
  EXPECT_EQ(generate.sampling.temperature, 0.5F);
  EXPECT_EQ(generate.sampling.top_p, 0.9F);
  EXPECT_EQ(generate.sampling.top_k, 40);
  EXPECT_EQ(generate.sampling.min_p, 0.1F);
  EXPECT_EQ(generate.sampling.presence_penalty, 1);
  EXPECT_EQ(generate.sampling.frequency_penalty, -1);
  EXPECT_EQ(generate.sampling.repetition_penalty, 1.1F);
  EXPECT_EQ(generate.sampling.seed, UINT64_MAX);
  ASSERT_EQ(generate.sampling.logit_bias.size(), 1U);
  EXPECT_EQ(generate.sampling.logit_bias[0], std::pair(7, -100.0F));
  EXPECT_EQ(generate.max_tokens, 12U);
  EXPECT_EQ(generate.stops, std::vector<std::string>{"END"});
  EXPECT_EQ(generate.logprobs, 3U);
  EXPECT_EQ(request->call.count, 2U);
  EXPECT_TRUE(request->stream);
  EXPECT_TRUE(request->include_usage);
}

TEST(ChatCompletion, NullIsAbsent) {
  auto request = parse_chat_completion(
      chat(R"("temperature":null,"tools":null,"stop":null,"stream_options":null,"n":null)"));
  ASSERT_TRUE(request);
  EXPECT_EQ(request->call.request.sampling.temperature, 1);
  EXPECT_FALSE(request->call.request.max_tokens);
  EXPECT_FALSE(request->call.request.logprobs);
}

TEST(ChatCompletion, MakesOneFormOfAllMessages) {
  auto request = parse_chat_completion(R"({"model":"m","messages":[
    {"role":"developer","content":"Be brief."},
    {"role":"user","content":[{"type":"text","text":"a"},{"type":"text","text":"b"}]},
    {"role":"assistant","content":null,"refusal":null,"tool_calls":[
      {"id":"c1","type":"function","function":{"name":"f","arguments":"{}"}}]},
    {"role":"tool","tool_call_id":"c1","content":"4"}]})");
  ASSERT_TRUE(request) << request.error().message;
  EXPECT_EQ(chat_of(*request).messages,
            R"([{"role":"system","content":"Be brief."},{"role":"user","content":"a\nb"},)"
            R"({"role":"assistant","content":"","tool_calls":[{"id":"c1","type":"function",)"
            R"("function":{"name":"f","arguments":"{}"}}]},)"
            R"({"role":"tool","content":"4","tool_call_id":"c1"}])");
}

TEST(ChatCompletion, ReadsToolsAndTheirChoice) {
  const std::string tools =
      R"("tools":[{"type":"function","function":{"name":"f","strict":true}},
                  {"type":"function","function":{"name":"g","parameters":{"type":"object"}}}])";
  auto request = parse_chat_completion(chat(tools));
  ASSERT_TRUE(request);
  EXPECT_EQ(chat_of(*request).tool_choice, "auto");
  EXPECT_NE(chat_of(*request).tools.find(R"("name":"f","parameters":{"type":"object")"),
            std::string::npos);
  request = parse_chat_completion(
      chat(tools + R"(,"tool_choice":{"type":"function","function":{"name":"g"}})"));
  ASSERT_TRUE(request);
  EXPECT_EQ(chat_of(*request).tool_choice, "required");
  EXPECT_EQ(chat_of(*request).tools,
            R"([{"type":"function","function":{"name":"g","parameters":{"type":"object"}}}])");
  EXPECT_EQ(complaint(chat(tools + R"(,"tool_choice":"sometimes")")), "tool_choice|invalid_value");
  EXPECT_EQ(
      complaint(chat(tools + R"(,"tool_choice":{"type":"function","function":{"name":"h"}})")),
      "tool_choice.function.name|invalid_value");
  EXPECT_EQ(complaint(chat(R"("tool_choice":"required")")), "tool_choice|invalid_value");
  EXPECT_EQ(complaint(chat(R"("tools":[{"type":"function"}])")),
            "tools[0].function|missing_required_parameter");
}

TEST(ChatCompletion, KeepsTheOrderOfASchema) {
  auto request = parse_chat_completion(chat(
      R"("response_format":{"type":"json_schema","json_schema":{"name":"x","strict":true,
         "schema":{"type":"object","properties":{"z":{},"a":{}}}}})"));
  ASSERT_TRUE(request);
  EXPECT_EQ(chat_of(*request).json_schema, R"({"type":"object","properties":{"z":{},"a":{}}})");
  request = parse_chat_completion(chat(R"("response_format":{"type":"json_object"})"));
  EXPECT_EQ(chat_of(*request).json_schema, R"({"type":"object"})");
  EXPECT_EQ(complaint(chat(R"("response_format":{"type":"xml"})")),
            "response_format.type|invalid_value");
  EXPECT_EQ(complaint(chat(R"("response_format":{"type":"json_schema"})")),
            "response_format.json_schema|missing_required_parameter");
}

TEST(ChatCompletion, TellsTheTemplateWhetherToThink) {
  auto arguments = [](const std::string& more) {
    auto request = parse_chat_completion(chat(more));
    return request ? chat_of(*request).template_arguments : request.error().param;
  };
  EXPECT_EQ(arguments(""), "");
  EXPECT_EQ(arguments(R"("enable_thinking":false)"), R"({"enable_thinking":false})");
  EXPECT_EQ(arguments(R"("chat_template_kwargs":{"a":[1]},"enable_thinking":true)"),
            R"({"a":[1],"enable_thinking":true})");
  EXPECT_EQ(arguments(R"("reasoning_effort":"none")"), R"({"enable_thinking":false})");
  EXPECT_EQ(arguments(R"("reasoning_effort":"high")"), "");
  EXPECT_EQ(arguments(R"("reasoning_effort":"wild")"), "reasoning_effort");
  auto studio = parse_text_generation(
      R"({"model":"m","input":{"prompt":"x"},"parameters":{"enable_thinking":false}})");
  ASSERT_TRUE(studio);
  EXPECT_EQ(std::get<serving::ChatInput>(studio->call.request.input).template_arguments,
            R"({"enable_thinking":false})");
}

TEST(ChatCompletion, ReadsRefusalsAsWhatWasSaid) {
  auto request = parse_chat_completion(
      R"({"model":"m","messages":[{"role":"assistant","content":null,"refusal":"No."},
          {"role":"assistant","content":[{"type":"refusal","refusal":"Never."}]},
          {"role":"user","content":"x"}]})");
  ASSERT_TRUE(request) << request.error().message;
  EXPECT_TRUE(chat_of(*request).messages.contains("No."));
  EXPECT_TRUE(chat_of(*request).messages.contains("Never."));
}

TEST(ChatCompletion, NamesTheParameterThatIsWrong) {
  EXPECT_EQ(complaint("{}"), "model|missing_required_parameter");
  EXPECT_EQ(complaint(R"({"model":""})"), "model|missing_required_parameter");
  EXPECT_EQ(complaint(R"({"model":7})"), "model|invalid_type");
  EXPECT_EQ(complaint(R"({"model":"m"})"), "messages|missing_required_parameter");
  EXPECT_EQ(complaint(R"({"model":"m","messages":"x"})"), "messages|invalid_type");
  EXPECT_EQ(complaint(R"({"model":"m","messages":[]})"), "messages|empty_array");
  EXPECT_EQ(complaint(R"({"model":"m","messages":[1]})"), "messages[0]|invalid_type");
  EXPECT_EQ(complaint(R"({"model":"m","messages":[{"role":"king","content":"x"}]})"),
            "messages[0].role|invalid_value");
  EXPECT_EQ(complaint(R"({"model":"m","messages":[{"role":"user"}]})"),
            "messages[0].content|missing_required_parameter");
  EXPECT_EQ(complaint(R"({"model":"m","messages":[{"role":"user","content":
                          [{"type":"image_url","image_url":{"url":"x"}}]}]})"),
            "messages[0].content[0].type|unsupported_content_type");
  EXPECT_EQ(complaint(chat(R"("temperature":"hot")")), "temperature|invalid_type");
  EXPECT_EQ(complaint(chat(R"("temperature":3)")), "temperature|decimal_above_max_value");
  EXPECT_EQ(complaint(chat(R"("temperature":1e999)")), "|invalid_json");
  EXPECT_EQ(complaint(chat(R"("n":0)")), "n|integer_below_min_value");
  EXPECT_EQ(complaint(chat(R"("n":1000000)")), "n|integer_above_max_value");
  EXPECT_EQ(complaint(chat(R"("n":1.5)")), "n|invalid_type");
  EXPECT_EQ(complaint(chat(R"("max_tokens":18446744073709551615)")),
            "max_tokens|integer_above_max_value");
  EXPECT_EQ(complaint(chat(R"("stop":["a",1])")), "stop[1]|invalid_type");
  EXPECT_EQ(complaint(chat(R"("stop":"")")), "stop|invalid_value");
  EXPECT_EQ(complaint(chat(R"("logit_bias":{"x":1})")), "logit_bias|invalid_value");
  EXPECT_EQ(complaint(chat(R"("logit_bias":{"1":101})")), "logit_bias.1|decimal_above_max_value");
  EXPECT_EQ(complaint(chat(R"("logit_bias":{"1":null})")), "logit_bias.1|invalid_type");
  EXPECT_EQ(complaint(chat(R"("top_logprobs":2)")), "top_logprobs|invalid_value");
  EXPECT_EQ(complaint(chat(R"("functions":[{}])")), "functions|unsupported_parameter");
  for (const char* more :
       {R"("enable_search":true)", R"("store":true)", R"("guided_json":{"a":1})",
        R"("stop_token_ids":[7])", R"("min_tokens":5)", R"("prediction":{"content":"x"})"}) {
    EXPECT_TRUE(complaint(chat(more)).ends_with("|unsupported_parameter")) << more;
  }
  EXPECT_EQ(complaint(chat(R"("enable_search":false,"store":false,"min_tokens":0,
                              "stop_token_ids":[],"prediction":null,"service_tier":"auto")")),
            "fine");
  for (const char* name : {"a b", "", "a.b"}) {
    EXPECT_EQ(complaint(chat(R"("tools":[{"type":"function","function":{"name":")" +
                             std::string(name) + R"("}}])"))
                  .substr(0, 22),
              "tools[0].function.name")
        << name;
  }
  EXPECT_EQ(complaint(chat(R"("stream":"yes")")), "stream|invalid_type");
}

TEST(Body, RefusesShapesThatCostTooMuch) {
  EXPECT_EQ(complaint(std::string(100'000, '[')), "|invalid_json");
  EXPECT_EQ(complaint("[]"), "|invalid_json");
  EXPECT_EQ(complaint("\xff"), "|invalid_json");
  std::string wide = "{\"a\":1";
  for (int i = 0; i < 2000; ++i) wide += ",\"" + std::to_string(i) + "\":1";
  EXPECT_EQ(complaint(wide + "}"), "|invalid_json");
  std::string deep = chat(R"("x":)" + std::string(70, '[') + std::string(70, ']'));
  EXPECT_EQ(complaint(deep), "|invalid_json");
  // Brackets in texts are none.
  EXPECT_EQ(complaint(R"({"model":"m","messages":[{"role":"user","content":")" +
                      std::string(1000, '[') + R"(\"[{"}]})"),
            "fine");
  std::string many = R"({"model":"m","messages":[)";
  for (int i = 0; i < 5000; ++i) many += R"({"role":"user","content":"x"},)";
  many.back() = ']';
  EXPECT_EQ(complaint(many + "}"), "messages|array_above_max_length");
}

TEST(Completion, TakesTextsAlone) {
  auto request = parse_completion(R"({"model":"m","prompt":["a","b"],"logprobs":2})");
  ASSERT_TRUE(request);
  EXPECT_EQ(request->call.prompts, (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(request->call.request.logprobs, 2U);
  EXPECT_EQ(parse_completion(R"({"model":"m","prompt":[1,2]})").error().param, "prompt");
  EXPECT_EQ(parse_completion(R"({"model":"m"})").error().param, "prompt");
  EXPECT_EQ(parse_completion(R"({"model":"m","prompt":"a","suffix":"b"})").error().param, "suffix");
}

TEST(TextGeneration, ReadsPromptAndMessages) {
  auto request = parse_text_generation(R"({"model":"m","input":{"prompt":"Hi"},"parameters":
    {"result_format":"message","incremental_output":true,"max_tokens":5,"seed":3,"stop":["x"]}})");
  ASSERT_TRUE(request) << request.error().message;
  const serving::GenerateRequest& generate = request->call.request;
  EXPECT_EQ(std::get<serving::ChatInput>(generate.input).messages,
            R"([{"role":"user","content":"Hi"}])");
  EXPECT_TRUE(request->messages);
  EXPECT_TRUE(request->incremental);
  EXPECT_EQ(generate.max_tokens, 5U);
  EXPECT_EQ(generate.sampling.seed, 3U);
  request = parse_text_generation(
      R"({"model":"m","input":{"messages":[{"role":"user","content":[{"text":"x"}]}]}})");
  ASSERT_TRUE(request) << request.error().message;
  EXPECT_FALSE(request->messages);
}

TEST(TextGeneration, NamesTheParameterThatIsWrong) {
  auto param = [](const std::string& body) {
    auto request = parse_text_generation(body);
    return request ? "fine" : request.error().param;
  };
  EXPECT_EQ(param(R"({"model":"m"})"), "input");
  EXPECT_EQ(param(R"({"input":{"prompt":"x"}})"), "model");
  EXPECT_EQ(param(R"({"model":"m","input":{}})"), "input.prompt");
  EXPECT_EQ(param(R"({"model":"m","input":[]})"), "input");
  EXPECT_EQ(param(R"({"model":"m","input":{"prompt":"x"},"parameters":{"top_p":2}})"),
            "parameters.top_p");
  EXPECT_EQ(param(R"({"model":"m","input":{"prompt":"x","history":[{"user":"a","bot":"b"}]}})"),
            "input.history");
  EXPECT_EQ(param(R"({"model":"m","input":{"prompt":"x"},"parameters":{"enable_search":true}})"),
            "parameters.enable_search");
}

TEST(Vectors, ReadsBothDialects) {
  auto one = parse_openai_embedding(R"({"model":"m","input":"a","encoding_format":"base64"})");
  ASSERT_TRUE(one);
  EXPECT_TRUE(one->base64);
  EXPECT_EQ(parse_openai_embedding(R"({"model":"m","input":[1]})").error().param, "input");
  EXPECT_EQ(parse_openai_embedding(R"({"model":"m","input":""})").error().param, "input");
  EXPECT_EQ(parse_openai_embedding(R"({"model":"m","input":[]})").error().param, "input");
  auto two = parse_dashscope_embedding(
      R"({"model":"m","input":{"texts":["a"]},"parameters":{"dimension":64}})");
  ASSERT_TRUE(two);
  EXPECT_EQ(two->embed.dimensions, 64U);
  EXPECT_EQ(parse_openai_rerank(R"({"model":"m","query":"q","documents":[1]})").error().param,
            "documents[0]");
  EXPECT_EQ(parse_dashscope_rerank(R"({"model":"m","input":{"query":"q"}})").error().param,
            "input.documents");
  auto tokens = parse_tokenizer(R"({"model":"m","input":{"messages":[
    {"role":"user","content":"a"},{"role":"assistant","content":"b"}]}})");
  ASSERT_TRUE(tokens);
  EXPECT_EQ(tokens->text, "a\nb");
}

}  // namespace
}  // namespace lakeside::modelstudio::wire
