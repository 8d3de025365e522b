// Responses of the OpenAI API that are kept, so that later ones can go on from them.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "base/clock.h"
#include "base/result.h"
#include "base/task.h"
#include "engines/kv.h"

namespace lakeside::modelstudio {

// "Response objects are saved for 30 days by default" (platform.openai.com, conversation state).
inline constexpr std::chrono::days kResponsesLast{30};
inline constexpr std::size_t kMaxStoredResponse = 8 << 20;

struct StoredResponse {
  std::string id;  // "resp_…"
  std::string workspace;
  std::string previous;  // the id of the response that it goes on from; empty: none
  Time created;
  std::string input;     // its own items, JSON: without those of the responses before
  std::string document;  // as the client got it, JSON
};

// Thread-safe, called on executors.
class ResponseStore {
 public:
  // Both outlive it.
  [[nodiscard]] static std::unique_ptr<ResponseStore> create(engines::Kv& kv, const Clock& clock);
  virtual ~ResponseStore() = default;

  // Errors: kTooLarge (texts of more than kMaxStoredResponse together), kGuardFailed (there is one
  // of that id), the engine's.
  virtual Task<Status> add(const StoredResponse& response) = 0;
  // kNotFound: not there, of another workspace, or too old.
  virtual Task<Result<StoredResponse>> find(const std::string& workspace,
                                            const std::string& id) = 0;
  // Writes what `edit` makes of it unless it says no; edits again where somebody was faster.
  // Returns it as it is then. Errors as find's, and kTooLarge.
  virtual Task<Result<StoredResponse>> change(const std::string& workspace, const std::string& id,
                                              const std::function<bool(StoredResponse&)>& edit) = 0;
  virtual Task<Status> remove(const std::string& workspace, const std::string& id) = 0;
  // For housekeeping: some of the responses whose time is over, and how many they were.
  virtual Task<Result<std::size_t>> remove_expired() = 0;
  // All records: the whole cloud is reset.
  virtual Task<Status> clear() = 0;
};

}  // namespace lakeside::modelstudio
