#include "services/oss/core/store.h"

namespace lakeside::oss {

Store::Store(engines::Kv& kv, engines::BlobStore& blobs, ThreadPool& pool, const Clock& clock,
             StoreOptions options)
    : kv_(kv),
      blobs_(blobs),
      pool_(pool),
      clock_(clock),
      options_(options),
      started_(clock.now()),
      objects_(options.object_cache_bytes) {}

std::unique_ptr<ObjectStore> ObjectStore::create(engines::Kv& kv, engines::BlobStore& blobs,
                                                 ThreadPool& pool, const Clock& clock,
                                                 StoreOptions options) {
  return std::make_unique<Store>(kv, blobs, pool, clock, options);
}

}  // namespace lakeside::oss
