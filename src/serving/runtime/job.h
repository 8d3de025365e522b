// One generation as the model's thread sees it.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "serving/model.h"
#include "serving/runtime/fair_share.h"
#include "serving/runtime/limits.h"
#include "serving/runtime/queue_places.h"
#include "serving/runtime/reply_text.h"
#include "serving/runtime/sampler.h"
#include "serving/runtime/stream.h"

namespace lakeside::serving {

constexpr SequenceId kNoSequence = -1;

struct Job {
  using Instant = std::chrono::steady_clock::time_point;

  Job(const GenerateRequest& request, std::vector<std::string> stops)
      : tenant(request.tenant),
        sampler(request.sampling, request.logprobs),
        text(std::move(stops)),
        wants_logprobs(request.logprobs.has_value()) {}

  // ---- as it came -----------------------------------------------------------------------
  Tenant tenant;
  std::vector<Token> tokens;  // the prompt, then the reply
  std::uint32_t most_tokens = 0;
  std::optional<Time> deadline;  // for its start
  Sampler sampler;
  ReplyText text;
  bool wants_logprobs = false;
  bool special_pieces = false;        // the reply's specials are text
  std::string lazy_grammar;           // holds from one of the triggers on
  std::vector<std::string> triggers;  // empty once it holds
  std::shared_ptr<Stream> stream;
  std::unique_ptr<Limits::Ticket> ticket;
  std::shared_ptr<void> lease;        // keeps the model loaded
  std::unique_ptr<QueuePlace> place;  // while it waits to start

  // ---- kept by the scheduler ------------------------------------------------------------
  struct Leader {
    SequenceId sequence = kNoSequence;
    std::uint64_t generation = 0;
    std::int32_t length = 0;
  };
  FairShare::Account* account = nullptr;
  std::uint64_t serial = 0;  // by when it was admitted
  SequenceId sequence = kNoSequence;
  std::int32_t computed = 0;     // tokens in the cache
  std::int32_t shared = 0;       // of them not of its own
  std::int32_t chunk = 0;        // tokens in this step
  std::optional<Leader> leader;  // it computes what this one shares
  std::uint64_t served = 0;      // the step in which it last got a token
  bool started = false;          // was admitted, perhaps not now
  bool first_token = false;
  Usage usage;
  Instant submitted = std::chrono::steady_clock::now();
  Instant admitted;
  Instant first;
  std::string unmatched;               // the reply's text, while triggers are looked for
  std::vector<TokenLogprob> logprobs;  // not yet sent

  [[nodiscard]] std::int32_t length() const { return static_cast<std::int32_t>(tokens.size()); }
  [[nodiscard]] std::int32_t remaining() const { return length() - computed; }
};

}  // namespace lakeside::serving
