#include "services/oss/wire/routing.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <optional>
#include <utility>

namespace lakeside::oss::wire {
namespace {

// What selects a feature of OSS in the query, beyond the rows of the table: the sub-resources
// that its V1 signature covers (protocols.md §2), and filters that ListBuckets lacks.
constexpr std::string_view kMoreSubresources[] = {"accessPoint",
                                                  "asyncFetch",
                                                  "callback",
                                                  "callback-var",
                                                  "comp",
                                                  "group",
                                                  "img",
                                                  "legal-hold",
                                                  "link",
                                                  "live",
                                                  "objectInfo",
                                                  "partNumber",
                                                  "qos",
                                                  "qosInfo",
                                                  "qosRequester",
                                                  "requesterQosInfo",
                                                  "resourcePool",
                                                  "resourcePoolBuckets",
                                                  "resourcePoolInfo",
                                                  "responseHeader",
                                                  "sequential",
                                                  "status",
                                                  "styleName",
                                                  "tag-key",
                                                  "tag-value",
                                                  "udf",
                                                  "udfApplication",
                                                  "udfApplicationLog",
                                                  "udfId",
                                                  "udfImage",
                                                  "udfImageDesc",
                                                  "udfName",
                                                  "uploadId",
                                                  "vip",
                                                  "vod",
                                                  "vpcip",
                                                  "withHashContext",
                                                  "worm",
                                                  "wormId",
                                                  "x-oss-process",
                                                  "x-oss-async-process"};

// Parameters of the signatures, which authentication reads.
constexpr std::string_view kSigning[] = {"AWSAccessKeyId",
                                         "Expires",
                                         "OSSAccessKeyId",
                                         "Signature",
                                         "security-token",
                                         "x-oss-access-key-id",
                                         "x-oss-additional-headers",
                                         "x-oss-credential",
                                         "x-oss-date",
                                         "x-oss-expires",
                                         "x-oss-security-token",
                                         "x-oss-signature",
                                         "x-oss-signature-version"};

// What presigning moves from the S3 headers into the query. aws-sdk-js adds the checksum of an
// empty body to presigned uploads, so checksums in the query are no promise about the body.
constexpr std::string_view kHoisted[] = {"x-amz-checksum-",     "x-amz-sdk-checksum-algorithm",
                                         "x-amz-user-agent",    "x-amz-content-sha256",
                                         "x-amz-meta-",         "x-amz-acl",
                                         "x-amz-storage-class", "x-amz-security-token"};

// The only version of S3 Control's API.
constexpr std::string_view kControlPath = "/v20180820/";

template <class Visitor>
void each_word(std::string_view list, char separator, Visitor visit) {
  while (!list.empty()) {
    std::string_view word = list.substr(0, list.find(separator));
    list.remove_prefix(std::min(word.size() + 1, list.size()));
    if (!word.empty()) visit(word);
  }
}

std::optional<Method> parse_method(std::string_view text) {
  constexpr std::array<std::pair<std::string_view, Method>, 6> kNames = {
      {{"GET", Method::kGet},
       {"HEAD", Method::kHead},
       {"PUT", Method::kPut},
       {"POST", Method::kPost},
       {"DELETE", Method::kDelete},
       {"OPTIONS", Method::kOptions}}};
  for (const auto& [name, method] : kNames) {
    if (name == text) return method;
  }
  return std::nullopt;
}

std::optional<Level> parse_level(std::string_view text) {
  if (text == "service") return Level::kService;
  if (text == "bucket") return Level::kBucket;
  if (text == "object") return Level::kObject;
  if (text == "control") return Level::kControl;
  return std::nullopt;
}

bool one_of(std::span<const std::string_view> names, std::string_view name) {
  return std::ranges::find(names, name) != names.end();
}

bool is_signing(std::string_view name) {
  return one_of(kSigning, name) || name.starts_with("X-Amz-");
}

bool is_hoisted(std::string_view name) {
  return std::ranges::any_of(kHoisted, [&](std::string_view s) { return name.starts_with(s); });
}

std::unexpected<OssError> not_implemented(std::string_view parameter) {
  OssError error{Errc::kNotImplemented, {}, {}, {}};
  error.message = "The parameter " + std::string(parameter) + " is not implemented.";
  error.details.emplace_back("ArgumentName", parameter);
  return std::unexpected(std::move(error));
}

}  // namespace

bool is_s3_control(const http::RequestHead& head) {
  return head.raw_path.starts_with(kControlPath) && head.header(kAccountHeader).has_value();
}

bool speaks(const Row& row, Dialect dialect) {
  std::string_view name = dialect == Dialect::kOss ? "oss" : "s3";
  bool found = false;
  each_word(row.info.dialects, ' ', [&](std::string_view word) { found |= word == name; });
  return found;
}

RoutingTable::Entry RoutingTable::parse(const Row& row, Dialect dialect) {
  Entry entry{&row, {}, {}, {}, {}, {}, {}};
  std::string_view form = row.form;
  auto method = parse_method(form.substr(0, form.find(' ')));
  assert(method);
  entry.method = *method;
  form.remove_prefix(form.find(' ') + 1);
  std::size_t plus = form.find(" +");
  if (plus != std::string_view::npos) {
    entry.header = dialect == Dialect::kOss ? "x-oss-" : "x-amz-";
    entry.header += form.substr(plus + 2);
    form = form.substr(0, plus);
  }
  std::size_t mark = form.find('?');
  std::string_view target = form.substr(0, mark);
  auto level = parse_level(target.substr(0, target.find('/')));
  assert(level);
  entry.level = *level;
  if (entry.level == Level::kControl) entry.path = target.substr(target.find('/') + 1);
  if (mark != std::string_view::npos) {
    each_word(form.substr(mark + 1), '&', [&](std::string_view word) {
      std::size_t equals = word.find('=');
      Term term{word.substr(0, equals), {}};
      if (equals != std::string_view::npos) term.value = word.substr(equals + 1);
      entry.terms.push_back(term);
    });
  }
  each_word(row.takes, ' ', [&](std::string_view word) { entry.takes.push_back(word); });
  return entry;
}

RoutingTable::RoutingTable(std::span<const Row> rows) : rows_(rows) {
  for (std::string_view name : kMoreSubresources) subresources_.push_back(name);
  for (const Row& row : rows) {
    for (Dialect dialect : {Dialect::kOss, Dialect::kS3}) {
      if (!speaks(row, dialect)) continue;
      Entry entry = parse(row, dialect);
      // The first parameter names the sub-resource; others ("analytics&id") may be ordinary
      // elsewhere.
      if (!entry.terms.empty() && entry.terms.front().name != "list-type") {
        subresources_.push_back(entry.terms.front().name);
      }
      entries_[std::to_underlying(dialect)][std::to_underlying(entry.method)]
              [std::to_underlying(entry.level)]
                  .push_back(std::move(entry));
    }
  }
  std::ranges::sort(subresources_);
}

bool RoutingTable::fits(const Entry& entry, const http::RequestHead& head) {
  if (!entry.path.empty() && head.raw_path.substr(kControlPath.size()) != entry.path) return false;
  for (const Term& term : entry.terms) {
    const http::QueryParam* param = head.param(term.name);
    if (param == nullptr) return false;
    if (!term.value.empty() && param->value != term.value) return false;
  }
  return entry.header.empty() || head.header(entry.header).has_value();
}

std::size_t RoutingTable::asks_for(const Entry& entry) {
  std::size_t asked = entry.header.empty() ? 0 : 1;
  for (const Term& term : entry.terms) asked += term.value.empty() ? 1 : 2;
  return asked;
}

const RoutingTable::Entry* RoutingTable::best(const http::RequestHead& head, Dialect dialect,
                                              Method method, Level level) const {
  const Entry* best = nullptr;
  std::size_t best_weight = 0;
  for (const Entry& entry : entries_[std::to_underlying(dialect)][std::to_underlying(method)]
                                    [std::to_underlying(level)]) {
    std::size_t weight = 1 + asks_for(entry);
    if (weight > best_weight && fits(entry, head)) {
      best = &entry;
      best_weight = weight;
    }
  }
  return best;
}

OssStatus RoutingTable::check_parameters(const Entry& entry, const http::RequestHead& head,
                                         Dialect dialect) const {
  bool reads_object = entry.level == Level::kObject &&
                      (entry.method == Method::kGet || entry.method == Method::kHead);
  for (const http::QueryParam& param : head.query) {
    std::string_view name = param.name;
    if (std::ranges::find(entry.terms, name, &Term::name) != entry.terms.end() ||
        one_of(entry.takes, name) || is_signing(name)) {
      continue;
    }
    // Without versioning the only version is the null version.
    if (name == "versionId") {
      if (param.value.empty() || param.value == "null") continue;
      return not_implemented(name);
    }
    if (std::ranges::binary_search(subresources_, name)) return not_implemented(name);
    if (dialect == Dialect::kOss && name.starts_with("x-oss-")) return not_implemented(name);
    if (dialect == Dialect::kS3 && name.starts_with("x-amz-") && !is_hoisted(name)) {
      return not_implemented(name);
    }
    // A bare name looks like a sub-resource of tomorrow. Taken for nothing, PUT /key?feature
    // would overwrite the object and GET /?feature would list it; on a read of an object it is
    // a cache-buster.
    if (param.value.empty() && !param.has_value && !reads_object) return not_implemented(name);
  }
  return {};
}

OssStatus RoutingTable::find(const http::RequestHead& head, Dialect dialect, Level level,
                             const Row*& row) const {
  row = nullptr;
  auto method = parse_method(head.method);
  const Entry* entry = method ? best(head, dialect, *method, level) : nullptr;
  if (entry == nullptr && level == Level::kControl) {
    return fail(Errc::kNotImplemented, "This operation of S3 Control is not implemented.");
  }
  if (entry == nullptr) {
    OssError error{Errc::kMethodNotAllowed, {}, {{"Method", std::string(head.method)}}, {}};
    constexpr std::string_view kTypes[] = {"SERVICE", "BUCKET", "OBJECT"};
    error.details.emplace_back("ResourceType", kTypes[std::to_underlying(level)]);
    return std::unexpected(std::move(error));
  }
  row = entry->row;
  if (!row->info.implemented) {
    return fail(Errc::kNotImplemented,
                "The operation " + std::string(row->info.name) + " is not implemented.");
  }
  if (head.query.empty()) return {};
  return check_parameters(*entry, head, dialect);
}

}  // namespace lakeside::oss::wire
