#include "app/cloud.h"

#include <unistd.h>

#include <cstdlib>
#include <optional>
#include <thread>

#include "app/admin_service.h"
#include "app/browser_guard.h"
#include "app/chores.h"
#include "app/clear_partition.h"
#include "app/console_service.h"
#include "app/identity_keys.h"
#include "app/master_key.h"
#include "app/model_admin.h"
#include "app/model_objects.h"
#include "app/model_tokens.h"
#include "app/models.h"
#include "app/oidc_issuers.h"
#include "app/root_signer.h"
#include "app/trail_buckets.h"
#include "base/executor.h"
#include "base/log.h"
#include "base/metrics.h"
#include "engines/files/file_blob_store.h"
#include "engines/rocksdb/rocksdb_kv.h"
#include "gateway/http/server.h"
#include "gateway/pipeline/access_log.h"
#include "gateway/pipeline/pipeline.h"
#include "gateway/route/router.h"
#include "gateway/rpc/front_door.h"
#include "services/actiontrail/service.h"
#include "services/cms/core/meter.h"
#include "services/cms/core/sums.h"
#include "services/cms/operations.h"
#include "services/kms/operations.h"
#include "services/modelstudio/core/usage.h"
#include "services/modelstudio/management_operations.h"
#include "services/modelstudio/service.h"
#include "services/oss/service.h"
#include "services/ram/operations.h"

namespace lakeside::app {
namespace {

// This process alone changes the data (one per data folder), so it may keep objects at hand.
constexpr std::size_t kObjectCacheBytes = 64 << 20;

const char* from_environment(const std::string& name) { return std::getenv(name.c_str()); }

// Destroyed from the last member to the first: the server stops before what it serves from.
class RunningCloud final : public Cloud {
 public:
  RunningCloud(const ServeSettings& settings, const RootKey& key)
      : settings_(settings),
        account_id_(key.account_id),
        root_key_(key),
        root_signer_(key),
        oidc_issuers_(settings.oidc_keys),
        local_model_key_(local_model_key(key.access_key_secret)) {}
  ~RunningCloud() override { stop(std::chrono::milliseconds(0)); }

  Status open_engines(const DataFolder& folder);
  Status open_identities(const DataFolder& folder);
  void open_trails();
  void keep_counts();
  Status start_serving();

  [[nodiscard]] std::string url() const override {
    return scheme() + format_endpoint(server_->endpoints().front());
  }
  [[nodiscard]] int port() const override { return server_->endpoints().front().port; }
  Status reload_keys() override;
  void stop(std::chrono::milliseconds drain) override {
    if (server_) server_->stop(drain);
    housekeeping_.reset();
    if (meter_) keep_counts();
  }

 private:
  [[nodiscard]] std::string scheme() const {
    return settings_.tls_cert.empty() ? "http://" : "https://";
  }
  [[nodiscard]] auth::AuthOptions auth_options() const { return {.region = settings_.region}; }
  [[nodiscard]] std::string public_endpoint() const;
  [[nodiscard]] gateway::Router make_router();
  [[nodiscard]] bool is_for_console(const http::RequestHead& head) const;
  [[nodiscard]] http::Handler& make_handler();
  [[nodiscard]] Result<std::unique_ptr<http::Server>> listen(http::Handler& handler);
  Task<Status> reset();
  Task<Status> forget_events(std::vector<std::string> accounts);

  const ServeSettings settings_;
  const std::string account_id_;
  const RootKey root_key_;
  std::filesystem::path master_key_file_;
  const RootSigner root_signer_;
  Metrics metrics_;
  ThreadPool hashing_{"hash", std::max(2U, std::thread::hardware_concurrency())};
  ThreadPool kms_work_{"kms", 2};  // RSA keys take seconds to be found
  std::unique_ptr<engines::Kv> kv_;
  std::unique_ptr<engines::BlobStore> blobs_;
  std::unique_ptr<ram::Accounts> accounts_;
  std::unique_ptr<kms::Store> secrets_;
  ram::PasswordHasher passwords_;
  ram::SignInLimiter sign_in_limiter_;
  OidcIssuers oidc_issuers_;
  std::optional<IdentityKeys> keys_;
  std::optional<cms::Meter> meter_;
  std::optional<ModelTokens> model_tokens_;
  std::optional<actiontrail::Journal> journal_;
  std::optional<actiontrail::TrailStore> trails_;
  std::unique_ptr<oss::ObjectStore> objects_;
  std::unique_ptr<actiontrail::LogBuckets> trail_buckets_;
  std::optional<actiontrail::Delivery> delivery_;
  std::unique_ptr<modelstudio::Objects> model_objects_;
  std::unique_ptr<modelstudio::ObjectAccess> object_access_;
  const std::string local_model_key_;
  std::unique_ptr<Models> models_;
  std::optional<PolicyEndpoints> policies_;
  const ConsoleFiles console_files_ = console_files();
  std::unique_ptr<gateway::Service> console_;
  std::unique_ptr<gateway::Service> admin_;
  std::unique_ptr<gateway::Service> oss_;
  std::unique_ptr<rpc::Product> ram_;
  std::unique_ptr<rpc::Product> sts_;
  std::unique_ptr<rpc::Product> kms_;
  std::unique_ptr<rpc::Product> actiontrail_;
  std::unique_ptr<rpc::Product> cms_;
  std::unique_ptr<rpc::Product> model_management_;
  std::unique_ptr<rpc::Product> ims_;
  std::unique_ptr<rpc::Product> sign_in_;
  std::unique_ptr<gateway::Service> rpc_;
  std::optional<gateway::AccessLog> access_log_;
  std::optional<gateway::Router> router_;
  std::optional<gateway::Pipeline> pipeline_;
  std::optional<BrowserGuard> guard_;
  std::unique_ptr<http::Server> server_;
  std::optional<Housekeeping> housekeeping_;
};

Status RunningCloud::reload_keys() {
  auto master = load_or_make_master_keys(master_key_file_, from_environment);
  if (!master) return std::unexpected(std::move(master.error()));
  Status rotated = run_blocking(accounts_->rotate(*master));
  if (!rotated) return rotated;
  return run_blocking(secrets_->rotate(*master));
}

Status RunningCloud::open_identities(const DataFolder& folder) {
  master_key_file_ = folder.path() / "master-key";
  auto master = load_or_make_master_keys(master_key_file_, from_environment);
  if (!master) return std::unexpected(std::move(master.error()));
  auto accounts = run_blocking(ram::Accounts::open(*kv_, account_id_, *master));
  if (!accounts) return std::unexpected(std::move(accounts.error()));
  accounts_ = std::move(*accounts);
  // A key that was added while no server ran.
  if (master->keys().size() > 1) {
    Status rotated = run_blocking(accounts_->rotate(*master));
    if (!rotated) return rotated;
  }
  keys_.emplace(root_key_, *accounts_);
  auto secrets = run_blocking(kms::Store::open(*kv_, *master));
  if (!secrets) return std::unexpected(std::move(secrets.error()));
  secrets_ = std::move(*secrets);
  return {};
}

void RunningCloud::open_trails() {
  actiontrail::JournalOptions options;
  options.account = account_id_;
  options.region = settings_.region;
  using actiontrail::DataEvents;
  options.data_events = settings_.audit_data_events == "on"       ? DataEvents::kAll
                        : settings_.audit_data_events == "denied" ? DataEvents::kDenied
                                                                  : DataEvents::kNone;
  options.most_events = settings_.audit_events;
  options.most_age = std::chrono::hours(24 * settings_.audit_days);
  meter_.emplace(*kv_);
  model_tokens_.emplace(*kv_, account_id_);
  journal_.emplace(*kv_, system_clock(), std::move(options), metrics_);
  trails_.emplace(*kv_);
  trail_buckets_ = make_trail_buckets(*objects_);
  delivery_.emplace(*journal_, *trails_, *trail_buckets_, system_clock());
}

// What housekeeping would have written next: a stop loses none of it.
void RunningCloud::keep_counts() {
  auto written = run_blocking(meter_->write());
  if (written) written = run_blocking(accounts_->save_key_uses());
  if (written) return;
  log(LogLevel::kWarn, "the last counts could not be kept", {{"why", written.error().detail}});
}

Status RunningCloud::open_engines(const DataFolder& folder) {
  auto durability =
      settings_.relaxed_durability ? engines::Durability::kRelaxed : engines::Durability::kStrict;
  engines::RocksdbOptions kv_options;
  kv_options.path = folder.kv();
  kv_options.durability = durability;
  auto kv = engines::open_rocksdb_kv(kv_options);
  if (!kv) return std::unexpected(kv.error());
  kv_ = std::move(*kv);
  if (Status opened = open_identities(folder); !opened) return opened;
  engines::FileBlobOptions blob_options;
  blob_options.path = folder.blobs();
  auto blobs = engines::open_file_blob_store(blob_options);
  if (!blobs) return std::unexpected(blobs.error());
  blobs_ = std::move(*blobs);
  oss::StoreOptions store_options;
  store_options.object_cache_bytes = kObjectCacheBytes;
  store_options.reserved_buckets = {{std::string(modelstudio::kStudioBucket), account_id_}};
  objects_ = oss::ObjectStore::create(*kv_, *blobs_, hashing_, system_clock(), store_options);
  open_trails();
  model_objects_ = make_model_objects(*objects_, account_id_);
  object_access_ = make_object_access(*objects_);
  auto models = Models::start(settings_, folder, local_model_key_, *kv_, *model_objects_,
                              root_signer_, metrics_);
  if (!models) return std::unexpected(models.error());
  models_ = std::move(*models);
  return {};
}

// What bucket documents name, and oss2 then connects to: an address that leads back here.
std::string RunningCloud::public_endpoint() const {
  if (!settings_.public_endpoint.empty()) return settings_.public_endpoint;
  if (!settings_.domains.empty()) return settings_.domains.front();
  return format_endpoint(settings_.listen.empty() ? http::Endpoint{"127.0.0.1", kDefaultPort}
                                                  : settings_.listen.front());
}

// As new, but for the root key and the keys for models, with which whoever resets goes on.
Task<Status> RunningCloud::reset() {
  std::vector<std::string> accounts = {account_id_};
  for (const ram::Account& account : accounts_->list()) accounts.push_back(account.id);
  Status done = co_await models_->reset();
  if (done) done = co_await accounts_->reset();
  if (done) done = co_await objects_->reset();
  if (done) done = co_await secrets_->reset();
  if (done) done = co_await forget_events(std::move(accounts));
  if (!done) co_return done;
  meter_->forget();
  done = co_await clear_partition(*kv_, cms::metering_partition());
  if (done) done = co_await clear_partition(*kv_, modelstudio::usage_partition());
  co_return done;
}

Task<Status> RunningCloud::forget_events(std::vector<std::string> accounts) {
  co_await journal_->kept();
  auto forget = [this, &accounts]() -> Status {
    for (const std::string& account : accounts) {
      Status forgotten = journal_->forget(account);
      if (!forgotten) return forgotten;
    }
    return {};
  };
  co_return co_await run_on(hashing_, forget);
}

gateway::Router RunningCloud::make_router() {
  policies_.emplace(*accounts_, *objects_, *journal_, system_clock());
  admin_ = make_admin_service(
      metrics_, {[this] { return reset(); }, settings_.allow_reset || settings_.ephemeral,
                 &models_->keys(), models_.get(), &*policies_, accounts_.get(), account_id_});
  oss_ = oss::make_oss_service(*objects_, system_clock(),
                               {.region = settings_.region,
                                .domains = settings_.domains,
                                .extranet_endpoint = public_endpoint(),
                                .intranet_endpoint = public_endpoint(),
                                .keys = &*keys_,
                                .auth = auth_options(),
                                .is_disabled = [this](std::string_view account) {
                                  return accounts_->is_disabled(account);
                                }});
  const ram::IdentityParts parts{*accounts_, passwords_, sign_in_limiter_, oidc_issuers_, *keys_};
  ram_ = ram::make_ram(parts);
  sts_ = ram::make_sts(parts);
  ims_ = ram::make_ims(parts);
  sign_in_ = ram::make_sign_in(parts);
  kms_ = kms::make_kms(*secrets_, settings_.region, kms_work_);
  actiontrail_ = actiontrail::make_actiontrail({*journal_, *trails_, *delivery_, *trail_buckets_});
  model_management_ =
      modelstudio::make_management(models_->keys(), models_->admin(), *object_access_, account_id_);
  cms_ = cms::make_cms(*kv_, *meter_, *model_tokens_, settings_.region);
  rpc_ = rpc::make_front_door({ram_.get(), sts_.get(), ims_.get(), kms_.get(), actiontrail_.get(),
                               cms_.get(), model_management_.get(), sign_in_.get()},
                              system_clock(), auth_options().max_skew);
  console_ = make_console_service(console_files_, {settings_.region, LAKESIDE_VERSION});
  // First match wins. A bucket's name begins with a letter or a digit, so that none is hidden.
  return gateway::Router({
      {"path /_lakeside/console/, or a browser's unsigned GET /",
       [this](const http::RequestHead& head) { return is_for_console(head); }, console_.get()},
      {"path /_lakeside/",
       [](const http::RequestHead& head) { return head.raw_path.starts_with("/_lakeside/"); },
       admin_.get()},
      // Object storage is signed, models are called with a bearer key: a bucket may be named "api".
      {"path /v1/, /compatible-mode/ or /api/, not signed",
       [](const http::RequestHead& head) {
         return modelstudio::is_modelstudio_path(head.raw_path) &&
                auth::claimed_scheme(head) == auth::Scheme::kAnonymous;
       },
       &models_->service()},
      {"signed for RPC, or Action and Version with no signature of object storage",
       rpc::is_rpc_request, rpc_.get()},
      {"everything else is object storage", [](const http::RequestHead&) { return true; },
       oss_.get()},
  });
}

bool RunningCloud::is_for_console(const http::RequestHead& head) const {
  return !console_files_.page.empty() && is_console_request(head, settings_.domains);
}

http::Handler& RunningCloud::make_handler() {
  pipeline_.emplace(*router_, *keys_, system_clock(), auth_options(), metrics_,
                    access_log_ ? &*access_log_ : nullptr, &*journal_, &*meter_);
  pipeline_->note_keys([this](std::string_view key, Time now, std::string_view service) {
    accounts_->note_use(key, now, service);
  });
  if (console_files_.page.empty()) return *pipeline_;
  return guard_.emplace(*pipeline_, [this](const http::RequestHead& head) {
    return is_console_origin(head, settings_.domains) && !is_for_console(head);
  });
}

Result<std::unique_ptr<http::Server>> RunningCloud::listen(http::Handler& handler) {
  http::ServerOptions options;
  options.listen = settings_.listen;
  // The services know their own limits and word them; signed chunks add to a body's length.
  options.limits.body_bytes = 8ULL << 30;
  options.tls_certificate_file = settings_.tls_cert;
  options.tls_key_file = settings_.tls_key;
  if (!options.listen.empty()) return http::Server::start(options, handler, metrics_);

  options.listen = {{"127.0.0.1", kDefaultPort}, {"::1", kDefaultPort}};
  auto server = http::Server::start(options, handler, metrics_);
  if (server) return server;
  // A machine without IPv6 is served all the same.
  options.listen.pop_back();
  return http::Server::start(options, handler, metrics_);
}

Status RunningCloud::start_serving() {
  if (settings_.access_log) access_log_.emplace(STDERR_FILENO, settings_.log_format);
  router_.emplace(make_router());
  auto server = listen(make_handler());
  if (!server) return std::unexpected(server.error());
  server_ = std::move(*server);
  housekeeping_.emplace(make_chores({.kv = *kv_,
                                     .objects = *objects_,
                                     .models = *models_,
                                     .secrets = *secrets_,
                                     .accounts = *accounts_,
                                     .delivery = *delivery_,
                                     .meter = *meter_,
                                     .clock = system_clock(),
                                     .account_id = account_id_}),
                        metrics_);
  return {};
}

}  // namespace

Result<std::unique_ptr<Cloud>> Cloud::start(const ServeSettings& settings, const DataFolder& folder,
                                            const RootKey& key) {
  auto cloud = std::make_unique<RunningCloud>(settings, key);
  if (auto opened = cloud->open_engines(folder); !opened) return std::unexpected(opened.error());
  if (auto serving = cloud->start_serving(); !serving) return std::unexpected(serving.error());
  return cloud;
}

}  // namespace lakeside::app
