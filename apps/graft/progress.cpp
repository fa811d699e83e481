// What is quicker than a moment is not shown at all.
#include "apps/graft/progress.hpp"

#include <unistd.h>

#include <cmath>
#include <utility>

#include "apps/graft/terminal.hpp"
#include "core/base/text.hpp"

namespace graft {

namespace {

constexpr auto kRedraw = std::chrono::milliseconds(100), kMoment = std::chrono::milliseconds(500),
               kWhile = std::chrono::milliseconds(3000);

}  // namespace

void PreparationDisplay::tell(const std::string& what, std::int64_t done, std::int64_t of) {
  const auto now = Clock::now();
  const auto silent = kind_ == ProgressKind::bar ? kMoment : kWhile;
  if (kind_ == ProgressKind::none || now - started_ < silent || done >= of) return;
  const auto part = core::count_text(double(done)) + " of " + core::count_text(double(of));
  if (kind_ == ProgressKind::lines && said_ != what) write_error(what + ": " + part + "\n");
  said_ = what;
  if (kind_ != ProgressKind::bar || (drawn_ && now - last_ < kRedraw)) return;
  write_error("\r" + (what + ": " + part).substr(0, redrawn_width()) + "\x1b[K");
  drawn_ = true;
  last_ = now;
}

void PreparationDisplay::clear() {
  if (std::exchange(drawn_, false)) write_error("\r\x1b[K");
}

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
  now_.left_s = gained > 0 && now_.done < 1 ? spent.count() * (1 - now_.done) / gained : -1;
  scored_ = progress.record != nullptr && !progress.record->scores.empty();
  if (scored_) {
    const auto spread = core::spread_of(progress.record->scores);
    if (!std::isnan(spread.mean)) now_.accuracy = spread.mean;  // nobody may have test samples
    now_.deviation = spread.std;
  }
  if (kind_ == Kind::lines && progress.record != nullptr) write_error(line() + "\n");
  if (kind_ == Kind::bar && Clock::now() - drawn_ >= kRedraw) draw();
}

std::string ProgressDisplay::line() const {
  auto now = now_;
  if (!scored_) now.accuracy.reset();
  return core::progress_line(now);
}

void ProgressDisplay::draw() {
  drawn_ = Clock::now();
  write_error("\r" + core::progress_bar(now_, redrawn_width()) + "\x1b[K");
}

}  // namespace graft
