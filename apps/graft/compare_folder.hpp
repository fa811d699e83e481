// Folders of a study: which of a variant's is this run's, by its identity; and the study's own, with what is known of its runs.
#pragma once
#include <filesystem>
#include <nlohmann/json_fwd.hpp>
#include <string>

#include "core/report/comparison.hpp"

namespace graft {

// Where a run of a study lies; where another one lies there, beside it with a number.
std::filesystem::path folder_of(const std::filesystem::path& study, const std::string& variant, std::uint64_t seed);

// Whole lines of a run's rounds.jsonl.
std::int64_t records_in(const std::filesystem::path& run);

struct ChosenRun {
  std::filesystem::path folder;  // there, or to be made
  bool there = false;            // with this identity
  std::string difference{};      // where another run lies there: from the newest such
};

// `into`, INTO-2, INTO-3 …: the one with this identity, whose run has no more than so many rounds; else the first that is free.
ChosenRun chosen_run(const std::filesystem::path& into, const nlohmann::ordered_json& identity, std::int64_t rounds);

// Exit 2 where a folder is there that holds something else, another study too. What is known of earlier runs is put into `results`.
void enter_study(core::StudyResults& results);
void make_study_folder(const std::filesystem::path& folder);
// What is known of its runs, without summaries: study.json.
void note_study(const core::StudyResults& results);

bool is_study_folder(const std::filesystem::path& folder);
// What study.json says; exit 2 where it is damaged.
core::StudyResults results_in_folder(const std::filesystem::path& folder);

// Reads the summaries of what is done.
core::Comparison compared_in_folder(core::StudyResults results);
// For the page of a study or run that may go on meanwhile: what cannot be read is not done, and each is paired with the baseline
// alone.
core::Comparison compared_as_it_is(core::StudyResults results);
// comparison.csv, pairs.csv, comparison.md, .tex, .json and .html; of results that are not whole only where none are there yet.
void write_comparison(const core::Comparison& comparison, bool whole);

}  // namespace graft
