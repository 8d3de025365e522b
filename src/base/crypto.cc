// The low-level functions: a context on the stack, no allocation, nothing to keep a thread.
// EVP with a reused context costs 40 ns more a hash, and an HMAC is four of them. Deprecated,
// but the whole of OpenSSL 3 keeps them.
#define OPENSSL_SUPPRESS_DEPRECATED
#include "base/crypto.h"

#include <sys/random.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <variant>

#include <openssl/crypto.h>
#include <openssl/md5.h>
#include <openssl/sha.h>

#include "base/encoding.h"

namespace lakeside {
namespace {

struct Md5 {
  using Digest = Md5Digest;
  MD5_CTX context;
  Md5() { MD5_Init(&context); }
  void update(ByteView data) { MD5_Update(&context, data.data(), data.size()); }
  void finish(std::byte* out) { MD5_Final(reinterpret_cast<unsigned char*>(out), &context); }
};

struct Sha1 {
  using Digest = Sha1Digest;
  static constexpr std::size_t kBlock = SHA_CBLOCK;
  SHA_CTX context;
  Sha1() { SHA1_Init(&context); }
  void update(ByteView data) { SHA1_Update(&context, data.data(), data.size()); }
  void finish(std::byte* out) { SHA1_Final(reinterpret_cast<unsigned char*>(out), &context); }
};

struct Sha256 {
  using Digest = Sha256Digest;
  static constexpr std::size_t kBlock = SHA256_CBLOCK;
  SHA256_CTX context;
  Sha256() { SHA256_Init(&context); }
  void update(ByteView data) { SHA256_Update(&context, data.data(), data.size()); }
  void finish(std::byte* out) { SHA256_Final(reinterpret_cast<unsigned char*>(out), &context); }
};

template <class Hash>
typename Hash::Digest hash(ByteView data) {
  Hash running;
  running.update(data);
  typename Hash::Digest digest;
  running.finish(digest.data());
  return digest;
}

template <class Hash>
typename Hash::Digest hmac(ByteView key, ByteView data) {
  using Digest = typename Hash::Digest;
  std::array<std::byte, Hash::kBlock> pad{};
  if (key.size() > pad.size()) {
    Digest short_key = hash<Hash>(key);
    std::ranges::copy(short_key, pad.begin());
  } else {
    std::ranges::copy(key, pad.begin());
  }
  for (std::byte& byte : pad) byte ^= std::byte{0x36};
  Hash inner;
  inner.update(pad);
  inner.update(data);
  Digest digest;
  inner.finish(digest.data());
  for (std::byte& byte : pad) byte ^= std::byte{0x36 ^ 0x5C};
  Hash outer;
  outer.update(pad);
  outer.update(digest);
  outer.finish(digest.data());
  OPENSSL_cleanse(pad.data(), pad.size());
  return digest;
}

}  // namespace

Md5Digest md5(ByteView data) { return hash<Md5>(data); }
Sha1Digest sha1(ByteView data) { return hash<Sha1>(data); }
Sha256Digest sha256(ByteView data) { return hash<Sha256>(data); }
Sha1Digest hmac_sha1(ByteView key, ByteView data) { return hmac<Sha1>(key, data); }
Sha256Digest hmac_sha256(ByteView key, ByteView data) { return hmac<Sha256>(key, data); }

struct Hasher::Impl {
  std::variant<Md5, Sha1, Sha256> running;
};

Hasher::Hasher(HashKind kind) : impl_(std::make_unique<Impl>()) {
  if (kind == HashKind::kSha1) impl_->running.emplace<Sha1>();
  if (kind == HashKind::kSha256) impl_->running.emplace<Sha256>();
}
Hasher::~Hasher() = default;
Hasher::Hasher(Hasher&&) noexcept = default;
Hasher& Hasher::operator=(Hasher&&) noexcept = default;

void Hasher::update(ByteView data) {
  std::visit([&](auto& running) { running.update(data); }, impl_->running);
}

std::string Hasher::finish() {
  return std::visit(
      []<class Hash>(Hash& running) {
        typename Hash::Digest digest;
        running.finish(digest.data());
        return std::string(as_text(digest));
      },
      impl_->running);
}

bool constant_time_equal(std::string_view a, std::string_view b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

void fill_random(MutableBytes out) {
  while (!out.empty()) {
    ssize_t got = getrandom(out.data(), out.size(), 0);
    if (got > 0) {
      out = out.subspan(static_cast<std::size_t>(got));
    } else if (errno != EINTR) {
      std::perror("getrandom");
      std::abort();
    }
  }
}

std::string random_hex_upper(std::size_t bytes) {
  // Every request gets an identifier: asking the kernel each time would cost it 0.3 µs.
  struct Pool {
    std::array<std::byte, 512> bytes;
    std::size_t used = sizeof bytes;
  };
  thread_local Pool pool;
  if (bytes > pool.bytes.size() / 2) {
    std::string raw(bytes, '\0');
    fill_random(std::as_writable_bytes(std::span(raw)));
    return hex_upper(as_bytes(raw));
  }
  if (pool.bytes.size() - pool.used < bytes) {
    fill_random(pool.bytes);
    pool.used = 0;
  }
  auto taken = std::span(pool.bytes).subspan(pool.used, bytes);
  pool.used += bytes;
  std::string text = hex_upper(taken);
  std::ranges::fill(taken, std::byte{0});  // whoever got it may keep it secret
  return text;
}

std::string random_alphanumeric(std::size_t length) {
  static constexpr std::string_view kAlphabet =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
  // Only the values below a multiple of 62 count, or some characters would be more likely.
  static constexpr unsigned kLimit = 256 / kAlphabet.size() * kAlphabet.size();
  std::string out;
  out.reserve(length);
  std::array<std::byte, 64> raw;
  while (out.size() < length) {
    auto batch = std::span(raw).first(std::min(raw.size(), length - out.size()));
    fill_random(batch);
    for (std::byte byte : batch) {
      auto value = std::to_integer<unsigned>(byte);
      if (value < kLimit) out.push_back(kAlphabet[value % kAlphabet.size()]);
    }
  }
  return out;
}

}  // namespace lakeside
