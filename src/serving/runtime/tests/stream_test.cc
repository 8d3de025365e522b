#include "serving/runtime/stream.h"

#include <string>
#include <thread>

#include <gtest/gtest.h>

namespace lakeside::serving {
namespace {

// The model sleeps while the pipe is full: whoever reads from a full one has to wake it, also
// where it became full while the reader was looking.
TEST(Stream, EveryReadFromAFullPipeWakesTheModel) {
  constexpr int kPieces = 1'000'000;
  auto signal = std::make_shared<Signal>();
  Stream stream(signal);
  std::thread model([&] {
    for (int i = 0; i < kPieces; ++i) {
      while (stream.full()) signal->wait();
      Delta piece;
      piece.text = "x";
      stream.push(std::move(piece), {});
    }
    stream.end(FinishReason::kStop, {});
  });
  int read = 0;
  while (true) {
    auto piece = run_blocking(stream.next());
    ASSERT_TRUE(piece);
    if (!*piece) break;
    ++read;
  }
  model.join();
  EXPECT_EQ(read, kPieces);
}

}  // namespace
}  // namespace lakeside::serving
