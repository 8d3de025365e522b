#include "services/modelstudio/core/clear.h"

namespace lakeside::modelstudio {

Task<Status> clear(engines::Kv& kv, const engines::Partition& partition) {
  constexpr std::size_t kAtOnce = 1000;
  while (true) {
    engines::Batch batch;
    engines::ScanVisitor visitor = [&](std::string_view key, std::string_view) {
      batch.remove(std::string(key));
      return batch.writes().size() == kAtOnce ? engines::ScanStep::stop()
                                              : engines::ScanStep::next();
    };
    Status scanned = co_await kv.scan(partition, "", visitor);
    if (!scanned || batch.writes().empty()) co_return scanned;
    Status removed = co_await kv.commit(partition, batch);
    if (!removed) co_return removed;
  }
}

}  // namespace lakeside::modelstudio
