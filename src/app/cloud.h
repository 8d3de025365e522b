// The parts of a running cloud, put together: engines, services, front door.
#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "app/data_folder.h"
#include "app/settings.h"
#include "base/result.h"

namespace lakeside::app {

class Cloud {
 public:
  // Serving when it returns. Errors say, for the person who started us, what is wrong.
  [[nodiscard]] static Result<std::unique_ptr<Cloud>> start(const ServeSettings& settings,
                                                            const DataFolder& folder,
                                                            const RootKey& key);
  virtual ~Cloud() = default;

  [[nodiscard]] virtual std::string url() const = 0;  // http://127.0.0.1:4004
  [[nodiscard]] virtual int port() const = 0;
  // Reads the master keys again: the first one seals from now on, and what identities and KMS
  // keep is sealed anew with it, which is done when this returns.
  virtual Status reload_keys() = 0;
  // Finishes what is under way, for at most `drain`.
  virtual void stop(std::chrono::milliseconds drain) = 0;
};

}  // namespace lakeside::app
