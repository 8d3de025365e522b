#include "services/modelstudio/core/upload_records.h"

#include <algorithm>
#include <array>

#include <nlohmann/json.hpp>

#include "services/modelstudio/core/file_records.h"

namespace lakeside::modelstudio {
namespace {

using Json = nlohmann::json;

constexpr std::array<std::string_view, 4> kStatuses = {"pending", "completing", "completed",
                                                       "cancelled"};

std::int64_t micros(Time time) { return time.time_since_epoch().count(); }
Time from_micros(std::int64_t count) { return Time(std::chrono::microseconds(count)); }

std::string text_of(const Json& record) {
  return record.dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::unexpected<Error> later_version() {
  return fail(ErrorCode::kCorrupt, "an upload or a part of a later version");
}

}  // namespace

std::string encode_upload(const Upload& upload) {
  Json record = {{"v", 1},
                 {"id", upload.id},
                 {"workspace", upload.workspace},
                 {"purpose", upload.purpose},
                 {"filename", upload.filename},
                 {"content_type", upload.content_type},
                 {"bytes", upload.bytes},
                 {"file_seconds", upload.file_seconds},
                 {"created", micros(upload.created)},
                 {"expires", micros(upload.expires)},
                 {"status", kStatuses[static_cast<std::size_t>(upload.status)]}};
  if (!upload.file.id.empty()) record["file"] = encode_file(upload.file);
  return text_of(record);
}

Result<Upload> decode_upload(std::string_view record) {
  try {
    Json json = Json::parse(record);
    if (json.at("v").get<int>() != 1) return later_version();
    Upload upload;
    upload.id = json.at("id").get<std::string>();
    upload.workspace = json.at("workspace").get<std::string>();
    upload.purpose = json.at("purpose").get<std::string>();
    upload.filename = json.at("filename").get<std::string>();
    upload.content_type = json.at("content_type").get<std::string>();
    upload.bytes = json.at("bytes").get<std::uint64_t>();
    upload.file_seconds = json.at("file_seconds").get<std::uint32_t>();
    upload.created = from_micros(json.at("created").get<std::int64_t>());
    upload.expires = from_micros(json.at("expires").get<std::int64_t>());
    const auto* status = std::ranges::find(kStatuses, json.at("status").get<std::string>());
    if (status == kStatuses.end()) return later_version();
    upload.status = static_cast<Upload::Status>(status - kStatuses.begin());
    if (json.contains("file")) {
      auto file = decode_file(json.at("file").get<std::string>());
      if (!file) return std::unexpected(std::move(file.error()));
      upload.file = std::move(*file);
    }
    return upload;
  } catch (const Json::exception& error) {
    return fail(ErrorCode::kCorrupt, std::string("an upload's record: ") + error.what());
  }
}

std::string encode_part(const UploadPart& part) {
  return text_of(
      {{"v", 1}, {"created", micros(part.created)}, {"bytes", part.bytes}, {"whole", part.whole}});
}

Result<UploadPart> decode_part(std::string_view record) {
  try {
    Json json = Json::parse(record);
    if (json.at("v").get<int>() != 1) return later_version();
    UploadPart part;
    part.created = from_micros(json.at("created").get<std::int64_t>());
    part.bytes = json.at("bytes").get<std::uint64_t>();
    part.whole = json.at("whole").get<bool>();
    return part;
  } catch (const Json::exception& error) {
    return fail(ErrorCode::kCorrupt, std::string("a part's record: ") + error.what());
  }
}

}  // namespace lakeside::modelstudio
