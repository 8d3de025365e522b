// Sends one response over a channel, at the pace at which the client takes it.
#pragma once

#include <sys/uio.h>

#include <array>
#include <chrono>
#include <cstdint>
#include <string>

#include "gateway/http/channel.h"
#include "gateway/http/response_head.h"

namespace lakeside::http {

class ResponseWriter {
 public:
  ResponseWriter(Channel& channel, std::chrono::seconds stall_timeout)
      : channel_(channel), stall_timeout_(stall_timeout) {}

  // Sends head and body in one piece, together with the responses of other connections.
  // False: the client left or stalled.
  Task<bool> send_text(std::string_view head, std::string_view body);

  // Sends `head` and the stream `first`, then `source`; `first` is what source.next() said
  // first. Fails where the source fails or does not keep to the announced length.
  Task<Status> send_stream(std::string_view head, std::optional<Segment> first,
                           SegmentSource& source, const BodyPlan& plan);

  // Body bytes, without head and framing.
  [[nodiscard]] std::uint64_t body_bytes() const { return body_bytes_; }

 private:
  Task<Status> send_segment(std::string_view prefix, const Segment& segment, bool more);
  Task<bool> send_slice(const FileSlice& slice);
  Task<bool> send_slice_encrypted(const FileSlice& slice);
  void set_pieces(std::string_view first, std::string_view second, bool more);
  [[nodiscard]] std::span<iovec> rest();
  void advance(std::size_t sent);
  // Sends until blocked; true when all pieces are out.
  bool push();
  // Goes on after push() was blocked.
  Task<bool> send_rest();
  Task<bool> send_pieces();
  [[nodiscard]] std::unexpected<Error> gone() const;

  Channel& channel_;
  std::chrono::seconds stall_timeout_;
  std::array<iovec, 2> pieces_{};
  std::size_t next_ = 0;  // pieces before it are out
  bool more_ = false;
  Io last_{Io::Outcome::kDone};
  std::uint64_t body_bytes_ = 0;
};

}  // namespace lakeside::http
