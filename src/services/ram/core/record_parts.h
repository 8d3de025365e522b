// What the records of all kinds are written with.
#pragma once

#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

#include "base/clock.h"
#include "base/encoding.h"
#include "base/result.h"
#include "base/seal.h"

namespace lakeside::ram {

using Json = nlohmann::json;

[[nodiscard]] inline std::int64_t micros(Time time) { return time.time_since_epoch().count(); }
[[nodiscard]] inline Time time_of(const Json& json) {
  return Time(std::chrono::microseconds(json.get<std::int64_t>()));
}

[[nodiscard]] inline std::string text_of(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

// What was sealed for one key or device opens for no other.
[[nodiscard]] inline std::string context_of(std::string_view kind, std::string_view id) {
  return std::string(kind) + "/" + std::string(id);
}

[[nodiscard]] inline std::string sealed(const SealingKeys& key, std::string_view secret,
                                        const std::string& context) {
  return base64_encode(as_bytes(key.seal(secret, context)));
}

inline Status unseal(const SealingKeys& key, const Json& json, const std::string& context,
                     std::string& into) {
  auto raw = base64_decode(json.get_ref<const std::string&>());
  if (!raw) return fail(ErrorCode::kCorrupt, context + ": its secret is not base64");
  auto opened = key.open(*raw, context);
  if (!opened) return fail(opened.error().code, context + ": " + opened.error().detail);
  into = std::move(*opened);
  return {};
}

// Runs `read` on the parsed record.
template <class Read>
Status decode_json(std::string_view record, Read read) {
  try {
    Json json = Json::parse(record);
    if (json.at("v").get<int>() != 1) {
      return fail(ErrorCode::kUnsupported, "a record of RAM is of a later version");
    }
    return read(json);
  } catch (const Json::exception& error) {
    return fail(ErrorCode::kCorrupt, std::string("a record of RAM: ") + error.what());
  }
}

}  // namespace lakeside::ram
