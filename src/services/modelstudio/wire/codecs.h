// The decoder of each operation: a body in, something that can be run out. What each accepts and
// answers is in the file of its name.
#pragma once

#include "services/modelstudio/wire/call.h"

namespace lakeside::modelstudio::wire {

using ActionResult = Decoded<std::unique_ptr<gateway::Action>>;

// OpenAI
ActionResult decode_create_chat_completion(StudioCall& call, const std::string& body);
ActionResult decode_create_completion(StudioCall& call, const std::string& body);
ActionResult decode_create_response(StudioCall& call, const std::string& body);
ActionResult decode_retrieve_response(StudioCall& call, const std::string& body);
ActionResult decode_delete_response(StudioCall& call, const std::string& body);
ActionResult decode_cancel_response(StudioCall& call, const std::string& body);
ActionResult decode_list_input_items(StudioCall& call, const std::string& body);
ActionResult decode_create_conversation(StudioCall& call, const std::string& body);
ActionResult decode_retrieve_conversation(StudioCall& call, const std::string& body);
ActionResult decode_update_conversation(StudioCall& call, const std::string& body);
ActionResult decode_delete_conversation(StudioCall& call, const std::string& body);
ActionResult decode_create_items(StudioCall& call, const std::string& body);
ActionResult decode_list_items(StudioCall& call, const std::string& body);
ActionResult decode_retrieve_item(StudioCall& call, const std::string& body);
ActionResult decode_delete_item(StudioCall& call, const std::string& body);
ActionResult decode_create_embedding(StudioCall& call, const std::string& body);
ActionResult decode_create_rerank(StudioCall& call, const std::string& body);
ActionResult decode_list_models(StudioCall& call, const std::string& body);
ActionResult decode_retrieve_model(StudioCall& call, const std::string& body);
ActionResult decode_delete_model(StudioCall& call, const std::string& body);
ActionResult decode_create_file(StudioCall& call, const std::string& body);
ActionResult decode_list_files(StudioCall& call, const std::string& body);
ActionResult decode_retrieve_file(StudioCall& call, const std::string& body);
ActionResult decode_delete_file(StudioCall& call, const std::string& body);
ActionResult decode_download_file(StudioCall& call, const std::string& body);
ActionResult decode_create_upload(StudioCall& call, const std::string& body);
ActionResult decode_add_upload_part(StudioCall& call, const std::string& body);
ActionResult decode_complete_upload(StudioCall& call, const std::string& body);
ActionResult decode_cancel_upload(StudioCall& call, const std::string& body);
ActionResult decode_create_batch(StudioCall& call, const std::string& body);
ActionResult decode_list_batches(StudioCall& call, const std::string& body);
ActionResult decode_retrieve_batch(StudioCall& call, const std::string& body);
ActionResult decode_cancel_batch(StudioCall& call, const std::string& body);
ActionResult decode_usage_completions(StudioCall& call, const std::string& body);
ActionResult decode_usage_embeddings(StudioCall& call, const std::string& body);
ActionResult decode_usage_reranks(StudioCall& call, const std::string& body);

// DashScope
ActionResult decode_text_generation(StudioCall& call, const std::string& body);
ActionResult decode_text_embedding(StudioCall& call, const std::string& body);
ActionResult decode_text_rerank(StudioCall& call, const std::string& body);
ActionResult decode_tokenizer(StudioCall& call, const std::string& body);
ActionResult decode_dashscope_models(StudioCall& call, const std::string& body);
ActionResult decode_get_task(StudioCall& call, const std::string& body);
ActionResult decode_cancel_task(StudioCall& call, const std::string& body);
ActionResult decode_list_tasks(StudioCall& call, const std::string& body);
ActionResult decode_upload_files(StudioCall& call, const std::string& body);
ActionResult decode_list_dashscope_files(StudioCall& call, const std::string& body);
ActionResult decode_get_file(StudioCall& call, const std::string& body);
ActionResult decode_delete_dashscope_file(StudioCall& call, const std::string& body);
ActionResult decode_get_upload_policy(StudioCall& call, const std::string& body);

}  // namespace lakeside::modelstudio::wire
