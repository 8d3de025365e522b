// The physical limits that the figures are compared with, measured on their own:
//
//   bench_peers rocksdb-put SECONDS WRITERS DIR   synced, grouped 4 KiB puts a second
//   bench_peers md5 SECONDS THREADS               bytes a second of OpenSSL's MD5
//   bench_peers list SECONDS THREADS DIR KEYS     pages of 1,000 keys a second: a bare scan
//                                                 rendered to the XML of a listing
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include <openssl/evp.h>
#include <rocksdb/db.h>

namespace {

using Clock = std::chrono::steady_clock;

// Runs `work(thread)` again and again on each thread; the sum of what it returned, a second.
double per_second(double seconds, int threads, const std::function<double(int)>& work) {
  std::atomic<bool> stop = false;
  std::vector<double> sums(static_cast<std::size_t>(threads));
  std::vector<std::thread> running;
  auto start = Clock::now();
  for (int i = 0; i < threads; ++i) {
    running.emplace_back([&, i] {
      while (!stop) sums[static_cast<std::size_t>(i)] += work(i);
    });
  }
  std::this_thread::sleep_for(std::chrono::duration<double>(seconds));
  stop = true;
  for (std::thread& thread : running) thread.join();
  double elapsed = std::chrono::duration<double>(Clock::now() - start).count();
  double sum = 0;
  for (double part : sums) sum += part;
  return sum / elapsed;
}

std::unique_ptr<rocksdb::DB> open_database(const std::string& folder) {
  rocksdb::Options options;
  options.create_if_missing = true;
  options.compression = rocksdb::kNoCompression;
  rocksdb::DB* database = nullptr;
  rocksdb::Status status = rocksdb::DB::Open(options, folder, &database);
  if (!status.ok()) {
    std::fprintf(stderr, "%s\n", status.ToString().c_str());
    std::exit(1);
  }
  return std::unique_ptr<rocksdb::DB>(database);
}

void rocksdb_put(double seconds, int writers, const std::string& folder) {
  auto database = open_database(folder);
  const std::string value(4096, 'v');
  rocksdb::WriteOptions synced;
  synced.sync = true;
  std::atomic<std::uint64_t> next = 0;
  std::printf("%.0f\n", per_second(seconds, writers, [&](int) {
                std::string key = "bench/" + std::to_string(next.fetch_add(1));
                return database->Put(synced, key, value).ok() ? 1.0 : 0.0;
              }));
}

void md5(double seconds, int threads) {
  const std::string data(16 << 20, 'x');
  std::printf("%.0f\n", per_second(seconds, threads, [&](int) {
                unsigned char digest[EVP_MAX_MD_SIZE];
                EVP_Digest(data.data(), data.size(), digest, nullptr, EVP_md5(), nullptr);
                return static_cast<double>(data.size());
              }));
}

// As many bytes as a record of an object without metadata has.
constexpr std::size_t kRecordSize = 96;

void fill(rocksdb::DB& database, int keys) {
  std::string found;
  if (database.Get({}, "done", &found).ok()) return;
  const std::string record(kRecordSize, 'r');
  for (int i = 0; i < keys; ++i) {
    char key[32];
    std::snprintf(key, sizeof key, "key/%09d", i);
    database.Put({}, key, record);
  }
  database.CompactRange({}, nullptr, nullptr);
  database.Put({}, "done", "1");
}

// The same elements as a listing's, the cheapest way: fixed text around the key.
std::string page(rocksdb::DB& database, int from) {
  char key[32];
  std::snprintf(key, sizeof key, "key/%09d", from);
  std::string xml = "<?xml version=\"1.0\" encoding=\"UTF-8\"?><ListBucketResult>";
  std::unique_ptr<rocksdb::Iterator> it(database.NewIterator({}));
  it->Seek(key);
  for (int i = 0; i < 1000 && it->Valid(); ++i, it->Next()) {
    xml += "<Contents><Key>";
    xml.append(it->key().data(), it->key().size());
    xml +=
        "</Key><LastModified>2026-11-21T23:15:09.000Z</LastModified>"
        "<ETag>&quot;900150983CD24FB0D6963F7D28E17F72&quot;</ETag><Type>Normal</Type><Size>";
    xml += std::to_string(it->value().size());
    xml +=
        "</Size><StorageClass>Standard</StorageClass><Owner><ID>1234567890123456</ID>"
        "<DisplayName>1234567890123456</DisplayName></Owner></Contents>";
  }
  xml += "</ListBucketResult>";
  return xml;
}

void list(double seconds, int threads, const std::string& folder, int keys) {
  auto database = open_database(folder);
  fill(*database, keys);
  std::atomic<int> next = 0;
  std::printf("%.1f\n", per_second(seconds, threads, [&](int) {
                int from = next.fetch_add(1) * 1000 % std::max(keys - 1000, 1);
                return page(*database, from).empty() ? 0.0 : 1.0;
              }));
}

}  // namespace

int main(int argc, char** argv) {
  std::string what = argc > 1 ? argv[1] : "";
  if (what == "rocksdb-put" && argc == 5) {
    rocksdb_put(std::atof(argv[2]), std::atoi(argv[3]), argv[4]);
  } else if (what == "md5" && argc == 4) {
    md5(std::atof(argv[2]), std::atoi(argv[3]));
  } else if (what == "list" && argc == 6) {
    list(std::atof(argv[2]), std::atoi(argv[3]), argv[4], std::atoi(argv[5]));
  } else {
    std::fprintf(stderr, "bench_peers: see the head of bench/peers.cc\n");
    return 2;
  }
  return 0;
}
