#include "app/clear_partition.h"

#include <string>

namespace lakeside::app {

Task<Status> clear_partition(engines::Kv& kv, const engines::Partition& partition) {
  constexpr std::size_t kPerCommit = 1'000;
  while (true) {
    engines::Batch batch;
    const engines::ScanVisitor visitor = [&batch](std::string_view key, std::string_view) {
      batch.remove(std::string(key));
      return batch.writes().size() == kPerCommit ? engines::ScanStep::stop()
                                                 : engines::ScanStep::next();
    };
    Status scanned = co_await kv.scan(partition, "", visitor);
    if (!scanned || batch.writes().empty()) co_return scanned;
    Status removed = co_await kv.commit(partition, batch);
    if (!removed) co_return removed;
  }
}

}  // namespace lakeside::app
