#include "services/kms/core/wiped.h"

#include <cstddef>

#include <openssl/crypto.h>

#include "base/crypto.h"

namespace lakeside::kms {

void wipe(std::string& text) {
  OPENSSL_cleanse(text.data(), text.size());
  text.clear();
}

Wiped Wiped::taken(std::string&& text) {
  Wiped wiped{std::string_view(text)};
  wipe(text);
  return wiped;
}

Wiped Wiped::random(std::size_t size) {
  Wiped wiped(size);
  fill_random({reinterpret_cast<std::byte*>(wiped.data()), size});
  return wiped;
}

Wiped::~Wiped() { OPENSSL_cleanse(bytes_.data(), bytes_.size()); }

void Wiped::shrink(std::size_t size) {
  OPENSSL_cleanse(bytes_.data() + size, bytes_.size() - size);
  bytes_.resize(size);
}

}  // namespace lakeside::kms
