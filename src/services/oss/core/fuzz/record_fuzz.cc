// Any bytes as any record. The first byte says which; its highest bit asks for a right checksum,
// which hardly ever comes by chance. What decodes must be the one form that encodes.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "services/oss/core/keys.h"
#include "services/oss/core/record_io.h"
#include "services/oss/core/records.h"

namespace lakeside::oss {
namespace {

template <class T>
void same_again(const Result<T>& decoded, std::string_view bytes) {
  if (decoded && encode(*decoded) != bytes) std::abort();
}

void decode_as(std::uint8_t kind, std::string_view bytes) {
  switch (kind % 10) {
    case 0:
      return same_again(decode_bucket("name", bytes), bytes);
    case 1:
      return same_again(decode_state(bytes), bytes);
    case 2:
      return same_again(decode_sweep(bytes), bytes);
    case 3: {
      auto object = decode_object("key", bytes);
      same_again(object, bytes);
      ListedObject listed;
      Status decoded = decode_listed(bytes, listed);
      if (object && (!decoded || listed.size != object->info.size)) std::abort();
      return;
    }
    case 4:
      return same_again(decode_manifest(bytes), bytes);
    case 5:
      return same_again(decode_upload(bytes), bytes);
    case 6:
      return same_again(decode_part(bytes), bytes);
    case 7:
      return same_again(decode_garbage(bytes), bytes);
    case 8: {
      auto name = keys::parse_upload(bytes);
      bool is_key = bytes.starts_with(keys::kUploadKind);
      if (name && is_key && keys::upload(name->key, name->upload_id) != bytes) std::abort();
      return;
    }
    default:
      static_cast<void>(keys::parse_part_number(bytes));
      static_cast<void>(keys::parse_garbage_time(bytes));
  }
}

}  // namespace
}  // namespace lakeside::oss

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  std::string bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  if ((data[0] & 0x80) != 0) {
    lakeside::oss::RecordWriter writer;
    writer.bytes(lakeside::as_bytes(bytes));
    bytes = writer.finish();
  }
  lakeside::oss::decode_as(data[0] & 0x7F, bytes);
  return 0;
}
