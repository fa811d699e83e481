// What a case is: a function of a plugin that returns where the plugin keeps the contract, and throws where it does not.
#pragma once
#include <cstdint>
#include <filesystem>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

#include "core/manifest/use.hpp"

namespace graft::contract {

struct Subject {
  std::filesystem::path file;  // absolute
  std::string id;              // by the file's name
  std::string kind;            // strategy | module; empty for the cases about files
  std::uint64_t seed = 0;
  std::vector<core::Option> options{};  // set wherever a case sets no other value
};

struct Failed : std::runtime_error {  // what was found, and what was expected
  using std::runtime_error::runtime_error;
};
struct Skipped : std::runtime_error {  // why there is nothing to see
  using std::runtime_error::runtime_error;
};

enum class About { file, any, strategy, module };

struct Case {
  const char *name, *what;
  About about;
  void (*run)(const Subject&);
  bool to_the_end = false;  // the process has to end well, too
};
std::span<const Case> all_cases();  // in the order in which they run

// Why a case does not fit a plugin of this kind; empty where it does, or where the kind is not known yet.
std::string misfit(const Case& one, const std::string& kind);

}  // namespace graft::contract
