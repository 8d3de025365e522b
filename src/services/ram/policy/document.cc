#include "services/ram/policy/document.h"

#include <algorithm>
#include <initializer_list>
#include <set>
#include <utility>

#include <nlohmann/json.hpp>

#include "base/characters.h"
#include "base/encoding.h"
#include "services/ram/policy/operators.h"
#include "services/ram/policy/s3_names.h"
#include "services/ram/policy/values.h"

namespace lakeside::ram::policy {
namespace {

using Json = nlohmann::ordered_json;
using Fault = Malformed::Fault;

constexpr std::size_t kMaxDepth = 8;  // a condition's values are at 6

// Runs over the text before it becomes a tree: where it ceases to be JSON, how deep it is, and
// names that an object has twice, of which a tree keeps only one.
class Check final : public nlohmann::json_sax<Json> {
 public:
  std::optional<Malformed> fault;

  bool null() override { return true; }
  bool boolean(bool) override { return true; }
  bool number_integer(number_integer_t) override { return true; }
  bool number_unsigned(number_unsigned_t) override { return true; }
  bool number_float(number_float_t, const string_t&) override { return true; }
  bool string(string_t&) override { return true; }
  bool binary(binary_t&) override { return true; }
  bool start_object(std::size_t) override {
    names_.emplace_back();
    return deeper();
  }
  bool key(string_t& name) override {
    if (names_.back().insert(name).second) return true;
    fault = {Fault::kGrammar, name, "it is there twice in one object"};
    return false;
  }
  bool end_object() override {
    names_.pop_back();
    --depth_;
    return true;
  }
  bool start_array(std::size_t) override { return deeper(); }
  bool end_array() override {
    --depth_;
    return true;
  }
  bool parse_error(std::size_t position, const std::string&,
                   const nlohmann::detail::exception&) override {
    fault = {Fault::kNotJson, {}, "it is no JSON from character " + std::to_string(position)};
    return false;
  }

 private:
  bool deeper() {
    if (++depth_ <= kMaxDepth) return true;
    fault = {Fault::kGrammar, {}, "it is nested too deep"};
    return false;
  }

  std::size_t depth_ = 0;
  std::vector<std::set<std::string>> names_;
};

// Reads on after a fault, of which the first counts; what it made is then thrown away.
class Reader {
 public:
  explicit Reader(Kind kind) : kind_(kind) {}

  Document document(const Json& root) {
    Document document{is_s3() ? Kind::kResource : kind_, {}};
    if (!root.is_object()) {
      refuse({}, "it is an object with Version and Statement");
      return document;
    }
    if (is_s3()) {
      only({}, root, {"Version", "Id", "Statement"});
    } else {
      only({}, root, {"Version", "Statement"});
    }
    version(root);
    auto statement = root.find("Statement");
    if (statement == root.end()) {
      refuse("Statement", "it is missing");
    } else if (statement->is_object()) {
      document.statements.push_back(this->statement("Statement", *statement));
    } else if (!statement->is_array() || statement->empty()) {
      refuse("Statement", "it is a list of at least one statement");
    } else {
      for (std::size_t i = 0; i < statement->size() && !fault_; ++i) {
        std::string place = "Statement[" + std::to_string(i) + "]";
        document.statements.push_back(this->statement(place, (*statement)[i]));
      }
    }
    return document;
  }

  [[nodiscard]] std::optional<Malformed>& fault() { return fault_; }

 private:
  void refuse(std::string place, std::string help, Fault fault = Fault::kGrammar) {
    if (!fault_) fault_ = Malformed{fault, std::move(place), std::move(help)};
  }

  [[nodiscard]] bool is_s3() const { return kind_ == Kind::kS3Resource; }

  void version(const Json& root) {
    auto version = root.find("Version");
    if (!is_s3()) {
      if (version == root.end() || *version != "1") refuse("Version", "it is the text \"1\"");
      return;
    }
    // Without one it is the older version, which differs in policy variables alone.
    if (version == root.end() || *version == "2012-10-17" || *version == "2008-10-17") return;
    refuse("Version", "it is \"2012-10-17\"");
  }

  static std::string below(const std::string& place, const std::string& name) {
    return place.empty() ? name : place + "." + name;
  }

  void only(const std::string& place, const Json& object,
            std::initializer_list<std::string_view> names) {
    for (const auto& [name, value] : object.items()) {
      if (std::ranges::find(names, name) != names.end()) continue;
      std::string help = "unknown element; there are:";
      for (std::string_view each : names) help += " " + std::string(each);
      refuse(below(place, name), help);
    }
  }

  // A text or a list of texts, at least one.
  std::vector<std::string> texts(const std::string& place, const Json& value) {
    std::vector<std::string> out;
    if (value.is_string()) {
      out.push_back(value.get<std::string>());
    } else if (value.is_array()) {
      for (const Json& each : value) {
        if (!each.is_string()) {
          refuse(place, "its values are texts");
          return {};
        }
        out.push_back(each.get<std::string>());
      }
    }
    if (out.empty()) refuse(place, "it is a text or a list of at least one text");
    return out;
  }

  Statement statement(const std::string& place, const Json& json) {
    Statement out;
    if (!json.is_object()) {
      refuse(place, "a statement is an object");
      return out;
    }
    switch (kind_) {
      case Kind::kIdentity:
        only(place, json,
             {"Sid", "Effect", "Action", "NotAction", "Resource", "NotResource", "Condition"});
        break;
      case Kind::kTrust:
        only(place, json, {"Sid", "Effect", "Action", "Principal", "Condition"});
        break;
      case Kind::kResource:
        only(place, json,
             {"Sid", "Effect", "Action", "NotAction", "Resource", "NotResource", "Principal",
              "Condition"});
        break;
      case Kind::kS3Resource:
        if (json.contains("NotPrincipal")) {
          refuse(below(place, "NotPrincipal"), "it is not supported", Fault::kUnsupported);
        }
        only(place, json,
             {"Sid", "Effect", "Action", "NotAction", "Resource", "NotResource", "Principal",
              "Condition"});
        break;
    }
    if (auto sid = json.find("Sid"); sid != json.end()) {
      if (!sid->is_string())
        refuse(below(place, "Sid"), "it is a text");
      else
        out.sid = sid->get<std::string>();
    }
    auto effect = json.find("Effect");
    if (effect == json.end() || (*effect != "Allow" && *effect != "Deny")) {
      refuse(below(place, "Effect"), "it is \"Allow\" or \"Deny\"");
    } else {
      out.effect = *effect == "Allow" ? Effect::kAllow : Effect::kDeny;
    }
    out.actions = either(place, json, "Action", "NotAction", out.not_action);
    if (is_s3()) out.actions = s3_actions(place, out);
    for (const std::string& action : out.actions) check_action(place, out.not_action, action);
    if (kind_ != Kind::kTrust) {
      out.resources = either(place, json, "Resource", "NotResource", out.not_resource);
      if (is_s3()) out.resources = s3_resources(place, out);
      for (const std::string& name : out.resources) check_resource(place, out.not_resource, name);
    }
    if (kind_ != Kind::kIdentity) principal(below(place, "Principal"), json, out);
    if (auto conditions = json.find("Condition"); conditions != json.end()) {
      this->conditions(below(place, "Condition"), *conditions, out);
    }
    return out;
  }

  std::vector<std::string> either(const std::string& place, const Json& json, const char* name,
                                  const char* not_name, bool& is_not) {
    auto one = json.find(name);
    auto other = json.find(not_name);
    if ((one == json.end()) == (other == json.end())) {
      refuse(below(place, name), std::string("a statement has either it or ") + not_name);
      return {};
    }
    is_not = one == json.end();
    return is_not ? texts(below(place, not_name), *other) : texts(below(place, name), *one);
  }

  std::vector<std::string> s3_actions(const std::string& place, const Statement& statement) {
    std::vector<std::string> out;
    for (const std::string& action : statement.actions) {
      std::vector<std::string> ours = actions_of_s3(action);
      if (ours.empty()) {
        refuse(below(place, statement.not_action ? "NotAction" : "Action"),
               "\"" + action + "\" is no action of S3");
      }
      out.insert(out.end(), ours.begin(), ours.end());
    }
    return out;
  }

  std::vector<std::string> s3_resources(const std::string& place, const Statement& statement) {
    std::vector<std::string> out;
    for (const std::string& name : statement.resources) {
      auto ours = resource_of_s3(name);
      if (!ours) {
        refuse(below(place, statement.not_resource ? "NotResource" : "Resource"),
               "\"" + name + "\" is not of the form arn:aws:s3:::bucket/key");
        return {};
      }
      // A variable would have to be filled in for each request.
      if (ours->find("${") != std::string::npos) {
        refuse(below(place, "Resource"), "policy variables are not supported", Fault::kUnsupported);
      }
      out.push_back(std::move(*ours));
    }
    return out;
  }

  void check_action(const std::string& place, bool is_not, const std::string& action) {
    if (action == "*") return;
    std::size_t colon = action.find(':');
    if (colon != std::string::npos && colon > 0 && colon + 1 < action.size()) return;
    refuse(below(place, is_not ? "NotAction" : "Action"),
           "\"" + action + "\" is not of the form service:operation");
  }

  void check_resource(const std::string& place, bool is_not, const std::string& name) {
    if (name.starts_with("*") || name.starts_with("acs:")) return;
    refuse(below(place, is_not ? "NotResource" : "Resource"),
           "\"" + name + "\" is not of the form acs:service:region:account:resource");
  }

  void principal(const std::string& place, const Json& json, Statement& out) {
    auto found = json.find("Principal");
    if (found == json.end()) {
      refuse(place, "it is missing");
      return;
    }
    Principals& all = out.principals.emplace();
    if (kind_ == Kind::kTrust) {
      trusted(place, *found, all);
      return;
    }
    if (is_s3()) {
      s3_principal(place, *found, all);
      return;
    }
    if (found->is_object()) {  // OSS refuses it too: it is the syntax of trust policies
      refuse(place, "a bucket policy lists uids, arn:sts:: names or \"*\"");
      return;
    }
    for (std::string& name : texts(place, *found)) add_name(place, std::move(name), all);
  }

  // "*" or {"AWS": …, "CanonicalUser": …}; an account's canonical id is its number here.
  void s3_principal(const std::string& place, const Json& json, Principals& all) {
    all.owner_too = true;
    if (json == "*") {
      all.everyone = true;
      return;
    }
    if (!json.is_object() || json.empty()) {
      refuse(place, "it is \"*\" or an object of AWS or CanonicalUser");
      return;
    }
    for (const auto& [type, value] : json.items()) {
      if (type == "Service" || type == "Federated") {
        refuse(below(place, type), "it is not supported", Fault::kUnsupported);
      }
    }
    only(place, json, {"AWS", "CanonicalUser", "Service", "Federated"});
    for (const auto& [type, value] : json.items()) {
      for (const std::string& name : texts(below(place, type), value)) {
        if (type == "AWS" && name == "*") {
          all.everyone = true;
        } else if (auto ours = principal_of_s3(name)) {
          all.names.push_back(std::move(*ours));
        } else {
          refuse(below(place, type), "\"" + name + "\" names no account, user, role or session");
        }
      }
    }
  }

  void trusted(const std::string& place, const Json& json, Principals& all) {
    if (!json.is_object() || json.empty()) {
      refuse(place, "it is an object of RAM, Service or Federated");
      return;
    }
    only(place, json, {"RAM", "Service", "Federated"});
    for (const auto& [type, value] : json.items()) {
      std::string here = below(place, type);
      std::vector<std::string> names = texts(here, value);
      if (type == "RAM") {
        for (std::string& name : names) {
          auto parts = parse_principal_name(name);
          if (name == "*" || (parts && has_wildcard(parts->account))) {
            refuse(here, "a role does not trust everybody; name accounts");
          }
          add_name(here, std::move(name), all);
        }
      } else {
        for (const std::string& name : names) {
          if (name.empty() || has_wildcard(name)) refuse(here, "it names one, without wildcards");
        }
        (type == "Service" ? all.services : all.providers) = std::move(names);
      }
    }
  }

  void add_name(const std::string& place, std::string name, Principals& all) {
    if (name == "*") {
      all.everyone = true;
    } else if (is_principal_name(name)) {
      all.names.push_back(std::move(name));
    } else {
      refuse(place, "\"" + name +
                        "\" is no uid, acs:ram::ACCOUNT:root|user/NAME|role/NAME or "
                        "arn:sts::ACCOUNT:assumed-role/ROLE/SESSION");
    }
  }

  void conditions(const std::string& place, const Json& json, Statement& out) {
    if (!json.is_object()) {
      refuse(place, "it is an object of operators");
      return;
    }
    for (const auto& [name, keys] : json.items()) {
      std::string here = below(place, name);
      auto op = parse_operator(name);
      if (!op && is_s3()) {
        refuse(here, "the operator is not supported", Fault::kUnsupported);
        return;
      }
      if (!op) {
        refuse(here,
               "unknown operator; there are: " + operator_names() +
                   ", each also with IfExists behind and ForAnyValue: or ForAllValues: before");
        return;
      }
      if (!keys.is_object()) {
        refuse(here, "it is an object of keys");
        return;
      }
      for (const auto& [key, value] : keys.items())
        condition(below(here, key), *op, key, value, out);
    }
  }

  void condition(const std::string& place, const ConditionOperator& op, const std::string& key,
                 const Json& value, Statement& out) {
    std::size_t colon = key.find(':');
    if (colon == std::string::npos || colon == 0 || colon + 1 == key.size()) {
      refuse(place, "a key is of the form service:name, as acs:SourceIp");
      return;
    }
    Condition condition{op, key, {}};
    if (is_s3()) {
      condition.key = condition_key_of_s3(key);
      if (condition.key.empty()) refuse(place, "the key is not supported", Fault::kUnsupported);
    }
    if (value.is_array()) {
      for (const Json& each : value) add_value(place, each, condition);
    } else {
      add_value(place, value, condition);
    }
    if (condition.values.empty()) refuse(place, "it has no value");
    out.conditions.push_back(std::move(condition));
  }

  void add_value(const std::string& place, const Json& value, Condition& condition) {
    std::string text;
    if (value.is_string()) {
      text = value.get<std::string>();
    } else if (value.is_boolean() || value.is_number()) {
      text = value.dump();
    } else {
      refuse(place, "its values are texts, numbers or true and false");
      return;
    }
    if (std::string_view wanted = wrong_value(condition.op.comparison, text); !wanted.empty()) {
      refuse(place, "\"" + text + "\" is no " + std::string(wanted));
    }
    if (is_s3() && text.find("${") != std::string::npos) {
      refuse(place, "policy variables are not supported", Fault::kUnsupported);
    }
    condition.values.push_back(std::move(text));
  }

  Kind kind_;
  std::optional<Malformed> fault_;
};

}  // namespace

std::string Malformed::text() const { return place.empty() ? help : place + ": " + help; }

std::expected<Document, Malformed> parse(std::string_view text, Kind kind, std::size_t limit) {
  if (text.size() > 4 * limit || characters(text) > limit) {
    return std::unexpected(Malformed{
        Fault::kTooLong, {}, "it has more than " + std::to_string(limit) + " characters"});
  }
  Check check;
  if (!Json::sax_parse(text, &check)) {
    if (!check.fault) check.fault = {Fault::kNotJson, {}, "it is no JSON"};
    return std::unexpected(std::move(*check.fault));
  }
  Json root = Json::parse(text, nullptr, false);
  if (root.is_discarded()) return std::unexpected(Malformed{Fault::kNotJson, {}, "it is no JSON"});
  Reader reader(kind);
  Document document = reader.document(root);
  if (reader.fault()) return std::unexpected(std::move(*reader.fault()));
  return document;
}

}  // namespace lakeside::ram::policy
