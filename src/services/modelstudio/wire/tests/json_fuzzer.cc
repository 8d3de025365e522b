// Any body at all through the decoder of every operation: none may crash, and what is accepted must
// keep its promises. The first byte chooses the decoder.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "services/modelstudio/wire/chat_fields.h"
#include "services/modelstudio/wire/dashscope_generation.h"
#include "services/modelstudio/wire/errors.h"
#include "services/modelstudio/wire/openai_response.h"
#include "services/modelstudio/wire/vectors.h"

namespace {

using namespace lakeside::modelstudio;
using namespace lakeside::modelstudio::wire;

void require(bool holds) {
  if (!holds) std::abort();
}

void complained(const BadInput& bad) {
  require(!bad.message.empty() && !bad.code.empty());
  for (Dialect dialect : {Dialect::kOpenAi, Dialect::kDashScope}) {
    Json document =
        Json::parse(error_document(to_wire(bad, dialect), dialect, "0123456789ABCDEF01234567"));
    require(document.is_object());
  }
}

void check(const ops::GenerateCall& call) {
  require(!call.request.model.empty());
  require(call.count >= 1 && call.count <= kMaxChoices);
  require(!call.request.max_tokens || *call.request.max_tokens > 0);
  require(call.request.sampling.temperature >= 0 && call.request.sampling.temperature <= 2);
  if (!call.prompts.empty()) return;
  const auto* chat = std::get_if<lakeside::serving::ChatInput>(&call.request.input);
  require(chat != nullptr);
  Json messages = Json::parse(chat->messages);
  require(messages.is_array() && !messages.empty());
  for (const Json& message : messages) require(message["content"].is_string());
  require(chat->tools.empty() || Json::parse(chat->tools).is_array());
  require(chat->json_schema.empty() || Json::parse(chat->json_schema).is_object());
}

template <class T>
void check(const Decoded<T>& decoded) {
  if (!decoded) return complained(decoded.error());
  if constexpr (requires { decoded->call; }) check(decoded->call);
  if constexpr (requires { decoded->embed; }) require(!decoded->embed.texts.empty());
  if constexpr (requires { decoded->documents; }) require(!decoded->documents.empty());
}

// What is kept of a response can be read back and gone on from.
void check_response(std::string_view body) {
  Json none = Json::array();
  auto response = parse_response(body, none);
  if (!response) return complained(response.error());
  check(response->generate.call);
  for (const Json& item : response->input) {
    require(item["id"].is_string() && item["type"].is_string());
  }
  require(parse_response(R"({"model":"a","input":"b"})", response->input).has_value());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  std::string_view body(reinterpret_cast<const char*>(data) + 1, size - 1);
  switch (data[0] % 16) {
    case 0:
      check(parse_chat_completion(body));
      break;
    case 1:
      check(parse_completion(body));
      break;
    case 2:
      check(parse_openai_embedding(body));
      break;
    case 3:
      check(parse_openai_rerank(body));
      break;
    case 4:
      check(parse_text_generation(body));
      break;
    case 5:
      check(parse_dashscope_embedding(body));
      break;
    case 6:
      check(parse_dashscope_rerank(body));
      break;
    case 8:
      check_response(body);
      break;
    default:
      check(parse_tokenizer(body));
      break;
  }
  return 0;
}
