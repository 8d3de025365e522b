// What AccessDeniedDetail's EncodedDiagnosticMessage says.
#include "base/encoding.h"
#include "services/ram/wire/codecs.h"
#include "services/ram/wire/fields.h"

namespace lakeside::ram::wire {
namespace {

constexpr std::size_t kMaxMessage = 64 << 10;

// As policy/explain.h wrote it for a caller of this account; null: it did not.
Value decoded(const Environment& env, std::string_view message) {
  auto text = message.size() > kMaxMessage ? std::nullopt : base64_decode(message);
  Value value = Value::parse(text.value_or(""), nullptr, false);
  if (!value.is_object()) return {};
  auto principal = value.find("AuthPrincipal");
  if (principal == value.end() || !principal->is_object()) return {};
  auto owner = principal->find("AuthPrincipalOwnerId");
  if (owner == principal->end() || *owner != env.store.account_id()) return {};
  return value;
}

}  // namespace

Task<Answer> decode_diagnostic_message(Environment& env, const Invocation& in) {
  auto message = in.parameters.required("EncodedDiagnosticMessage");
  if (!message) co_return std::unexpected(std::move(message.error()));
  Value told = decoded(env, *message);
  if (told.is_null()) co_return std::unexpected(incorrect("EncodedDiagnosticMessage"));
  Value value;
  value["DecodedDiagnosticMessage"] = std::move(told);
  co_return value;
}

}  // namespace lakeside::ram::wire
