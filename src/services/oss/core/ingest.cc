#include "services/oss/core/ingest.h"

#include <algorithm>
#include <cstring>
#include <memory>
#include <utility>

#include "services/oss/core/chunk_hasher.h"
#include "services/oss/core/keys.h"

namespace lakeside::oss {
namespace {

std::unexpected<OssError> source_failed(const Body& body, Error error) {
  if (body.explain) return std::unexpected(body.explain(std::move(error)));
  return from_engine(std::move(error));
}

// Fills the chunk unless the source ends first, which sets `ended`.
Task<Status> fill(ByteSource& source, Chunk& chunk, bool& ended) {
  while (!chunk.full()) {
    auto got = co_await source.read(chunk.free_space());
    if (!got) co_return std::unexpected(std::move(got.error()));
    if (*got == 0) {
      ended = true;
      break;
    }
    chunk.extend(*got);
  }
  co_return Status{};
}

// Takes in one body. Lives in the frame of `ingest`.
class Intake {
 public:
  Intake(engines::BlobStore& blobs, Md5Service& md5, const IngestPlan& plan, Body& body)
      : blobs_(blobs), md5_(md5), plan_(plan), body_(body), digest_plan_(plan.digests) {
    if (body.expected_md5) digest_plan_.md5 = true;
  }

  Task<OssResult<Ingested>> run() {
    std::optional<std::uint64_t> length = body_.source.length();
    if (length && *length > plan_.max_size) co_return fail(Errc::kEntityTooLarge);
    OssStatus taken;
    if (length && *length <= plan_.inline_limit) {
      taken = co_await take_announced(*length);
    } else {
      taken = co_await take_chunks();
    }
    if (!taken) co_return std::unexpected(std::move(taken.error()));
    co_return std::move(result_);
  }

 private:
  // A body of `length` bytes into memory, and then its end.
  Task<OssStatus> take_announced(std::size_t length) {
    std::string& data = result_.data;
    data.resize(length);
    MutableBytes rest = std::as_writable_bytes(std::span(data));
    while (!rest.empty()) {
      auto got = co_await body_.source.read(rest);
      if (!got) co_return source_failed(body_, std::move(got.error()));
      if (*got == 0) co_return source_failed(body_, {ErrorCode::kDisconnected, "body too short"});
      rest = rest.subspan(*got);
    }
    std::byte beyond;
    auto got = co_await body_.source.read({&beyond, 1});
    if (!got) co_return source_failed(body_, std::move(got.error()));
    if (*got != 0) co_return source_failed(body_, {ErrorCode::kInvalid, "body too long"});
    co_return co_await finish_in_memory();
  }

  Task<OssStatus> take_chunks() {
    Chunk chunk = Chunk::allocate();
    auto filled = co_await fill(body_.source, chunk, ended_);
    if (!filled) co_return source_failed(body_, std::move(filled.error()));
    if (ended_ && chunk.size() <= plan_.inline_limit) {
      result_.data = as_text(chunk.view());
      co_return co_await finish_in_memory();
    }
    co_return co_await stream(std::move(chunk));
  }

  Task<OssStatus> finish_in_memory() {
    Digests digests(digest_plan_);
    co_await digests.update(md5_, as_bytes(result_.data));
    result_.size = result_.data.size();
    co_return conclude(digests);
  }

  // Three stages at work at once: while a chunk is read, the one before it is hashed, and those
  // before that are on their way to the disk.
  Task<OssStatus> stream(Chunk chunk) {
    auto writer = co_await blobs_.create(plan_.group);
    if (!writer) co_return from_engine(std::move(writer.error()));
    ChunkHasher hasher(md5_, digest_plan_);
    while (true) {
      result_.size += chunk.size();
      if (result_.size > plan_.max_size) co_return fail(Errc::kEntityTooLarge);
      hasher.start(std::move(chunk));
      Chunk next;
      Status filled;
      if (!ended_) {
        next = Chunk::allocate();
        filled = co_await fill(body_.source, next, ended_);
      }
      Chunk hashed = co_await hasher.join();
      if (!filled) co_return source_failed(body_, std::move(filled.error()));
      auto appended = co_await (*writer)->append(std::move(hashed));
      if (!appended) co_return from_engine(std::move(appended.error()));
      if (next.empty()) break;
      chunk = std::move(next);
    }
    if (auto good = conclude(hasher.digests()); !good) co_return good;
    auto id = co_await (*writer)->finish();
    if (!id) co_return from_engine(std::move(id.error()));
    result_.blob = keys::blob_name(*id);
    co_return OssStatus{};
  }

  OssStatus conclude(Digests& digests) {
    result_.md5 = digests.finish_md5();
    result_.crc64 = digests.crc64();
    result_.crc = digests.crc();
    if (body_.expected_md5 && *body_.expected_md5 != result_.md5) {
      return fail(Errc::kInvalidDigest);
    }
    if (body_.checksums) result_.checksums = body_.checksums();
    return {};
  }

  engines::BlobStore& blobs_;
  Md5Service& md5_;
  const IngestPlan& plan_;
  Body& body_;
  DigestPlan digest_plan_;
  bool ended_ = false;
  Ingested result_;
};

}  // namespace

Task<OssResult<Ingested>> ingest(engines::BlobStore& blobs, Md5Service& md5, const IngestPlan& plan,
                                 Body& body) {
  Intake intake(blobs, md5, plan, body);
  co_return co_await intake.run();
}

Task<Result<std::string>> write_blob(engines::BlobStore& blobs, std::string_view group,
                                     std::string_view data) {
  auto writer = co_await blobs.create(group);
  if (!writer) co_return std::unexpected(std::move(writer.error()));
  while (!data.empty()) {
    Chunk chunk = Chunk::allocate();
    std::size_t size = std::min(data.size(), chunk.capacity());
    std::memcpy(chunk.free_space().data(), data.data(), size);
    chunk.extend(size);
    data.remove_prefix(size);
    auto appended = co_await (*writer)->append(std::move(chunk));
    if (!appended) co_return std::unexpected(std::move(appended.error()));
  }
  auto id = co_await (*writer)->finish();
  if (!id) co_return std::unexpected(std::move(id.error()));
  co_return std::string(keys::blob_name(*id));
}

}  // namespace lakeside::oss
