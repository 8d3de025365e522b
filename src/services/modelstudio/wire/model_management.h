// The management of models: parameters in, answer out. ListModels is the vendor's; the others are
// ours, beside it.
#pragma once

#include <string>

#include "gateway/rpc/product.h"
#include "services/modelstudio/core/model_admin.h"
#include "services/modelstudio/core/object_access.h"

namespace lakeside::modelstudio::wire {

// Both outlive the calls. `context`: what conditions may ask of the caller's call.
struct ModelParts {
  ModelAdmin& models;
  const ObjectAccess& objects;
  const ram::ContextSource& context;
};
using ManageModels = Task<rpc::Answer> (*)(const ModelParts& parts, const rpc::Invocation& in);

Task<rpc::Answer> list_models(const ModelParts& parts, const rpc::Invocation& in);
Task<rpc::Answer> get_model(const ModelParts& parts, const rpc::Invocation& in);
Task<rpc::Answer> delete_model(const ModelParts& parts, const rpc::Invocation& in);
Task<rpc::Answer> load_model(const ModelParts& parts, const rpc::Invocation& in);
Task<rpc::Answer> unload_model(const ModelParts& parts, const rpc::Invocation& in);
Task<rpc::Answer> pin_model(const ModelParts& parts, const rpc::Invocation& in);
Task<rpc::Answer> unpin_model(const ModelParts& parts, const rpc::Invocation& in);
Task<rpc::Answer> pull_model(const ModelParts& parts, const rpc::Invocation& in);
Task<rpc::Answer> import_model(const ModelParts& parts, const rpc::Invocation& in);
Task<rpc::Answer> list_model_tasks(const ModelParts& parts, const rpc::Invocation& in);
Task<rpc::Answer> get_model_task(const ModelParts& parts, const rpc::Invocation& in);
Task<rpc::Answer> cancel_model_task(const ModelParts& parts, const rpc::Invocation& in);

// The object that ImportModel would have read; nothing where its source names none.
[[nodiscard]] std::optional<ObjectName> object_asked_for(const rpc::Parameters& in);

}  // namespace lakeside::modelstudio::wire
