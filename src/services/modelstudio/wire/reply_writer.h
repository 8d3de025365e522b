// How replies are written, whole or as server-sent events, and the action that makes them.
#pragma once

#include <memory>
#include <string>

#include "base/stream.h"
#include "gateway/pipeline/service.h"
#include "services/modelstudio/ops/choices.h"
#include "services/modelstudio/wire/call.h"

namespace lakeside::modelstudio::wire {

// One for each request; what it returns is the text that travels.
class ReplyWriter {
 public:
  virtual ~ReplyWriter() = default;
  // All choices at their end: what has to be durable before `whole` or `ending` goes out.
  virtual Task<ModelResult<void>> keep(const ops::Choices&) { co_return ModelResult<void>{}; }
  // All choices at their end.
  virtual std::string whole(const ops::Choices& choices) = 0;
  // The events for a change, perhaps none.
  virtual std::string change(const ops::Choices& choices, const ops::Change& change) = 0;
  // The events after the last change.
  virtual std::string ending(const ops::Choices& choices) = 0;
  // The last event where something went wrong on the way.
  virtual std::string failure(const ModelError& error) = 0;
};

// While it lives, a client that leaves ends its replies: nobody would read them. One that has only
// closed its side for writing counts as gone, as with most servers of models.
class CancelOnLeave {
 public:
  CancelOnLeave(http::Departure* departure, ops::Choices& choices) : departure_(departure) {
    if (departure_) departure_->watch([&choices] { choices.cancel(); });
  }
  ~CancelOnLeave() {
    if (departure_) departure_->watch(nullptr);
  }
  CancelOnLeave(const CancelOnLeave&) = delete;
  CancelOnLeave& operator=(const CancelOnLeave&) = delete;

 private:
  http::Departure* const departure_;
};

// Pulls a reply as the client reads it. Destroying it cancels the reply.
class EventStream final : public SegmentSource {
 public:
  EventStream(std::unique_ptr<ops::Choices> choices, std::unique_ptr<CancelOnLeave> watch,
              std::unique_ptr<ReplyWriter> writer, std::optional<ops::Change> first)
      : choices_(std::move(choices)),
        watch_(std::move(watch)),
        writer_(std::move(writer)),
        first_(std::move(first)) {}

  Task<Result<std::optional<Segment>>> next() override;

 private:
  std::unique_ptr<ops::Choices> choices_;
  std::unique_ptr<CancelOnLeave> watch_;
  std::unique_ptr<ReplyWriter> writer_;
  std::optional<ops::Change> first_;
  bool ended_ = false;
};

// Generates, and answers whole or as a stream. The head of a stream goes out with its first
// change, so that what fails before that has the right status.
class GenerateAction final : public gateway::Action {
 public:
  GenerateAction(ops::GenerateCall call, std::unique_ptr<ReplyWriter> writer, bool stream)
      : call_(std::move(call)), writer_(std::move(writer)), stream_(stream) {}

  Task<http::Response> run(gateway::Call& base) override;

 private:
  [[nodiscard]] http::Response stream(std::unique_ptr<ops::Choices> choices,
                                      std::unique_ptr<CancelOnLeave> watch,
                                      std::optional<ops::Change> first);

  ops::GenerateCall call_;
  std::unique_ptr<ReplyWriter> writer_;
  bool stream_;
};

}  // namespace lakeside::modelstudio::wire
