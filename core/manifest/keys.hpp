// The keys of a manifest, each stated once: its dotted name, the member that holds it, and what it may be. Reading, writing and
// asking for the nearest name all walk this one list.
#pragma once
#include <limits>
#include <string>
#include <variant>
#include <vector>

#include "core/manifest/manifest.hpp"

namespace graft::core {

// Members that are written in a way of their own.
struct OrAuto {  // "auto" is 0
  std::int64_t* whole;
};
struct OneOrSeveral {  // paths
  std::filesystem::path* one;
  std::vector<std::filesystem::path>* several;
};
struct NotYet {  // a key that this version accepts at these values only
  std::vector<OptionValue> accepted;
};
struct OfStudy {};  // a key that makes a study of a manifest

using Slot =
    std::variant<bool*, std::int64_t*, std::uint64_t*, double*, std::string*, std::filesystem::path*, std::vector<std::string>*,
                 std::vector<double>*, std::vector<std::int64_t>*, std::vector<std::filesystem::path>*,
                 std::variant<std::int64_t, double>*, OrAuto, OneOrSeveral, Use*, std::vector<Use>*, NotYet, OfStudy>;

// Of numbers, or of each number in a list; always finite.
struct Range {
  double low = -std::numeric_limits<double>::infinity(), high = std::numeric_limits<double>::infinity();
  bool without_low = false, without_high = false;  // the end itself is not allowed

  bool holds(double number) const;
  std::string text() const;  // "at least 1", "above 0 and below 1"
};

// Of texts: those that are served, and those that are not served yet. Without any, every text will do.
struct Choices {
  std::vector<std::string> now, later;
};

struct Key {
  std::string name;  // dotted
  Slot slot;
  std::variant<Range, Choices> rule;
};

// All keys, in the order in which they are written, bound to the members of `manifest`.
std::vector<Key> keys_of(Manifest& manifest);

// What data.source may be.
std::vector<std::string> source_names();

}  // namespace graft::core
