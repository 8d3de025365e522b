#include <algorithm>
#include <utility>

#include "services/modelstudio/core/capabilities.h"
#include "services/modelstudio/wire/codecs.h"
#include "services/modelstudio/wire/query.h"
#include "services/modelstudio/wire/shapes.h"

namespace lakeside::modelstudio::wire {
namespace {

// OpenAI's has the first four. llama.cpp's server, which loads on demand too, has `status` and
// `meta`, vLLM's `max_model_len`; the rest is ours.
Json openai_model(const serving::ModelStatus& model) {
  Json json = {{"id", model.name},
               {"object", "model"},
               {"created", unix_seconds(model.added)},
               {"owned_by", "lakeside"},
               {"status", {{"value", serving::to_string(model.state)}}},
               {"pinned", model.pinned},
               {"memory_bytes", model.memory_bytes}};
  Json meta = {{"size", model.file_bytes}};
  if (model.card) {
    json["capabilities"] = capabilities_of(*model.card);
    json["max_model_len"] = model.context_tokens;
    meta["n_params"] = model.card->parameters;
    meta["n_ctx_train"] = model.card->trained_context;
    if (model.card->embedding_size > 0) meta["n_embd"] = model.card->embedding_size;
  }
  json["meta"] = std::move(meta);
  return json;
}

Json dashscope_model(const serving::ModelStatus& model) {
  Json json = {{"model", model.name},
               {"name", model.name},
               {"provider", "lakeside"},
               {"status", serving::to_string(model.state)}};
  if (!model.card) return json;
  json["description"] = model.card->description;
  json["model_info"] = {{"context_window", model.context_tokens}};
  return json;
}

// Those that the key may call.
std::vector<serving::ModelStatus> models_of(const StudioCall& call) {
  auto models = call.env.server.models();
  std::erase_if(models, [&](const auto& model) { return !may_call(*call.key, model.name); });
  return models;
}

class ListModels final : public gateway::Action {
 public:
  Task<http::Response> run(gateway::Call& base) override {
    auto& call = static_cast<StudioCall&>(base);
    Json data = Json::array();
    for (const serving::ModelStatus& model : models_of(call)) {
      data.push_back(openai_model(model));
    }
    co_return json_response(to_text({{"object", "list"}, {"data", std::move(data)}}));
  }
};

class RetrieveModel final : public gateway::Action {
 public:
  Task<http::Response> run(gateway::Call& base) override {
    auto& call = static_cast<StudioCall&>(base);
    auto models = models_of(call);
    auto found = std::ranges::find(models, call.id, &serving::ModelStatus::name);
    if (found == models.end()) co_return call.error(no_such_model(call.id, call.dialect));
    co_return json_response(to_text(openai_model(*found)));
  }
};

// A key calls models; who looks after them signs, so that policies say who may.
class DeleteModel final : public gateway::Action {
 public:
  Task<http::Response> run(gateway::Call& base) override {
    auto& call = static_cast<StudioCall&>(base);
    auto models = models_of(call);
    auto found = std::ranges::find(models, call.id, &serving::ModelStatus::name);
    if (found == models.end()) co_return call.error(no_such_model(call.id, call.dialect));
    WireError error;
    error.status = 403;
    error.code = "insufficient_permissions";
    error.message =
        "You have insufficient permissions for this operation: an API key calls models and does "
        "not remove them. Whoever may can, with an access key that is allowed "
        "modelstudio:DeleteModel, in the console, or with `lakeside models rm`.";
    co_return call.error(error);
  }
};

// One page, or the one model that is asked for by name.
class ListDashScopeModels final : public gateway::Action {
 public:
  ListDashScopeModels(std::string name, std::uint64_t page, std::uint64_t page_size)
      : name_(std::move(name)), page_(page), page_size_(page_size) {}

  Task<http::Response> run(gateway::Call& base) override {
    auto& call = static_cast<StudioCall&>(base);
    auto models = models_of(call);
    if (!name_.empty())
      std::erase_if(models, [&](const auto& model) { return model.name != name_; });
    Json page = Json::array();
    for (std::uint64_t i = (page_ - 1) * page_size_; i < models.size(); ++i) {
      if (page.size() == page_size_) break;
      page.push_back(dashscope_model(models[i]));
    }
    co_return json_response(to_text({{"request_id", call.wire_id()},
                                     {"output",
                                      {{"total", models.size()},
                                       {"page_no", page_},
                                       {"page_size", page_size_},
                                       {"models", std::move(page)}}}}));
  }

 private:
  std::string name_;
  std::uint64_t page_;
  std::uint64_t page_size_;
};

}  // namespace

ActionResult decode_list_models(StudioCall&, const std::string&) {
  return std::make_unique<ListModels>();
}

ActionResult decode_retrieve_model(StudioCall&, const std::string&) {
  return std::make_unique<RetrieveModel>();
}

ActionResult decode_delete_model(StudioCall&, const std::string&) {
  return std::make_unique<DeleteModel>();
}

ActionResult decode_dashscope_models(StudioCall& call, const std::string&) {
  auto page = query_number(call.head(), "page_no", 1, 1'000'000);
  if (!page) return std::unexpected(std::move(page.error()));
  auto size = query_number(call.head(), "page_size", 10, 1000);
  if (!size) return std::unexpected(std::move(size.error()));
  const http::QueryParam* model = call.head().param("model");
  return std::make_unique<ListDashScopeModels>(model == nullptr ? "" : model->value, *page, *size);
}

}  // namespace lakeside::modelstudio::wire
