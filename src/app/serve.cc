#include "app/serve.h"

#include <signal.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cstdio>
#include <memory>
#include <string>

#include "app/admin_service.h"
#include "app/cloud.h"
#include "app/console_assets.h"
#include "app/data_folder.h"
#include "app/run_file.h"
#include "base/log.h"

namespace lakeside::app {
namespace {

// Secrets are in memory: no core may carry them to a disk.
void forbid_cores() {
  rlimit none{0, 0};
  ::setrlimit(RLIMIT_CORE, &none);
}

// Ten thousand connections need as many descriptors; the usual soft limit is 1,024.
void raise_descriptor_limit() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);
}

// Must be called before any thread starts, so that all inherit the mask.
sigset_t block_stop_signals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGHUP);
  ::pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  return signals;
}

// SIGHUP is no stop: the master keys are read again.
void wait_for_stop(const sigset_t& signals, Cloud& cloud) {
  int received = 0;
  while (::sigwait(&signals, &received) == 0 && received == SIGHUP) {
    Status read = cloud.reload_keys();
    if (read) {
      log(LogLevel::kInfo, "the master keys were read again");
    } else {
      log(LogLevel::kError, "the master keys were not read again", {{"why", read.error().detail}});
    }
  }
  log(LogLevel::kInfo, "stopping", {{"signal", received == SIGTERM ? "SIGTERM" : "SIGINT"}});
  // A second signal ends the process at once.
  ::pthread_sigmask(SIG_UNBLOCK, &signals, nullptr);
}

void warn_about(const ServeSettings& settings) {
  if (settings.relaxed_durability) {
    log(LogLevel::kWarn,
        "durability is relaxed: writes are acknowledged before the disk has them, and a power "
        "cut loses them");
  }
  for (const http::Endpoint& endpoint : settings.listen) {
    bool loopback = endpoint.address.starts_with("127.") || endpoint.address == "::1";
    if (!loopback && settings.tls_cert.empty()) {
      log(LogLevel::kWarn, "listening beyond this machine without TLS: data travels in the clear",
          {{"address", format_endpoint(endpoint)}});
    }
  }
}

// Told once, and the secret only to a person: a journal must not keep it.
void greet(const RootKey& key, const std::string& url, const DataFolder& folder, bool is_new) {
  std::printf("Lakeside is serving at %s\n", url.c_str());
  if (is_new) {
    std::printf("\nA root account and its access key were made:\n\n  AccessKeyId      %s\n",
                key.access_key_id.c_str());
    if (::isatty(STDOUT_FILENO) == 1) {
      std::printf("  AccessKeySecret  %s\n", key.access_key_secret.c_str());
    }
    std::printf("\nBoth are kept in %s.\n", folder.root_key().c_str());
    std::printf(
        "To point this user's clients here, in any terminal:\n\n  eval \"$(lakeside env)\"\n\n");
    if (!console_files().page.empty()) {
      std::printf("The console is at %s/ in a browser: sign in with that key.\n\n", url.c_str());
    }
  }
  std::fflush(stdout);
}

void tell_ready(int fd, const std::string& url) {
  std::string line = url + "\n";
  if (::write(fd, line.data(), line.size()) != static_cast<ssize_t>(line.size())) {
    log(LogLevel::kWarn, "the ready descriptor took no line", {{"fd", std::to_string(fd)}});
  }
  ::close(fd);
}

int complain(const Error& error) {
  const std::string why = error.detail.empty() ? std::string(to_string(error.code)) : error.detail;
  std::fprintf(stderr, "lakeside: %s\n", why.c_str());
  return 1;
}

}  // namespace

int serve(const ServeSettings& settings) {
  forbid_cores();
  raise_descriptor_limit();
  sigset_t signals = block_stop_signals();
  configure_log(settings.log_format, LogLevel::kInfo);
  warn_about(settings);

  auto folder = settings.ephemeral ? DataFolder::make_temporary()
                                   : DataFolder::open(settings.data.empty() ? default_data_folder()
                                                                            : settings.data);
  if (!folder) return complain(folder.error());
  auto key = load_or_make_root_key((*folder)->root_key(), settings.access_key_id,
                                   settings.access_key_secret);
  if (!key) return complain(key.error());

  auto cloud = Cloud::start(settings, **folder, *key);
  if (!cloud) return complain(cloud.error());

  const std::string url = (*cloud)->url();
  auto run_file =
      RunFile::write({url, settings.region, key->access_key_id, key->access_key_secret,
                      static_cast<int>(::getpid()), (*cloud)->port(), (*folder)->path()});
  if (!run_file) {
    log(LogLevel::kWarn, "`lakeside env` will not find this server",
        {{"why", run_file.error().detail}});
  }
  greet(*key, url, **folder, key->is_new);
  if (settings.ready_fd) tell_ready(*settings.ready_fd, url);

  wait_for_stop(signals, **cloud);
  (*cloud)->stop(settings.drain);
  return 0;
}

}  // namespace lakeside::app
