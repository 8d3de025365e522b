// POST responses, decoded and encoded, and what of them is kept.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "services/modelstudio/core/conversation_store.h"
#include "services/modelstudio/core/response_store.h"
#include "services/modelstudio/wire/openai_chat.h"

namespace lakeside::modelstudio::wire {

struct ResponseRequest {
  OpenAiGenerate generate;  // as the chat that it is
  bool store = true;
  bool background = false;
  std::string previous;      // previous_response_id, or empty
  std::string conversation;  // its id, or empty
  Json input;                // the items as they are kept, each with an id
  Json echo;                 // members of the request that its response repeats
};
// `history`: the items of the responses before. Pure, but for the ids of items that have none.
[[nodiscard]] Decoded<ResponseRequest> parse_response(std::string_view body, const Json& history);
// Items as they are kept, each with an id. Complaints call them "input".
[[nodiscard]] Decoded<Json> parse_items(const Json& items);
// At most 16 texts of 512 bytes, by names of 64: openai, shared/metadata.py.
void check_metadata(Fields& fields, const Json* metadata);

// The document of a response of which nothing has come yet.
[[nodiscard]] Json response_document(const StoredResponse& head, const ResponseRequest& request,
                                     std::string_view status);

// `store` is null for a response that is not kept. One in the background is there already: its
// writer writes its end, unless that is written. The conversation that it belongs to gets its
// items.
[[nodiscard]] std::unique_ptr<ReplyWriter> make_response_writer(ResponseStore* store,
                                                                ConversationStore& conversations,
                                                                StoredResponse head,
                                                                const ResponseRequest& request);
// Nobody writes into it any more.
[[nodiscard]] bool has_ended(const Json& document);

// The items of a response and of those before it, oldest first: their input and, but for the last
// one's, their output.
[[nodiscard]] Task<std::expected<Json, WireError>> items_of(StudioCall& call,
                                                            const StoredResponse& last);
// As items_of, with the output of `id`: what a new response goes on from.
[[nodiscard]] Task<std::expected<Json, WireError>> history_of(StudioCall& call,
                                                              const std::string& id);

// The items of a conversation, for a response that is to belong to it.
[[nodiscard]] Task<std::expected<Json, WireError>> items_of_conversation(StudioCall& call,
                                                                         const std::string& id);
// Errors of a ResponseStore.
[[nodiscard]] WireError response_error(const Error& error, std::string_view id);

}  // namespace lakeside::modelstudio::wire
