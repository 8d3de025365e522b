// Who is calling: what authentication establishes and authorisation asks about.
#pragma once

#include <string>

namespace lakeside {

struct Principal {
  enum class Kind {
    kAnonymous,  // no credentials were presented
    kRoot,       // the account itself: may do everything in its account
    kUser,       // a user within the account: may do what policies allow
  };
  Kind kind = Kind::kAnonymous;
  std::string account_id;     // empty when anonymous
  std::string name;           // for logs: "root", a user's name, or "anonymous"
  std::string access_key_id;  // empty when anonymous; never the secret
};

}  // namespace lakeside
