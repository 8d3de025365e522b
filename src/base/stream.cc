#include "base/stream.h"

#include <unistd.h>

namespace lakeside {

FileHandle::~FileHandle() {
  if (fd_ >= 0) close(fd_);
}

}  // namespace lakeside
