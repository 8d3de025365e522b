#include "services/modelstudio/wire/reply_writer.h"

#include <cstring>
#include <utility>

namespace lakeside::modelstudio::wire {
namespace {

std::optional<Segment> segment_of(std::string_view text) {
  Chunk chunk = Chunk::allocate(text.size());
  std::memcpy(chunk.free_space().data(), text.data(), text.size());
  chunk.extend(text.size());
  return Segment(std::move(chunk));
}

}  // namespace

Task<Result<std::optional<Segment>>> EventStream::next() {
  std::string events;
  while (events.empty() && !ended_) {
    if (first_) {
      events = writer_->change(*choices_, *first_);
      first_.reset();
      continue;
    }
    auto change = co_await choices_->next();
    if (!change) {
      events = writer_->failure(change.error());
      ended_ = true;
    } else if (*change) {
      events = writer_->change(*choices_, **change);
    } else {
      auto kept = co_await writer_->keep(*choices_);
      events = kept ? writer_->ending(*choices_) : writer_->failure(kept.error());
      ended_ = true;
    }
  }
  if (events.empty()) co_return std::optional<Segment>();
  co_return segment_of(events);
}

http::Response GenerateAction::stream(std::unique_ptr<ops::Choices> choices,
                                      std::unique_ptr<CancelOnLeave> watch,
                                      std::optional<ops::Change> first) {
  http::Response response;
  response.headers.add("Content-Type", "text/event-stream; charset=utf-8");
  response.headers.add("Cache-Control", "no-cache");
  response.headers.add("X-Accel-Buffering", "no");
  response.body = std::make_unique<EventStream>(std::move(choices), std::move(watch),
                                                std::move(writer_), std::move(first));
  return response;
}

Task<http::Response> GenerateAction::run(gateway::Call& base) {
  auto& call = static_cast<StudioCall&>(base);
  auto choices = co_await ops::Choices::start(call.env.server, call_);
  if (!choices) co_return call.error(choices.error());
  auto watch = std::make_unique<CancelOnLeave>(call.request.departure, **choices);
  auto change = co_await (*choices)->next();
  if (stream_ && change) {
    co_return stream(std::move(*choices), std::move(watch), std::move(*change));
  }
  while (change && *change) change = co_await (*choices)->next();
  if (!change) co_return call.error(change.error());
  auto kept = co_await writer_->keep(**choices);
  if (!kept) co_return call.error(kept.error());
  co_return json_response(writer_->whole(**choices));
}

}  // namespace lakeside::modelstudio::wire
