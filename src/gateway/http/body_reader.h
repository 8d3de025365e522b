// A request's body as it comes from the connection, with its transfer encoding removed.
#pragma once

#include <chrono>

#include "base/stream.h"
#include "gateway/http/channel.h"
#include "gateway/http/chunk_decoder.h"
#include "gateway/http/head_parser.h"
#include "gateway/http/read_buffer.h"

namespace lakeside::http {

struct BodyLimits {
  std::uint64_t bytes;
  std::chrono::seconds stall_timeout;
};

class BodyReader final : public ByteSource {
 public:
  // Whatever is referred to outlives this. `buffer` may hold the body's first bytes.
  BodyReader(Channel& channel, ReadBuffer& buffer, const Framing& framing, BodyLimits limits);

  Task<Result<std::size_t>> read(MutableBytes into) override;
  [[nodiscard]] std::optional<std::uint64_t> length() const override;

  // The whole body was taken from the connection; the next request follows.
  [[nodiscard]] bool complete() const { return complete_; }
  // Whether it makes sense to read what the handler left, so as to keep the connection.
  [[nodiscard]] bool drainable() const;
  // Reads the rest, up to a bound; true if the body is then complete.
  Task<bool> drain();

  // The client asked for "100 Continue" before an empty body. It gets it before the response:
  // botocore 1.43 sends such requests, and a response without it spoils its connection for the
  // next request (awsrequest.py keeps the early response's class).
  [[nodiscard]] bool owes_continue() const { return expect_continue_ && complete_; }
  Task<Status> send_continue();

  [[nodiscard]] std::uint64_t bytes() const { return received_; }

 private:
  // Moves what is there without waiting. 0 and no error: nothing is there yet.
  Result<std::size_t> take(MutableBytes into);
  Result<std::size_t> take_counted(MutableBytes into);
  Result<std::size_t> take_chunked(MutableBytes into);
  std::size_t take_chunk_data(MutableBytes into);
  bool take_chunk_framing(bool may_receive);
  Result<std::size_t> take_data(MutableBytes into, std::uint64_t left);
  [[nodiscard]] std::unexpected<Error> broken(ErrorCode code, const char* detail);
  // Attempts to receive; what was blocked is in blocked_.
  std::size_t receive(MutableBytes into, MutableBytes spill);

  Channel& channel_;
  ReadBuffer& buffer_;
  Framing framing_;
  BodyLimits limits_;
  ChunkDecoder decoder_;
  std::uint64_t received_ = 0;
  bool expect_continue_;
  bool complete_;
  Io last_{Io::Outcome::kDone};
  std::optional<Error> error_;
};

}  // namespace lakeside::http
