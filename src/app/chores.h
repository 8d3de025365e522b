// What the housekeeping does, and how often.
#pragma once

#include <string>
#include <vector>

#include "app/housekeeping.h"
#include "app/models.h"
#include "base/clock.h"
#include "engines/kv.h"
#include "services/actiontrail/service.h"
#include "services/cms/core/meter.h"
#include "services/kms/core/store.h"
#include "services/oss/core/object_store.h"
#include "services/ram/core/accounts.h"

namespace lakeside::app {

// All outlive the chores.
struct ChoreParts {
  engines::Kv& kv;
  oss::ObjectStore& objects;
  Models& models;
  kms::Store& secrets;
  ram::Accounts& accounts;
  actiontrail::Delivery& delivery;
  cms::Meter& meter;
  const Clock& clock;
  const std::string& account_id;  // the main one, which `accounts` does not list
};

[[nodiscard]] std::vector<Chore> make_chores(const ChoreParts& parts);

}  // namespace lakeside::app
