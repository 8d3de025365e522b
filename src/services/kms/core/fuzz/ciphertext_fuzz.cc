// Ciphertexts come from anybody: reading one is safe, and only what was made opens.
#include <cstdint>
#include <cstdlib>

#include "services/kms/core/asymmetric.h"
#include "services/kms/core/ciphertext.h"

namespace {

void require(bool condition) {
  if (!condition) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace lakeside::kms;
  static const Wiped material = Wiped::random(kMaterialBytes);
  std::string_view text(reinterpret_cast<const char*>(data), size);

  auto head = read_head(text);
  require(!decrypt(material, text, {}));
  if (head) {
    require(uuid_bytes(head->key_id) && uuid_bytes(head->version_id));
    require(text.starts_with(head->version_id));
    std::string made = encrypt(material, *head, text, {});
    auto again = read_head(made);
    require(again && again->key_id == head->key_id && again->version_id == head->version_id);
    auto opened = decrypt(material, made, {});
    require(opened && opened->view() == text);
    if (size > 0) made[data[size - 1] % made.size()] ^= 0x40;
    require(size == 0 || !decrypt(material, made, {}));
  }
  (void)uuid_bytes(text);
  (void)read_wrapping_key(text);
  return 0;
}
