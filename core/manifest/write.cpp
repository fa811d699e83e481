// A Manifest as TOML: the same list of keys, written table by table, tables of tables in one line.
#include "core/base/text.hpp"
#include "core/manifest/checks.hpp"
#include "core/manifest/keys.hpp"
#include "core/manifest/literal.hpp"

namespace graft::core {

namespace {

template <class T>
std::string list_literal(const std::vector<T>& items) {
  std::vector<std::string> texts;
  for (const auto& item : items) texts.push_back(literal(item));
  return "[" + joined(texts) + "]";
}

std::string path_literal(const std::filesystem::path& path) { return literal(path.native()); }

// A key's value; "" where it has none to write.
struct Written {
  std::string operator()(const bool* slot) const { return literal(*slot); }
  std::string operator()(const std::int64_t* slot) const { return literal(*slot); }
  std::string operator()(const std::uint64_t* slot) const { return std::to_string(*slot); }
  std::string operator()(const double* slot) const { return literal(*slot); }
  std::string operator()(const std::string* slot) const { return slot->empty() ? "" : literal(*slot); }
  std::string operator()(const std::filesystem::path* slot) const { return slot->empty() ? "" : path_literal(*slot); }
  std::string operator()(const std::vector<std::string>* slot) const { return list_literal(*slot); }
  std::string operator()(const std::vector<std::int64_t>* slot) const { return list_literal(*slot); }
  std::string operator()(const std::vector<double>* slot) const {
    return slot->size() == 1 ? literal(slot->front()) : list_literal(*slot);
  }
  std::string operator()(const std::vector<std::filesystem::path>* slot) const {
    std::vector<std::string> texts;
    for (const auto& path : *slot) texts.push_back(path_literal(path));
    return "[" + joined(texts) + "]";
  }
  std::string operator()(const std::variant<std::int64_t, double>* slot) const {
    return std::visit([](auto number) { return literal(number); }, *slot);
  }
  std::string operator()(const OrAuto& slot) const { return *slot.whole == 0 ? "\"auto\"" : literal(*slot.whole); }
  std::string operator()(const OneOrSeveral& slot) const {
    return slot.several->empty() ? (*this)(slot.one) : (*this)(slot.several);
  }
  std::string operator()(const Use*) const { return ""; }
  std::string operator()(const std::vector<Use>*) const { return ""; }
  std::string operator()(const NotYet& slot) const { return slot.accepted.empty() ? "" : literal(slot.accepted.front()); }
  std::string operator()(const OfStudy&) const { return ""; }
};

std::string use_text(const std::string& header, const Use& use) {
  std::string out = "\n" + header + "\nuse = " + literal(use.id) + "\n";
  for (const auto& option : use.options) out += literal_key(option.name) + " = " + literal(option.value) + "\n";
  return out;
}

// Lines under table headers; consecutive keys of a table within a table share a line.
class Writer {
 public:
  void add(const std::string& name, const std::string& value) {
    const auto first = name.find('.'), last = name.rfind('.');
    const auto table = first == std::string::npos ? "" : name.substr(0, first);
    const auto inner = first == last ? "" : name.substr(first + 1, last - first - 1);
    if (table != table_ || inner != inner_) close_inner();
    if (table != table_) out_ += "\n[" + table + "]\n";
    table_ = table;
    const auto line = name.substr(last == std::string::npos ? 0 : last + 1) + " = " + value;
    if (inner.empty()) {
      out_ += line + "\n";
    } else {
      out_ += inner == inner_ ? ", " + line : inner + " = { " + line;
    }
    inner_ = inner;
  }

  void add(const std::string& text) {
    close_inner();
    out_ += text;
  }

  std::string text() {
    close_inner();
    return out_;
  }

 private:
  void close_inner() {
    if (!inner_.empty()) out_ += " }\n";
    inner_.clear();
  }

  std::string out_, table_, inner_;
};

}  // namespace

std::string to_toml(const Manifest& manifest) {
  Manifest copy = manifest;  // keys are bound to what can be written to
  Writer writer;
  for (const auto& key : keys_of(copy)) {
    if (const auto* use = std::get_if<Use*>(&key.slot)) writer.add(use_text("[" + key.name + "]", **use));
    if (const auto* uses = std::get_if<std::vector<Use>*>(&key.slot)) {
      for (const auto& use : **uses) writer.add(use_text("[[" + key.name + "]]", use));
    }
    const auto value = std::visit(Written(), key.slot);
    if (!value.empty() && !(key.name == "data.clients" && clients_left_to_split(manifest))) writer.add(key.name, value);
  }
  return writer.text();
}

}  // namespace graft::core
