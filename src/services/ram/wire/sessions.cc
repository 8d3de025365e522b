// Sessions of people who have signed in, and of programs that would rather not use their long-lived
// key: our own API (docs/identity.md), since the vendor's STS has sessions of roles alone.
#include <algorithm>

#include "base/crypto.h"
#include "base/session_key.h"
#include "services/ram/wire/codecs.h"
#include "services/ram/wire/fields.h"

namespace lakeside::ram::wire {
namespace {

using std::chrono::seconds;

constexpr std::uint64_t kShortest = 900;
constexpr std::uint64_t kUsual = 3600;
constexpr std::uint64_t kLongest = 24 * 3600;
// Of one user, or of the root: whoever would end more has begun more than people do.
constexpr std::size_t kMaxEnded = 1000;

Fault refused(std::string why) { return {403, "OperationDenied.Session", std::move(why)}; }

// Nobody is signed in for longer, whatever a request asks for.
seconds longest(const Environment& env) {
  return std::chrono::hours(env.store.settings()->preference.login_session_hours);
}

Read<std::uint64_t> read_seconds(const Parameters& in) {
  return read_number(in, "DurationSeconds", kUsual, {kShortest, kLongest});
}

// Which a request is signed with: the caller has shown its secret already.
Read<Session> session_of(const Environment& env, const Invocation& in) {
  std::string_view token = in.parameters.get("SecurityToken");
  if (token.empty()) token = in.request.head.header("x-acs-security-token").value_or("");
  auto session = env.store.read_token(token);
  if (!session || session->access_key_id != in.caller().access_key_id) {
    return std::unexpected(refused("This is for sessions, and the request is signed with none."));
  }
  if (session->of_role()) {
    return std::unexpected(
        refused("Sessions of roles are neither renewed nor ended: "
                "AssumeRole gives another, and they end at their time."));
  }
  return std::move(*session);
}

void renew(const Environment& env, Session& session, std::uint64_t length, Time now) {
  session.access_key_secret = random_alphanumeric(44);
  session.expires = std::min(now + seconds(length), session.began + longest(env));
}

// Of whoever has signed with a long-lived key.
Session begin_with_key(const Environment& env, const Invocation& in) {
  const Principal& caller = in.caller();
  Session session;
  session.name = caller.name;
  if (caller.kind == Principal::Kind::kUser) {
    session.user = caller.name;
    session.user_id = caller.id;
  }
  session.began = in.now;
  session.made_with = caller.access_key_id;
  if (session.of_user()) return session;
  auto key = env.keys->find(caller.access_key_id);
  if (key) session.key_mark = key_mark(key->secret);
  return session;
}

// One that may less, and goes on when this one is ended: a link that somebody shares outlives a
// visit to the console.
Read<Session> begin_with_session(const Environment& env, const Invocation& in) {
  auto parent = session_of(env, in);
  if (!parent) return parent;
  if (!parent->policy.empty()) {
    return std::unexpected(refused("A session with a policy of its own makes no others."));
  }
  if (in.parameters.get("Policy").empty()) {
    return std::unexpected(
        refused("Signed with a session, this makes one that may less: it needs "
                "a Policy. RenewSession is for one that may the same."));
  }
  return parent;
}

}  // namespace

Value credentials_of(const Environment& env, const Session& session) {
  return {{"AccessKeyId", session.access_key_id},
          {"AccessKeySecret", session.access_key_secret},
          {"SecurityToken", env.store.token_of(session)},
          {"Expiration", date(session.expires)}};
}

std::string new_session_id() { return "STS.N" + random_alphanumeric(24); }

Task<Answer> create_session(Environment& env, const Invocation& in) {
  auto length = read_seconds(in.parameters);
  if (!length) co_return std::unexpected(std::move(length.error()));
  auto policy = read_session_policy(in.parameters);
  if (!policy) co_return std::unexpected(std::move(policy.error()));
  auto session = is_session_key(in.caller().access_key_id) ? begin_with_session(env, in)
                                                           : begin_with_key(env, in);
  if (!session) co_return std::unexpected(std::move(session.error()));
  if (!session->of_user() && !policy->empty()) {
    co_return std::unexpected(not_implemented("Policy for sessions of the root account"));
  }
  session->access_key_id = new_session_id();
  session->policy = std::move(*policy);
  renew(env, *session, *length, in.now);
  co_return Value{{"Credentials", credentials_of(env, *session)}};
}

Task<Answer> renew_session(Environment& env, const Invocation& in) {
  auto length = read_seconds(in.parameters);
  if (!length) co_return std::unexpected(std::move(length.error()));
  auto session = session_of(env, in);
  if (!session) co_return std::unexpected(std::move(session.error()));
  const Time before = session->expires;
  renew(env, *session, *length, in.now);
  // A preference that has been shortened since does not cut what was given.
  session->expires = std::max(session->expires, before);
  co_return Value{{"Credentials", credentials_of(env, *session)}};
}

Task<Answer> end_session(Environment& env, const Invocation& in) {
  auto session = session_of(env, in);
  if (!session) co_return std::unexpected(std::move(session.error()));
  auto turn = co_await env.store.turn();
  Change change;
  std::size_t same_holder = 0;
  for (const auto& one : env.store.list<EndedSession>()) {
    if (one->until <= in.now) {
      change.remove<EndedSession>(one->name);
    } else if (one->holder == session->user_id) {
      ++same_holder;
    }
  }
  if (same_holder >= kMaxEnded) co_return std::unexpected(throttled());
  // Another token of the same session may end later, and was given while the preference was longer.
  const Time last = std::max(session->expires, session->began + seconds(kLongest));
  change.put(EndedSession{session->access_key_id, last, session->user_id});
  co_return co_await commit(env, change);
}

}  // namespace lakeside::ram::wire
