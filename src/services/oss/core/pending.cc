#include "services/oss/core/store.h"

namespace lakeside::oss {

Task<OssResult<BucketStat>> Store::bucket_stat(const std::string&) {
  co_return fail(Errc::kNotImplemented);
}
Task<OssResult<ObjectInfo>> Store::copy(const std::string&, const std::string&, const std::string&,
                                        const std::string&, const CopyOptions&) {
  co_return fail(Errc::kNotImplemented);
}
Task<OssResult<AppendResult>> Store::append(const std::string&, const std::string&, std::uint64_t,
                                            const PutOptions&, Body&) {
  co_return fail(Errc::kNotImplemented);
}
Task<OssStatus> Store::set_object_acl(const std::string&, const std::string&, Acl) {
  co_return fail(Errc::kNotImplemented);
}
Task<OssResult<Upload>> Store::initiate(const std::string&, const std::string&,
                                        const InitiateOptions&) {
  co_return fail(Errc::kNotImplemented);
}
Task<OssResult<Part>> Store::upload_part(const std::string&, const std::string&,
                                         const std::string&, std::uint32_t, Body&) {
  co_return fail(Errc::kNotImplemented);
}
Task<OssResult<Part>> Store::upload_part_copy(const std::string&, const std::string&,
                                              const std::string&, std::uint32_t,
                                              const std::string&, const std::string&,
                                              const std::optional<ByteRange>&,
                                              const Preconditions&) {
  co_return fail(Errc::kNotImplemented);
}
Task<OssResult<PartsPage>> Store::list_parts(const std::string&, const std::string&,
                                             const std::string&, std::uint32_t, std::uint32_t) {
  co_return fail(Errc::kNotImplemented);
}
Task<OssResult<UploadsPage>> Store::list_uploads(const std::string&, const UploadsOptions&) {
  co_return fail(Errc::kNotImplemented);
}
Task<OssResult<ObjectInfo>> Store::complete(const std::string&, const std::string&,
                                            const std::string&, const CompleteOptions&) {
  co_return fail(Errc::kNotImplemented);
}
Task<OssStatus> Store::abort(const std::string&, const std::string&, const std::string&) {
  co_return fail(Errc::kNotImplemented);
}
Task<Result<std::size_t>> Store::collect_garbage() { co_return std::size_t{0}; }
Task<Result<std::size_t>> Store::collect_orphans() { co_return std::size_t{0}; }
Task<Result<std::size_t>> Store::scrub() { co_return std::size_t{0}; }
Task<Status> Store::reset() { co_return Status{}; }

}  // namespace lakeside::oss
