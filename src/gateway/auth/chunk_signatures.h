// The chain of signatures over the chunks of a SigV4 upload: each covers the one before it,
// and the first the head's.
#pragma once

#include <string>
#include <string_view>

#include "base/crypto.h"
#include "gateway/auth/authenticate.h"
#include "gateway/auth/aws_chunked.h"

namespace lakeside::auth {

class ChunkSignatures {
 public:
  explicit ChunkSignatures(const BodyRules& rules);

  void begin_chunk(std::string_view signature);
  void update(ByteView data) { hasher_.update(data); }
  [[nodiscard]] bool end_chunk();
  [[nodiscard]] bool check_trailer(const AwsChunkedDecoder& decoder);

 private:
  [[nodiscard]] std::string sign(std::string_view string_to_sign) const;

  std::string key_;
  std::string timestamp_and_scope_;  // "20261121T231509Z\n20261121/us-east-1/s3/aws4_request\n"
  std::string previous_;
  std::string announced_;
  Hasher hasher_{HashKind::kSha256};
};

}  // namespace lakeside::auth
