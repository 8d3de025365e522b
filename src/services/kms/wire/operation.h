// What KMS's operations are made of.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

#include "base/executor.h"
#include "gateway/rpc/product.h"
#include "services/kms/core/store.h"

namespace lakeside::kms::wire {

using rpc::Answer;
using rpc::Fault;
using rpc::Parameters;
using rpc::Read;
using rpc::Value;

// A request, and what the names in it stood for when they were first looked up, which is when its
// caller was authorised. A name that is given to something else meanwhile is not followed there.
struct Invocation : rpc::Invocation {
  explicit Invocation(const rpc::Invocation& call) : rpc::Invocation(call) {}

  // The id that `name` ("alias/…", "secret/…") stands for: `present`, unless it was another one,
  // or none (""), at first.
  const std::string& meant_by(const std::string& name, const std::string& present) const {
    return meant_.try_emplace(name, present).first->second;
  }
  [[nodiscard]] bool has_names() const { return !meant_.empty(); }

 private:
  mutable std::map<std::string, std::string> meant_;
};

struct Environment {
  Store& store;
  std::string region;
  ThreadPool& pool;                      // for RSA
  std::atomic<std::size_t> finding = 0;  // key pairs that are being made there
};

// Reads its parameters, does its work and writes its answer; the caller may do it already.
using Run = Task<Answer> (*)(Environment& env, const Invocation& in);

// What an operation acts on, which the caller must be allowed to: wire/targets.cc.
enum class Target : std::uint8_t {
  kNothing,       // whoever can sign may call it
  kAccount,       // "*"
  kKeys,          // the container "key"
  kAliases,       // "alias"
  kSecrets,       // "secret"; and EncryptionKeyId
  kKey,           // KeyId
  kAliasAndKey,   // AliasName and the key of KeyId
  kAliasOfKey,    // AliasName and the key that it is of
  kSecret,        // SecretName
  kSecretAndKey,  // and the key that encrypts it, where it has one
  kCiphertext,    // the key of CiphertextBlob
  kReEncrypt,     // the source's key and DestinationKeyId
  kProtected,     // ProtectedResourceArn or KeyId
  kKeyOrSecret,   // KeyId or SecretName
  kTagged,        // each ResourceId of ResourceType
};

struct Row {
  gateway::OperationInfo info;
  Target target = Target::kAccount;
  Run run = nullptr;
  std::string_view key_permission = {};  // on the second key of the target
  bool dry_run = false;                  // whether it knows DryRun
};

}  // namespace lakeside::kms::wire
