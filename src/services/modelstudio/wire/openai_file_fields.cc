#include "services/modelstudio/wire/openai_file_fields.h"

#include <algorithm>
#include <array>

#include "base/encoding.h"
#include "services/modelstudio/wire/shapes.h"

namespace lakeside::modelstudio::wire {
namespace {

// "file-extract" is Model Studio's own: help.aliyun.com, "OpenAI compatible - File".
constexpr std::array<std::string_view, 7> kPurposes = {
    "fine-tune", "assistants", "batch", "user_data", "vision", "evals", "file-extract"};

}  // namespace

Json file_json(const StoredFile& file) {
  Json json = {{"id", file.id},
               {"object", "file"},
               {"bytes", file.bytes},
               {"created_at", unix_seconds(file.created)},
               {"filename", file.filename},
               {"purpose", file.purpose},
               {"status", "processed"},
               {"status_details", nullptr}};
  json["expires_at"] = file.expires ? Json(unix_seconds(*file.expires)) : Json();
  return json;
}

std::string in_quotes(std::string_view text) { return "'" + std::string(text) + "'"; }

Decoded<void> check_purpose(const std::string& purpose, const std::string& filename) {
  if (std::ranges::find(kPurposes, purpose) == kPurposes.end()) {
    std::string all;
    for (std::string_view known : kPurposes) all += (all.empty() ? "" : ", ") + in_quotes(known);
    return std::unexpected(
        BadInput{"purpose", in_quotes(purpose) + " is not one of [" + all + "] - 'purpose'", {}});
  }
  bool lines = purpose == "batch" || purpose == "fine-tune";
  if (lines && !to_lower_ascii(filename).ends_with(".jsonl")) {
    std::string api = purpose == "batch" ? "Batch" : "Fine-Tuning";
    return std::unexpected(
        BadInput{"file", "Invalid file format for " + api + " API. Must be .jsonl", {}});
  }
  return {};
}

std::optional<std::chrono::seconds> usual_expiry(const std::string& purpose) {
  // "By default, files with purpose=batch expire after 30 days" (openai, file_create_params.py).
  if (purpose == "batch") return std::chrono::seconds(kMostFileSeconds);
  return std::nullopt;
}

}  // namespace lakeside::modelstudio::wire
