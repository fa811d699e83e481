// The cases by theme, a source each.
#pragma once
#include "tests/contract/case.hpp"

namespace graft::contract {

// file.cpp
void table_version(const Subject& subject);
void one_symbol(const Subject& subject);
void loads_now(const Subject& subject);
void id_is_file_name(const Subject& subject);
void version_is_plain(const Subject& subject);
void scan_time(const Subject& subject);
// options.cpp
void options_documented(const Subject& subject);
void options_inside(const Subject& subject);
void options_outside(const Subject& subject);
// plan.cpp
void plan_pure(const Subject& subject);
void selectors_match(const Subject& subject);
void tensors_pure(const Subject& subject);
// travel.cpp
void personal_stays(const Subject& subject);
void next_repeats(const Subject& subject);
void merge_order(const Subject& subject);
void mean_of_equals(const Subject& subject);
// agreement.cpp
void same_seed_same_bits(const Subject& subject);
void resume_equals_straight(const Subject& subject);
void lanes_agree(const Subject& subject);
void instances(const Subject& subject);
void threads(const Subject& subject);
// precision.cpp
void fp32(const Subject& subject);
void fp64(const Subject& subject);
void bf16(const Subject& subject);
void small_clients(const Subject& subject);
// module.cpp
void keeps_dtype_device(const Subject& subject);
void one_or_many(const Subject& subject);
void no_lane_mixing(const Subject& subject);
void eval_deterministic(const Subject& subject);
void gradients_reach(const Subject& subject);
void merged_equals_running(const Subject& subject);
// waiting.cpp
void no_waiting(const Subject& subject);
// process.cpp
void no_growth(const Subject& subject);
void exits(const Subject& subject);

}  // namespace graft::contract
