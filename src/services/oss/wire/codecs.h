// The decoders of every implemented operation, for the table of operations. Each makes the
// operation's typed arguments from a request; their encoders are beside them.
#pragma once

#include <memory>
#include <string>

#include "services/oss/wire/action.h"
#include "services/oss/wire/call.h"

namespace lakeside::oss::wire {

using Decoded = OssResult<std::unique_ptr<OssAction>>;

// buckets.cc
Decoded decode_list_buckets(OssCall& call, const std::string& document);
Decoded decode_put_bucket(OssCall& call, const std::string& document);
Decoded decode_delete_bucket(OssCall& call, const std::string& document);
Decoded decode_head_bucket(OssCall& call, const std::string& document);
Decoded decode_get_bucket_info(OssCall& call, const std::string& document);
Decoded decode_get_bucket_location(OssCall& call, const std::string& document);
Decoded decode_get_bucket_stat(OssCall& call, const std::string& document);
Decoded decode_get_bucket_versioning(OssCall& call, const std::string& document);
Decoded decode_describe_regions(OssCall& call, const std::string& document);
// bucket_access.cc
Decoded decode_put_bucket_policy(OssCall& call, const std::string& document);
Decoded decode_get_bucket_policy(OssCall& call, const std::string& document);
Decoded decode_delete_bucket_policy(OssCall& call, const std::string& document);
Decoded decode_get_bucket_policy_status(OssCall& call, const std::string& document);
Decoded decode_put_bucket_public_access_block(OssCall& call, const std::string& document);
Decoded decode_get_bucket_public_access_block(OssCall& call, const std::string& document);
Decoded decode_delete_bucket_public_access_block(OssCall& call, const std::string& document);
Decoded decode_put_public_access_block(OssCall& call, const std::string& document);
Decoded decode_get_public_access_block(OssCall& call, const std::string& document);
Decoded decode_delete_public_access_block(OssCall& call, const std::string& document);
// acl.cc
Decoded decode_get_bucket_acl(OssCall& call, const std::string& document);
Decoded decode_put_bucket_acl(OssCall& call, const std::string& document);
Decoded decode_get_object_acl(OssCall& call, const std::string& document);
Decoded decode_put_object_acl(OssCall& call, const std::string& document);
// list_objects.cc
Decoded decode_list_objects(OssCall& call, const std::string& document);
Decoded decode_list_objects_v2(OssCall& call, const std::string& document);
// put_object.cc
Decoded decode_put_object(OssCall& call, const std::string& document);
Decoded decode_append_object(OssCall& call, const std::string& document);
Decoded decode_copy_object(OssCall& call, const std::string& document);
// get_object.cc
Decoded decode_get_object(OssCall& call, const std::string& document);
Decoded decode_head_object(OssCall& call, const std::string& document);
Decoded decode_get_object_meta(OssCall& call, const std::string& document);
// delete_object.cc
Decoded decode_delete_object(OssCall& call, const std::string& document);
Decoded decode_delete_multiple_objects(OssCall& call, const std::string& document);
// multipart.cc
Decoded decode_initiate_multipart_upload(OssCall& call, const std::string& document);
Decoded decode_upload_part(OssCall& call, const std::string& document);
Decoded decode_upload_part_copy(OssCall& call, const std::string& document);
Decoded decode_list_parts(OssCall& call, const std::string& document);
Decoded decode_list_multipart_uploads(OssCall& call, const std::string& document);
Decoded decode_complete_multipart_upload(OssCall& call, const std::string& document);
Decoded decode_abort_multipart_upload(OssCall& call, const std::string& document);

}  // namespace lakeside::oss::wire
