// POST chat/completions and completions, decoded and encoded. Pure.
#pragma once

#include <string>
#include <string_view>

#include "services/modelstudio/wire/reply_writer.h"

namespace lakeside::modelstudio::wire {

struct OpenAiGenerate {
  ops::GenerateCall call;
  bool stream = false;
  bool include_usage = false;  // in the stream
  bool echo = false;           // completions: the prompt before its completion
};
[[nodiscard]] Decoded<OpenAiGenerate> parse_chat_completion(std::string_view body);
// The same of a body that is JSON already.
[[nodiscard]] Decoded<OpenAiGenerate> read_chat_completion(const Json& body);
[[nodiscard]] Decoded<OpenAiGenerate> parse_completion(std::string_view body);

// What all chunks of one answer share.
struct OpenAiReplyHead {
  std::string id;  // "chatcmpl-…"
  std::int64_t created = 0;
};
[[nodiscard]] std::unique_ptr<ReplyWriter> make_chat_writer(OpenAiReplyHead head,
                                                            const OpenAiGenerate& request);
[[nodiscard]] std::unique_ptr<ReplyWriter> make_completion_writer(OpenAiReplyHead head,
                                                                  const OpenAiGenerate& request);

}  // namespace lakeside::modelstudio::wire
