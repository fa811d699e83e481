// What each kind of member takes, and what is said of everything else.
#include "core/manifest/assign.hpp"

#include <algorithm>

#include "core/base/text.hpp"
#include "core/manifest/literal.hpp"

namespace graft::core {

namespace {

namespace fs = std::filesystem;

class Assign {
 public:
  Assign(const Key& key, const KeyValue& entry, const FolderOf& folder_of) : key_(key), entry_(entry), folder_of_(folder_of) {}

  void operator()(bool* slot) const {
    const auto* value = std::get_if<bool>(&tree().value);
    if (value == nullptr) refuse(tree(), "true or false");
    *slot = *value;
  }
  void operator()(std::int64_t* slot) const { *slot = whole(tree(), "a whole number"); }
  void operator()(std::uint64_t* slot) const { *slot = static_cast<std::uint64_t>(whole(tree(), "a whole number")); }
  void operator()(double* slot) const { *slot = number(tree(), "a number"); }
  void operator()(std::string* slot) const { *slot = choice(text(tree(), "a text")); }
  void operator()(fs::path* slot) const { *slot = path(tree(), "a path"); }

  void operator()(OrAuto slot) const {
    const auto* said = std::get_if<std::string>(&tree().value);
    *slot.whole = said != nullptr && *said == "auto" ? 0 : whole(tree(), "\"auto\" or a whole number");
  }

  void operator()(std::vector<std::string>* slot) const { fill(*slot, &Assign::text, "a text or a list of texts"); }
  void operator()(std::vector<fs::path>* slot) const { fill(*slot, &Assign::path, "a path or a list of paths"); }
  void operator()(std::vector<std::int64_t>* slot) const { fill(*slot, &Assign::whole, "a whole number or a list of them"); }
  void operator()(std::vector<double>* slot) const {
    fill(*slot, &Assign::number, "a number or a list of numbers");
    if (slot->empty()) throw error_at(tree().place, name() + " must not be empty");
  }

  void operator()(OneOrSeveral slot) const {
    std::vector<fs::path> paths;
    (*this)(&paths);
    const bool one = paths.size() == 1;
    *slot.one = one ? paths.front() : fs::path();
    *slot.several = one ? std::vector<fs::path>() : paths;
  }

  void operator()(std::variant<std::int64_t, double>* slot) const {  // a count, or a fraction of all
    const std::string expected = "a whole number of clients, at least 1, or a fraction above 0 and at most 1.0";
    if (const auto* count = std::get_if<std::int64_t>(&tree().value)) {
      if (*count < 1) refuse(tree(), expected);
      *slot = *count;
    } else if (const auto* fraction = std::get_if<double>(&tree().value)) {
      if (!(*fraction > 0 && *fraction <= 1)) refuse(tree(), expected);
      *slot = *fraction;
    } else {
      refuse(tree(), expected);
    }
  }

  void operator()(const NotYet& slot) const {
    const auto accepts = [this](const OptionValue& value) {
      const auto* zero = std::get_if<std::int64_t>(&tree().value);
      return shown(tree()) == literal(value) || (zero != nullptr && value == OptionValue(static_cast<double>(*zero)));
    };
    if (std::none_of(slot.accepted.begin(), slot.accepted.end(), accepts)) refuse_for_now();
  }

  void operator()(OfStudy) const {
    throw error_at(entry_.place, name() + " makes this a study, expected a manifest; 'graft compare' runs studies");
  }

  void operator()(Use*) const {}  // plugins are read where their options are
  void operator()(std::vector<Use>*) const {}

 private:
  const Tree& tree() const { return entry_.tree; }
  std::string name() const { return "'" + key_.name + "'"; }

  [[noreturn]] void refuse(const Tree& what, const std::string& expected, const std::string& hint = "") const {
    throw error_at(what.place, name() + " must be " + expected + ", " + found(what) + hint);
  }

  [[noreturn]] void refuse_for_now() const {
    throw error_at(entry_.place, "'" + key_.name + " = " + shown(tree()) + "' is not available yet in this version");
  }

  void check_range(const Tree& what, double value, const std::string& expected) const {
    const auto* range = std::get_if<Range>(&key_.rule);
    if (range != nullptr && !range->holds(value)) refuse(what, expected + ", " + range->text());
  }

  std::int64_t whole(const Tree& from, const std::string& expected) const {
    const auto* value = std::get_if<std::int64_t>(&from.value);
    if (value == nullptr) refuse(from, expected);
    check_range(from, static_cast<double>(*value), expected);
    return *value;
  }

  double number(const Tree& from, const std::string& expected) const {
    const auto* integer = std::get_if<std::int64_t>(&from.value);
    const auto* real = std::get_if<double>(&from.value);
    if (integer == nullptr && real == nullptr) refuse(from, expected);
    const double value = integer != nullptr ? static_cast<double>(*integer) : *real;
    check_range(from, value, expected);
    return value;
  }

  std::string text(const Tree& from, const std::string& expected) const {
    const auto* value = std::get_if<std::string>(&from.value);
    if (value == nullptr) refuse(from, expected);
    return *value;
  }

  std::string choice(const std::string& said) const {
    const auto* choices = std::get_if<Choices>(&key_.rule);
    if (choices == nullptr) return said;
    const auto among = [&said](const std::vector<std::string>& names) {
      return std::find(names.begin(), names.end(), said) != names.end();
    };
    if (among(choices->later)) refuse_for_now();
    if (!among(choices->now)) refuse(tree(), "one of " + joined(choices->now), did_you_mean(said, choices->now));
    return said;
  }

  fs::path path(const Tree& from, const std::string& expected) const {
    const auto said = text(from, expected);
    if (said.empty() || said.find('\0') != std::string::npos) refuse(from, expected);
    return (folder_of_(from.place) / said).lexically_normal();
  }

  template <class T, class Expected = const std::string&>
  void fill(std::vector<T>& slot, T (Assign::*read)(const Tree&, Expected) const, const std::string& expected) const {
    slot.clear();
    const auto* list = std::get_if<Tree::List>(&tree().value);
    if (list == nullptr) slot.push_back((this->*read)(tree(), expected));
    if (list != nullptr) {
      for (const auto& item : *list) slot.push_back((this->*read)(item, expected));
    }
  }

  const Key& key_;
  const KeyValue& entry_;
  const FolderOf& folder_of_;
};

}  // namespace

void assign(const Key& key, const KeyValue& entry, const FolderOf& folder_of) {
  std::visit(Assign(key, entry, folder_of), key.slot);
}

}  // namespace graft::core
