// Plays small federations and compares what they come to.
#include "tests/contract/federation.hpp"

#include <ATen/ATen.h>
#include <ATen/CPUGeneratorImpl.h>
#include <ATen/core/grad_mode.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <limits>

#include "core/base/shape_text.hpp"
#include "core/library/hook.hpp"
#include "core/rounds/evaluate.hpp"
#include "core/rounds/rounds.hpp"
#include "core/rounds/sample.hpp"
#include "core/rounds/turns.hpp"

namespace graft::contract {

namespace {

constexpr int kNudges = 4;      // each another way
constexpr double kTimes = 30;   // what is made of a nudge, for what is made of rounding
constexpr double kBlind = 0.1;  // who may differ by more cannot be compared

constexpr const char* kManifest = R"(
rounds = 2
device = "cpu"
precision = "fp64"
[data]
source = "shapes"
classes = 3
samples = 18
clients = 4
split = { by = "dirichlet", alpha = 1.0 }
min_samples = 8
[backbone]
image_size = 8
patch_size = 4
width = 16
depth = 2
heads = 2
[training]
batch = 4
optimizer = { use = "sgd", lr = 0.05, momentum = 0.5, weight_decay = 0.01 }
)";

std::string whose(std::int64_t client) { return "client " + std::to_string(client) + "'s "; }

// A case's own values go before those that are given for all cases.
std::vector<core::Option> with_given(std::vector<core::Option> own, const std::vector<core::Option>& given) {
  const auto names = own.size();
  for (const auto& option : given) {
    const auto same = [&](const core::Option& one) { return one.name == option.name; };
    if (std::none_of(own.begin(), own.begin() + std::ptrdiff_t(names), same)) own.push_back(option);
  }
  return own;
}

// The numbers of both, where they have the same names and shapes.
template <class Look>
void each_pair(const State& a, const State& b, const std::string& between, Look look) {
  for (const auto& [name, one] : a) {
    const auto other = b.find(name);
    if (other == b.end()) throw Failed(name + " is there only once, " + between);
    if (one.sizes() != other->second.sizes()) {
      throw Failed(name + " has the shapes " + core::shape_text(one.sizes()) + " and " + core::shape_text(other->second.sizes()) +
                   ", " + between);
    }
    if (one.numel() > 0) look(name, one, other->second);
  }
}

// In parts of their largest number.
double gap_between(const at::Tensor& one, const at::Tensor& other) {
  const auto first = one.to(at::kDouble), second = other.to(at::kDouble);
  const double gap = (first - second).abs().max().item<double>() / std::max(1.0, first.abs().max().item<double>());
  return std::isnan(gap) ? std::numeric_limits<double>::infinity() : gap;
}

double largest_gap(const State& a, const State& b, const std::string& between) {
  double largest = 0;
  each_pair(a, b, between, [&](const std::string&, const at::Tensor& one, const at::Tensor& other) {
    largest = std::max(largest, gap_between(one, other));
  });
  return largest;
}

}  // namespace

std::string number_text(double number) {
  char text[32];
  std::snprintf(text, sizeof text, "%.3g", number);
  return text;
}

core::Manifest manifest_of(const Subject& subject, const Words& overrides, const std::vector<core::Option>& options) {
  const bool strategy = subject.kind == "strategy";
  const auto uses = strategy ? "[strategy]\nuse = \"" + subject.id + "\"\n"
                             : "[strategy]\nuse = \"fedavg\"\n[[modules]]\nuse = \"" + subject.id + "\"\n";
  auto manifest = core::parse_manifest(kManifest + uses, "check.toml", std::filesystem::current_path(), overrides);
  manifest.folder.clear();  // no manifest lies there: a plugins.lock in the working folder is about others
  manifest.seed = subject.seed;
  (strategy ? manifest.strategy : manifest.modules.front()).options = with_given(options, subject.options);
  return manifest;
}

core::Federation small(const Subject& subject, const Words& overrides, const std::vector<core::Option>& options) {
  auto federation = core::found(manifest_of(subject, overrides, options));
  for (const auto* plugin : core::plugins_of(federation.model)) {
    if (plugin->id != subject.id || plugin->file == subject.file) continue;
    throw Failed("by its name '" + subject.id + "' another file is found: " + plugin->file.string() + ", expected " +
                 subject.file.string());
  }
  return federation;
}

void make_equal_in_size(core::Federation& federation) {
  std::size_t least = SIZE_MAX;
  for (const auto& client : federation.split) least = std::min(least, client.train.size());
  for (auto& client : federation.split) client.train.resize(least);
}

bool drops_out(const core::Federation& federation) {
  const at::NoGradGuard no_grad;
  return core::start_turn(federation, {0}, 0).trunk_drops_out(federation.model.vit.shape().depth + 1);
}

void nudge(core::Federation& federation, Nudge by) {
  if (by.part == 0) return;
  auto generator = at::detail::createCPUGenerator(federation.manifest.seed + std::uint64_t(by.way));
  const auto nudged = [&](const at::Tensor& row) {
    if (row.numel() == 0) return row;
    return row + at::randn(row.sizes(), generator, row.options()) * row.abs().max() * by.part;
  };
  federation.server.shared = nudged(federation.server.shared);
  auto rows = federation.store.initial();
  for (auto& [name, row] : rows) row = nudged(row);
  federation.store = core::Store(std::move(rows));
}

void play(core::Federation& federation, std::int64_t rounds_done) {
  const at::NoGradGuard no_grad;
  while (federation.rounds_done < rounds_done) {
    core::RoundRecord record;
    record.round = federation.rounds_done + 1;
    record.cohort = core::sample_cohort(federation, federation.rounds_done);
    const auto mean = core::train_cohort(federation, record, false, nullptr, [](double) {});
    core::set_run_place({record.round, {}});
    core::merge(federation, mean);
    federation.store.commit();
    if (record.round == federation.manifest.rounds) core::close_turns(federation, record, nullptr);
    ++federation.rounds_done;
  }
  core::set_run_place({});
}

State state_of(const core::Federation& federation) {
  State state;
  state["the shared part"] = federation.server.shared.clone();
  for (const auto& [name, row] : federation.server.served) state["the served row '" + name + "'"] = row.clone();
  for (std::int64_t client = 0; client < federation.clients(); ++client) {
    for (const auto& [name, initial] : federation.store.initial()) {
      const auto what = name.empty() ? std::string("personal part") : "kept row '" + name + "'";
      state[whose(client) + what] = federation.store.row(name, client).clone();
    }
  }
  return state;
}

State scored_state_of(const core::Federation& federation) {
  auto state = state_of(federation);
  for (const auto& score : core::score_everyone(federation, federation.rounds_done, nullptr)) {
    if (score.test_samples == 0) continue;
    state[whose(score.client) + "scores"] = at::tensor({score.accuracy, score.loss}, at::kDouble);
  }
  return state;
}

void require_same_bits(const State& a, const State& b, const std::string& between) {
  each_pair(a, b, between, [&](const std::string& name, const at::Tensor& one, const at::Tensor& other) {
    if (at::equal(one, other)) return;
    const auto different = one.ne(other).sum().item<std::int64_t>();
    throw Failed(name + " differs in " + std::to_string(different) + " of " + std::to_string(one.numel()) + " numbers, by " +
                 number_text((one - other).abs().max().item<double>()) + " at most, " + between + "; expected the same bits");
  });
}

void require_near(const State& a, const State& b, double tolerance, const std::string& between) {
  each_pair(a, b, between, [&](const std::string& name, const at::Tensor& one, const at::Tensor& other) {
    const double gap = gap_between(one, other);
    if (gap <= tolerance) return;
    throw Failed(name + " differs by " + number_text(gap) + " of its largest number, " + between + "; expected at most " +
                 number_text(tolerance));
  });
}

double made_of_rounding(const Play& play, double part) {
  const auto straight = play({});
  require_same_bits(straight, play({}), "between two runs of one manifest");  // else there is more to see than rounding
  double made = 0;
  try {
    for (int way = 0; way < kNudges; ++way) {
      made = std::max(made, kTimes * largest_gap(straight, play({part, way}), "between two starts"));
    }
  } catch (const core::Diverged&) {
    made = std::numeric_limits<double>::infinity();
  }
  if (made <= kBlind) return made;
  throw Skipped("its training makes so much of a start that is off by " + number_text(part) +
                " that what rounding does hides all else; expected that it makes less than " + number_text(kBlind / kTimes));
}

void require_rounding(const Play& play, const std::function<State()>& other, Rounding rounding, const std::string& between) {
  const auto a = play({});
  State b;
  try {
    b = other();
  } catch (const core::Diverged&) {
    made_of_rounding(play, rounding.nudge);  // where that is much, so it may
    throw;
  }
  if (largest_gap(a, b, between) <= rounding.tolerance) return;
  require_near(a, b, std::max(rounding.tolerance, made_of_rounding(play, rounding.nudge)), between);
}

void require_finite(const State& state) {
  for (const auto& [name, values] : state) {
    if (!values.isfinite().all().item<bool>()) throw Failed(name + " has numbers that are not finite");
  }
}

}  // namespace graft::contract
