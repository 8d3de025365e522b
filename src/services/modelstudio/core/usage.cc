#include "services/modelstudio/core/usage.h"

#include <algorithm>
#include <array>

#include <nlohmann/json.hpp>

namespace lakeside::modelstudio {
namespace {

constexpr std::size_t kMostSlices = 100'000;
constexpr std::string_view kHours = "hour/";
constexpr std::size_t kHourText = 13;  // "2026-11-22T04"
constexpr std::array<UsageKind, 3> kKinds = {UsageKind::kGenerate, UsageKind::kEmbed,
                                             UsageKind::kRank};

std::string hour_prefix(Time at) {
  return std::string(kHours) + format_iso8601_millis(at).substr(0, kHourText) + '/';
}

// The model comes last: its name may have slashes.
std::string key_of(Time at, const UsageLabel& label) {
  std::string key = hour_prefix(at);
  key.append(to_string(label.kind)).append(label.batch ? "/batch/" : "/call/");
  return key.append(label.key_id).append("/").append(label.model);
}

std::string_view take(std::string_view& rest) {
  std::string_view part = rest.substr(0, rest.find('/'));
  rest.remove_prefix(std::min(part.size() + 1, rest.size()));
  return part;
}

std::optional<UsageKind> kind_named(std::string_view name) {
  for (UsageKind kind : kKinds) {
    if (to_string(kind) == name) return kind;
  }
  return std::nullopt;
}

struct Sum {
  Time at;
  UsageLabel label;
  UsageTotals totals;
};

std::uint64_t number(const nlohmann::json& json, const char* name) {
  auto found = json.find(name);
  return found != json.end() && found->is_number_unsigned() ? found->get<std::uint64_t>() : 0;
}

std::string text(const nlohmann::json& json, const char* name) {
  auto found = json.find(name);
  return found != json.end() && found->is_string() ? found->get<std::string>() : std::string();
}

std::optional<UsageTotals> totals_of(std::string_view value) {
  auto json = nlohmann::json::parse(value, nullptr, false);
  if (!json.is_object()) return std::nullopt;
  return UsageTotals{number(json, "requests"), number(json, "prompt_tokens"),
                     number(json, "cached_tokens"), number(json, "completion_tokens")};
}

std::string to_value(const UsageTotals& totals) {
  nlohmann::ordered_json json = {{"requests", totals.requests},
                                 {"prompt_tokens", totals.prompt_tokens},
                                 {"cached_tokens", totals.cached_tokens},
                                 {"completion_tokens", totals.completion_tokens}};
  return json.dump();
}

// Of an hour.
std::optional<Sum> sum_of(std::string_view key, std::string_view value) {
  key.remove_prefix(kHours.size());
  auto at = parse_iso8601(std::string(take(key)) + ":00:00Z");
  auto kind = kind_named(take(key));
  const bool batch = take(key) == "batch";
  std::string id(take(key));
  auto totals = totals_of(value);
  if (!at || !kind || !totals) return std::nullopt;
  return Sum{*at, {*kind, batch, std::move(id), std::string(key)}, *totals};
}

// Of one call.
std::optional<Sum> record_of(std::string_view value) {
  auto json = nlohmann::json::parse(value, nullptr, false);
  if (!json.is_object()) return std::nullopt;
  auto at = parse_iso8601(text(json, "at"));
  auto kind = kind_named(text(json, "kind"));
  if (!at || !kind) return std::nullopt;
  UsageTotals totals{1, number(json, "prompt_tokens"), number(json, "cached_tokens"),
                     number(json, "completion_tokens")};
  const bool batch = json.value("batch", false);
  return Sum{*at, {*kind, batch, text(json, "key"), text(json, "model")}, totals};
}

bool is_one_of(const std::vector<std::string>& names, const std::string& name) {
  return names.empty() || std::ranges::find(names, name) != names.end();
}

bool counts(const UsageQuery& query, const Sum& sum) {
  return sum.at >= query.from && sum.at < query.to && sum.label.kind == query.kind &&
         (!query.batch || *query.batch == sum.label.batch) &&
         is_one_of(query.key_ids, sum.label.key_id) && is_one_of(query.models, sum.label.model);
}

void count(const UsageQuery& query, Sum& sum, UsageSlices& slices) {
  const Time start = sum.at - (sum.at - query.from) % query.width;
  if (!query.by_key) sum.label.key_id.clear();
  if (!query.by_model) sum.label.model.clear();
  sum.label.batch = query.by_batch && sum.label.batch;
  slices[{start, std::move(sum.label)}] += sum.totals;
}

}  // namespace

const engines::Partition& usage_partition() {
  static const engines::Partition usage{"modelstudio.usage"};
  return usage;
}

std::string_view to_string(UsageKind kind) {
  switch (kind) {
    case UsageKind::kGenerate:
      return "generate";
    case UsageKind::kEmbed:
      return "embed";
    case UsageKind::kRank:
      return "rank";
  }
  return "";
}

UsageTotals& UsageTotals::operator+=(const UsageTotals& other) {
  requests += other.requests;
  prompt_tokens += other.prompt_tokens;
  cached_tokens += other.cached_tokens;
  completion_tokens += other.completion_tokens;
  return *this;
}

void UsageSums::add(Time at, const UsageLabel& label, const UsageTotals& totals) {
  sums_[key_of(at, label)] += totals;
}

Status UsageSums::write(engines::Kv& kv, engines::Batch& batch) const {
  std::vector<std::string> keys;
  for (const auto& [key, totals] : sums_) keys.push_back(key);
  auto there = run_blocking(kv.get(usage_partition(), keys));
  if (!there) return std::unexpected(there.error());
  for (std::size_t i = 0; const auto& [key, totals] : sums_) {
    UsageTotals whole = totals;
    if (const auto& old = (*there)[i++]) {
      auto before = totals_of(*old);
      if (!before) return fail(ErrorCode::kCorrupt, "the sum " + key + " cannot be read");
      whole += *before;
    }
    batch.put(key, to_value(whole));
  }
  return {};
}

Task<Result<UsageSlices>> read_usage(engines::Kv& kv, const UsageQuery& query) {
  const bool minutes = query.width < std::chrono::hours(1);
  const std::string from = minutes ? format_iso8601_millis(query.from) : hour_prefix(query.from);
  const std::string_view family = minutes ? "" : kHours;
  UsageSlices slices;
  std::optional<Error> wrong;
  const std::string end = minutes ? format_iso8601_millis(query.to)
                                  : std::string(kHours) + format_iso8601_millis(query.to);
  const engines::ScanVisitor visit = [&](std::string_view key, std::string_view value) {
    if (!key.starts_with(family) || key >= end) return engines::ScanStep::stop();
    auto sum = minutes ? record_of(value) : sum_of(key, value);
    if (!sum) {
      wrong = Error{ErrorCode::kCorrupt, "usage " + std::string(key) + " cannot be read"};
      return engines::ScanStep::stop();
    }
    if (!counts(query, *sum)) return engines::ScanStep::next();
    count(query, *sum, slices);
    if (slices.size() <= kMostSlices) return engines::ScanStep::next();
    wrong = Error{ErrorCode::kTooLarge, "too many sums"};
    return engines::ScanStep::stop();
  };
  Status scanned = co_await kv.scan(usage_partition(), from, visit);
  if (!scanned) co_return std::unexpected(std::move(scanned.error()));
  if (wrong) co_return std::unexpected(std::move(*wrong));
  co_return std::move(slices);
}

}  // namespace lakeside::modelstudio
