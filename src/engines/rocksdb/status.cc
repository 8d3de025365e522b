#include "engines/rocksdb/status.h"

namespace lakeside::engines {
namespace {

ErrorCode code_of(const rocksdb::Status& status) {
  if (status.IsCorruption()) return ErrorCode::kCorrupt;
  if (status.IsNoSpace()) return ErrorCode::kNoSpace;
  if (status.IsShutdownInProgress() || status.IsBusy()) return ErrorCode::kUnavailable;
  if (status.IsNotSupported()) return ErrorCode::kUnsupported;
  return ErrorCode::kIo;
}

}  // namespace

Error to_error(const rocksdb::Status& status) {
  return Error{code_of(status), "rocksdb: " + status.ToString()};
}

}  // namespace lakeside::engines
