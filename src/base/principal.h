// Who is calling: what authentication establishes and authorisation asks about.
#pragma once

#include <memory>
#include <string>

namespace lakeside {

// What the caller's policies are, as services/ram found them when the request came: all decisions
// of one request are made from one state.
class Grants {
 public:
  virtual ~Grants() = default;
};

struct Principal {
  enum class Kind {
    kAnonymous,  // no credentials were presented
    kRoot,       // the account itself: may do everything in its account
    kUser,       // a user within the account: may do what policies allow
    kRole,       // a session of a role: the same, for a while
  };
  Kind kind = Kind::kAnonymous;
  std::string account_id;     // empty when anonymous
  std::string name;           // for logs: "root", a user's or role's name, or "anonymous"
  std::string access_key_id;  // empty when anonymous; never the secret
  std::string id = {};        // of the user or the role; for the root, its account's
  std::string session = {};   // kRole: the session's name
  std::shared_ptr<const Grants> grants = {};  // kUser, kRole; null: none
};

}  // namespace lakeside
