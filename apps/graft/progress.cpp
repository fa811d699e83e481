// The bar leaves a terminal's last columns free: for the ^C that a terminal shows, and because some wrap once the last is written
// to.
#include "apps/graft/progress.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include <cmath>
#include <cstdio>

namespace graft {

namespace {

constexpr auto kRedraw = std::chrono::milliseconds(100);
constexpr std::size_t kFree = 3;  // columns

std::size_t bar_width() {
  winsize size{};
  const bool known = ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0;
  const std::size_t width = known ? size.ws_col : 80;
  return width > kFree ? width - kFree : 0;
}

void write_error(const std::string& text) {
  std::fputs(text.c_str(), stderr);
  std::fflush(stderr);
}

}  // namespace

ProgressDisplay::ProgressDisplay(Kind kind, std::int64_t rounds, std::int64_t rounds_done)
    : kind_(kind), began_at_(rounds > 0 ? double(rounds_done) / double(rounds) : 1) {
  now_.round = std::min(rounds_done + 1, rounds);
  now_.rounds = rounds;
  now_.done = began_at_;
  if (kind_ == Kind::bar && rounds_done < rounds) draw();
}

ProgressDisplay::~ProgressDisplay() {
  if (kind_ == Kind::bar) write_error("\r\x1b[K");
}

void ProgressDisplay::tell(const core::Progress& progress) {
  now_.round = progress.round;
  now_.done = (double(progress.round - 1) + progress.done) / double(progress.rounds);
  now_.images_per_s = progress.train_s > 0 ? double(progress.samples) / progress.train_s : 0;
  const std::chrono::duration<double> spent = Clock::now() - started_;
  const auto gained = now_.done - began_at_;
  now_.left_s = gained > 0 ? spent.count() * (1 - now_.done) / gained : -1;
  const bool scored = progress.record != nullptr && !progress.record->scores.empty();
  if (scored) {
    const auto spread = core::spread_of(progress.record->scores);
    if (!std::isnan(spread.mean)) now_.accuracy = spread.mean;  // nobody may have test samples
    now_.deviation = spread.std;
  }
  if (kind_ == Kind::lines && progress.record != nullptr) write_error(core::progress_line(now_) + "\n");
  if (kind_ == Kind::bar && Clock::now() - drawn_ >= kRedraw) draw();
}

void ProgressDisplay::draw() {
  drawn_ = Clock::now();
  write_error("\r" + core::progress_bar(now_, bar_width()) + "\x1b[K");
}

}  // namespace graft
