// What the runs of a study come to, side by side: accuracy, differences with what they say, costs.
#pragma once
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "core/manifest/study.hpp"
#include "core/report/bootstrap.hpp"

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
  std::string manifest_sum{};  // over what its manifest says but the seed; "": not known
};

struct StudyResults {
  std::string name, folder;
  std::size_t baseline = 0;
  std::vector<StudyVariant> variants{};
};

struct VariantCosts {  // means over the seeds
  double stored_bytes = 0, upload_bytes = 0, download_bytes = 0, total_bytes = 0;
  double forward_macs = 0;                    // a sample
  std::optional<double> training_macs{};      // a sample and round; none: not all of the runs say
  std::optional<double> all_training_macs{};  // a run; likewise
  double seconds = 0, peak_memory_bytes = 0;
};

struct Accuracies {                    // in percent but for jain, each a mean over the seeds
  double mean = 0, spread = 0;         // over clients: mean and population deviation
  double weighted = 0;                 // by test samples
  double worst_10 = 0, worst_25 = 0;   // means over the worst tenth and quarter of the clients
  double jain = 0;                     // Jain's index, at most 1
  std::optional<double> over_seeds{};  // deviation (n - 1) of the seeds' means; none: fewer than two seeds
  std::optional<double> round{};       // that validation chose; none: of the last one
};

struct VariantRow {
  std::string strategy{};
  std::vector<std::string> modules{};
  std::size_t clients = 0, done = 0;  // done: of its runs
  std::optional<VariantCosts> costs{};
  std::set<std::int64_t> threads{};  // that its runs had; of older ones it is not known
};

enum class Verdict { undecided, better, worse };
enum class Agreement { none, agrees, disagrees, undecided };  // none: not both are published

struct VariantPair {  // a variant against another
  std::size_t variant = 0, against = 0;
  std::optional<double> difference{};  // in points
  std::optional<Interval> interval{};  // of the paired differences of clients, bootstrapped; none: see why
  std::vector<std::uint64_t> seeds{};  // that are done in both
  std::size_t clients = 0;             // that are paired, of all these seeds
  double gain = 0, lose = 0;           // shares of them that are better off, and worse off
  std::optional<double> p{}, holm{};   // Wilcoxon's, and corrected for all pairs of its list; none: all differences are 0
  std::string why{};
  Verdict verdict = Verdict::undecided;
  std::optional<double> published{};  // its difference, in points
  Agreement agreement = Agreement::none;
};

// Scores of one moment of all runs.
struct Moment {
  std::vector<std::optional<Accuracies>> accuracies{};    // one a variant; none: not scored
  std::vector<VariantPair> pairs{};                       // every two, the later against the earlier; where they were asked for
  std::vector<std::optional<VariantPair>> to_baseline{};  // one a variant; none: the baseline itself
};

struct Comparison {
  StudyResults results;
  std::size_t reference = 0;       // whose costs others are multiples of: the first FedAvg without modules, else the baseline
  std::vector<VariantRow> rows{};  // one a variant
  Moment last{};                   // after the last round
  std::optional<Moment> chosen{};  // after the round that validation data chose, of the variants whose runs all have one
};

enum class Pairs { all, to_baseline };

// Exit 4 for a summary that lacks something, its folder named.
Comparison compared(StudyResults results, Pairs pairs = Pairs::all);

std::string text_of(Verdict verdict);
std::string text_of(Agreement agreement);  // none: ""
std::string text_of(RunState state);
RunState state_of(const StudyVariant& variant);  // of its runs the one that came furthest
RunState state_of(const std::string& text);      // missing, where it is none of them

}  // namespace graft::core
