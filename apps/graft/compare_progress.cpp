// What is left is guessed from this run's rounds and from the runs before it.
#include "apps/graft/compare_progress.hpp"

#include <unistd.h>

#include <algorithm>
#include <utility>

#include "apps/graft/terminal.hpp"
#include "core/base/text.hpp"
#include "core/report/progress_text.hpp"

namespace graft {

namespace {

constexpr auto kRedraw = std::chrono::milliseconds(100), kWhile = std::chrono::milliseconds(60'000);
constexpr std::size_t kBar = 20;  // columns

}  // namespace

void ComparisonDisplay::begin(std::size_t number, const std::string& name, std::size_t left) {
  name_ = std::to_string(number) + " of " + std::to_string(runs_) + ": " + core::harmless(name);
  left_ = left;
  began_at_ = -1;
  began_ = Clock::now();
  if (kind_ == ProgressKind::lines) shown_ = began_;
  show("");
}

void ComparisonDisplay::preparing(const std::string& what, std::int64_t done, std::int64_t of) {
  if (done < of) show(what + ": " + core::count_text(double(done)) + " of " + core::count_text(double(of)));
}

void ComparisonDisplay::running(std::int64_t rounds, double done) {
  const double part = rounds > 0 ? done / double(rounds) : 1;
  if (began_at_ < 0) {
    began_at_ = part;
    began_ = Clock::now();
  }
  const auto round = std::min(rounds, std::int64_t(done) + 1);
  const auto text = "round " + std::to_string(round) + "/" + std::to_string(rounds), left = left_text(part);
  const auto with_bar = text + "  " + core::bar_text(part, kBar) + (left.empty() ? "" : "  " + left);
  const bool fits = core::shown_width(name_ + ": " + with_bar) <= redrawn_width();
  show(kind_ == ProgressKind::bar && fits ? with_bar : text + (left.empty() ? "" : ", " + left));
}

std::string ComparisonDisplay::left_text(double of_this) const {
  const double gained = of_this - began_at_, spent = std::chrono::duration<double>(Clock::now() - began_).count();
  if (gained <= 0) return "";
  const double whole = spent / gained, each = timed_ > 0 ? total_s_ / timed_ : whole;
  return core::seconds_text(whole * (1 - of_this) + each * double(left_)) + " left";
}

void ComparisonDisplay::end(const std::string& how) {
  if (began_at_ >= 0 && began_at_ < 1) {
    total_s_ += std::chrono::duration<double>(Clock::now() - began_).count();
    timed_ += 1 - began_at_;
  }
  say(how);
}

void ComparisonDisplay::say(const std::string& line) {
  clear();
  if (kind_ != ProgressKind::none) write_error(name_ + ": " + line + "\n");
}

void ComparisonDisplay::clear() {
  if (std::exchange(drawn_, false)) write_error("\r\x1b[K");
}

void ComparisonDisplay::show(const std::string& what) {
  const auto now = Clock::now();
  const auto pause = kind_ == ProgressKind::bar ? kRedraw : kWhile;
  if (kind_ == ProgressKind::none || now - shown_ < pause) return;
  shown_ = now;
  const auto text = what.empty() ? name_ : name_ + ": " + what;
  if (kind_ == ProgressKind::lines) return write_error(text + "\n");
  write_error("\r" + core::cut_to(text, redrawn_width()) + "\x1b[K");
  drawn_ = true;
}

}  // namespace graft
