#include "gateway/auth/nonces.h"

#include <cstring>
#include <string>
#include <utility>

#include "base/crypto.h"

namespace lakeside::auth {

Nonces::Verdict Nonces::add(std::string_view access_key_id, std::string_view nonce, Time now) {
  std::string text;
  text.reserve(access_key_id.size() + nonce.size() + 1);
  text.append(access_key_id).append("\n").append(nonce);
  Sha256Digest hash = sha256(as_bytes(text));
  Digest digest{};
  std::memcpy(digest.data(), hash.data(), sizeof digest);

  std::lock_guard lock(mutex_);
  if (now - began_ >= window_) {
    // Longer ago than two windows: neither is of use.
    previous_ = now - began_ < 2 * window_ ? std::exchange(current_, {}) : Set();
    current_.clear();
    began_ = now;
  }
  if (current_.contains(digest) || previous_.contains(digest)) return Verdict::kUsed;
  if (current_.size() >= most_) return Verdict::kFull;
  current_.insert(digest);
  return Verdict::kNew;
}

}  // namespace lakeside::auth
