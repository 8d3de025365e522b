#include "engines/fault/fault_blob.h"

#include <utility>

namespace lakeside::engines {
namespace {

class FaultBlobWriter final : public BlobWriter {
 public:
  FaultBlobWriter(std::unique_ptr<BlobWriter> inner, FaultPlan& plan)
      : inner_(std::move(inner)), plan_(plan) {}

  Task<Status> append(Chunk chunk) override {
    if (auto fault = plan_.on_call(FaultPoint::kAppend)) co_return fail(fault->code, "planned");
    co_return co_await inner_->append(std::move(chunk));
  }

  Task<Result<BlobId>> finish() override {
    auto fault = plan_.on_call(FaultPoint::kFinish);
    if (fault && !fault->applied) co_return fail(fault->code, "planned");
    auto id = co_await inner_->finish();
    if (fault) co_return fail(fault->code, "planned, but applied");
    co_return std::move(id);
  }

 private:
  std::unique_ptr<BlobWriter> inner_;
  FaultPlan& plan_;
};

class FaultSource final : public SegmentSource {
 public:
  FaultSource(std::unique_ptr<SegmentSource> inner, FaultPlan& plan)
      : inner_(std::move(inner)), plan_(plan) {}

  Task<Result<std::optional<Segment>>> next() override {
    if (auto fault = plan_.on_call(FaultPoint::kNext)) co_return fail(fault->code, "planned");
    co_return co_await inner_->next();
  }

 private:
  std::unique_ptr<SegmentSource> inner_;
  FaultPlan& plan_;
};

class FaultBlobStore final : public BlobStore {
 public:
  FaultBlobStore(BlobStore& inner, FaultPlan& plan) : inner_(inner), plan_(plan) {}

  Task<Result<std::unique_ptr<BlobWriter>>> create(std::string_view group) override {
    if (auto fault = plan_.on_call(FaultPoint::kCreate)) co_return fail(fault->code, "planned");
    auto writer = co_await inner_.create(group);
    if (!writer) co_return std::unexpected(std::move(writer.error()));
    co_return std::make_unique<FaultBlobWriter>(std::move(*writer), plan_);
  }

  Task<Result<std::unique_ptr<SegmentSource>>> open(const BlobId& id, std::uint64_t offset,
                                                    std::uint64_t length) override {
    if (auto fault = plan_.on_call(FaultPoint::kOpen)) co_return fail(fault->code, "planned");
    auto source = co_await inner_.open(id, offset, length);
    if (!source) co_return std::unexpected(std::move(source.error()));
    co_return std::make_unique<FaultSource>(std::move(*source), plan_);
  }

  Task<Status> remove(const BlobId& id) override {
    if (auto fault = plan_.on_call(FaultPoint::kRemove)) co_return fail(fault->code, "planned");
    co_return co_await inner_.remove(id);
  }

  Task<Status> list(const std::function<bool(const BlobInfo&)>& visit) override {
    if (auto fault = plan_.on_call(FaultPoint::kList)) co_return fail(fault->code, "planned");
    co_return co_await inner_.list(visit);
  }

  Task<Status> verify(const BlobId& id) override {
    if (auto fault = plan_.on_call(FaultPoint::kVerify)) co_return fail(fault->code, "planned");
    co_return co_await inner_.verify(id);
  }

 private:
  BlobStore& inner_;
  FaultPlan& plan_;
};

}  // namespace

std::unique_ptr<BlobStore> make_fault_blob_store(BlobStore& inner, FaultPlan& plan) {
  return std::make_unique<FaultBlobStore>(inner, plan);
}

}  // namespace lakeside::engines
