#include "services/modelstudio/core/key_records.h"

#include <nlohmann/json.hpp>

namespace lakeside::modelstudio {
namespace {

using Json = nlohmann::json;

std::int64_t micros(Time time) { return time.time_since_epoch().count(); }
Time from_micros(std::int64_t count) { return Time(std::chrono::microseconds(count)); }

}  // namespace

std::string encode_key(const ModelKey& key) {
  const KeySettings& settings = key.settings;
  Json record = {{"v", 1},
                 {"id", key.id},
                 {"created", micros(key.created)},
                 {"name", settings.name},
                 {"weight", settings.weight},
                 {"priority", settings.priority},
                 {"max_concurrent", settings.max_concurrent},
                 {"tokens_per_minute", settings.tokens_per_minute},
                 {"share_prefixes", settings.share_prefixes},
                 {"enabled", settings.enabled},
                 {"workspace", settings.workspace},
                 {"buckets", settings.buckets},
                 {"models", settings.models},
                 {"created_by", settings.created_by}};
  if (settings.expires) record["expires"] = micros(*settings.expires);
  return record.dump(-1, ' ', false, Json::error_handler_t::replace);
}

Result<ModelKey> decode_key(std::string_view record) {
  try {
    Json json = Json::parse(record);
    if (json.at("v").get<int>() != 1) return fail(ErrorCode::kCorrupt, "a key of a later version");
    ModelKey key;
    key.id = json.at("id").get<std::string>();
    key.created = from_micros(json.at("created").get<std::int64_t>());
    KeySettings& settings = key.settings;
    settings.name = json.at("name").get<std::string>();
    settings.weight = json.at("weight").get<double>();
    settings.priority = json.at("priority").get<std::int32_t>();
    settings.max_concurrent = json.at("max_concurrent").get<std::uint32_t>();
    settings.tokens_per_minute = json.at("tokens_per_minute").get<std::uint64_t>();
    settings.share_prefixes = json.at("share_prefixes").get<bool>();
    settings.enabled = json.at("enabled").get<bool>();
    // Keys of the first version have neither.
    settings.workspace = json.value("workspace", std::string(kDefaultWorkspace));
    settings.buckets = json.value("buckets", std::vector<std::string>());
    settings.models = json.value("models", std::vector<std::string>{std::string(kAllModels)});
    settings.created_by = json.value("created_by", std::string());
    if (json.contains("expires")) {
      settings.expires = from_micros(json.at("expires").get<std::int64_t>());
    }
    return key;
  } catch (const Json::exception& error) {
    return fail(ErrorCode::kCorrupt, std::string("a key's record: ") + error.what());
  }
}

}  // namespace lakeside::modelstudio
