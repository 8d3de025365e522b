#include "app/folder_watch.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <unistd.h>

#include <array>
#include <cerrno>

#include <pthread.h>

namespace lakeside::app {

Result<std::unique_ptr<FolderWatch>> FolderWatch::start(const std::filesystem::path& folder,
                                                        std::function<void()> changed) {
  std::error_code error;
  std::filesystem::create_directory(folder, error);
  int events = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
  if (events < 0) return fail_errno("inotify", errno);
  std::uint32_t wanted = IN_MOVED_TO | IN_MOVED_FROM | IN_CLOSE_WRITE | IN_DELETE;
  if (inotify_add_watch(events, folder.c_str(), wanted) < 0) {
    int why = errno;
    ::close(events);
    return fail_errno(folder.string(), why);
  }
  int stop = eventfd(0, EFD_CLOEXEC);
  return std::unique_ptr<FolderWatch>(new FolderWatch(events, stop, std::move(changed)));
}

FolderWatch::FolderWatch(int events, int stop, std::function<void()> changed)
    : events_(events), stop_(stop), changed_(std::move(changed)), thread_([this] { run(); }) {
  pthread_setname_np(thread_.native_handle(), "folder-watch");
}

FolderWatch::~FolderWatch() {
  eventfd_write(stop_, 1);
  thread_.join();
  ::close(events_);
  ::close(stop_);
}

void FolderWatch::run() {
  std::array<pollfd, 2> waited{{{events_, POLLIN, 0}, {stop_, POLLIN, 0}}};
  std::array<char, 4096> ignored;
  while (true) {
    if (poll(waited.data(), waited.size(), -1) < 0 && errno != EINTR) return;
    if (waited[1].revents != 0) return;
    if (waited[0].revents == 0) continue;
    while (read(events_, ignored.data(), ignored.size()) > 0) {
    }
    changed_();
  }
}

}  // namespace lakeside::app
