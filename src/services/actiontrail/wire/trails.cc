// Trails: made, changed, switched on and off.
#include <algorithm>

#include "base/encoding.h"
#include "services/actiontrail/core/event.h"
#include "services/actiontrail/wire/operation.h"

namespace lakeside::actiontrail::wire {
namespace {

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool is_word(std::string_view text, std::size_t least, std::size_t most, std::string_view marks) {
  return text.size() >= least && text.size() <= most && is_letter(text.front()) &&
         std::ranges::all_of(text, [&](char c) {
           return is_letter(c) || is_digit(c) || marks.find(c) != marks.npos;
         });
}

Fault conflict() {
  return {409, "OperationConflict", "The trail was changed by another request at the same time."};
}

// What is not delivered to must not be asked for.
std::optional<Fault> unsupported(const Parameters& in) {
  for (std::string_view name :
       {"SlsProjectArn", "SlsWriteRoleArn", "MaxComputeProjectArn", "MaxComputeWriteRoleArn"}) {
    if (!in.get(name).empty()) {
      return Fault{
          501, "NotImplemented",
          "Events are delivered to buckets alone: " + std::string(name) + " is not implemented."};
    }
  }
  if (equals_ignore_case(in.get("IsOrganizationTrail"), "true")) {
    return Fault{501, "NotImplemented", "Multi-account trails are not implemented."};
  }
  return std::nullopt;
}

Read<std::string> read_name(const Parameters& in) {
  auto name = in.required("Name");
  if (name && !is_word(*name, 6, 36, "-_")) {
    return std::unexpected(Fault{400, "InvalidTrailNameException",
                                 "The specified Trail name is invalid. It has 6 to 36 letters, "
                                 "digits, hyphens and "
                                 "underscores, and begins with a letter."});
  }
  return name;
}

// What CreateTrail and UpdateTrail both say of a trail; what did not come stays as it is.
std::optional<Fault> read_settings(const Environment& env, const Parameters& in, Trail& trail) {
  if (auto fault = unsupported(in)) return fault;
  auto take = [&](std::string_view name, std::string& into) {
    if (const std::string* value = in.find(name)) into = *value;
  };
  take("OssBucketName", trail.bucket);
  take("OssKeyPrefix", trail.prefix);
  take("OssWriteRoleArn", trail.role_arn);
  if (trail.bucket.empty()) {
    return Fault{400, "InvalidDeliveryConfigurationException",
                 "You must specify at least one Log Service project or OSS bucket for a Trail."};
  }
  if (!trail.prefix.empty() && !is_word(trail.prefix, 6, 32, "-/_")) {
    return Fault{400, "InvalidPrefixException",
                 "The specified OSS bucket prefix is invalid. It has 6 to 32 letters, digits, "
                 "hyphens, slashes and underscores, and "
                 "begins with a letter."};
  }
  if (trail.prefix.ends_with('/')) trail.prefix.pop_back();
  if (trail.role_arn.size() > 256) {
    return invalid_query(rpc::invalid_parameter("OssWriteRoleArn", "an ARN"));
  }
  if (!in.get("EventRW").empty()) {
    auto rw = in.one_of("EventRW", {"Write", "Read", "All"});
    if (!rw) return invalid_query(rw.error());
    trail.event_rw = *rw;
  }
  if (!in.get("TrailRegion").empty()) {
    auto region = in.one_of("TrailRegion", {"All", env.journal.options().region});
    if (!region) return invalid_query(region.error());
    trail.region = *region;
  }
  return std::nullopt;
}

// No two trails of an account deliver to one bucket.
std::optional<Fault> check_others(const std::vector<Trail>& all, const Trail& trail) {
  bool taken = std::ranges::any_of(all, [&](const Trail& other) {
    return other.name != trail.name && other.bucket == trail.bucket;
  });
  if (!taken) return std::nullopt;
  return Fault{400, "RepeatOssBucket",
               "The specified OSS bucket is already in use. We recommend that you modify the "
               "existing Trail or specify another bucket."};
}

Task<std::optional<Fault>> check_bucket(Environment& env, const Invocation& in,
                                        const Trail& trail) {
  auto has = co_await env.buckets.has(in.caller().account_id, trail.bucket);
  if (!has) co_return rpc::internal_error(has.error());
  if (*has) co_return std::nullopt;
  co_return Fault{404, "BucketDoesNotExistException", "The specified OSS bucket does not exist."};
}

Task<Read<Trail>> find_trail(Environment& env, const Invocation& in) {
  auto name = read_name(in.parameters);
  if (!name) co_return std::unexpected(std::move(name.error()));
  auto trail = co_await env.trails.find(in.caller().account_id, *name);
  if (!trail) co_return std::unexpected(rpc::internal_error(trail.error()));
  if (!*trail) {
    co_return std::unexpected(
        Fault{404, "TrailNotFoundException", "The specified Trail does not exist."});
  }
  co_return std::move(**trail);
}

Task<std::optional<Fault>> keep(Environment& env, const Invocation& in, const Trail& trail) {
  Status kept = co_await env.trails.put(in.caller().account_id, trail);
  if (kept) co_return std::nullopt;
  if (kept.error().code == ErrorCode::kGuardFailed) co_return conflict();
  co_return rpc::internal_error(kept.error());
}

Value settings_of(const Environment& env, const Trail& trail) {
  return {{"Name", trail.name},
          {"HomeRegion", env.journal.options().region},
          {"TrailRegion", trail.region},
          {"EventRW", trail.event_rw},
          {"OssBucketName", trail.bucket},
          {"OssKeyPrefix", trail.prefix},
          {"OssWriteRoleArn", trail.role_arn},
          {"SlsProjectArn", ""},
          {"SlsWriteRoleArn", ""}};
}

Value described(const Environment& env, const Invocation& in, const Trail& trail) {
  Value value = settings_of(env, trail);
  const std::string& region = env.journal.options().region;
  value["Region"] = region;
  value["OssBucketLocation"] = "oss-" + region;
  value["IsOrganizationTrail"] = false;
  value["TrailArn"] =
      "acs:actiontrail:" + region + ":" + in.caller().account_id + ":trail/" + trail.name;
  value["Status"] = trail.logging ? "Enable" : trail.started ? "Disable" : "Fresh";
  value["CreateTime"] = event_time(trail.created);
  value["UpdateTime"] = event_time(trail.updated);
  if (trail.started) value["StartLoggingTime"] = event_time(*trail.started);
  if (trail.stopped) value["StopLoggingTime"] = event_time(*trail.stopped);
  return value;
}

bool is_named(std::string_view list, std::string_view name) {
  while (!list.empty()) {
    std::string_view one = list.substr(0, list.find(','));
    if (trim(one) == name) return true;
    list.remove_prefix(std::min(one.size() + 1, list.size()));
  }
  return false;
}

}  // namespace

Task<Answer> create_trail(Environment& env, const Invocation& in) {
  auto name = read_name(in.parameters);
  if (!name) co_return std::unexpected(std::move(name.error()));
  Trail trail;
  trail.name = std::move(*name);
  trail.created = trail.updated = in.now;
  if (auto fault = read_settings(env, in.parameters, trail)) {
    co_return std::unexpected(std::move(*fault));
  }
  auto no_bucket = co_await check_bucket(env, in, trail);
  if (no_bucket) co_return std::unexpected(std::move(*no_bucket));
  auto all = co_await env.trails.list(in.caller().account_id);
  if (!all) co_return std::unexpected(rpc::internal_error(all.error()));
  if (std::ranges::find(*all, trail.name, &Trail::name) != all->end()) {
    co_return std::unexpected(
        Fault{400, "TrailAlreadyExistsException", "The specified Trail name already exists."});
  }
  if (auto fault = check_others(*all, trail)) co_return std::unexpected(std::move(*fault));
  if (all->size() >= kMaxTrails) {
    co_return std::unexpected(
        Fault{403, "MaximumNumberOfTrailsExceededException",
              "The number of Trails in the same region exceeds the upper limit (" +
                  std::to_string(kMaxTrails) + ")."});
  }
  auto fault = co_await keep(env, in, trail);
  if (fault) co_return std::unexpected(std::move(*fault));
  co_return settings_of(env, trail);
}

Task<Answer> update_trail(Environment& env, const Invocation& in) {
  auto trail = co_await find_trail(env, in);
  if (!trail) co_return std::unexpected(std::move(trail.error()));
  if (auto fault = read_settings(env, in.parameters, *trail)) {
    co_return std::unexpected(std::move(*fault));
  }
  auto no_bucket = co_await check_bucket(env, in, *trail);
  if (no_bucket) co_return std::unexpected(std::move(*no_bucket));
  auto all = co_await env.trails.list(in.caller().account_id);
  if (!all) co_return std::unexpected(rpc::internal_error(all.error()));
  if (auto fault = check_others(*all, *trail)) co_return std::unexpected(std::move(*fault));
  trail->updated = in.now;
  auto fault = co_await keep(env, in, *trail);
  if (fault) co_return std::unexpected(std::move(*fault));
  co_return settings_of(env, *trail);
}

// IncludeShadowTrails and IncludeOrganizationTrail add what there is none of.
Task<Answer> describe_trails(Environment& env, const Invocation& in) {
  auto all = co_await env.trails.list(in.caller().account_id);
  if (!all) co_return std::unexpected(rpc::internal_error(all.error()));
  Value value;
  value["TrailList"] = Value::array();
  std::string_view names = in.parameters.get("NameList");
  for (const Trail& trail : *all) {
    if (!names.empty() && !is_named(names, trail.name)) continue;
    value["TrailList"].push_back(described(env, in, trail));
  }
  co_return value;
}

Task<Answer> get_trail_status(Environment& env, const Invocation& in) {
  auto trail = co_await find_trail(env, in);
  if (!trail) co_return std::unexpected(std::move(trail.error()));
  const std::string& account = in.caller().account_id;
  auto progress = co_await env.trails.progress(account, trail->name);
  if (!progress) co_return std::unexpected(rpc::internal_error(progress.error()));
  auto has = co_await env.buckets.has(account, trail->bucket);
  if (!has) co_return std::unexpected(rpc::internal_error(has.error()));
  Value value;
  value["IsLogging"] = trail->logging;
  value["OssBucketStatus"] = *has;
  value["SlsLogStoreStatus"] = false;
  value["LatestDeliveryError"] = progress->error;
  if (progress->latest) value["LatestDeliveryTime"] = event_time(*progress->latest);
  if (trail->started) value["StartLoggingTime"] = event_time(*trail->started);
  if (trail->stopped) value["StopLoggingTime"] = event_time(*trail->stopped);
  co_return value;
}

Task<Answer> start_logging(Environment& env, const Invocation& in) {
  auto trail = co_await find_trail(env, in);
  if (!trail) co_return std::unexpected(std::move(trail.error()));
  if (trail->logging) co_return Value::object();
  auto no_bucket = co_await check_bucket(env, in, *trail);
  if (no_bucket) co_return std::unexpected(std::move(*no_bucket));
  trail->logging = true;
  trail->started = in.now;
  auto fault = co_await keep(env, in, *trail);
  if (fault) co_return std::unexpected(std::move(*fault));
  co_return Value::object();
}

// What happened while it was on is delivered before the answer.
Task<Answer> stop_logging(Environment& env, const Invocation& in) {
  auto trail = co_await find_trail(env, in);
  if (!trail) co_return std::unexpected(std::move(trail.error()));
  if (!trail->logging) co_return Value::object();
  trail->logging = false;
  trail->stopped = in.now;
  auto fault = co_await keep(env, in, *trail);
  if (fault) co_return std::unexpected(std::move(*fault));
  co_await env.journal.kept();
  // What could not be delivered now is in the trail's status, and tried again.
  [[maybe_unused]] auto delivered = co_await env.delivery.deliver(in.caller().account_id);
  co_return Value::object();
}

Task<Answer> delete_trail(Environment& env, const Invocation& in) {
  auto trail = co_await find_trail(env, in);
  if (!trail) co_return std::unexpected(std::move(trail.error()));
  Status removed = co_await env.trails.remove(in.caller().account_id, trail->name);
  if (!removed) co_return std::unexpected(rpc::internal_error(removed.error()));
  co_return Value::object();
}

}  // namespace lakeside::actiontrail::wire
