#include "services/modelstudio/core/file_records.h"

#include <nlohmann/json.hpp>

namespace lakeside::modelstudio {
namespace {

using Json = nlohmann::json;

std::int64_t micros(Time time) { return time.time_since_epoch().count(); }
Time from_micros(std::int64_t count) { return Time(std::chrono::microseconds(count)); }

}  // namespace

std::string encode_file(const StoredFile& file) {
  Json record = {{"v", 1},
                 {"id", file.id},
                 {"workspace", file.workspace},
                 {"purpose", file.purpose},
                 {"filename", file.filename},
                 {"description", file.description},
                 {"bytes", file.bytes},
                 {"created", micros(file.created)},
                 {"bucket", file.object.bucket},
                 {"key", file.object.key}};
  if (file.expires) record["expires"] = micros(*file.expires);
  return record.dump(-1, ' ', false, Json::error_handler_t::replace);
}

Result<StoredFile> decode_file(std::string_view record) {
  try {
    Json json = Json::parse(record);
    if (json.at("v").get<int>() != 1) return fail(ErrorCode::kCorrupt, "a file of a later version");
    StoredFile file;
    file.id = json.at("id").get<std::string>();
    file.workspace = json.at("workspace").get<std::string>();
    file.purpose = json.at("purpose").get<std::string>();
    file.filename = json.at("filename").get<std::string>();
    file.description = json.at("description").get<std::string>();
    file.bytes = json.at("bytes").get<std::uint64_t>();
    file.created = from_micros(json.at("created").get<std::int64_t>());
    file.object.bucket = json.at("bucket").get<std::string>();
    file.object.key = json.at("key").get<std::string>();
    if (json.contains("expires")) {
      file.expires = from_micros(json.at("expires").get<std::int64_t>());
    }
    return file;
  } catch (const Json::exception& error) {
    return fail(ErrorCode::kCorrupt, std::string("a file's record: ") + error.what());
  }
}

}  // namespace lakeside::modelstudio
