// What is left is guessed from the rounds of the runs that go on, and from the runs before them.
#include "apps/graft/compare_progress.hpp"

#include <unistd.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "apps/graft/terminal.hpp"
#include "core/base/text.hpp"
#include "core/report/progress_text.hpp"

namespace graft {

namespace {

constexpr auto kRedraw = std::chrono::milliseconds(100), kWhile = std::chrono::milliseconds(60'000);
constexpr std::size_t kBar = 20;  // columns

double seconds_since(std::chrono::steady_clock::time_point then) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - then).count();
}

}  // namespace

std::string ComparisonDisplay::title(std::size_t number) const {
  return std::to_string(number) + " of " + std::to_string(runs_) + ": " + jobs_.at(number).name;
}

void ComparisonDisplay::begin(std::size_t number, const std::string& name, std::size_t left) {
  if (kind_ == ProgressKind::lines && jobs_.empty()) shown_ = Clock::now();
  jobs_[number] = {.name = core::harmless(name), .began = Clock::now()};
  left_ = left;
  show();
}

void ComparisonDisplay::preparing(std::size_t number, const std::string& what, std::int64_t done, std::int64_t of) {
  jobs_.at(number).doing = done < of ? what + ": " + core::count_text(double(done)) + " of " + core::count_text(double(of)) : "";
  show();
}

void ComparisonDisplay::running(std::size_t number, std::int64_t rounds, double done) {
  auto& job = jobs_.at(number);
  job.part = rounds > 0 ? done / double(rounds) : 1;
  if (job.began_at < 0) {
    job.began_at = job.part;
    job.began = Clock::now();
  }
  job.doing = "round " + std::to_string(std::min(rounds, std::int64_t(done) + 1)) + "/" + std::to_string(rounds);
  show();
}

std::string ComparisonDisplay::left_text() const {
  double seconds = 0, whole = timed_ > 0 ? total_s_ / timed_ : 0;
  for (const auto& [number, job] : jobs_) {
    const double gained = job.part - job.began_at;
    const double own = job.began_at >= 0 && gained > 0 ? seconds_since(job.began) / gained : whole;
    if (own == 0) return "";
    if (timed_ == 0) whole = std::max(whole, own);
    seconds += own * (1 - job.part);
  }
  seconds += whole * double(left_);
  return core::seconds_text(seconds / double(std::clamp<std::size_t>(jobs_.size() + left_, 1, slots_))) + " left";
}

void ComparisonDisplay::end(std::size_t number, const std::string& how) {
  const auto& job = jobs_.at(number);
  if (job.began_at >= 0 && job.began_at < 1) {
    total_s_ += seconds_since(job.began);
    timed_ += 1 - job.began_at;
  }
  say(number, how);
  jobs_.erase(number);
  ++ended_;
}

void ComparisonDisplay::say(std::size_t number, const std::string& line) {
  clear();
  if (kind_ != ProgressKind::none) write_error(title(number) + ": " + line + "\n");
}

void ComparisonDisplay::clear() {
  if (std::exchange(drawn_, false)) write_error("\r\x1b[K");
}

// One run with a bar, where there is room; several side by side.
std::string ComparisonDisplay::shown_text(std::size_t width) const {
  const auto left = left_text();
  const auto rest = left.empty() ? "" : ", " + left;
  if (jobs_.size() == 1) {
    const auto& [number, job] = *jobs_.begin();
    auto text = job.doing.empty() ? title(number) : title(number) + ": " + job.doing;
    if (job.began_at < 0) return text;
    const auto with_bar = text + "  " + core::bar_text(job.part, kBar) + (left.empty() ? "" : "  " + left);
    return kind_ == ProgressKind::bar && core::shown_width(with_bar) <= width ? with_bar : text + rest;
  }
  std::vector<std::string> all;
  for (const auto& [number, job] : jobs_) all.push_back(job.doing.empty() ? job.name : job.name + ": " + job.doing);
  return std::to_string(ended_) + " of " + std::to_string(runs_) + " ended" + rest + "; " + core::joined(all, "; ");
}

void ComparisonDisplay::show() {
  const auto now = Clock::now();
  const auto pause = kind_ == ProgressKind::bar ? kRedraw : kWhile;
  if (kind_ == ProgressKind::none || now - shown_ < pause) return;
  shown_ = now;
  const auto text = shown_text(redrawn_width());
  if (kind_ == ProgressKind::lines) return write_error(text + "\n");
  write_error("\r" + core::cut_to(text, redrawn_width()) + "\x1b[K");
  drawn_ = true;
}

}  // namespace graft
