// Requests and forms from anywhere through every signature parser. The input is a request line
// of method and target, then header lines, all ended by '\n'; or, after a line "FORM", a form's
// "name=value" lines.
#include <cstdint>
#include <cstdlib>
#include <string_view>
#include <utility>

#include "base/encoding.h"
#include "gateway/auth/authenticate.h"

namespace lakeside::auth {
namespace {

constexpr std::string_view kKeyId = "LTAI5tLakesideTest";  // of the seeds
const Time kNow(std::chrono::seconds(1795305050));         // when they were signed

class OneKey final : public KeySource {
 public:
  [[nodiscard]] std::optional<Credential> find(std::string_view access_key_id) const override {
    if (access_key_id != kKeyId) return std::nullopt;
    Credential credential;
    credential.secret = "hYq3kT0pVn2zS8wXb6LdRf4mJc9gUe1a";
    credential.principal.kind = Principal::Kind::kRoot;
    return credential;
  }
};

// Takes the text up to `end`, and `end` itself, from the front.
std::string_view take(std::string_view& text, char end) {
  std::string_view taken = text.substr(0, text.find(end));
  text.remove_prefix(std::min(taken.size() + 1, text.size()));
  return taken;
}

void run_form(std::string_view text) {
  std::vector<std::pair<std::string, std::string>> fields;
  while (!text.empty()) {
    std::string_view line = take(text, '\n');
    std::string_view name = take(line, '=');
    fields.emplace_back(name, line);
  }
  (void)authenticate_post_policy(fields, OneKey(), kNow, {});
}

void run_request(std::string_view text) {
  http::RequestHead head;
  std::string_view line = take(text, '\n');
  head.method = take(line, ' ');
  head.target = line;
  head.raw_path = take(line, '?');
  head.raw_query = line;
  auto query = http::parse_query(head.raw_query);
  if (!query) return;
  head.query = std::move(*query);
  while (!text.empty()) {
    line = take(text, '\n');
    std::string_view name = take(line, ':');
    head.headers.push_back({name, trim(line)});
  }
  auto verdict = authenticate(head, {"bkt", "plain.txt"}, OneKey(), kNow, {});
  // A head that claims a scheme is never let in as nobody.
  bool anonymous = verdict && verdict->scheme == Scheme::kAnonymous;
  if (anonymous && claimed_scheme(head) != Scheme::kAnonymous) std::abort();
}

}  // namespace
}  // namespace lakeside::auth

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view text(reinterpret_cast<const char*>(data), size);
  constexpr std::string_view kForm = "FORM\n";
  if (text.starts_with(kForm)) {
    lakeside::auth::run_form(text.substr(kForm.size()));
  } else {
    lakeside::auth::run_request(text);
  }
  return 0;
}
