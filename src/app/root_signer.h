// Signs forms for object storage with the root key.
#pragma once

#include <string>

#include "app/data_folder.h"
#include "base/crypto.h"
#include "base/encoding.h"
#include "services/modelstudio/core/upload_signer.h"

namespace lakeside::app {

class RootSigner final : public modelstudio::UploadSigner {
 public:
  explicit RootSigner(const RootKey& key)
      : id_(key.access_key_id), secret_(key.access_key_secret) {}

  [[nodiscard]] const std::string& access_key_id() const override { return id_; }
  [[nodiscard]] std::string sign(const std::string& policy) const override {
    return base64_encode(hmac_sha1(as_bytes(secret_), as_bytes(policy)));
  }

 private:
  const std::string id_;
  const std::string secret_;
};

}  // namespace lakeside::app
