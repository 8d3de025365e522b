// POST responses, decoded and encoded, and what of them is kept.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "services/modelstudio/core/response_store.h"
#include "services/modelstudio/wire/openai_chat.h"

namespace lakeside::modelstudio::wire {

struct ResponseRequest {
  OpenAiGenerate generate;  // as the chat that it is
  bool store = true;
  std::string previous;  // previous_response_id, or empty
  Json input;            // the items as they are kept, each with an id
  Json echo;             // members of the request that its response repeats
};
// `history`: the items of the responses before. Pure, but for the ids of items that have none.
[[nodiscard]] Decoded<ResponseRequest> parse_response(std::string_view body, const Json& history);

// `store` is null for a response that is not kept.
[[nodiscard]] std::unique_ptr<ReplyWriter> make_response_writer(ResponseStore* store,
                                                                StoredResponse head,
                                                                const ResponseRequest& request);

// The items of a response and of those before it, oldest first: their input and, but for the last
// one's, their output.
[[nodiscard]] Task<std::expected<Json, WireError>> items_of(StudioCall& call,
                                                            const StoredResponse& last);
// As items_of, with the output of `id`: what a new response goes on from.
[[nodiscard]] Task<std::expected<Json, WireError>> history_of(StudioCall& call,
                                                              const std::string& id);

}  // namespace lakeside::modelstudio::wire
