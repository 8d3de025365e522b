#include "engines/files/blob_format.h"

#include <chrono>
#include <cstring>
#include <span>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "base/checksum.h"
#include "base/encoding.h"

namespace lakeside::engines {
namespace {

BlobTrailer trailer_of(std::uint64_t length) {
  BlobTrailer trailer{};
  trailer.length = length;
  trailer.created = Time(std::chrono::microseconds(1'800'000'000'000'000));
  for (std::size_t i = 0; i < trailer.unique.size(); ++i) trailer.unique[i] = std::byte(i);
  return trailer;
}

std::string footer_of(const BlobTrailer& trailer, std::span<const std::uint32_t> table) {
  std::string footer(trailer.footer_size(), '?');
  MutableBytes bytes{reinterpret_cast<std::byte*>(footer.data()), footer.size()};
  encode_blob_footer(trailer, table, bytes);
  return footer;
}

std::uint64_t file_size_of(const BlobTrailer& trailer) {
  return trailer.footer_offset() + trailer.footer_size();
}

TEST(BlobFormat, FooterOfTheExampleInTheDocs) {
  // docs/formats/blob-file.md
  BlobTrailer trailer = trailer_of(5);
  const std::uint32_t crc = crc32c(0, as_bytes("hello"));
  std::string footer = footer_of(trailer, {&crc, 1});
  EXPECT_EQ(footer.size(), 4096U);
  EXPECT_EQ(hex_lower(as_bytes(footer).first(4)), "4cbb719a");
  EXPECT_EQ(hex_lower(as_bytes(footer).last(64)),
            "4c616b65426c6f620100000000000100"
            "05000000000000000080982817650600"
            "000102030405060708090a0b0c0d0e0f"
            "000000000000000081d1a8f32b37f76d");
}

TEST(BlobFormat, ReadsWhatItWrote) {
  for (std::uint64_t length : {0UL, 1UL, 4096UL, 65536UL, 65537UL, 100'000'000UL}) {
    BlobTrailer trailer = trailer_of(length);
    std::vector<std::uint32_t> table(trailer.block_count());
    for (std::size_t i = 0; i < table.size(); ++i) table[i] = static_cast<std::uint32_t>(i * 77);
    std::string footer = footer_of(trailer, table);
    EXPECT_EQ(footer.size() % kBlobAlignment, 0U);
    auto back = decode_blob_trailer(as_bytes(footer), file_size_of(trailer));
    ASSERT_TRUE(back) << back.error().detail;
    EXPECT_EQ(back->length, length);
    EXPECT_EQ(back->created, trailer.created);
    EXPECT_EQ(back->unique, trailer.unique);
    auto table_back = decode_blob_table(*back, as_bytes(footer));
    ASSERT_TRUE(table_back);
    EXPECT_EQ(*table_back, table);
  }
}

TEST(BlobFormat, RefusesEveryChangedByte) {
  BlobTrailer trailer = trailer_of(3 * 65536);
  const std::uint32_t table[] = {1, 2, 3};
  const std::string good = footer_of(trailer, table);
  auto reads = [&](const std::string& footer) {
    auto back = decode_blob_trailer(as_bytes(footer), file_size_of(trailer));
    return back && decode_blob_table(*back, as_bytes(footer));
  };
  ASSERT_TRUE(reads(good));
  for (std::size_t i = 0; i < good.size(); ++i) {
    if (i >= 12 && i < good.size() - 64) continue;  // zeros between table and trailer
    std::string bad = good;
    bad[i] = static_cast<char>(bad[i] ^ 0x10);
    EXPECT_FALSE(reads(bad)) << i;
  }
}

TEST(BlobFormat, RefusesAFileOfAnotherSize) {
  BlobTrailer trailer = trailer_of(10);
  const std::uint32_t crc = 1;
  std::string footer = footer_of(trailer, {&crc, 1});
  for (std::uint64_t size : {0UL, 4096UL, 12288UL, ~0UL}) {
    auto back = decode_blob_trailer(as_bytes(footer), size);
    ASSERT_FALSE(back);
    EXPECT_EQ(back.error().code, ErrorCode::kCorrupt);
  }
}

// The error for the footer of an empty blob with another byte in its trailer and a right checksum.
Error refusal_of(std::size_t at, char value) {
  BlobTrailer trailer = trailer_of(0);
  std::string footer = footer_of(trailer, {});
  footer[footer.size() - 64 + at] = value;
  std::uint32_t crc = crc32c(0, as_bytes(footer).last(64).first(60));
  std::memcpy(footer.data() + footer.size() - 4, &crc, 4);
  auto back = decode_blob_trailer(as_bytes(footer), file_size_of(trailer));
  return back ? Error{} : back.error();
}

TEST(BlobFormat, RefusesALaterVersion) {
  Error error = refusal_of(8, 2);
  EXPECT_EQ(error.code, ErrorCode::kUnsupported);
  EXPECT_EQ(error.detail, "blob written by a newer Lakeside");
}

TEST(BlobFormat, RefusesWhatNoVersionWrote) {
  EXPECT_EQ(refusal_of(8, 0).detail, "no blob trailer of version 1");
  for (std::size_t at = 48; at < 56; ++at) {
    EXPECT_EQ(refusal_of(at, 1).detail, "no blob trailer of version 1") << at;
  }
}

}  // namespace
}  // namespace lakeside::engines
