#include "services/ram/core/passwords.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdlib>
#include <memory>
#include <set>
#include <utility>

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/kdf.h>
#include <openssl/params.h>

#include "base/crypto.h"
#include "base/encoding.h"

namespace lakeside::ram {
namespace {

constexpr std::size_t kSalt = 16, kHash = 32;
// Of hashes that are read: what is corrupt must not take all memory.
constexpr unsigned kMostLogN = 20, kMostR = 32, kMostP = 16;

struct FreeKdf {
  void operator()(EVP_KDF* kdf) const { EVP_KDF_free(kdf); }
  void operator()(EVP_KDF_CTX* context) const { EVP_KDF_CTX_free(context); }
};

// Empty where there is no memory for it.
std::string scrypt(std::string_view password, std::string_view salt, const ScryptCost& cost) {
  std::unique_ptr<EVP_KDF, FreeKdf> kdf(EVP_KDF_fetch(nullptr, "SCRYPT", nullptr));
  if (kdf == nullptr) return {};
  std::unique_ptr<EVP_KDF_CTX, FreeKdf> context(EVP_KDF_CTX_new(kdf.get()));
  std::uint64_t n = 1ULL << cost.log_n;
  std::uint32_t r = cost.r, p = cost.p;
  std::uint64_t most = 256ULL * cost.r * n;
  std::string secret(password), spice(salt);
  std::array<OSSL_PARAM, 7> params = {
      OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_PASSWORD, secret.data(), secret.size()),
      OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_SALT, spice.data(), spice.size()),
      OSSL_PARAM_construct_uint64(OSSL_KDF_PARAM_SCRYPT_N, &n),
      OSSL_PARAM_construct_uint32(OSSL_KDF_PARAM_SCRYPT_R, &r),
      OSSL_PARAM_construct_uint32(OSSL_KDF_PARAM_SCRYPT_P, &p),
      OSSL_PARAM_construct_uint64(OSSL_KDF_PARAM_SCRYPT_MAXMEM, &most),
      OSSL_PARAM_construct_end()};
  std::string out(kHash, '\0');
  int done = EVP_KDF_derive(context.get(), reinterpret_cast<unsigned char*>(out.data()), out.size(),
                            params.data());
  OPENSSL_cleanse(secret.data(), secret.size());
  return done == 1 ? out : std::string();
}

struct Parsed {
  ScryptCost cost;
  std::string salt;
  std::string hash;
};

// The text up to `mark`, which is taken away with it.
std::string_view take(std::string_view& text, char mark) {
  std::size_t end = std::min(text.find(mark), text.size());
  std::string_view part = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return part;
}

std::optional<unsigned> number(std::string_view part, std::string_view name, unsigned most) {
  if (!part.starts_with(name)) return std::nullopt;
  auto value = parse_uint(part.substr(name.size()));
  if (!value || *value == 0 || *value > most) return std::nullopt;
  return static_cast<unsigned>(*value);
}

std::optional<Parsed> parse(std::string_view text) {
  constexpr std::string_view kStart = "$scrypt$";
  if (!text.starts_with(kStart)) return std::nullopt;
  text.remove_prefix(kStart.size());
  std::string_view costs = take(text, '$');
  auto log_n = number(take(costs, ','), "ln=", kMostLogN);
  auto r = number(take(costs, ','), "r=", kMostR);
  auto p = number(take(costs, ','), "p=", kMostP);
  auto salt = base64url_decode(take(text, '$'));
  auto hash = base64url_decode(text);
  if (!log_n || !r || !p || !salt || !hash) return std::nullopt;
  return Parsed{{*log_n, *r, *p}, std::move(*salt), std::move(*hash)};
}

std::string format(const ScryptCost& cost, std::string_view salt, std::string_view hash) {
  return "$scrypt$ln=" + std::to_string(cost.log_n) + ",r=" + std::to_string(cost.r) +
         ",p=" + std::to_string(cost.p) + "$" + base64url_encode(as_bytes(salt)) + "$" +
         base64url_encode(as_bytes(hash));
}

std::string random_bytes(std::size_t count) {
  std::string out(count, '\0');
  fill_random({reinterpret_cast<std::byte*>(out.data()), out.size()});
  return out;
}

}  // namespace

std::string hash_password(std::string_view password, const ScryptCost& cost) {
  std::string salt = random_bytes(kSalt);
  std::string hash = scrypt(password, salt, cost);
  return hash.empty() ? std::string() : format(cost, salt, hash);
}

bool is_password(std::string_view password, std::string_view hash) {
  auto parsed = parse(hash);
  if (!parsed) return false;
  std::string found = scrypt(password, parsed->salt, parsed->cost);
  return !found.empty() && constant_time_equal(found, parsed->hash);
}

// Counts who waits, as long as it lives.
class PasswordHasher::Place {
 public:
  explicit Place(std::atomic<int>& waiting)
      : waiting_(waiting), granted_(waiting.fetch_add(1) < kMaxWaiting) {}
  ~Place() { waiting_.fetch_sub(1); }
  Place(const Place&) = delete;
  Place& operator=(const Place&) = delete;
  [[nodiscard]] bool granted() const { return granted_; }

 private:
  std::atomic<int>& waiting_;
  const bool granted_;
};

Task<Result<std::string>> PasswordHasher::hash(std::string_view password) {
  Place place(waiting_);
  if (!place.granted()) co_return fail(ErrorCode::kUnavailable, "too many passwords to hash");
  auto work = [&] { return hash_password(password, cost_); };
  auto hashing = run_on(pool_, work);
  std::string hash = co_await hashing;
  if (hash.empty()) co_return fail(ErrorCode::kUnavailable, "no memory to hash a password");
  co_return hash;
}

Task<Result<bool>> PasswordHasher::matches(std::string_view password,
                                           std::vector<std::string> hashes) {
  Place place(waiting_);
  if (!place.granted()) co_return fail(ErrorCode::kUnavailable, "too many passwords to check");
  for (std::string& hash : hashes) {
    if (hash.empty()) hash = format(cost_, random_bytes(kSalt), random_bytes(kHash));
  }
  auto work = [&] {
    return std::ranges::any_of(hashes,
                               [&](const std::string& one) { return is_password(password, one); });
  };
  auto checking = run_on(pool_, work);
  bool found = co_await checking;
  co_return found;
}

bool is_strong(const PasswordPolicy& policy, std::string_view password,
               std::string_view user_name) {
  if (password.size() < policy.minimum_length || password.size() > kMaxPasswordLength) return false;
  bool lower = false, upper = false, digit = false, symbol = false;
  for (char c : password) {
    if (c <= ' ' || c > '~') return false;  // what can be typed on every keyboard
    bool is_lower = c >= 'a' && c <= 'z', is_upper = c >= 'A' && c <= 'Z';
    bool is_digit = c >= '0' && c <= '9';
    lower = lower || is_lower;
    upper = upper || is_upper;
    digit = digit || is_digit;
    symbol = symbol || !(is_lower || is_upper || is_digit);
  }
  if ((policy.lowercase && !lower) || (policy.uppercase && !upper) || (policy.numbers && !digit) ||
      (policy.symbols && !symbol)) {
    return false;
  }
  if (std::set<char>(password.begin(), password.end()).size() < policy.different_characters) {
    return false;
  }
  return !policy.not_contain_user_name || user_name.empty() ||
         to_lower_ascii(password).find(to_lower_ascii(user_name)) == std::string::npos;
}

bool has_expired(const PasswordPolicy& policy, const LoginProfile& login, Time now) {
  return policy.max_age_days != 0 &&
         now - login.password_set >= std::chrono::hours(24) * policy.max_age_days;
}

std::vector<std::string> barred(const PasswordPolicy& policy,
                                const std::optional<LoginProfile>& login) {
  if (!login) return {};
  std::vector<std::string> hashes{login->password};
  hashes.insert(hashes.end(), login->earlier.begin(), login->earlier.end());
  hashes.resize(std::min<std::size_t>(hashes.size(), policy.reuse_prevention));
  return hashes;
}

void set_password(LoginProfile& login, std::string hash, Time now) {
  if (!login.password.empty()) {
    login.earlier.insert(login.earlier.begin(), std::move(login.password));
  }
  if (login.earlier.size() > kMaxEarlierPasswords) login.earlier.resize(kMaxEarlierPasswords);
  login.password = std::move(hash);
  login.password_set = now;
}

}  // namespace lakeside::ram
