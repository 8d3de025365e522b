#include "services/modelstudio/core/response_store.h"

#include <cstdio>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "services/modelstudio/core/clear.h"

namespace lakeside::modelstudio {
namespace {

using Json = nlohmann::json;

constexpr std::size_t kMaxId = 128;
constexpr std::size_t kExpiredAtOnce = 256;
constexpr std::string_view kByTime = "t/";

const engines::Partition& partition() {
  static const engines::Partition responses{"modelstudio.responses"};
  return responses;
}

// A workspace's name has no '/'.
std::string record_key(const std::string& workspace, const std::string& id) {
  return "r/" + workspace + "/" + id;
}

// In the order in which responses expire. The value is the record's key.
std::string time_key(Time created, const std::string& record) {
  char digits[24];
  std::snprintf(digits, sizeof digits, "%020lld",
                static_cast<long long>(created.time_since_epoch().count()));
  return std::string(kByTime) + digits + "/" + record;
}

std::string encode(const StoredResponse& response) {
  Json record = {{"v", 1},
                 {"previous", response.previous},
                 {"created", response.created.time_since_epoch().count()},
                 {"input", response.input},
                 {"response", response.document}};
  return record.dump(-1, ' ', false, Json::error_handler_t::replace);
}

// Without id and workspace, which the key has.
Result<StoredResponse> decode(std::string_view record) {
  try {
    Json json = Json::parse(record);
    if (json.at("v").get<int>() != 1) {
      return fail(ErrorCode::kCorrupt, "a response of a later version");
    }
    StoredResponse response;
    response.previous = json.at("previous").get<std::string>();
    response.created = Time(std::chrono::microseconds(json.at("created").get<std::int64_t>()));
    response.input = json.at("input").get<std::string>();
    response.document = json.at("response").get<std::string>();
    return response;
  } catch (const Json::exception& error) {
    return fail(ErrorCode::kCorrupt, std::string("a response's record: ") + error.what());
  }
}

bool is_too_large(const StoredResponse& response) {
  return response.input.size() + response.document.size() > kMaxStoredResponse;
}

class StoredResponses final : public ResponseStore {
 public:
  StoredResponses(engines::Kv& kv, const Clock& clock) : kv_(kv), clock_(clock) {}

  Task<Status> add(const StoredResponse& response) override;
  Task<Result<StoredResponse>> find(const std::string& workspace, const std::string& id) override;
  Task<Result<StoredResponse>> change(const std::string& workspace, const std::string& id,
                                      const std::function<bool(StoredResponse&)>& edit) override;
  Task<Status> remove(const std::string& workspace, const std::string& id) override;
  Task<Result<std::size_t>> remove_expired() override;
  Task<Status> clear() override { co_return co_await modelstudio::clear(kv_, partition()); }

 private:
  // A record as it was read: what is written next requires that it still is so.
  struct Found {
    StoredResponse response;
    std::string record;
  };
  Task<Result<Found>> read(const std::string& workspace, const std::string& id);

  engines::Kv& kv_;
  const Clock& clock_;
};

Task<Status> StoredResponses::add(const StoredResponse& response) {
  if (is_too_large(response)) co_return fail(ErrorCode::kTooLarge, "a response with its input");
  std::string record = record_key(response.workspace, response.id);
  engines::Batch batch;
  batch.require_absent(record);
  batch.put(record, encode(response));
  batch.put(time_key(response.created, record), record);
  co_return co_await kv_.commit(partition(), batch);
}

Task<Result<StoredResponses::Found>> StoredResponses::read(const std::string& workspace,
                                                           const std::string& id) {
  if (id.empty() || id.size() > kMaxId) co_return fail(ErrorCode::kNotFound, "no such response");
  auto record = co_await engines::get_one(kv_, partition(), record_key(workspace, id));
  if (!record) co_return std::unexpected(std::move(record.error()));
  if (!*record) co_return fail(ErrorCode::kNotFound, "no such response");
  auto response = decode(**record);
  if (!response) co_return std::unexpected(std::move(response.error()));
  if (response->created + kResponsesLast <= clock_.now()) {
    co_return fail(ErrorCode::kNotFound, "an old response");
  }
  response->workspace = workspace;
  response->id = id;
  co_return Found{std::move(*response), std::move(**record)};
}

Task<Result<StoredResponse>> StoredResponses::find(const std::string& workspace,
                                                   const std::string& id) {
  auto found = co_await read(workspace, id);
  if (!found) co_return std::unexpected(std::move(found.error()));
  co_return std::move(found->response);
}

Task<Result<StoredResponse>> StoredResponses::change(
    const std::string& workspace, const std::string& id,
    const std::function<bool(StoredResponse&)>& edit) {
  while (true) {
    auto found = co_await read(workspace, id);
    if (!found) co_return std::unexpected(std::move(found.error()));
    StoredResponse& response = found->response;
    if (!edit(response)) co_return std::move(response);
    if (is_too_large(response)) co_return fail(ErrorCode::kTooLarge, "a response with its input");
    std::string record = record_key(workspace, id);
    engines::Batch batch;
    batch.require(record, std::move(found->record));
    batch.put(record, encode(response));
    Status written = co_await kv_.commit(partition(), batch);
    if (written) co_return std::move(response);
    if (written.error().code != ErrorCode::kGuardFailed) {
      co_return std::unexpected(std::move(written.error()));
    }
  }
}

Task<Status> StoredResponses::remove(const std::string& workspace, const std::string& id) {
  auto response = co_await find(workspace, id);
  if (!response) co_return std::unexpected(std::move(response.error()));
  std::string record = record_key(workspace, id);
  engines::Batch batch;
  batch.remove(record);
  batch.remove(time_key(response->created, record));
  co_return co_await kv_.commit(partition(), batch);
}

Task<Result<std::size_t>> StoredResponses::remove_expired() {
  const std::string end = time_key(clock_.now() - kResponsesLast, "~");
  std::vector<std::pair<std::string, std::string>> expired;
  engines::ScanVisitor visitor = [&](std::string_view key, std::string_view record) {
    if (!key.starts_with(kByTime) || key > end) return engines::ScanStep::stop();
    expired.emplace_back(key, record);
    return expired.size() == kExpiredAtOnce ? engines::ScanStep::stop() : engines::ScanStep::next();
  };
  Status scanned = co_await kv_.scan(partition(), kByTime, visitor);
  if (!scanned) co_return std::unexpected(std::move(scanned.error()));
  if (expired.empty()) co_return std::size_t{0};
  engines::Batch batch;
  for (const auto& [key, record] : expired) {
    batch.remove(key);
    batch.remove(record);
  }
  Status removed = co_await kv_.commit(partition(), batch);
  if (!removed) co_return std::unexpected(std::move(removed.error()));
  co_return expired.size();
}

}  // namespace

std::unique_ptr<ResponseStore> ResponseStore::create(engines::Kv& kv, const Clock& clock) {
  return std::make_unique<StoredResponses>(kv, clock);
}

}  // namespace lakeside::modelstudio
