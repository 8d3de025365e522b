// OpenAI's usage: GET /organization/usage/{completions,embeddings}, and rerank beside them, which
// OpenAI has not. https://platform.openai.com/docs/api-reference/usage: sums in buckets of a
// minute, an hour or a day, whole ones, in UTC.
#include <algorithm>
#include <array>
#include <utility>

#include "base/encoding.h"
#include "services/modelstudio/core/usage.h"
#include "services/modelstudio/wire/codecs.h"
#include "services/modelstudio/wire/job_input.h"
#include "services/modelstudio/wire/query.h"
#include "services/modelstudio/wire/shapes.h"

namespace lakeside::modelstudio::wire {
namespace {

using std::chrono::seconds;

struct Width {
  std::string_view name;
  seconds length;
  std::uint64_t usual;  // buckets of a page
  std::uint64_t most;
};
constexpr std::array<Width, 3> kWidths = {{{"1d", seconds(86'400), 7, 31},
                                           {"1h", seconds(3'600), 24, 168},
                                           {"1m", seconds(60), 60, 1440}}};
constexpr std::string_view kPage = "page_";
constexpr std::uint64_t kLatest = 253'402'300'799;  // the year 9999
constexpr std::size_t kMostNames = 100;             // in a filter

struct Kind {
  UsageKind kind;
  std::string_view object;
};
constexpr Kind kCompletions{UsageKind::kGenerate, "organization.usage.completions.result"};
constexpr Kind kEmbeddings{UsageKind::kEmbed, "organization.usage.embeddings.result"};
constexpr Kind kReranks{UsageKind::kRank, "organization.usage.reranks.result"};

// A page: the query is for its buckets.
struct Asked {
  Kind kind;
  UsageQuery query;
  bool by_workspace = false;
  bool more = false;
};

Json label_json(const std::string& text, bool told) { return told ? Json(text) : Json(); }

class RetrieveUsage final : public gateway::Action {
 public:
  explicit RetrieveUsage(Asked asked) : asked_(std::move(asked)) {}

  Task<http::Response> run(gateway::Call& base) override {
    auto& call = static_cast<StudioCall&>(base);
    auto slices = co_await read_usage(call.env.usage, asked_.query);
    if (!slices && slices.error().code == ErrorCode::kTooLarge) {
      co_return call.error(to_wire(too_many(), call.dialect));
    }
    if (!slices) co_return call.error(storage_failed(call));
    Json data = Json::array();
    auto slice = slices->begin();
    for (Time start = asked_.query.from; start < asked_.query.to; start += asked_.query.width) {
      Json results = Json::array();
      for (; slice != slices->end() && slice->first.first == start; ++slice) {
        results.push_back(result_json(slice->first.second, slice->second, *call.key));
      }
      data.push_back({{"object", "bucket"},
                      {"start_time", unix_seconds(start)},
                      {"end_time", unix_seconds(start + asked_.query.width)},
                      {"results", std::move(results)}});
    }
    Json json = {{"object", "page"}, {"data", std::move(data)}, {"has_more", asked_.more}};
    json["next_page"] =
        asked_.more ? Json(std::string(kPage) + std::to_string(unix_seconds(asked_.query.to)))
                    : Json();
    co_return json_response(to_text(json));
  }

 private:
  static BadInput too_many() {
    return {"group_by", "This is too much at once: ask for fewer buckets or models.",
            "invalid_value"};
  }

  [[nodiscard]] Json result_json(const UsageLabel& label, const UsageTotals& totals,
                                 const ModelKey& key) const {
    Json json = {{"object", asked_.kind.object}, {"input_tokens", totals.prompt_tokens}};
    if (asked_.kind.kind == UsageKind::kGenerate) {
      json["output_tokens"] = totals.completion_tokens;
      json["input_cached_tokens"] = totals.cached_tokens;
      json["input_audio_tokens"] = 0;
      json["output_audio_tokens"] = 0;
    }
    json["num_model_requests"] = totals.requests;
    json["project_id"] = label_json(key.settings.workspace, asked_.by_workspace);
    json["user_id"] = Json();
    json["api_key_id"] = label_json(label.key_id, asked_.query.by_key);
    json["model"] = label_json(label.model, asked_.query.by_model);
    if (asked_.kind.kind == UsageKind::kGenerate) {
      json["batch"] = asked_.query.by_batch ? Json(label.batch) : Json();
    }
    return json;
  }

  const Asked asked_;
};

BadInput wrong(std::string_view name, const std::string& message) {
  return {std::string(name), "Invalid '" + std::string(name) + "': " + message, "invalid_value"};
}

// name=a&name=b, as curl's users write it, or name[]=a&name[]=b, as the openai packages do.
Decoded<std::vector<std::string>> query_list(const http::RequestHead& head, std::string_view name) {
  std::vector<std::string> all;
  for (const http::QueryParam& param : head.query) {
    std::string_view given = param.name;
    if (given.ends_with("[]")) given.remove_suffix(2);
    if (given == name && !param.value.empty()) all.push_back(param.value);
  }
  if (all.size() > kMostNames) return std::unexpected(wrong(name, "at most 100 of them."));
  return all;
}

Decoded<std::optional<Time>> query_time(const http::RequestHead& head, std::string_view name) {
  const http::QueryParam* param = head.param(name);
  if (param == nullptr || param->value.empty()) return std::nullopt;
  auto number = parse_uint(param->value);
  if (!number || *number > kLatest) {
    return std::unexpected(wrong(name, "expected a time in seconds since 1970."));
  }
  return Time(seconds(*number));
}

Time floor_to(Time time, seconds width) {
  return time -
         std::chrono::duration_cast<std::chrono::microseconds>(time.time_since_epoch()) % width;
}

Decoded<const Width*> read_width(const http::RequestHead& head) {
  const std::string name = query_text(head, "bucket_width");
  if (name.empty()) return kWidths.data();
  auto found = std::ranges::find(kWidths, name, &Width::name);
  if (found != kWidths.end()) return &*found;
  return std::unexpected(wrong("bucket_width", "supported values are '1m', '1h' and '1d'."));
}

// Which buckets: from start_time or the page on, as many as the limit says and lie before the end.
std::optional<BadInput> read_range(const http::RequestHead& head, Time now, Asked& asked) {
  auto width = read_width(head);
  if (!width) return width.error();
  auto limit = query_number(head, "limit", (*width)->usual, (*width)->most);
  if (!limit) return limit.error();
  auto start = query_time(head, "start_time");
  if (!start) return start.error();
  if (!*start) {
    return BadInput{"start_time", "Missing required parameter: 'start_time'.",
                    "missing_required_parameter"};
  }
  auto end = query_time(head, "end_time");
  if (!end) return end.error();
  const Time last = end->value_or(now);
  if (*end && last <= **start) return wrong("end_time", "it lies after 'start_time'.");
  UsageQuery& query = asked.query;
  query.width = (*width)->length;
  query.from = floor_to(**start, query.width);
  if (std::string page = query_text(head, "page"); !page.empty()) {
    auto at = page.starts_with(kPage) ? parse_uint(std::string_view(page).substr(kPage.size()))
                                      : std::nullopt;
    if (!at || *at > kLatest || Time(seconds(*at)) < query.from) {
      return wrong("page", "it is not one that an answer to this query named.");
    }
    query.from = floor_to(Time(seconds(*at)), query.width);
  }
  query.to = query.from;
  for (std::uint64_t i = 0; i < *limit && query.to < last; ++i) query.to += query.width;
  asked.more = query.to < last;
  return std::nullopt;
}

std::optional<BadInput> read_groups(const http::RequestHead& head, Asked& asked) {
  auto groups = query_list(head, "group_by");
  if (!groups) return groups.error();
  for (const std::string& group : *groups) {
    if (group == "api_key_id") {
      asked.query.by_key = true;
    } else if (group == "model") {
      asked.query.by_model = true;
    } else if (group == "batch" && asked.kind.kind == UsageKind::kGenerate) {
      asked.query.by_batch = true;
    } else if (group == "project_id") {
      asked.by_workspace = true;
    } else {
      return wrong("group_by", "usage is kept by 'project_id', 'api_key_id', 'model' and 'batch'.");
    }
  }
  return std::nullopt;
}

// A key sees what it has used itself.
std::optional<BadInput> read_filters(const http::RequestHead& head, const ModelKey& key,
                                     Asked& asked) {
  UsageQuery& query = asked.query;
  auto keys = query_list(head, "api_key_ids");
  if (!keys) return keys.error();
  if (std::ranges::any_of(*keys, [&](const auto& id) { return id != key.id; })) {
    return wrong("api_key_ids", "a key sees its own usage alone.");
  }
  query.key_ids = {key.id};
  auto models = query_list(head, "models");
  if (!models) return models.error();
  query.models = std::move(*models);
  auto projects = query_list(head, "project_ids");
  if (!projects) return projects.error();
  if (std::ranges::any_of(*projects,
                          [&](const auto& id) { return id != key.settings.workspace; })) {
    return wrong("project_ids", "a key sees the usage of its own workspace alone.");
  }
  auto users = query_list(head, "user_ids");
  if (!users) return users.error();
  if (!users->empty()) return wrong("user_ids", "usage is not kept by user.");
  std::string batch = query_text(head, "batch");
  if (batch.empty()) return std::nullopt;
  if (batch != "true" && batch != "false") return wrong("batch", "expected true or false.");
  query.batch = batch == "true";
  return std::nullopt;
}

ActionResult decode(StudioCall& call, const Kind& kind) {
  Asked asked;
  asked.kind = kind;
  asked.query.kind = kind.kind;
  auto bad = read_range(call.head(), call.env.clock.now(), asked);
  if (!bad) bad = read_groups(call.head(), asked);
  if (!bad) bad = read_filters(call.head(), *call.key, asked);
  if (bad) return std::unexpected(std::move(*bad));
  return std::make_unique<RetrieveUsage>(std::move(asked));
}

}  // namespace

ActionResult decode_usage_completions(StudioCall& call, const std::string&) {
  return decode(call, kCompletions);
}

ActionResult decode_usage_embeddings(StudioCall& call, const std::string&) {
  return decode(call, kEmbeddings);
}

ActionResult decode_usage_reranks(StudioCall& call, const std::string&) {
  return decode(call, kReranks);
}

}  // namespace lakeside::modelstudio::wire
