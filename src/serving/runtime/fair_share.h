// Whose turn it is among tenants: each has a virtual time, which is the tokens it was given by its
// weight, and the one that is furthest behind goes first. On the model's thread.
#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <string>

#include "serving/model.h"

namespace lakeside::serving {

class FairShare {
 public:
  struct Account {
    double time = 0;
    double weight = 1;
    std::size_t jobs = 0;     // queued or running
    std::size_t running = 0;  // kept by the scheduler
    bool behind = false;      // wanted more than it got in this step

    void charge(double tokens) { time += tokens / weight; }
    // What it holds, by its weight, if it held `more` besides.
    [[nodiscard]] double held(double more) const {
      return (static_cast<double>(running) + more) / weight;
    }
  };

  // How many tokens who was idle may have ahead of all others.
  static constexpr double kCredit = 64;

  // The account lives until leave() was called as often as enter().
  Account& enter(const Tenant& tenant);
  void leave(const std::string& tenant);
  // What the account may have before it has had as much as the others; 0 to kCredit.
  [[nodiscard]] double lag(const Account& account) const;
  // After each step: who had all it wanted earns no claim on later steps but the credit.
  void settle();

 private:
  // Came back now, it would begin no earlier than who was never there.
  [[nodiscard]] bool forgettable(const Account& account) const;

  std::map<std::string, Account> accounts_;  // also of those who are gone but had more than others
  double floor_ = 0;                         // where who comes new begins
};

}  // namespace lakeside::serving
