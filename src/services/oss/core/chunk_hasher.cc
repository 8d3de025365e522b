#include "services/oss/core/chunk_hasher.h"

#include <utility>

namespace lakeside::oss {

void ChunkHasher::start(Chunk chunk) {
  chunk_ = std::move(chunk);
  done_ = false;
  awaiter_ = nullptr;
  lakeside::start(digests_.update(service_, chunk_.view()), [this] {
    done_ = true;
    if (awaiter_) awaiter_.resume();  // which may end the life of this
  });
}

}  // namespace lakeside::oss
