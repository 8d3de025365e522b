// The management of keys: parameters in, answer out.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "gateway/rpc/product.h"
#include "services/modelstudio/core/model_keys.h"

namespace lakeside::modelstudio::wire {

using rpc::Answer;
using rpc::Invocation;

using Manage = Task<Answer> (*)(KeyStore& keys, const Invocation& in);

Task<Answer> create_api_key(KeyStore& keys, const Invocation& in);
Task<Answer> list_api_keys(KeyStore& keys, const Invocation& in);
Task<Answer> get_api_key(KeyStore& keys, const Invocation& in);
Task<Answer> update_api_key(KeyStore& keys, const Invocation& in);
Task<Answer> enable_api_key(KeyStore& keys, const Invocation& in);
Task<Answer> disable_api_key(KeyStore& keys, const Invocation& in);
Task<Answer> reset_api_key(KeyStore& keys, const Invocation& in);
Task<Answer> delete_api_key(KeyStore& keys, const Invocation& in);

// What CreateApiKey and UpdateApiKey would let a key call; "*": all models. None: it is not said.
[[nodiscard]] std::vector<std::string> models_asked_for(const rpc::Parameters& in);

}  // namespace lakeside::modelstudio::wire
