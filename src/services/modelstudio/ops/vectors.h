// Vectors and ranks, as clients ask for them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/task.h"
#include "services/modelstudio/core/types.h"

namespace lakeside::modelstudio::ops {

struct Embed {
  std::string model;
  std::vector<std::string> texts;
  std::optional<std::uint32_t> dimensions;  // the first so many, at unit length again
  serving::Tenant tenant;
};
// kInvalid where the model's vectors have fewer dimensions than were asked for.
Task<ModelResult<serving::EmbedResult>> run(ModelServer& server, const Embed& call);

struct Rank {
  std::string model;
  std::string query;
  std::vector<std::string> documents;
  std::optional<std::uint32_t> top;  // the best so many; none: all
  bool return_documents = false;
  serving::Tenant tenant;
};
struct Ranked {
  std::size_t index = 0;  // of the document
  float score = 0;
};
struct Ranking {
  std::vector<Ranked> best;  // first the best
  std::uint64_t tokens = 0;
};
Task<ModelResult<Ranking>> run(ModelServer& server, const Rank& call);

struct Tokenize {
  std::string model;
  std::string text;
};
Task<ModelResult<ModelServer::Tokens>> run(ModelServer& server, const Tokenize& call);

}  // namespace lakeside::modelstudio::ops
