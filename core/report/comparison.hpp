// What the runs of a study come to, side by side: accuracy, differences with what they say, costs.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/manifest/study.hpp"
#include "core/report/paired.hpp"

namespace graft::core {

enum class RunState { missing, interrupted, failed, done };

struct StudyRun {
  std::uint64_t seed = 0;
  std::string folder{};  // its name in the study's folder; "": none yet
  RunState state = RunState::missing;
  bool asked = false;  // by this command; else it is known from an earlier one
  int status = 0;      // of one that failed: its exit status, and in one line why
  std::string why{};
  std::string summary{};  // of one that is done: the text of its summary.json
  std::string samples{};  // and a sum over its labels and split; "": not known
};

struct StudyVariant {
  std::string name;
  std::optional<Published> published{};
  std::vector<StudyRun> runs{};
};

struct StudyResults {
  std::string name, folder;
  std::size_t baseline = 0;
  std::vector<StudyVariant> variants{};
};

struct VariantCosts {  // means over the seeds
  double stored_bytes = 0, upload_bytes = 0, download_bytes = 0, total_bytes = 0;
  double forward_macs = 0;                // a sample
  std::optional<double> training_macs{};  // a sample and round; none: not all of the runs say
  double seconds = 0, peak_memory_bytes = 0;
};

struct VariantRow {
  std::string strategy{};
  std::vector<std::string> modules{};
  std::size_t clients = 0, done = 0;           // done: of its runs
  std::optional<double> accuracy{}, spread{};  // percent: mean and deviation over clients, both as means over the seeds
  std::optional<VariantCosts> costs{};
};

enum class Verdict { undecided, better, worse };
enum class Agreement { none, agrees, disagrees, undecided };  // none: not both are published

struct VariantPair {  // a variant against another
  std::size_t variant = 0, against = 0;
  std::optional<double> difference{};  // in points
  std::optional<Interval> interval{};  // of the paired differences of clients; none: see why
  std::size_t clients = 0;             // that are paired, of all seeds
  std::string why{};
  Verdict verdict = Verdict::undecided;
  std::optional<double> published{};  // its difference, in points
  Agreement agreement = Agreement::none;
};

struct Comparison {
  StudyResults results;
  std::vector<VariantRow> rows;    // one a variant
  std::vector<VariantPair> pairs;  // every two; the later one against the earlier
};

// Exit 4 for a summary that lacks something, its folder named.
Comparison compared(StudyResults results);

// A variant against the baseline, whichever comes first; nothing of the baseline itself.
std::optional<VariantPair> against_baseline(const Comparison& comparison, std::size_t variant);

std::string text_of(Verdict verdict);
std::string text_of(Agreement agreement);  // none: ""
std::string text_of(RunState state);

}  // namespace graft::core
