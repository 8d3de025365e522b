#include "services/ram/policy/tests/plain_evaluator.h"

#include <cstdio>
#include <cstdlib>
#include <ctime>

namespace lakeside::ram::policy::plain {
namespace {

using Json = nlohmann::json;
using Texts = std::vector<std::string>;

std::string lower(std::string text) {
  for (char& c : text) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
  }
  return text;
}

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

// Characters, not bytes.
Texts characters(const std::string& text) {
  Texts out;
  for (char c : text) {
    bool continues = (static_cast<unsigned char>(c) >> 6) == 2;
    if (continues && !out.empty()) {
      out.back() += c;
    } else {
      out.emplace_back(1, c);
    }
  }
  return out;
}

// fits[p][t]: the pattern from p on matches the text from t on.
bool like(const std::string& pattern_text, const std::string& asked) {
  Texts pattern = characters(pattern_text);
  Texts text = characters(asked);
  std::vector<std::vector<bool>> fits(pattern.size() + 1,
                                      std::vector<bool>(text.size() + 1, false));
  fits[pattern.size()][text.size()] = true;
  for (std::size_t p = pattern.size(); p-- > 0;) {
    for (std::size_t t = text.size() + 1; t-- > 0;) {
      bool more = t < text.size();
      if (pattern[p] == "*") {
        fits[p][t] = fits[p + 1][t] || (more && fits[p][t + 1]);
      } else {
        fits[p][t] = more && (pattern[p] == "?" || pattern[p] == text[t]) && fits[p + 1][t + 1];
      }
    }
  }
  return fits[0][0];
}

// At most `most` parts; the last keeps the separators that are left.
Texts split(const std::string& text, char separator, std::size_t most) {
  Texts out{""};
  for (char c : text) {
    if (c == separator && out.size() < most) {
      out.emplace_back();
    } else {
      out.back() += c;
    }
  }
  return out;
}

Texts list_of(const Json& json) {
  Texts out;
  for (const Json& each : json.is_array() ? json : Json::array({json})) {
    out.push_back(each.is_string() ? each.get<std::string>() : each.dump());
  }
  return out;
}

bool action_listed(const Json& actions, const std::string& asked) {
  for (const std::string& action : list_of(actions)) {
    if (like(lower(action), lower(asked))) return true;
  }
  return false;
}

bool resource_fits(const std::string& pattern, const std::string& asked) {
  if (pattern == "*") return true;
  Texts written = split(pattern, ':', 5);
  if (written.size() < 5 || written[0] != "acs") return like(pattern, asked);
  Texts parts = split(asked, ':', 5);
  if (parts.size() < 5 || parts[0] != "acs") return false;
  for (std::size_t i = 1; i < 5; ++i) {
    bool may_be_open = i == 2 || i == 3;  // region, account
    if (may_be_open && (parts[i].empty() || parts[i] == "*")) continue;
    if (may_be_open && written[i].empty()) continue;
    if (!like(written[i], parts[i])) return false;
  }
  return true;
}

bool resource_listed(const Json& resources, const std::string& asked) {
  for (const std::string& pattern : list_of(resources)) {
    if (resource_fits(pattern, asked)) return true;
  }
  return false;
}

bool one_name_fits(const std::string& name, const Caller& caller, bool deny) {
  bool member = caller.kind == "root" || caller.kind == "user" || caller.kind == "role";
  if (!member) return false;
  if (!has(name, ":")) {  // a uid
    if (caller.kind != "root" && name == caller.id) return true;
    if (name != caller.account) return false;
    return deny || caller.kind == "root";
  }
  Texts parts = split(name, ':', 5);  // acs:ram::ACCOUNT:what, arn:sts::ACCOUNT:what
  if (!like(parts[3], caller.account)) return false;
  if (parts[4] == "root") return true;
  Texts what = split(parts[4], '/', 3);
  bool session = what[0] == "assumed-role" || parts[0] == "arn";
  if (session) {
    return caller.kind == "role" && like(lower(what[1]), lower(caller.name)) &&
           like(what[2], caller.session);
  }
  what = split(parts[4], '/', 2);
  return what[0] == caller.kind && like(lower(what[1]), lower(caller.name));
}

bool names_everybody(const Json& statement) {
  const Json& principal = statement.at("Principal");
  if (principal.is_object()) return false;
  for (const std::string& name : list_of(principal)) {
    if (name == "*") return true;
  }
  return false;
}

bool has_conditions(const Json& statement) {
  if (!statement.contains("Condition")) return false;
  for (const auto& [op, keys] : statement["Condition"].items()) {
    if (!keys.empty()) return true;
  }
  return false;
}

// S3's documents say of themselves what they are, and are asked in S3's words.
bool is_s3(const Json& document) { return document["Version"] != "1"; }

bool s3_action_listed(const Json& actions, const std::string& asked) {
  static const std::map<std::string, Texts> kNames = {{"oss:listobjects", {"s3:listbucket"}},
                                                      {"oss:putbucket", {"s3:createbucket"}}};
  Texts names;
  std::string wanted = lower(asked);
  if (auto found = kNames.find(wanted); found != kNames.end()) names = found->second;
  if (wanted.starts_with("oss:")) names.push_back("s3:" + wanted.substr(4));
  for (const std::string& action : list_of(actions)) {
    if (action == "*") return true;
    std::string pattern = lower(action);
    bool wild = has(pattern, "*") || has(pattern, "?");
    for (std::size_t i = 0; i < names.size(); ++i) {
      // A name of S3 that means another operation does not mean the one of its own name.
      bool own_name = i + 1 == names.size();
      bool means_other =
          own_name && !wild && (pattern == "s3:listbucket" || pattern == "s3:createbucket");
      if (!means_other && like(pattern, names[i])) return true;
    }
  }
  return false;
}

bool s3_resource_listed(const Json& resources, const std::string& asked) {
  Texts parts = split(asked, ':', 5);
  for (const std::string& pattern : list_of(resources)) {
    if (pattern == "*") return true;
    if (parts.size() == 5 && parts[0] == "acs" && parts[1] == "oss" &&
        like(pattern, "arn:aws:s3:::" + parts[4])) {
      return true;
    }
  }
  return false;
}

bool s3_principal_fits(const Json& statement, const Caller& caller) {
  const Json& principal = statement["Principal"];
  if (principal == "*") return true;
  for (const auto& [type, names] : principal.items()) {
    for (const std::string& name : list_of(names)) {
      if (name == "*" && type == "AWS") return true;
      bool member = caller.kind == "root" || caller.kind == "user" || caller.kind == "role";
      if (!member) continue;
      std::string account = name;
      if (name.starts_with("arn:aws:iam::") && name.ends_with(":root")) {
        account = split(name, ':', 6)[4];
      }
      if (!has(account, ":")) {
        bool whole = caller.kind == "root" || statement["Effect"] == "Deny";
        if (account == caller.account && whole) return true;
        if (caller.kind != "root" && account == caller.id) return true;
        continue;
      }
      Texts arn = split(name, ':', 6);
      Texts what = split(arn[5], '/', 3);
      if (arn[4] != caller.account || lower(what[1]) != lower(caller.name)) continue;
      if (what[0] == caller.kind) return true;
      if (what[0] == "assumed-role" && caller.kind == "role" && what[2] == caller.session) {
        return true;
      }
    }
  }
  return false;
}

bool principal_fits(const Json& statement, const Caller& caller, const Request& request) {
  if (!statement.contains("Principal")) return true;
  bool owner = caller.kind == "root" && (request.owner.empty() || request.owner == caller.account);
  if (names_everybody(statement) && (!owner || has_conditions(statement))) return true;
  const Json& principal = statement["Principal"];
  bool deny = statement["Effect"] == "Deny";
  Texts names;
  if (!principal.is_object()) {
    names = list_of(principal);
  } else if (principal.contains("RAM")) {
    names = list_of(principal["RAM"]);
  }
  for (const std::string& name : names) {
    if (name != "*" && one_name_fits(name, caller, deny)) return true;
  }
  auto listed = [&](const char* type, const std::string& who) {
    if (!principal.is_object() || !principal.contains(type)) return false;
    for (const std::string& name : list_of(principal[type])) {
      if (name == who) return true;
    }
    return false;
  };
  if (caller.kind == "service") return listed("Service", caller.name);
  if (caller.kind == "federated") return listed("Federated", caller.provider);
  return false;
}

std::optional<double> number(const std::string& text) {
  if (text.empty() || text.find_first_not_of("0123456789.-eE+") != std::string::npos ||
      text[0] == '+') {
    return {};
  }
  char* end = nullptr;
  double value = std::strtod(text.c_str(), &end);
  if (*end != '\0') return {};
  return value;
}

// Seconds.
std::optional<double> date(const std::string& text) {
  std::tm tm{};
  int used = 0;
  if (std::sscanf(text.c_str(), "%4d-%2d-%2d%n", &tm.tm_year, &tm.tm_mon, &tm.tm_mday, &used) !=
          3 ||
      used != 10) {
    return {};
  }
  tm.tm_year -= 1900;
  tm.tm_mon -= 1;
  std::string rest = text.substr(10);
  double seconds = 0;
  double offset = 0;
  if (!rest.empty()) {
    if (std::sscanf(rest.c_str(), "T%2d:%2d%n", &tm.tm_hour, &tm.tm_min, &used) != 2) return {};
    rest = rest.substr(static_cast<std::size_t>(used));
    if (rest[0] == ':') {
      char* end = nullptr;
      seconds = std::strtod(rest.c_str() + 1, &end);
      rest = end;
    }
    if (rest != "Z") {
      int hours = 0;
      int minutes = 0;
      char sign = 0;
      if (std::sscanf(rest.c_str(), "%c%2d:%2d", &sign, &hours, &minutes) != 3) return {};
      if (sign != '+' && sign != '-') return {};
      offset = (sign == '+' ? 1 : -1) * (hours * 3600 + minutes * 60);
    }
  }
  return static_cast<double>(timegm(&tm)) + seconds - offset;
}

std::string bits_of(unsigned value, int width) {
  std::string out;
  for (int i = width - 1; i >= 0; --i) out += (value >> i & 1) != 0 ? '1' : '0';
  return out;
}

// 32 or 128 characters of 0 and 1; empty for what is no address.
std::string address_bits(const std::string& text) {
  std::string out;
  if (!has(text, ":")) {
    Texts parts = split(text, '.', 99);
    if (parts.size() != 4) return {};
    for (const std::string& part : parts) {
      if (part.empty() || part.find_first_not_of("0123456789") != std::string::npos) return {};
      if (part.size() > 3 || std::stoi(part) > 255) return {};
      out += bits_of(static_cast<unsigned>(std::stoi(part)), 8);
    }
    return out;
  }
  auto groups = [](const std::string& half) {
    std::string bits;
    if (half.empty()) return bits;
    for (const std::string& group : split(half, ':', 99)) {
      if (has(group, ".")) {
        bits += address_bits(group);
      } else {
        bits += bits_of(static_cast<unsigned>(std::strtoul(group.c_str(), nullptr, 16)), 16);
      }
    }
    return bits;
  };
  std::size_t gap = text.find("::");
  if (gap == std::string::npos) {
    out = groups(text);
  } else {
    std::string left = groups(text.substr(0, gap));
    std::string right = groups(text.substr(gap + 2));
    out = left + std::string(128 - left.size() - right.size(), '0') + right;
  }
  std::string mapped = std::string(80, '0') + std::string(16, '1');
  if (out.starts_with(mapped)) return out.substr(96);
  return out;
}

bool ip_fits(const std::string& range, const std::string& asked) {
  std::string address = address_bits(asked);
  if (address.empty()) return false;
  if (range == "*") return true;
  Texts parts = split(range, '/', 2);
  std::string base = address_bits(parts[0]);
  if (base.size() != address.size()) return false;
  std::size_t length = base.size();
  if (parts.size() == 2) {
    length = static_cast<std::size_t>(std::stoi(parts[1]));
    if (has(parts[0], ":") && base.size() == 32) length -= 96;
  }
  return address.substr(0, length) == base.substr(0, length);
}

// "LessThanEquals" of two that are in order.
template <class T>
bool ordered(const std::string& relation, const T& asked, const T& written) {
  if (relation == "Equals") return asked == written;
  if (relation == "LessThan") return asked < written;
  if (relation == "LessThanEquals") return asked <= written;
  if (relation == "GreaterThan") return asked > written;
  return asked >= written;
}

// `op` without Not.
bool value_fits(const std::string& op, const std::string& written, const std::string& asked) {
  if (op == "StringEquals") return written == asked;
  if (op == "StringEqualsIgnoreCase") return lower(written) == lower(asked);
  if (op == "StringLike") return like(written, asked);
  if (op == "Bool") return lower(written) == lower(asked);
  if (op.starts_with("IpAddress")) return ip_fits(written, asked);
  bool is_date = op.starts_with("Date");
  auto a = is_date ? date(asked) : number(asked);
  auto w = is_date ? date(written) : number(written);
  if (!a || !w) return false;
  return ordered(op.substr(is_date ? 4 : 7), *a, *w);
}

bool condition_holds(std::string op, const Texts& written, const Texts* asked) {
  std::string quantifier;
  if (std::size_t colon = op.find(':'); colon != std::string::npos) {
    quantifier = op.substr(0, colon);
    op = op.substr(colon + 1);
  }
  bool if_exists = op.ends_with("IfExists");
  if (if_exists) op = op.substr(0, op.size() - 8);
  std::size_t negation = op.find("Not");
  bool negated = negation != std::string::npos;
  if (negated) op.erase(negation, 3);

  if (asked == nullptr || asked->empty()) {
    if (if_exists || quantifier == "ForAllValues") return true;
    if (quantifier == "ForAnyValue") return false;
    return negated;
  }
  std::size_t fitting = 0;  // of the request's values, how many are among those written
  for (const std::string& value : *asked) {
    bool among = false;
    for (const std::string& each : written) among = among || value_fits(op, each, value);
    if (among) ++fitting;
  }
  std::size_t holding = negated ? asked->size() - fitting : fitting;
  if (quantifier == "ForAnyValue") return holding > 0;
  if (quantifier == "ForAllValues") return holding == asked->size();
  return negated ? fitting == 0 : fitting > 0;
}

bool conditions_hold(const Json& statement, const Request& request) {
  if (!statement.contains("Condition")) return true;
  for (const auto& [op, keys] : statement["Condition"].items()) {
    for (const auto& [key, values] : keys.items()) {
      auto found = request.context.find(lower(key));
      const Texts* asked = found == request.context.end() ? nullptr : &found->second;
      if (!condition_holds(op, list_of(values), asked)) return false;
    }
  }
  return true;
}

bool s3_applies(const Json& statement, const Caller& caller, const Request& request) {
  bool action = statement.contains("Action")
                    ? s3_action_listed(statement["Action"], request.action)
                    : !s3_action_listed(statement["NotAction"], request.action);
  bool resource = statement.contains("Resource")
                      ? s3_resource_listed(statement["Resource"], request.resource)
                      : !s3_resource_listed(statement["NotResource"], request.resource);
  if (!action || !resource || !s3_principal_fits(statement, caller)) return false;
  Request asked = request;
  for (const auto& [key, values] : request.context) {
    if (key.starts_with("acs:")) asked.context["aws:" + key.substr(4)] = values;
    if (key.starts_with("oss:")) asked.context["s3:" + key.substr(4)] = values;
  }
  return conditions_hold(statement, asked);
}

bool applies(const Json& document, const Json& statement, const Caller& caller,
             const Request& request) {
  if (is_s3(document)) return s3_applies(statement, caller, request);
  bool action = statement.contains("Action")
                    ? action_listed(statement["Action"], request.action)
                    : !action_listed(statement["NotAction"], request.action);
  if (!action) return false;
  if (statement.contains("Resource") && !resource_listed(statement["Resource"], request.resource)) {
    return false;
  }
  if (statement.contains("NotResource") &&
      resource_listed(statement["NotResource"], request.resource)) {
    return false;
  }
  return principal_fits(statement, caller, request) && conditions_hold(statement, request);
}

bool says(const Json& document, const char* effect, const Caller& caller, const Request& request,
          bool but_public = false);

bool has_star(const Json& principal) {
  Json names = principal.is_object() && principal.contains("AWS") ? principal["AWS"] : principal;
  if (names.is_object()) return false;
  for (const std::string& name : list_of(names)) {
    if (has(name, "*") || has(name, "?")) return true;
  }
  return false;
}

// A grant to everybody, or to whom a pattern means, without a condition that ties it to addresses,
// a network, a key or an access point.
bool is_public(const Json& statement) {
  if (statement["Effect"] != "Allow") return false;
  if (!statement.contains("Principal") || !has_star(statement["Principal"])) return false;
  if (!statement.contains("Condition")) return true;
  for (const auto& [op, keys] : statement["Condition"].items()) {
    if (has(op, "Not") || has(op, "IfExists") || has(op, "ForAllValues")) continue;
    for (const auto& [name, values] : keys.items()) {
      std::string key = lower(name);
      if (key.starts_with("aws:")) key = "acs:" + key.substr(4);
      bool ties = true;
      for (const std::string& value : list_of(values)) {
        if (key == "acs:sourceip") {
          ties = ties && has(op, "IpAddress") && value != "*" && !value.ends_with("/0") &&
                 value != "::ffff:0.0.0.0/96";
        } else {
          ties = ties && op.substr(op.find(':') + 1).starts_with("String") && value[0] != '*';
        }
      }
      bool known = key == "acs:sourceip" || key == "acs:sourcevpc" || key == "acs:accessid" ||
                   key == "oss:dataaccesspointarn" || key == "oss:dataaccesspointaccount";
      if (known && ties) return false;
    }
  }
  return true;
}

bool says(const Json& document, const char* effect, const Caller& caller, const Request& request,
          bool but_public) {
  const Json& statements = document["Statement"];
  for (const Json& statement : statements.is_array() ? statements : Json::array({statements})) {
    if (statement["Effect"] != effect || (but_public && is_public(statement))) continue;
    if (applies(document, statement, caller, request)) return true;
  }
  return false;
}

bool has_public(const Json& document) {
  const Json& statements = document["Statement"];
  for (const Json& statement : statements.is_array() ? statements : Json::array({statements})) {
    if (is_public(statement)) return true;
  }
  return false;
}

}  // namespace

Verdict evaluate(const Caller& caller, const Request& request, const Grounds& grounds) {
  // 1. An explicit deny, wherever it is.
  std::vector<Json> all = grounds.identity;
  if (grounds.session) all.push_back(*grounds.session);
  if (grounds.resource) all.push_back(*grounds.resource);
  for (const Json& document : all) {
    if (says(document, "Deny", caller, request)) return Verdict::kExplicitDeny;
  }
  // 2. A session does only what its policy allows.
  if (grounds.session && !says(*grounds.session, "Allow", caller, request)) {
    return Verdict::kImplicitDeny;
  }
  // 3. Who allows it?
  bool same_account =
      caller.kind != "anonymous" && (request.owner.empty() || request.owner == caller.account);
  bool by_identity = caller.kind == "root";
  for (const Json& document : grounds.identity) {
    if (caller.kind != "root" && says(document, "Allow", caller, request)) by_identity = true;
  }
  bool by_resource = grounds.resource && says(*grounds.resource, "Allow", caller, request,
                                              grounds.public_policy_blocked);
  if (by_resource && grounds.strangers_blocked && !same_account && has_public(*grounds.resource)) {
    by_resource = false;
  }
  bool by_acl = grounds.granted_by_acl && !grounds.access_list_blocked;
  bool allowed = grounds.needs_both ? by_identity && by_resource
                                    : (by_identity && same_account) || by_resource || by_acl;
  return allowed ? Verdict::kAllow : Verdict::kImplicitDeny;
}

}  // namespace lakeside::ram::policy::plain
