#include "engines/fault/fault_kv.h"

namespace lakeside::engines {
namespace {

class FaultKv final : public Kv {
 public:
  FaultKv(Kv& inner, FaultPlan& plan) : inner_(inner), plan_(plan) {}

  Task<Result<std::vector<std::optional<std::string>>>> get(
      const Partition& partition, std::span<const std::string> keys) override {
    if (auto fault = plan_.on_call(FaultPoint::kGet)) co_return fail(fault->code, "planned");
    co_return co_await inner_.get(partition, keys);
  }

  Task<Status> commit(const Partition& partition, const Batch& batch) override {
    auto fault = plan_.on_call(FaultPoint::kCommit);
    if (fault && !fault->applied) co_return fail(fault->code, "planned");
    Status status = co_await inner_.commit(partition, batch);
    if (fault) co_return fail(fault->code, "planned, but applied");
    co_return status;
  }

  Task<Status> scan(const Partition& partition, std::string_view from,
                    const ScanVisitor& visitor) override {
    if (auto fault = plan_.on_call(FaultPoint::kScan)) co_return fail(fault->code, "planned");
    co_return co_await inner_.scan(partition, from, visitor);
  }

 private:
  Kv& inner_;
  FaultPlan& plan_;
};

}  // namespace

std::unique_ptr<Kv> make_fault_kv(Kv& inner, FaultPlan& plan) {
  return std::make_unique<FaultKv>(inner, plan);
}

}  // namespace lakeside::engines
