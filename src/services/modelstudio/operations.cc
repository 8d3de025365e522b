// THE table of operations: start reading here. Routing, authentication's words, metrics and the
// NotImplemented answers all come from it.
//
// OpenAI: the paths of the openai packages (PyPI 2.x, npm 6.x), below /v1 and /compatible-mode/v1.
// DashScope: those of the dashscope package, below /api/v1. What clients know and this server does
// not have is a row without a decoder; where a whole family is missing, it is one row.
#include "services/modelstudio/operations.h"

#include "services/modelstudio/wire/codecs.h"

namespace lakeside::modelstudio {
namespace {

using wire::Dialect;
using wire::Row;

// A decoder or none is told by the overload: with -fsanitize=undefined, g++ 12 takes no comparison
// of a function with null for constant.
constexpr Row openai(std::string_view name, std::string_view permission, std::string_view method,
                     std::string_view path, wire::Decode decode) {
  return {{name, permission, "openai", true}, Dialect::kOpenAi, method, path, decode};
}

constexpr Row openai(std::string_view name, std::string_view permission, std::string_view method,
                     std::string_view path) {
  return {{name, permission, "openai", false}, Dialect::kOpenAi, method, path};
}

// Of a row whose action reads the body itself.
constexpr Row streaming(Row row) {
  row.streams = true;
  return row;
}

constexpr Row dashscope(std::string_view name, std::string_view permission, std::string_view method,
                        std::string_view path, wire::Decode decode) {
  return {{name, permission, "dashscope", true}, Dialect::kDashScope, method, path, decode};
}

constexpr Row dashscope(std::string_view name, std::string_view permission, std::string_view method,
                        std::string_view path) {
  return {{name, permission, "dashscope", false}, Dialect::kDashScope, method, path};
}

// Name, permission, method, path, decoder. The first that matches wins.
constexpr Row kOperations[] = {
    // ---- OpenAI: text ------------------------------------------------------------------------
    openai("CreateChatCompletion", "modelstudio:CreateChatCompletion", "POST", "/chat/completions",
           wire::decode_create_chat_completion),
    openai("CreateCompletion", "modelstudio:CreateCompletion", "POST", "/completions",
           wire::decode_create_completion),
    openai("CreateResponse", "modelstudio:CreateResponse", "POST", "/responses",
           wire::decode_create_response),
    openai("RetrieveResponse", "modelstudio:RetrieveResponse", "GET", "/responses/{id}",
           wire::decode_retrieve_response),
    openai("DeleteResponse", "modelstudio:DeleteResponse", "DELETE", "/responses/{id}",
           wire::decode_delete_response),
    openai("CancelResponse", "modelstudio:CancelResponse", "POST", "/responses/{id}/cancel",
           wire::decode_cancel_response),
    openai("ListInputItems", "modelstudio:ListInputItems", "GET", "/responses/{id}/input_items",
           wire::decode_list_input_items),
    // ---- OpenAI: conversations ---------------------------------------------------------------
    openai("CreateConversation", "modelstudio:CreateConversation", "POST", "/conversations",
           wire::decode_create_conversation),
    openai("RetrieveConversation", "modelstudio:RetrieveConversation", "GET", "/conversations/{id}",
           wire::decode_retrieve_conversation),
    openai("UpdateConversation", "modelstudio:UpdateConversation", "POST", "/conversations/{id}",
           wire::decode_update_conversation),
    openai("DeleteConversation", "modelstudio:DeleteConversation", "DELETE", "/conversations/{id}",
           wire::decode_delete_conversation),
    openai("CreateConversationItems", "modelstudio:CreateConversationItems", "POST",
           "/conversations/{id}/items", wire::decode_create_items),
    openai("ListConversationItems", "modelstudio:ListConversationItems", "GET",
           "/conversations/{id}/items", wire::decode_list_items),
    openai("RetrieveConversationItem", "modelstudio:RetrieveConversationItem", "GET",
           "/conversations/{id}/items/{item}", wire::decode_retrieve_item),
    openai("DeleteConversationItem", "modelstudio:DeleteConversationItem", "DELETE",
           "/conversations/{id}/items/{item}", wire::decode_delete_item),
    // ---- OpenAI: vectors ---------------------------------------------------------------------
    openai("CreateEmbedding", "modelstudio:CreateEmbedding", "POST", "/embeddings",
           wire::decode_create_embedding),
    openai("CreateRerank", "modelstudio:CreateRerank", "POST", "/rerank",
           wire::decode_create_rerank),
    openai("CreateReranks", "modelstudio:CreateRerank", "POST", "/reranks",
           wire::decode_create_rerank),
    openai("ListModels", "modelstudio:ListModels", "GET", "/models", wire::decode_list_models),
    openai("DeleteModel", "modelstudio:DeleteModel", "DELETE", "/models/{rest...}",
           wire::decode_delete_model),
    openai("RetrieveModel", "modelstudio:RetrieveModel", "GET", "/models/{rest...}",
           wire::decode_retrieve_model),
    // ---- OpenAI: files -----------------------------------------------------------------------
    streaming(
        openai("CreateFile", "modelstudio:CreateFile", "POST", "/files", wire::decode_create_file)),
    openai("ListFiles", "modelstudio:ListFiles", "GET", "/files", wire::decode_list_files),
    openai("DeleteFile", "modelstudio:DeleteFile", "DELETE", "/files/{id}",
           wire::decode_delete_file),
    openai("RetrieveFile", "modelstudio:RetrieveFile", "GET", "/files/{id}",
           wire::decode_retrieve_file),
    openai("DownloadFile", "modelstudio:DownloadFile", "GET", "/files/{id}/content",
           wire::decode_download_file),
    // ---- OpenAI: files in parts --------------------------------------------------------------
    openai("CreateUpload", "modelstudio:CreateUpload", "POST", "/uploads",
           wire::decode_create_upload),
    streaming(openai("AddUploadPart", "modelstudio:AddUploadPart", "POST", "/uploads/{id}/parts",
                     wire::decode_add_upload_part)),
    openai("CompleteUpload", "modelstudio:CompleteUpload", "POST", "/uploads/{id}/complete",
           wire::decode_complete_upload),
    openai("CancelUpload", "modelstudio:CancelUpload", "POST", "/uploads/{id}/cancel",
           wire::decode_cancel_upload),
    // ---- OpenAI: batches ---------------------------------------------------------------------
    openai("CreateBatch", "modelstudio:CreateBatch", "POST", "/batches", wire::decode_create_batch),
    openai("ListBatches", "modelstudio:ListBatches", "GET", "/batches", wire::decode_list_batches),
    openai("RetrieveBatch", "modelstudio:RetrieveBatch", "GET", "/batches/{id}",
           wire::decode_retrieve_batch),
    openai("CancelBatch", "modelstudio:CancelBatch", "POST", "/batches/{id}/cancel",
           wire::decode_cancel_batch),
    // ---- OpenAI: usage -----------------------------------------------------------------------
    openai("UsageCompletions", "modelstudio:GetUsage", "GET", "/organization/usage/completions",
           wire::decode_usage_completions),
    openai("UsageEmbeddings", "modelstudio:GetUsage", "GET", "/organization/usage/embeddings",
           wire::decode_usage_embeddings),
    openai("UsageReranks", "modelstudio:GetUsage", "GET", "/organization/usage/reranks",
           wire::decode_usage_reranks),
    // ---- OpenAI: what is not here ------------------------------------------------------------
    openai("ListChatCompletions", "modelstudio:ListChatCompletions", "GET", "/chat/completions"),
    openai("StoredChatCompletion", "modelstudio:StoredChatCompletion", "*",
           "/chat/completions/{rest...}"),
    openai("OtherResponses", "modelstudio:OtherResponses", "*", "/responses/{rest...}"),
    openai("CreateImage", "modelstudio:CreateImage", "POST", "/images/generations"),
    openai("CreateImageEdit", "modelstudio:CreateImageEdit", "POST", "/images/edits"),
    openai("CreateImageVariation", "modelstudio:CreateImageVariation", "POST",
           "/images/variations"),
    openai("CreateSpeech", "modelstudio:CreateSpeech", "POST", "/audio/speech"),
    openai("CreateTranscription", "modelstudio:CreateTranscription", "POST",
           "/audio/transcriptions"),
    openai("CreateTranslation", "modelstudio:CreateTranslation", "POST", "/audio/translations"),
    openai("Audio", "modelstudio:Audio", "*", "/audio/{rest...}"),
    openai("Videos", "modelstudio:Videos", "*", "/videos/{rest...}"),
    openai("CreateModeration", "modelstudio:CreateModeration", "POST", "/moderations"),
    openai("FineTuning", "modelstudio:FineTuning", "*", "/fine_tuning/{rest...}"),
    openai("VectorStores", "modelstudio:VectorStores", "*", "/vector_stores/{rest...}"),
    openai("Assistants", "modelstudio:Assistants", "*", "/assistants/{rest...}"),
    openai("Threads", "modelstudio:Threads", "*", "/threads/{rest...}"),
    openai("Containers", "modelstudio:Containers", "*", "/containers/{rest...}"),
    openai("Skills", "modelstudio:Skills", "*", "/skills/{rest...}"),
    openai("Evals", "modelstudio:Evals", "*", "/evals/{rest...}"),
    openai("Realtime", "modelstudio:Realtime", "*", "/realtime/{rest...}"),
    openai("ChatKit", "modelstudio:ChatKit", "*", "/chatkit/{rest...}"),
    openai("Organization", "modelstudio:Organization", "*", "/organization/{rest...}"),

    // ---- DashScope: text ---------------------------------------------------------------------
    dashscope("TextGeneration", "modelstudio:CreateChatCompletion", "POST",
              "/services/aigc/text-generation/generation", wire::decode_text_generation),
    // Where the body names a file of texts it is BatchTextEmbedding, a task.
    dashscope("TextEmbedding", "modelstudio:CreateEmbedding", "POST",
              "/services/embeddings/text-embedding/text-embedding", wire::decode_text_embedding),
    dashscope("TextReRank", "modelstudio:CreateRerank", "POST",
              "/services/rerank/text-rerank/text-rerank", wire::decode_text_rerank),
    dashscope("Tokenization", "modelstudio:Tokenize", "POST", "/tokenizer", wire::decode_tokenizer),
    dashscope("Models", "modelstudio:ListModels", "GET", "/models", wire::decode_dashscope_models),
    // ---- DashScope: files --------------------------------------------------------------------
    streaming(dashscope("UploadFile", "modelstudio:CreateFile", "POST", "/files",
                        wire::decode_upload_files)),
    dashscope("ListDashScopeFiles", "modelstudio:ListFiles", "GET", "/files",
              wire::decode_list_dashscope_files),
    dashscope("GetFile", "modelstudio:RetrieveFile", "GET", "/files/{id}", wire::decode_get_file),
    dashscope("DeleteDashScopeFile", "modelstudio:DeleteFile", "DELETE", "/files/{id}",
              wire::decode_delete_dashscope_file),
    dashscope("GetUploadPolicy", "modelstudio:GetUploadPolicy", "GET", "/uploads",
              wire::decode_get_upload_policy),
    // ---- DashScope: asynchronous tasks --------------------------------------------------------
    dashscope("GetTask", "modelstudio:GetTask", "GET", "/tasks/{id}", wire::decode_get_task),
    dashscope("CancelTask", "modelstudio:CancelTask", "POST", "/tasks/{id}/cancel",
              wire::decode_cancel_task),
    dashscope("ListTasks", "modelstudio:ListTasks", "GET", "/tasks", wire::decode_list_tasks),
    // ---- DashScope: what is not here ---------------------------------------------------------
    dashscope("MultiModalConversation", "modelstudio:MultiModalConversation", "POST",
              "/services/aigc/multimodal-generation/generation"),
    dashscope("MultiModalEmbedding", "modelstudio:MultiModalEmbedding", "POST",
              "/services/embeddings/multimodal-embedding/multimodal-embedding"),
    dashscope("ImageSynthesis", "modelstudio:ImageSynthesis", "POST",
              "/services/aigc/text2image/image-synthesis"),
    dashscope("VideoSynthesis", "modelstudio:VideoSynthesis", "POST",
              "/services/aigc/video-generation/video-synthesis"),
    dashscope("OtherGeneration", "modelstudio:OtherGeneration", "*", "/services/aigc/{rest...}"),
    dashscope("Transcription", "modelstudio:Transcription", "POST",
              "/services/audio/asr/transcription"),
    dashscope("OtherAudio", "modelstudio:OtherAudio", "*", "/services/audio/{rest...}"),
    dashscope("OtherServices", "modelstudio:OtherServices", "*", "/services/{rest...}"),
    dashscope("Understanding", "modelstudio:Understanding", "POST", "/nlp/nlu/understanding"),
    dashscope("CodeGeneration", "modelstudio:CodeGeneration", "POST",
              "/aigc/code-generation/generation"),
    dashscope("Application", "modelstudio:Application", "*", "/apps/{rest...}"),
    dashscope("PublicKeys", "modelstudio:PublicKeys", "GET", "/public-keys/{rest...}"),
    dashscope("FineTunes", "modelstudio:FineTunes", "*", "/fine-tunes/{rest...}"),
    dashscope("Deployments", "modelstudio:Deployments", "*", "/deployments/{rest...}"),
    dashscope("DashScopeAssistants", "modelstudio:Assistants", "*", "/assistants/{rest...}"),
    dashscope("DashScopeThreads", "modelstudio:Threads", "*", "/threads/{rest...}"),
};

}  // namespace

std::span<const wire::Row> operations() { return kOperations; }

}  // namespace lakeside::modelstudio
