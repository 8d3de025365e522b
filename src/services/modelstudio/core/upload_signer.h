// Who signs what clients may post to object storage: app/ has the keys.
#pragma once

#include <string>

namespace lakeside::modelstudio {

class UploadSigner {
 public:
  virtual ~UploadSigner() = default;
  [[nodiscard]] virtual const std::string& access_key_id() const = 0;
  // The V1 signature of a form's policy, which is base64 already.
  [[nodiscard]] virtual std::string sign(const std::string& policy) const = 0;
};

}  // namespace lakeside::modelstudio
